/** What two projects' names say about being one project. Cheap questions first: most pairs of a block share a few characters and no more. */
import { differenceRuns } from '../parties/alignment.ts'
import { isDirection, isNumeral } from '../parties/characters.ts'
import type { NameFeatures } from './features.ts'
import { areDisjoint } from './numbers.ts'
import { type Add, weightOf } from './weights.ts'
import { worksAtEnd } from './works-words.ts'

/** What two names say about being one project, without any other field. */
export interface NameWeight {
  readonly weight: number
  readonly rule: string
  /** Year, number or letter tells the two apart although the words agree. */
  readonly isOther: boolean
  readonly isOtherPhase: boolean
}

const nothingInCommon: NameWeight = { weight: -20, rule: 'name.none', isOther: false, isOtherPhase: false }

/** @returns weight in bits, −20 where the names have nothing in common */
export const compareProjectNames = (a: NameFeatures, b: NameFeatures): NameWeight => nameWeight(a, b, weightOf)

export const nameWeight = (a: NameFeatures, b: NameFeatures, add: Add): NameWeight => {
  const likeness = nameLikeness(a, b)
  if (likeness === null) return nothingInCommon
  let weight = add(likeness, a.object, b.object)
  const agreeing = likeness === 'partOf' ? [a.head, b.head] : [a.object, b.object]
  if (Math.min(agreeing[0]!.length, agreeing[1]!.length) < 6) weight += add('shortName', agreeing[0]!, agreeing[1]!)
  let isOther = false
  if (areDisjoint(a.years, b.years)) {
    weight += add('otherYear', a.years, b.years)
    isOther = true
  }
  if (hasOtherNumber(a.headForm, b.headForm)) {
    weight += add('otherNumber', a.head, b.head)
    isOther = true
  }
  if (a.phases.length > 0 && b.phases.length > 0)
    weight += areDisjoint(a.phases, b.phases)
      ? add('otherPhase', a.phases, b.phases)
      : add('samePhase', a.phases, b.phases)
  if (areDisjoint(a.routes, b.routes)) {
    weight += add('otherRoute', a.routes, b.routes)
    isOther = true
  } else if (a.routes.length > 0 && b.routes.length > 0) weight += add('sameRoute', a.routes, b.routes)
  if (a.isBeside !== b.isBeside && likeness !== 'closeName') weight += add('beside', a.object, b.object)
  if (areDisjoint(a.counties, b.counties)) weight += add('otherCounty', a.counties, b.counties)
  return { weight, rule: `name.${likeness}`, isOther, isOtherPhase: areDisjoint(a.phases, b.phases) }
}

export type Likeness = 'sameObject' | 'sameHead' | 'partOf' | 'listed' | 'closeName' | 'sharedStart'

const nameLikeness = (a: NameFeatures, b: NameFeatures): Likeness | null => {
  if (a.object === '' || b.object === '') return null
  const left = a.form
  const right = b.form
  if (left === right) return 'sameObject'
  const leftHead = a.headForm
  const rightHead = b.headForm
  if (leftHead === rightHead && a.head.length >= 4) return 'sameHead'
  const isLeftShorter = leftHead.length <= rightHead.length
  const shorter = isLeftShorter ? leftHead : rightHead
  const longer = isLeftShorter ? right : left
  const areBothNamed = a.isNamedProject && b.isNamedProject
  const partMin = (isLeftShorter ? a : b).isNamedProject ? 4 : 5
  if (shorter.length >= partMin && longer.startsWith(shorter) && !(isLeftShorter ? b : a).isNamedProject)
    return 'partOf'
  if (shorter.length >= 6 && longer.endsWith(shorter) && endsAsPlace(longer.slice(0, -shorter.length))) return 'partOf'
  if (areBothNamed && (isLeftShorter ? left : right).startsWith(isLeftShorter ? rightHead : leftHead)) return 'partOf'
  if (!areBothNamed && (isListed(a, b) || isListed(b, a))) return 'listed'
  if (isClose(left, right, a.sorted, b.sorted)) return 'closeName'
  if (leftHead !== left || rightHead !== right)
    if (areBothNamed ? isOneSlip(leftHead, rightHead) : isClose(leftHead, rightHead, null, null)) return 'closeName'
  const start = commonStart(left, right)
  if (!areBothNamed && start >= 7 && start >= 0.6 * Math.min(left.length, right.length)) return 'sharedStart'
  return null
}

/** One name lists what the other is named for. */
const isListed = (a: NameFeatures, b: NameFeatures): boolean => a.parts.some((part) => b.form.startsWith(part))

const endsAsPlace = (text: string): boolean => /(?:[省市县镇乡村]|(?<![片小社园校厂])区)$/u.test(text)

export const commonStart = (a: string, b: string): number => {
  const shorter = Math.min(a.length, b.length)
  let length = 0
  while (length < shorter && a.charCodeAt(length) === b.charCodeAt(length)) length += 1
  return length
}

const commonEnd = (a: string, b: string): number => {
  const shorter = Math.min(a.length, b.length)
  let length = 0
  while (length < shorter && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)) length += 1
  return length
}

/** Characters that both hold, each as often as both do; the characters are sorted. */
const sharedCharacters = (a: Uint16Array, b: Uint16Array): number => {
  let shared = 0
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const left = a[i]!
    const right = b[j]!
    if (left === right) shared += 1
    if (left <= right) i += 1
    if (right <= left) j += 1
  }
  return shared
}

/** One slip, or words that only one of them has, in names that otherwise agree. */
const isClose = (a: string, b: string, sortedA: Uint16Array | null, sortedB: Uint16Array | null): boolean => {
  const shorter = Math.min(a.length, b.length)
  if (shorter < 6) return false
  const onlyOneMax = shorter * 0.4
  const replacedMax = shorter >= 10 ? 1 : 0
  const surplus = Math.abs(a.length - b.length)
  if (surplus > onlyOneMax) return false
  // Of the words that only one has, the shorter name holds at most half of what its length does not explain.
  const sharedMin = shorter - replacedMax - (onlyOneMax - surplus) / 2
  if (sortedA !== null && sortedB !== null && sharedCharacters(sortedA, sortedB) < sharedMin) return false
  let replaced = 0
  let onlyOne = 0
  for (const run of differenceRuns(a, b)) {
    const left = run.leftTo - run.leftFrom
    const right = run.rightTo - run.rightFrom
    if (left > 0 && right > 0) replaced += Math.max(left, right)
    else onlyOne += left + right
  }
  return replaced <= replacedMax && onlyOne <= onlyOneMax
}

const slipNameMin = 10

/** A character dropped, doubled, swapped or mistaken in a long name: 绿色发EOD for 绿色发展EOD. */
const isOneSlip = (a: string, b: string): boolean => {
  if (Math.min(a.length, b.length) < slipNameMin || Math.abs(a.length - b.length) > 1) return false
  const runs = differenceRuns(a, b)
  return runs.length === 1 && runs[0]!.leftTo - runs[0]!.leftFrom <= 1 && runs[0]!.rightTo - runs[0]!.rightFrom <= 1
}

/** 第四人民医院 and 第二人民医院, A 地块 and C 地块, 东区 and 西区. */
const hasOtherNumber = (a: string, b: string): boolean => {
  if (a === b) return false
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

const worksMin = 4

/** The works that two names of one plan have in common: the same year, the same kind of works at the end, and other places before them. */
export const sharedPlan = (a: NameFeatures, b: NameFeatures): string | null => {
  if (a.years.length === 0 || a.years.join() !== b.years.join()) return null
  const end = commonEnd(a.form, b.form)
  if (end < worksMin) return null
  const works = worksAtEnd(a.form.slice(a.form.length - end))
  return works.length >= worksMin ? works : null
}
