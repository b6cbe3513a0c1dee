/**
 * Ties invoices to projects by who invoices whom and by the project name that the issuer wrote. Parties narrow the projects
 * down, the name chooses among them; where two projects are as likely the invoice stays untied, with both named.
 */
import { compareProjectNames } from '../projects/compare.ts'
import { type NameFeatures, readFeatures } from '../projects/features.ts'

export interface InvoiceSubject {
  readonly sellerKey: string | null
  readonly buyerKey: string | null
  /** 建筑项目名称, as the issuer wrote it: often shortened, with lots and places of its own. */
  readonly projectName: string | null
  readonly placeText: string | null
  readonly divisionCode: string | null
  /** 跨区域涉税事项报验管理编号. */
  readonly reportNumber: string | null
  /** First and last day of the invoices that share the subject, `YYYY-MM-DD`. */
  readonly firstOn: string | null
  readonly lastOn: string | null
}

export interface ProjectCard {
  readonly projectId: string
  readonly names: readonly string[]
  readonly ownerKeys: readonly string[]
  readonly contractorKeys: readonly string[]
  readonly divisionCodes: readonly string[]
  readonly firstOn: string | null
  readonly lastOn: string | null
}

export interface Tie {
  readonly projectId: string | null
  /** 1: the buyer is an owner (or the seller a contractor who names the project), 2: the buyer is a contractor. */
  readonly tier: 1 | 2 | null
  /** Probability, 0..1. */
  readonly score: number
  readonly reason: TieReason
  readonly candidates: readonly { readonly projectId: string; readonly score: number }[]
}

export type TieReason =
  | 'parties.named'
  | 'parties.only'
  | 'buyer.named'
  | 'seller.named'
  | 'subcontract.named'
  | 'project.ambiguous'
  | 'project.weak'
  | 'project.unknown'
  | 'subject.empty'

export interface ProjectFinder {
  tie(subject: InvoiceSubject): Tie
}

/** Bits for each way in which the parties of an invoice stand to a project, and for what else agrees or not. */
export const tieWeights = {
  version: 1,
  bothParties: 7,
  buyerOwner: 3,
  subcontract: 3,
  sellerContractor: 2,
  noName: 0,
  otherName: -9,
  /** Whoever names the phase means that phase. */
  otherPhase: -6,
  sameCounty: 1,
  otherCounty: -4,
  beforeProject: -5,
  tieFrom: 6,
  margin: 2,
} as const

interface Indexed {
  readonly card: ProjectCard
  readonly names: readonly NameFeatures[]
  readonly order: number
}

type Role = 'bothParties' | 'buyerOwner' | 'subcontract' | 'sellerContractor'

const unknownTie = (reason: TieReason): Tie => ({ projectId: null, tier: null, score: 0, reason, candidates: [] })
const candidatesKept = 5
/** An invoice may come before what is first known of a project: design and advance precede the approval. */
const monthsBefore = 18

/** @param cards every project that invoices may belong to; ids are opaque */
export const createProjectFinder = (cards: Iterable<ProjectCard>): ProjectFinder => {
  const byOwner = new Map<string, Indexed[]>()
  const byContractor = new Map<string, Indexed[]>()
  let order = 0
  for (const card of cards) {
    const divisionCode = card.divisionCodes[0] ?? null
    const names = card.names.map((name) => readFeatures({ name, ownerName: null, divisionCode }))
    const indexed = { card, names, order: order++ }
    for (const key of card.ownerKeys) push(byOwner, key, indexed)
    for (const key of card.contractorKeys) push(byContractor, key, indexed)
  }

  const rolesOf = (subject: InvoiceSubject): Map<Indexed, Role> => {
    const roles = new Map<Indexed, Role>()
    const isNamed = subject.projectName !== null
    const sold = subject.sellerKey === null ? [] : (byContractor.get(subject.sellerKey) ?? [])
    const owned = subject.buyerKey === null ? [] : (byOwner.get(subject.buyerKey) ?? [])
    const ownedSet = new Set(owned)
    for (const one of sold) if (ownedSet.has(one)) roles.set(one, 'bothParties')
    if (!isNamed) return roles
    for (const one of owned) if (!roles.has(one)) roles.set(one, 'buyerOwner')
    if (subject.buyerKey !== null && subject.buyerKey !== subject.sellerKey)
      for (const one of byContractor.get(subject.buyerKey) ?? []) if (!roles.has(one)) roles.set(one, 'subcontract')
    for (const one of sold) if (!roles.has(one)) roles.set(one, 'sellerContractor')
    return roles
  }

  // Invoices of one project repeat its name: callers ask in the order of names, and the last one is remembered with what it was compared to.
  let last: Said | null = null
  const saidBy = ({ projectName, divisionCode }: InvoiceSubject): Said | null => {
    if (projectName === null) return null
    if (last?.projectName === projectName && last.divisionCode === divisionCode) return last
    const features = readFeatures({ name: projectName, ownerName: null, divisionCode })
    last = { projectName, divisionCode, features, bits: new Map() }
    return last
  }

  const tie = (subject: InvoiceSubject): Tie => {
    if (subject.sellerKey === null && subject.buyerKey === null) return unknownTie('subject.empty')
    const roles = rolesOf(subject)
    if (roles.size === 0) return unknownTie('project.unknown')
    const said = saidBy(subject)
    const weighed = [...roles]
      .map(([one, role]) => ({ one, role, bits: weigh(subject, said, one, role) }))
      .filter(({ bits }) => bits > 0)
      .sort((a, b) => b.bits - a.bits || (a.one.card.projectId < b.one.card.projectId ? -1 : 1))
    const best = weighed[0]
    if (best === undefined) return unknownTie('project.unknown')
    const candidates = weighed
      .slice(0, candidatesKept)
      .map(({ one, bits }) => ({ projectId: one.card.projectId, score: scoreOf(bits) }))
    if (best.bits < tieWeights.tieFrom) return { ...unknownTie('project.weak'), score: scoreOf(best.bits), candidates }
    const second = weighed[1]
    if (second !== undefined && best.bits - second.bits < tieWeights.margin)
      return { ...unknownTie('project.ambiguous'), score: scoreOf(best.bits) / 2, candidates }
    const tier = best.role === 'subcontract' ? 2 : 1
    return {
      projectId: best.one.card.projectId,
      tier,
      score: scoreOf(best.bits),
      reason: reasonOf(best.role, said !== null),
      candidates,
    }
  }
  return { tie }
}

const push = (map: Map<string, Indexed[]>, key: string, value: Indexed): void => {
  const values = map.get(key)
  if (values === undefined) map.set(key, [value])
  else values.push(value)
}

/** Bits above the point of indifference, as a probability. */
const scoreOf = (bits: number): number => Math.round((1 / (1 + 2 ** (2 - bits))) * 10_000) / 10_000

const reasonOf = (role: Role, isNamed: boolean): TieReason => {
  if (role === 'subcontract') return 'subcontract.named'
  if (role === 'bothParties') return isNamed ? 'parties.named' : 'parties.only'
  return role === 'buyerOwner' ? 'buyer.named' : 'seller.named'
}

/** A project name as a subject says it, and its bits beside the projects it was compared to. */
interface Said {
  readonly projectName: string
  readonly divisionCode: string | null
  readonly features: NameFeatures
  readonly bits: Map<Indexed, number>
}

const nameBits = (said: Said, one: Indexed): number => {
  const known = said.bits.get(one)
  if (known !== undefined) return known
  let best: number = tieWeights.otherName
  for (const name of one.names) {
    const compared = compareProjectNames(said.features, name)
    best = Math.max(best, compared.weight + (compared.isOtherPhase ? tieWeights.otherPhase : 0))
  }
  said.bits.set(one, best)
  return best
}

const weigh = (subject: InvoiceSubject, said: Said | null, one: Indexed, role: Role): number => {
  let bits: number = tieWeights[role]
  if (said !== null) bits += nameBits(said, one)
  bits += placeBits(subject.divisionCode, one.card.divisionCodes)
  if (isBefore(subject.lastOn, one.card.firstOn)) bits += tieWeights.beforeProject
  return bits
}

const placeBits = (code: string | null, codes: readonly string[]): number => {
  const counties = codes.map((one) => one.slice(0, 6)).filter((one) => one.length === 6 && !one.endsWith('00'))
  const own = code?.slice(0, 6) ?? ''
  if (own.length < 6 || own.endsWith('00') || counties.length === 0) return 0
  return counties.includes(own) ? tieWeights.sameCounty : tieWeights.otherCounty
}

const months = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7) || '1')

const isBefore = (lastOn: string | null, firstOn: string | null): boolean =>
  lastOn !== null && firstOn !== null && months(lastOn) < months(firstOn) - monthsBefore
