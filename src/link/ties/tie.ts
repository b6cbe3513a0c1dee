/**
 * Ties what speaks of a project without being a record of it: by who works for whom and by the project name that it gives. Parties narrow the
 * projects down, the name chooses among them; where two projects are as likely it stays untied, with both named.
 */
import { pacer } from '../../kernel/turn.ts'
import { compareProjectNames } from '../projects/compare.ts'
import { type NameFeatures, readFeatures } from '../projects/features.ts'
import { codeBits, placeBits, tieWeights, timeBits } from './evidence.ts'
import type { ProjectCard, ProjectFinder, Tie, TieReason, TieSubject } from './types.ts'

export { tieWeights } from './evidence.ts'
export type { ProjectCard, ProjectFinder, Tie, TieReason, TieSubject } from './types.ts'

interface Indexed {
  readonly card: ProjectCard
  readonly names: readonly NameFeatures[]
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

  /** @param card of a project that is not here yet */
  add(card: ProjectCard): void {
    const divisionCode = card.divisionCodes[0] ?? null
    const names = card.names.map((name) => readFeatures({ name, ownerName: null, divisionCode }))
    const indexed = { card, names }
    this.byId.set(card.projectId, card)
    for (const key of card.ownerKeys) push(this.byOwner, key, indexed)
    for (const key of card.contractorKeys) push(this.byContractor, key, indexed)
    for (const key of card.nameKeys) push(this.byName, key, indexed)
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

/**
 * A finder without projects: those that a subject's keys could lead to must be added before it is asked. More of them change nothing. Ids are
 * opaque.
 */
export const createProjectFinder = (): ProjectFinder => {
  const all = new Cards()
  const add: ProjectFinder['add'] = async (cards) => {
    const pace = pacer(20)
    for (const card of cards) {
      all.add(card)
      await pace()
    }
    // What was compared to the projects before is not yet compared to these.
    last = null
  }

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
  return { add, tie, tierIn }
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
