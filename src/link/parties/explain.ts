/**
 * Why a party is linked, is not, or is put before a person: a pure function of the register and the party. Nothing is stored for it, and
 * the same register under the same settings version always explains alike.
 */
import { readCode } from '#schemas/identifiers/read-code.ts'
import { codeLevel } from './code-evidence.ts'
import { nameForm } from './name-form.ts'
import type { Register } from './register.ts'
import { shortForms } from './short-names.ts'
import type { LinkDecision, LinkEvidence, LinkReason, PartyQuery, RegistrationEntry } from './types.ts'
import { bareName } from './wrapping.ts'

/** What brought a registration to be compared at all. */
export type BlockingRule =
  | 'code.whole'
  | 'code.core'
  | 'code.damaged'
  | 'name.equal'
  | 'name.former'
  | 'name.short'
  | 'name.parent'
  | 'name.pairs'

export interface ExplainedCandidate {
  readonly registrationId: string
  readonly name: string
  readonly uscc: string | null
  readonly score: number
  readonly rule: BlockingRule
  /** Bits of evidence; with the prior and what other explanations take they sum to the odds of the score. */
  readonly waterfall: readonly LinkEvidence[]
}

/** The smallest of the tried changes of the party that gives another decision. */
export interface DecisiveChange {
  readonly change:
    | 'address.given'
    | 'address.gone'
    | 'code.start'
    | 'code.given'
    | 'code.gone'
    | 'code.other'
    | 'name.whole'
  readonly value: string
  readonly decision: LinkDecision
  readonly score: number
}

export interface LinkExplanation {
  readonly decision: LinkDecision
  readonly reason: LinkReason
  readonly score: number
  readonly registrationId: string | null
  readonly settingsVersion: number
  readonly linkFrom: number
  readonly reviewFrom: number
  readonly candidates: readonly ExplainedCandidate[]
  /** Null where none of the tried changes gives another decision. */
  readonly smallestChange: DecisiveChange | null
}

/** Explains the answer that `register.resolve(query)` gives. */
export const explain = (register: Register, query: PartyQuery): LinkExplanation => {
  const answer = register.resolve(query)
  const { settings } = register
  const near = answer.candidates.length > 0 ? answer.candidates : unlikely(register.nearest(query, nearestKept))
  const candidates = near.flatMap(({ registrationId, score }) => {
    const entry = register.entry(registrationId)
    if (entry === null) return []
    const lines = registrationId === answer.registrationId ? answer.evidence : register.evidence(query, registrationId)
    const waterfall = balanced(lines, score, settings.weights.presentShare)
    return [{ registrationId, name: entry.name, uscc: entry.uscc, score, rule: ruleOf(query, entry), waterfall }]
  })
  return {
    decision: answer.decision,
    reason: answer.reason,
    score: answer.score,
    registrationId: answer.registrationId,
    settingsVersion: settings.version,
    linkFrom: settings.linkFrom,
    reviewFrom: settings.reviewFrom,
    candidates,
    smallestChange: smallestChange(register, query, answer.decision, candidates[0]?.registrationId ?? null),
  }
}

/** Nothing is likely: the nearest are shown all the same, so that one sees what was looked at. */
const nearestKept = 3
const unlikely = (ids: readonly string[]): { registrationId: string; score: number }[] =>
  ids.map((registrationId) => ({ registrationId, score: 0 }))

const logOdds = (share: number): number => {
  const kept = Math.min(Math.max(share, 0.0001), 0.9999)
  return Math.log2(kept / (1 - kept))
}

/** The prior first and last what other candidates and unregistered siblings take, so that the lines sum to the odds of the score. */
const balanced = (lines: readonly LinkEvidence[], score: number, presentShare: number): LinkEvidence[] => {
  const prior = { comparison: 'prior', left: '', right: '', level: 'presentShare', weight: logOdds(presentShare) }
  const sum = lines.reduce((total, line) => total + line.weight, prior.weight)
  const rest = { comparison: 'others', left: '', right: '', level: 'rivalsAndSiblings', weight: logOdds(score) - sum }
  return [prior, ...lines, rest]
}

const ruleOf = (query: PartyQuery, entry: RegistrationEntry): BlockingRule => {
  const level = codeLevel(query.code, entry)
  if (query.code !== null && entry.uscc !== null && query.code.normalised === entry.uscc) return 'code.whole'
  if (level === 'core') return 'code.core'
  const form = nameForm(bareName(query.name))
  const held = nameForm(entry.name)
  if (form === held) return 'name.equal'
  if (entry.formerNames.some((name) => nameForm(name) === form)) return 'name.former'
  if (shortForms(held).includes(form)) return 'name.short'
  if (held.length >= 4 && form.startsWith(held)) return 'name.parent'
  return level === 'repaired' || level === 'partial' ? 'code.damaged' : 'name.pairs'
}

/** Any code that checks and is nobody's here: what another company's own code on the record would do. */
const foreignCode = '91410105MA44TERT3N'

const smallestChange = (
  register: Register,
  query: PartyQuery,
  decision: LinkDecision,
  nearest: string | null,
): DecisiveChange | null => {
  const entry = nearest === null ? null : register.entry(nearest)
  for (const [change, value, changed] of decision === 'link' ? weaker(query, entry) : stronger(query, entry)) {
    const answer = register.resolve(changed)
    if (answer.decision !== decision) return { change, value, decision: answer.decision, score: answer.score }
  }
  return null
}

type Trial = readonly [DecisiveChange['change'], string, PartyQuery]

/** From little to much: what would have to be known besides for a link. */
const stronger = (query: PartyQuery, entry: RegistrationEntry | null): Trial[] => {
  if (entry === null) return []
  const trials: Trial[] = []
  const address = entry.address
  const uscc = entry.uscc
  if (address !== null) trials.push(['address.given', address, { ...query, address }])
  if (uscc !== null && query.code?.normalised !== uscc) {
    const start = uscc.slice(0, 15)
    trials.push(['code.start', start, { ...query, code: readCode(start, 'uscc') }])
    trials.push(['code.given', uscc, { ...query, code: readCode(uscc, 'uscc') }])
  }
  if (query.code !== null) trials.push(['code.gone', query.code.normalised, { ...query, code: null }])
  trials.push(['name.whole', entry.name, { ...query, name: entry.name, siteUnit: null }])
  return trials
}

/** What would have to be gone, or be said against it, for the link not to be made. */
const weaker = (query: PartyQuery, entry: RegistrationEntry | null): Trial[] => {
  const trials: Trial[] = []
  if (query.address) trials.push(['address.gone', query.address, { ...query, address: null }])
  if (query.code !== null) trials.push(['code.gone', query.code.normalised, { ...query, code: null }])
  if (entry?.uscc !== foreignCode) trials.push(['code.other', foreignCode, { ...query, code: readCode(foreignCode) }])
  return trials
}
