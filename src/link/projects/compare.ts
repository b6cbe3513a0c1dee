/**
 * Compares two project records. Numbers of the project decide where both have one; else the names, weighed with owner, place,
 * year, road, phase, contractor and sum (weights.ts).
 */
import type { LinkEvidence } from '../parties/types.ts'
import { countyOf, type NameFeatures, nameFeatures } from './features.ts'
import { commonStart, type NameWeight, nameWeight, sharedPlan } from './names.ts'
import { areDisjoint, areOtherByNumber, monthsFrom } from './numbers.ts'
import type { Edge, ProjectNode } from './types.ts'
import { type Add, joinsFrom, projectWeights, type Said, weightOf } from './weights.ts'

export { compareProjectNames } from './names.ts'
export { joinsFrom, projectWeights } from './weights.ts'

interface Verdict {
  readonly rule: string
  readonly weight: number
  readonly veto: boolean
}

/**
 * What two records say about being one project, whichever of them is named first.
 * @returns null where nothing joins the two and nothing forbids it, and where their numbers alone tell them apart (`areOtherByNumber`)
 */
export const compareNodes = (left: ProjectNode, right: ProjectNode): Edge | null => {
  const [first, second] = left.key < right.key ? [left, right] : [right, left]
  const verdict = judge(first, second, weightOf)
  return verdict === null
    ? null
    : { a: first.key, b: second.key, weight: verdict.weight, veto: verdict.veto, rule: verdict.rule }
}

/** The comparisons behind an edge, in the order in which they were made, with both values. */
export const explainNodes = (left: ProjectNode, right: ProjectNode): LinkEvidence[] => {
  const [first, second] = left.key < right.key ? [left, right] : [right, left]
  const evidence: LinkEvidence[] = []
  judge(first, second, (comparison, a, b) => {
    const weight = projectWeights[comparison]
    evidence.push({ comparison, left: inWords(a), right: inWords(b), level: weight > 0 ? 'agrees' : 'differs', weight })
    return weight
  })
  return evidence
}

const inWords = (said: Said): string =>
  said === null ? '' : typeof said === 'string' ? said : typeof said === 'bigint' ? String(said) : said.join()

const round = (weight: number): number => Math.round(weight * 1000) / 1000

const judge = (a: ProjectNode, b: ProjectNode, add: Add): Verdict | null => {
  if (a.projectCode !== null && a.projectCode === b.projectCode)
    return { rule: 'code.same', weight: add('code', a.projectCode, b.projectCode), veto: false }
  if (areOtherByNumber(a, b)) return null
  if (a.projectCode !== null && b.projectCode !== null)
    return { rule: 'code.reissued', weight: projectWeights.documentNumber, veto: false }
  if (a.sourceProject !== null && a.sourceProject === b.sourceProject)
    return { rule: 'source.same', weight: add('sourceProject', a.sourceProject, b.sourceProject), veto: false }
  return judgeByName(a, b, add)
}

const judgeByName = (a: ProjectNode, b: ProjectNode, add: Add): Verdict | null => {
  const left = nameFeatures(a)
  const right = nameFeatures(b)
  const isOneDocument = a.documentNumber !== null && a.documentNumber === b.documentNumber
  // Clustering knows from the roads themselves that these are two projects (ClusterNumbers).
  if (areDisjoint(left.routes, right.routes)) return null
  const named = nameWeight(left, right, add)
  if (named.rule === 'name.none' && !isOneDocument) return judgeByPlan(a, b, add)
  const weight = named.weight + wordsWeight(named, left, right, add) + contextWeight(a, b, add)
  // Approvals make projects: phases approved apart are two, while lots of both may stand under one number.
  if (a.kind === 'approval' && b.kind === 'approval' && named.isOtherPhase)
    return { rule: 'phase.other', weight: round(weight), veto: true }
  if (isOneDocument) {
    const total = weight + add('documentNumber', a.documentNumber, b.documentNumber)
    return total < joinsFrom ? null : { rule: 'document.same', weight: round(total), veto: false }
  }
  if (named.isOther)
    return weight < -projectWeights.sameObject ? null : { rule: 'name.other', weight: round(weight), veto: true }
  return weight < joinsFrom ? null : { rule: named.rule, weight: round(weight), veto: false }
}

const planDaysMax = 14

/**
 * Tenders of one plan, e.g. 2025年度…村土地开发项目 of each town of a county, put out in the same fortnight: registered as one project, tendered place by
 * place. Without a plan's year, or in another county, works of one kind are works of one kind.
 */
const judgeByPlan = (a: ProjectNode, b: ProjectNode, add: Add): Verdict | null => {
  if (a.kind !== 'award' || b.kind !== 'award' || daysApart(a.on, b.on) > planDaysMax) return null
  const county = countyOf(a)
  if (county === null || county !== countyOf(b)) return null
  const works = sharedPlan(nameFeatures(a), nameFeatures(b))
  if (works === null) return null
  const weight = add('samePlan', works, works) + contextWeight(a, b, add)
  return weight < joinsFrom ? null : { rule: 'name.samePlan', weight: round(weight), veto: false }
}

/** Days between two days; without end where one is not known to the day. */
const daysApart = (a: string | null, b: string | null): number => {
  if (a === null || b === null || a.length < 10 || b.length < 10) return Number.POSITIVE_INFINITY
  return Math.abs(Date.parse(a) - Date.parse(b)) / 86_400_000
}

/** What the words of names that agree are worth, and whether one says that it continues the other. */
const wordsWeight = (named: NameWeight, a: NameFeatures, b: NameFeatures, add: Add): number => {
  if (named.rule === 'name.none') return 0
  let weight = 0
  const own = named.rule === 'name.sameObject' ? a.ownOfObject : Math.min(a.ownOfHead, b.ownOfHead)
  // The year's works of a county are one plan, whatever common words it is named with: 2025年老旧小区改造.
  if (own === 0 && a.years.length > 0 && a.years.join() === b.years.join()) return weight + followOnWeight(a, b, add)
  if (own === 0) weight += add('commonWords', a.object, b.object)
  else if (own === 1) weight += add('fewOwnWords', a.object, b.object)
  return weight + followOnWeight(a, b, add)
}

const followOnWeight = (a: NameFeatures, b: NameFeatures, add: Add): number =>
  a.isFollowOn === b.isFollowOn ? 0 : add('followOn', a.object, b.object)

const contextWeight = (a: ProjectNode, b: ProjectNode, add: Add): number => {
  let weight = 0
  if (a.ownerKey !== null && b.ownerKey !== null) {
    if (a.ownerKey === b.ownerKey) weight += add('sameOwner', a.ownerName, b.ownerName)
    else if (!areKin(a.ownerName, b.ownerName)) weight += add('otherOwner', a.ownerName, b.ownerName)
  }
  const left = countyOf(a)
  const right = countyOf(b)
  if (left !== null && right !== null) {
    if (left === right) weight += add('sameCounty', left, right)
    else if (nameFeatures(a).counties.length === 0 || nameFeatures(b).counties.length === 0)
      weight += add('otherCounty', left, right)
  }
  if (areOfOtherTimes(a, b)) weight += add('otherTime', a.on, b.on)
  if (a.contractorKeys.some((key) => b.contractorKeys.includes(key))) {
    weight += add('sameContractor', a.contractorKeys, b.contractorKeys)
    if (a.kind !== b.kind && a.amountFen !== null && a.amountFen === b.amountFen)
      weight += add('sameSum', a.amountFen, b.amountFen)
  }
  return weight
}

const monthsBeforeMax = 12
const monthsApartMax = 36

/** Registrations on yearly lists (projectEntry) come whenever the list does, so their days say nothing. */
const areOfOtherTimes = (a: ProjectNode, b: ProjectNode): boolean => {
  if (a.on === null || b.on === null || a.kind === 'projectEntry' || b.kind === 'projectEntry') return false
  const months = monthsFrom(a.on, b.on)
  if (Math.abs(months) > monthsApartMax) return true
  if (a.kind === b.kind || (a.kind !== 'approval' && b.kind !== 'approval')) return false
  return (a.kind === 'approval' ? months : -months) < -monthsBeforeMax
}

/** One owner contains the other's name, as a bureau and its office do. */
const areKin = (a: string | null, b: string | null): boolean => {
  if (a === null || b === null) return true
  const start = commonStart(a, b)
  return start >= 4 && start >= 0.6 * Math.min(a.length, b.length)
}
