/**
 * What a stored link tells beside its waterfall: which blocking rule found it, and what smallest evidence would change the answer. Read off what is
 * stored; where the register itself can be asked to explain a text anew, its answer belongs in the place of these two functions.
 */
import { z } from 'zod'
import type { LinkAnswer, LinkChange, LinkItem } from '#schemas/api/link.ts'

const Compared = z.object({ comparison: z.string(), level: z.string() }).partial()
type Compared = z.output<typeof Compared>

const read = (evidence: readonly unknown[]): Compared[] => evidence.map((item) => Compared.safeParse(item).data ?? {})

/** By what the likeliest registration was found among all: the code, its core, a piece of it, the equal name, the head office, or pairs of characters. */
export const foundBy = (reason: string, evidence: readonly unknown[]): LinkAnswer['foundBy'] => {
  const compared = read(evidence)
  if (compared.length === 0) return null
  const code = compared.find((item) => item.comparison === 'code')?.level
  const names = compared.filter((item) => item.comparison === 'name')
  if (reason === 'code.exact' || code === 'exact' || code === 'sharedByRegistrations') return 'code'
  if (reason === 'code.core' || code === 'core') return 'codeCore'
  if (names.some((item) => item.level === 'headOffice')) return 'headOffice'
  if (names.length === 0 && compared.some((item) => item.comparison === 'nameRarity')) return 'nameForm'
  if (reason === 'code.partial' && names.length === 0) return 'codePiece'
  return 'namePairs'
}

const oddsBits = (score: number): number => {
  const p = Math.min(0.999_999, Math.max(0.000_001, score))
  return Math.log2(p / (1 - p))
}

interface Thresholds {
  readonly linkFrom: number | null
  readonly reviewFrom: number | null
}

const missing = (score: number, from: number | null): number | null =>
  from === null ? null : Math.round(Math.max(0, oddsBits(from) - oddsBits(score)) * 100) / 100

const byForLink = (link: LinkItem, hasOtherName: boolean): LinkChange['by'] => [
  'code.same',
  ...(hasOtherName ? (['name.former'] as const) : []),
  ...(link.reason === 'name.ambiguous' ? (['rival.gone'] as const) : []),
  'judgement',
]

/** The answers that lie next to the present one, each with how far it is and what alone would bring it about. */
export const changesOf = (
  link: LinkItem,
  { evidence, candidates }: { readonly evidence: readonly unknown[]; readonly candidates: readonly unknown[] },
  { linkFrom, reviewFrom }: Thresholds,
): LinkChange[] => {
  if (link.reason === 'judgement.positive' || link.reason === 'judgement.negative')
    return [{ to: 'review', bits: null, by: ['judgement.undo'] }]
  const names = read(evidence).filter((item) => item.comparison === 'name')
  if (link.decision === 'link')
    return [
      {
        to: 'review',
        bits: linkFrom === null ? null : Math.round((oddsBits(link.score) - oddsBits(linkFrom)) * 100) / 100,
        by: ['code.other', 'judgement'],
      },
    ]
  const toLink: LinkChange = {
    to: 'link',
    bits: missing(link.score, linkFrom),
    by: candidates.length > 0 ? byForLink(link, names.length > 0) : ['registration.new'],
  }
  if (link.decision === 'review') return [toLink]
  return candidates.length > 0
    ? [
        { to: 'review', bits: missing(link.score, reviewFrom), by: names.length > 0 ? ['name.former'] : ['code.same'] },
        toLink,
      ]
    : [toLink]
}
