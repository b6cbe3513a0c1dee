/**
 * Ties what speaks of a project without being a record of it: by who works for whom and by the project name that it gives. Parties narrow the
 * projects down, the name chooses among them; where two projects are as likely it stays untied, with both named.
 */
import { compareProjectNames } from '../projects/compare.ts'
import { homeWords, type NameFeatures, readFeatures } from '../projects/features.ts'

export interface TieSubject {
  /** Keys of who works, of who has it done, and of who may be either (户主、收款方). */
  readonly sellerKey: string | null
  readonly buyerKey: string | null
  readonly holderKey: string | null
  /** Project name as written: often shortened, with lots and places of its own. */
  readonly projectName: string | null
  /** Where a name alone may be enough (a department's report, never an invoice): the piece by which such projects are found. */
  readonly nameKey: string | null
  readonly projectCode: string | null
  readonly divisionCode: string | null
  readonly placeText: string | null
  /** The day that tells one project of the same parties from another: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  readonly on: string | null
}

export interface ProjectCard {
  readonly projectId: string
  readonly names: readonly string[]
  /** The pieces by which it is found by name, one of each record at most. */
  readonly nameKeys: readonly string[]
  readonly ownerKeys: readonly string[]
  readonly contractorKeys: readonly string[]
  readonly projectCodes: readonly string[]
  readonly divisionCodes: readonly string[]
  readonly placeTexts: readonly string[]
  /** Days of contracts, awards and permits. */
  readonly begunOn: readonly string[]
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
  | 'holder.named'
  | 'holder.placed'
  | 'name.only'
  | 'project.ambiguous'
  | 'project.weak'
  | 'project.unknown'
  | 'subject.empty'

export interface ProjectFinder {
  tie(subject: TieSubject): Tie
  /** On which tier these parties deal in a project that is known otherwise: 2 where the buyer is a contractor and no owner. */
  tierIn(projectId: string, subject: Pick<TieSubject, 'buyerKey'>): 1 | 2
}

/** Bits for each way in which the parties of a subject stand to a project, and for what else agrees or not. */
export const tieWeights = {
  version: 2,
  bothParties: 7,
  buyerOwner: 3,
  subcontract: 3,
  sellerContractor: 2,
  holderOwner: 3,
  holderContractor: 2,
  nameOnly: -1,
  noName: 0,
  /** Of one holder whose place leaves one project: enough with the county, too little without. */
  holderPlaced: 5,
  otherName: -9,
  /** Whoever names the phase means that phase. */
  otherPhase: -6,
  /** The name alone agrees while the parties are known and are others. */
  otherParties: -2,
  sameCode: 8,
  otherCode: -6,
  sameCounty: 1,
  otherCounty: -4,
  sameTown: 3,
  sameTime: 2,
  otherTime: -2,
  tieFrom: 6,
  margin: 2,
} as const

interface Indexed {
  readonly card: ProjectCard
  readonly names: readonly NameFeatures[]
  readonly order: number
}

type Role =
  | 'bothParties'
  | 'buyerOwner'
  | 'subcontract'
  | 'sellerContractor'
  | 'holderOwner'
  | 'holderContractor'
  | 'nameOnly'

const unknownTie = (reason: TieReason): Tie => ({ projectId: null, tier: null, score: 0, reason, candidates: [] })
const candidatesKept = 5
/** Works are connected from shortly before a contract is signed until a year after. */
const monthsAround = { before: 3, after: 12 } as const
const nameKeyLength = 4

/** The piece of a name's object by which projects are found that have no party in common; null where it is too short to say anything. */
export const nameKeyOfObject = (object: string): string | null => {
  const root = object.replace(/[（）-]/gu, '')
  return root.length < nameKeyLength ? null : root.slice(0, nameKeyLength)
}

export const nameKeyOf = (name: string, divisionCode: string | null): string | null =>
  nameKeyOfObject(readFeatures({ name, ownerName: null, divisionCode }).object)

type Roles = Map<Indexed, Role>
const addRole = (roles: Roles, all: Iterable<Indexed> | undefined, role: Role): void => {
  for (const one of all ?? []) if (!roles.has(one)) roles.set(one, role)
}

class Cards {
  private readonly byId = new Map<string, ProjectCard>()
  private readonly byOwner = new Map<string, Indexed[]>()
  private readonly byContractor = new Map<string, Indexed[]>()
  private readonly byName = new Map<string, Indexed[]>()

  constructor(cards: Iterable<ProjectCard>) {
    let order = 0
    for (const card of cards) {
      const divisionCode = card.divisionCodes[0] ?? null
      const names = card.names.map((name) => readFeatures({ name, ownerName: null, divisionCode }))
      const indexed = { card, names, order: order++ }
      this.byId.set(card.projectId, card)
      for (const key of card.ownerKeys) push(this.byOwner, key, indexed)
      for (const key of card.contractorKeys) push(this.byContractor, key, indexed)
      for (const key of card.nameKeys) push(this.byName, key, indexed)
    }
  }

  card(projectId: string): ProjectCard | undefined {
    return this.byId.get(projectId)
  }

  private of(map: Map<string, Indexed[]>, key: string | null): readonly Indexed[] {
    return key === null ? [] : (map.get(key) ?? [])
  }

  /** Every project that the subject could mean, by the strongest way in which its parties stand to it. */
  rolesOf(subject: TieSubject): Roles {
    const roles: Roles = new Map()
    const sold = this.of(this.byContractor, subject.sellerKey)
    const owned = new Set(this.of(this.byOwner, subject.buyerKey))
    const held = [this.of(this.byOwner, subject.holderKey), this.of(this.byContractor, subject.holderKey)] as const
    addRole(
      roles,
      sold.filter((one) => owned.has(one)),
      'bothParties',
    )
    const isNamed = subject.projectName !== null
    if (isNamed) {
      addRole(roles, owned, 'buyerOwner')
      if (subject.buyerKey !== subject.sellerKey)
        addRole(roles, this.of(this.byContractor, subject.buyerKey), 'subcontract')
    }
    addRole(roles, held[0], 'holderOwner')
    if (isNamed) addRole(roles, sold, 'sellerContractor')
    addRole(roles, held[1], 'holderContractor')
    addRole(roles, this.of(this.byName, subject.nameKey), 'nameOnly')
    return roles
  }
}

/** @param cards every project that subjects may belong to; ids are opaque */
export const createProjectFinder = (cards: Iterable<ProjectCard>): ProjectFinder => {
  const all = new Cards(cards)

  // Invoices of one project repeat its name: callers ask in the order of names, and the last one is remembered with what it was compared to.
  let last: Said | null = null
  const saidBy = ({ projectName, divisionCode }: TieSubject): Said | null => {
    if (projectName === null) return null
    if (last?.projectName === projectName && last.divisionCode === divisionCode) return last
    last = { projectName, divisionCode, features: new Map(), bits: new Map() }
    return last
  }

  const tie = (subject: TieSubject): Tie => {
    if ([subject.sellerKey, subject.buyerKey, subject.holderKey, subject.nameKey].every((key) => key === null))
      return unknownTie('subject.empty')
    const roles = all.rolesOf(subject)
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
  const tierIn: ProjectFinder['tierIn'] = (projectId, { buyerKey }) => {
    const card = all.card(projectId)
    if (card === undefined || buyerKey === null || card.ownerKeys.includes(buyerKey)) return 1
    return card.contractorKeys.includes(buyerKey) ? 2 : 1
  }
  return { tie, tierIn }
}

const push = (map: Map<string, Indexed[]>, key: string, value: Indexed): void => {
  const values = map.get(key)
  if (values === undefined) map.set(key, [value])
  else values.push(value)
}

/** Bits above the point of indifference, as a probability. */
const scoreOf = (bits: number): number => Math.round((1 / (1 + 2 ** (2 - bits))) * 10_000) / 10_000

const reasonOf = (role: Role, isNamed: boolean): TieReason => {
  switch (role) {
    case 'subcontract':
      return 'subcontract.named'
    case 'bothParties':
      return isNamed ? 'parties.named' : 'parties.only'
    case 'holderOwner':
    case 'holderContractor':
      return isNamed ? 'holder.named' : 'holder.placed'
    case 'nameOnly':
      return 'name.only'
    default:
      return role === 'buyerOwner' ? 'buyer.named' : 'seller.named'
  }
}

/** A project name as a subject says it, and its bits beside the projects it was compared to. */
interface Said {
  readonly projectName: string
  readonly divisionCode: string | null
  /** By the division with whose eyes it is read. */
  readonly features: Map<string | null, NameFeatures>
  readonly bits: Map<Indexed, number>
}

/** Who says no place leaves out the words of the project's own county as its people do: the name is read as if it stood there. */
const featuresFor = (said: Said, card: ProjectCard): NameFeatures => {
  const divisionCode = said.divisionCode ?? card.divisionCodes[0] ?? null
  const known = said.features.get(divisionCode)
  if (known !== undefined) return known
  const made = readFeatures({ name: said.projectName, ownerName: null, divisionCode })
  said.features.set(divisionCode, made)
  return made
}

const nameBits = (said: Said, one: Indexed): number => {
  const known = said.bits.get(one)
  if (known !== undefined) return known
  let best: number = tieWeights.otherName
  const own = featuresFor(said, one.card)
  for (const name of one.names) {
    const compared = compareProjectNames(own, name)
    best = Math.max(best, compared.weight + (compared.isOtherPhase ? tieWeights.otherPhase : 0))
  }
  said.bits.set(one, best)
  return best
}

const isHolding = (role: Role): boolean => role === 'holderOwner' || role === 'holderContractor'

const codeBits = (code: string | null, codes: readonly string[]): number => {
  if (code === null || codes.length === 0) return 0
  return codes.includes(code) ? tieWeights.sameCode : tieWeights.otherCode
}

const weigh = (subject: TieSubject, said: Said | null, one: Indexed, role: Role): number => {
  const { card } = one
  const isPlacedHolder = said === null && isHolding(role)
  let bits: number = isPlacedHolder ? tieWeights.holderPlaced : tieWeights[role]
  if (said !== null) bits += nameBits(said, one)
  if (role === 'nameOnly' && (subject.sellerKey ?? subject.buyerKey ?? subject.holderKey) !== null)
    bits += tieWeights.otherParties
  bits += codeBits(subject.projectCode, card.projectCodes)
  const place = placeBits(subject, card)
  bits += place + timeBits(subject.on, card.begunOn)
  // Whoever names no project must at least be where it is.
  return isPlacedHolder && place <= 0 ? Math.min(bits, tieWeights.tieFrom - 1) : bits
}

const isCounty = (code: string): boolean => code.length === 6 && !code.endsWith('00')

/** The county of a place: by its code, else by the first words of its text (`高新沟赵乡境内`). */
const isInCounty = ({ divisionCode, placeText }: TieSubject, county: string): boolean | null => {
  const own = divisionCode?.slice(0, 6) ?? ''
  if (isCounty(own)) return own === county
  return placeText !== null && homeWords(county).some((word) => placeText.startsWith(word)) ? true : null
}

const townWord = /([\u4e00-\u9fff]{2,4}?)(?:街道|镇|乡)/gu

const aboveTown =
  /^(?:[\u4e00-\u9fff]{2,8}?省)?(?:[\u4e00-\u9fff]{2,8}?市)?(?:[\u4e00-\u9fff]{2,12}?[区县市](?=[\u4e00-\u9fff]{2}))?/u

/** 古荥 of 惠济区古荥镇, 沟赵 of 高新沟赵乡: the words before 镇, 乡 or 街道, without those of the county. */
const townsIn = (text: string, counties: readonly string[]): string[] => {
  const rest = text.replace(aboveTown, '')
  const home = counties.flatMap(homeWords).find((word) => rest.startsWith(word)) ?? ''
  return [...rest.slice(home.length).matchAll(townWord)].map((found) => found[1]!)
}

const placeBits = (subject: TieSubject, card: ProjectCard): number => {
  const counties = [...new Set(card.divisionCodes.map((one) => one.slice(0, 6)).filter(isCounty))]
  const verdicts = counties.map((county) => isInCounty(subject, county))
  const town = subject.placeText === null ? [] : townsIn(subject.placeText, counties)
  const isTown = town.some((word) => [...card.names, ...card.placeTexts].some((text) => text.includes(word)))
  if (verdicts.includes(true)) return tieWeights.sameCounty + (isTown ? tieWeights.sameTown : 0)
  return verdicts.includes(false) ? tieWeights.otherCounty : 0
}

const months = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7) || '6')

const timeBits = (on: string | null, begunOn: readonly string[]): number => {
  if (on === null || begunOn.length === 0) return 0
  const isAround = begunOn.some((begun) => {
    const after = months(on) - months(begun)
    return after >= -monthsAround.before && after <= monthsAround.after
  })
  return isAround ? tieWeights.sameTime : tieWeights.otherTime
}
