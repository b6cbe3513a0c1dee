/**
 * Compares two project records. Numbers of the project decide where both have one; else the names, weighed with owner, place,
 * year, road, phase, contractor and sum. Weights are bits, fitted on award notices with known registration numbers.
 */
import { differenceRuns } from '../parties/alignment.ts'
import { isDirection, isNumeral } from '../parties/characters.ts'
import type { LinkEvidence } from '../parties/types.ts'
import { type NameFeatures, nameFeatures } from './features.ts'
import type { Edge, ProjectNode } from './types.ts'

/** Weights in bits. What names give by themselves stays below what a different code or number takes away. */
export const projectWeights = {
  version: 1,
  code: 24,
  documentNumber: 12,
  sourceProject: 24,
  sameObject: 8,
  sameHead: 6,
  partOf: 5,
  closeName: 4,
  sharedStart: 1.5,
  shortName: -3,
  sameOwner: 3,
  otherOwner: -3,
  sameCounty: 1,
  otherCounty: -7,
  sameRoute: 3,
  otherRoute: -8,
  samePhase: 2,
  otherPhase: -2.5,
  otherYear: -9,
  otherNumber: -12,
  sameContractor: 2,
  sameSum: 6,
  otherSourceProject: -12,
} as const

type Comparison = keyof typeof projectWeights

/** @returns null where nothing joins the two and nothing forbids it */
export const compareNodes = (left: ProjectNode, right: ProjectNode): Edge | null => {
  const [first, second] = left.key < right.key ? [left, right] : [right, left]
  const evidence: LinkEvidence[] = []
  const add = (comparison: Comparison, a: string | null, b: string | null): number => {
    const weight = projectWeights[comparison]
    evidence.push({ comparison, left: a ?? '', right: b ?? '', level: weight > 0 ? 'agrees' : 'differs', weight })
    return weight
  }
  const edge = (rule: string, weight: number, veto = false): Edge => ({
    a: first.key,
    b: second.key,
    weight,
    veto,
    rule,
    evidence,
  })

  if (first.projectCode !== null && first.projectCode === second.projectCode)
    return edge('code.same', add('code', first.projectCode, second.projectCode))
  const named = nameWeight(nameFeatures(first), nameFeatures(second), add)
  const weight = named.weight + contextWeight(first, second, add)
  if (first.projectCode !== null && second.projectCode !== null) {
    if (isReissued(first, second)) return edge('code.reissued', projectWeights.documentNumber)
    return edge('code.other', -projectWeights.code, true)
  }
  if (first.sourceProject !== null && second.sourceProject !== null) {
    if (first.sourceProject === second.sourceProject)
      return edge('source.same', add('sourceProject', first.sourceProject, second.sourceProject))
    if (isOtherByScheme(first.sourceProject, second.sourceProject))
      return edge('source.other', add('otherSourceProject', first.sourceProject, second.sourceProject), true)
  }
  // Approvals make projects: phases approved apart are two, while lots of both may stand under one number.
  if (first.kind === 'approval' && second.kind === 'approval' && named.isOtherPhase)
    return edge('phase.other', round(weight), true)
  const numbered =
    first.documentNumber !== null && first.documentNumber === second.documentNumber
      ? add('documentNumber', first.documentNumber, second.documentNumber)
      : 0
  const total = weight + numbered
  if (named.isOther && numbered === 0)
    return total < -projectWeights.sameObject ? null : edge('name.other', total, true)
  if (total <= 0) return null
  return edge(numbered > 0 ? 'document.same' : named.rule, round(total))
}

/**
 * True where the comparison could only say that the codes differ. Clustering knows that from the codes themselves, and such pairs grow with the
 * square of the records (three of four edges of a city), so they are neither compared nor kept.
 */
export const areOtherByCode = (a: ProjectNode, b: ProjectNode): boolean =>
  a.projectCode !== null && b.projectCode !== null && a.projectCode !== b.projectCode && !isReissued(a, b)

const round = (weight: number): number => Math.round(weight * 1000) / 1000
/**
 * Schemes by which one project has several numbers: 四库一平台 numbers anew where a permit is renewed or a district takes over from the city (domain.md
 * 1.8). Everywhere else another number is another project.
 */
const looseSchemes = new Set(['housing'])

const isOtherByScheme = (a: string, b: string): boolean => schemeOf(a) === schemeOf(b) && !looseSchemes.has(schemeOf(a))

const schemeOf = (sourceProject: string): string => sourceProject.slice(0, sourceProject.indexOf(':'))

/**
 * A re-approved project gets a new code (发改投资〔2020〕1439号: one code for life, but a new approval brings a new life). Same name and
 * owner, and the same document number, or two approvals of like sums within three years.
 */
const isReissued = (a: ProjectNode, b: ProjectNode): boolean => {
  if (a.ownerKey === null || a.ownerKey !== b.ownerKey) return false
  const left = nameFeatures(a)
  const right = nameFeatures(b)
  if (left.form !== right.form || areDisjoint(left.years, right.years) || left.phases.join() !== right.phases.join())
    return false
  if (a.documentNumber !== null && a.documentNumber === b.documentNumber) return true
  if (a.kind !== 'approval' || b.kind !== 'approval' || left.form.length < reissuedNameMin) return false
  return monthsApart(a.on, b.on) <= reissuedMonthsMax && isLikeSum(a.amountFen, b.amountFen)
}

const reissuedNameMin = 6
const reissuedMonthsMax = 36

const monthsApart = (a: string | null, b: string | null): number => {
  if (a === null || b === null) return Number.POSITIVE_INFINITY
  const months = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7) || '6')
  return Math.abs(months(a) - months(b))
}

/** Within a fifth of the larger. */
const isLikeSum = (a: bigint | null, b: bigint | null): boolean => {
  if (a === null || b === null) return false
  const [less, more] = a < b ? [a, b] : [b, a]
  return more > 0n && (more - less) * 5n <= more
}

/** What two names say about being one project, without any other field. */
export interface NameWeight {
  readonly weight: number
  readonly rule: string
  /** Year, number or letter tells the two apart although the words agree. */
  readonly isOther: boolean
  readonly isOtherPhase: boolean
}

type Add = (comparison: Comparison, a: string | null, b: string | null) => number

/** @returns weight in bits, −20 where the names have nothing in common */
export const compareProjectNames = (a: NameFeatures, b: NameFeatures): NameWeight =>
  nameWeight(a, b, (comparison) => projectWeights[comparison])

const nameWeight = (a: NameFeatures, b: NameFeatures, add: Add): NameWeight => {
  const likeness = nameLikeness(a, b)
  if (likeness === null) return { weight: -20, rule: 'name.none', isOther: false, isOtherPhase: false }
  let weight = add(likeness, a.object, b.object)
  if (Math.min(a.object.length, b.object.length) < 6) weight += add('shortName', a.object, b.object)
  let isOther = false
  if (areDisjoint(a.years, b.years)) {
    weight += add('otherYear', a.years.join(), b.years.join())
    isOther = true
  }
  if (hasOtherNumber(a.headForm, b.headForm)) {
    weight += add('otherNumber', a.head, b.head)
    isOther = true
  }
  if (a.phases.length > 0 && b.phases.length > 0)
    weight += areDisjoint(a.phases, b.phases)
      ? add('otherPhase', a.phases.join(), b.phases.join())
      : add('samePhase', a.phases.join(), b.phases.join())
  if (areDisjoint(a.routes, b.routes)) {
    weight += add('otherRoute', a.routes.join(), b.routes.join())
    isOther = true
  } else if (a.routes.length > 0 && b.routes.length > 0) weight += add('sameRoute', a.routes.join(), b.routes.join())
  if (areDisjoint(a.counties, b.counties)) weight += add('otherCounty', a.counties.join(), b.counties.join())
  return { weight, rule: `name.${likeness}`, isOther, isOtherPhase: areDisjoint(a.phases, b.phases) }
}

type Likeness = 'sameObject' | 'sameHead' | 'partOf' | 'closeName' | 'sharedStart'

const nameLikeness = (a: NameFeatures, b: NameFeatures): Likeness | null => {
  if (a.object === '' || b.object === '') return null
  const left = a.form
  const right = b.form
  if (left === right) return 'sameObject'
  const leftHead = a.headForm
  const rightHead = b.headForm
  if (leftHead === rightHead && a.head.length >= 4) return 'sameHead'
  const [shorter, longer] = leftHead.length <= rightHead.length ? [leftHead, right] : [rightHead, left]
  const areBothNamed = a.isNamedProject && b.isNamedProject
  if (shorter.length >= 5 && longer.startsWith(shorter) && !areBothNamed) return 'partOf'
  if (shorter.length >= 6 && longer.endsWith(shorter) && endsAsPlace(longer.slice(0, -shorter.length))) return 'partOf'
  if (isClose(left, right) || (!areBothNamed && isClose(leftHead, rightHead))) return 'closeName'
  const start = commonStart(left, right)
  if (start >= 7 && start >= 0.6 * Math.min(left.length, right.length)) return 'sharedStart'
  return null
}

const endsAsPlace = (text: string): boolean => /(?:[省市县镇乡村]|(?<![片小社园校厂])区)$/u.test(text)

const commonStart = (a: string, b: string): number => {
  const shorter = Math.min(a.length, b.length)
  let length = 0
  while (length < shorter && a[length] === b[length]) length += 1
  return length
}

/** One slip, or words that only one of them has, in names that otherwise agree. */
const isClose = (a: string, b: string): boolean => {
  const shorter = Math.min(a.length, b.length)
  if (shorter < 6) return false
  let replaced = 0
  let onlyOne = 0
  for (const run of differenceRuns(a, b)) {
    const left = run.leftTo - run.leftFrom
    const right = run.rightTo - run.rightFrom
    if (left > 0 && right > 0) replaced += Math.max(left, right)
    else onlyOne += left + right
  }
  return replaced <= (shorter >= 10 ? 1 : 0) && onlyOne <= shorter * 0.4
}

/** 第四人民医院 and 第二人民医院, A 地块 and C 地块, 东区 and 西区. */
const hasOtherNumber = (a: string, b: string): boolean => {
  for (const run of differenceRuns(a, b)) {
    const left = a.slice(run.leftFrom, run.leftTo)
    const right = b.slice(run.rightFrom, run.rightTo)
    if (left === '' || right === '') continue
    if (isCounted(left) && isCounted(right) && isLatin(left) === isLatin(right)) return true
    if (left.length === 1 && right.length === 1 && isDirection(left.charCodeAt(0)) && isDirection(right.charCodeAt(0)))
      return true
  }
  return false
}

const isLatin = (text: string): boolean => /[A-Z]/.test(text)

const isCounted = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (!isNumeral(text.charCodeAt(i))) return false
  return true
}

const areDisjoint = (a: readonly string[], b: readonly string[]): boolean =>
  a.length > 0 && b.length > 0 && !a.some((one) => b.includes(one))

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
  if (a.contractorKeys.some((key) => b.contractorKeys.includes(key))) {
    weight += add('sameContractor', a.contractorKeys.join(), b.contractorKeys.join())
    if (a.kind !== b.kind && a.amountFen !== null && a.amountFen === b.amountFen)
      weight += add('sameSum', String(a.amountFen), String(b.amountFen))
  }
  return weight
}

const countyOf = (node: ProjectNode): string | null => {
  const code = node.divisionCode?.slice(0, 6) ?? null
  return code === null || code.length < 6 || code.endsWith('00') ? null : code
}

/** One owner contains the other's name, as a bureau and its office do. */
const areKin = (a: string | null, b: string | null): boolean => {
  if (a === null || b === null) return true
  const start = commonStart(a, b)
  return start >= 4 && start >= 0.6 * Math.min(a.length, b.length)
}
