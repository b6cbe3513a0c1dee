/**
 * What the differences of two names mean. Each run gets a kind with two prices in bits: `slip`, how rarely a writer
 * of this very name would do that, and `sibling`, how rarely another company's name differs in just that way.
 * The party is the registration where slips are cheaper than siblings.
 */
import { type DifferenceRun, differenceRuns } from './alignment.ts'
import { isDirection, isHomophone, isLookAlike, isNumeral } from './characters.ts'
import type { Likelihood } from './likelihood.ts'
import { branchStart } from './name-form.ts'
import type { Places } from './places.ts'
import type { DifferenceKind, LinkWeights } from './settings.ts'
import type { LinkEvidence } from './types.ts'

export interface NameComparison {
  readonly slipBits: number
  readonly siblingBits: number
  /** One name is a branch and the other is not, or they are different branches. */
  readonly isOtherBranch: boolean
  /** Equal but for its writing: legal form, marks, 市 or a province before the city. */
  readonly isEqual: boolean
  /** Words, places or numbers differ: what tells siblings apart, hardly ever a slip. */
  readonly isOther: boolean
  readonly kinds: readonly DifferenceKind[]
}

export interface NameModel {
  readonly likelihood: Likelihood
  readonly places: Places
  readonly weights: LinkWeights
}

/** More single edits than this are never slips, however they fall. */
const editsMax = 6.5

const equalNames: NameComparison = {
  slipBits: 0,
  siblingBits: 60,
  isOtherBranch: false,
  isEqual: true,
  isOther: false,
  kinds: [],
}

/**
 * Compares the comparison form of a party's name with that of a registration.
 * @param leftBranch `branchStart` of the party's form, `rightBranch` of the registration's
 * @param evidence filled with one line a difference where given
 */
export const compareNames = (
  model: NameModel,
  left: string,
  right: string,
  leftBranch: number,
  rightBranch: number,
  evidence?: LinkEvidence[],
): NameComparison => {
  if (left === right) return equalNames
  let slipBits = 0
  let siblingBits = 0
  /** The cheapest way to make one difference the sibling's, where none is cheaper so than as a slip. */
  let dearestSlip = Number.POSITIVE_INFINITY
  let isOtherBranch = leftBranch < left.length && rightBranch === right.length
  const kinds: DifferenceKind[] = []
  for (const run of differenceRuns(left, right, editsMax)) {
    const said = left.slice(run.leftFrom, run.leftTo)
    const held = right.slice(run.rightFrom, run.rightTo)
    let kind = kindOf(model, left, right, run, said, held)
    if (isBranchRun(kind, left, right, run, said, rightBranch)) {
      kind = 'branch'
      isOtherBranch = true
    }
    const slip = slipPrice(model, kind, said, held)
    slipBits += slip
    if (formalKinds.has(kind)) siblingBits += slip
    else {
      const sibling = siblingPrice(kind, model.likelihood.middleBits(left, run.leftFrom, run.leftTo))
      siblingBits += Math.min(slip, sibling)
      dearestSlip = Math.min(dearestSlip, Math.max(sibling - slip, 0))
    }
    kinds.push(kind)
    evidence?.push(line(kind, said, held, -slip))
  }
  siblingBits = dearestSlip === Number.POSITIVE_INFINITY ? 60 : siblingBits + dearestSlip
  if (isOtherBranch && !kinds.includes('branch')) {
    slipBits += model.weights.difference.branch
    kinds.push('branch')
    evidence?.push(line('branch', left.slice(leftBranch), '', -model.weights.difference.branch))
  }
  const isEqual = kinds.every((kind) => formalKinds.has(kind))
  const isOther = kinds.some((kind) => otherKinds.has(kind))
  return { slipBits, siblingBits, isOtherBranch, isEqual, isOther, kinds }
}

const formalKinds: ReadonlySet<DifferenceKind> = new Set(['mark', 'legalForm', 'placeSuffix', 'placeAbove'])
const otherKinds: ReadonlySet<DifferenceKind> = new Set([
  'wordReplaced',
  'wordAdded',
  'placeOther',
  'numeral',
  'direction',
  'group',
  'branch',
])

/**
 * A branch's own words stand at the end. What differs there beyond a slip, or is added behind a whole name, is another
 * registrant, whether or not the words are spelt so that a grammar would know them.
 */
const isBranchRun = (
  kind: DifferenceKind,
  left: string,
  right: string,
  run: DifferenceRun,
  said: string,
  rightBranch: number,
): boolean => {
  if (rightBranch < right.length && run.rightTo > rightBranch && isTelling(kind)) return true
  if (said.length < 2) return false
  const isBehind = run.rightFrom === right.length && run.rightTo === right.length
  if (isBehind && !formalKinds.has(kind) && kind !== 'legalFormDropped') return true
  return run.rightTo === run.rightFrom && said.startsWith('公司') && run.leftTo < left.length
}

/** Evidence lines of the differences between two names, for explanations; not needed for the decision itself. */
export const explainNames = (model: NameModel, left: string, right: string): LinkEvidence[] => {
  const evidence: LinkEvidence[] = []
  compareNames(model, left, right, branchStart(left), branchStart(right), evidence)
  return evidence
}

const line = (kind: DifferenceKind, left: string, right: string, weight: number): LinkEvidence => ({
  comparison: 'name',
  left,
  right,
  level: kind,
  weight,
})

/** In a branch's own words only slips of one character may still mean the same branch. */
const isTelling = (kind: DifferenceKind): boolean => telling.has(kind)
const telling: ReadonlySet<DifferenceKind> = new Set([
  'replaced',
  'wordReplaced',
  'wordAdded',
  'wordDropped',
  'placeOther',
  'placeDropped',
  'placeAdded',
  'numeral',
  'legalFormDropped',
])

const kindOf = (
  model: NameModel,
  left: string,
  right: string,
  run: DifferenceRun,
  said: string,
  held: string,
): DifferenceKind => {
  const formal = formalKind(left, run, said, held)
  if (formal !== null) return formal
  const placed = placeKind(model.places, left, right, run, said, held)
  if (placed !== null) return placed
  if (said.length === 1 && held.length === 1) return replacedKind(said.charCodeAt(0), held.charCodeAt(0))
  if (said.length === 0) return absentKind(right, run.rightFrom, run.rightTo, held, 'dropped')
  if (held.length === 0) return absentKind(left, run.leftFrom, run.leftTo, said, 'added')
  if (said.length === 2 && held.length === 2 && said[0] === held[1] && said[1] === held[0]) return 'swapped'
  if (hasNumeral(said) && hasNumeral(held)) return 'numeral'
  if (said.length === held.length && seemsAlike(said, held)) return 'homophone'
  return 'wordReplaced'
}

const formalWord = /^(?:有限公司|有限|公司|责任|限公司|有限公|限|司|公|责任公司)$/
const formalKind = (left: string, run: DifferenceRun, said: string, held: string): DifferenceKind | null => {
  if (said === '集团' || held === '集团') return said === '' || held === '' ? 'group' : null
  if (said === '股份' || held === '股份') return said === '' || held === '' ? 'legalFormOther' : null
  if (said === '' && formalWord.test(held)) return run.leftTo === left.length ? 'legalFormDropped' : 'legalForm'
  if (said === '' && held === '股份有限公司') return 'legalFormDropped'
  if (held === '' && formalWord.test(said)) return 'legalFormDropped'
  return null
}

const placeSuffixes = '省市县区镇乡村'
const placeKind = (
  places: Places,
  left: string,
  right: string,
  run: DifferenceRun,
  said: string,
  held: string,
): DifferenceKind | null => {
  if (said === '' && held.length === 1 && placeSuffixes.includes(held)) return 'placeSuffix'
  if (held === '' && said.length === 1 && placeSuffixes.includes(said)) return 'placeSuffix'
  if (said === '' && held.length > 1) {
    if (!isPlaceRun(places, held)) return null
    return run.rightFrom === 0 && startsWithPlace(places, left) ? 'placeAbove' : 'placeDropped'
  }
  if (held === '' && said.length > 1) {
    if (!isPlaceRun(places, said)) return null
    return run.leftFrom === 0 && startsWithPlace(places, right) ? 'placeAbove' : 'placeAdded'
  }
  if (said === '' || held === '') return null
  for (let before = 0; before <= 2; before++)
    for (let after = 0; after <= 2; after++) {
      if (run.leftFrom < before || run.rightFrom < before) continue
      const a = left.slice(run.leftFrom - before, run.leftTo + after)
      const b = right.slice(run.rightFrom - before, run.rightTo + after)
      if (a.length >= 2 && b.length >= 2 && places.isPlace(a) && places.isPlace(b)) return 'placeOther'
    }
  return null
}

/** 南阳市… behind 河南省: the province only says what the city implies. */
const startsWithPlace = (places: Places, name: string): boolean =>
  places.isPlace(name.slice(0, 2)) || places.isPlace(name.slice(0, 3))

const isPlaceRun = (places: Places, run: string): boolean =>
  places.isPlace(run) || (run.length > 2 && placeSuffixes.includes(run[0]!) && places.isPlace(run.slice(1)))

const replacedKind = (a: number, b: number): DifferenceKind => {
  if (isNumeral(a) && isNumeral(b)) return 'numeral'
  if (isDirection(a) && isDirection(b)) return 'direction'
  if (isHomophone(a, b)) return 'homophone'
  if (isLookAlike(a, b)) return 'lookAlike'
  return 'replaced'
}

const absentKind = (
  holder: string,
  from: number,
  to: number,
  run: string,
  single: 'dropped' | 'added',
): DifferenceKind => {
  if (run.length === 1) {
    const unit = run.charCodeAt(0)
    if (single === 'added' && (holder.charCodeAt(from - 1) === unit || holder.charCodeAt(to) === unit)) return 'doubled'
    if (isNumeral(unit)) return 'numeral'
    return single
  }
  if (hasNumeral(run)) return 'numeral'
  return single === 'dropped' ? 'wordDropped' : 'wordAdded'
}

const hasNumeral = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (isNumeral(text.charCodeAt(i))) return true
  return false
}

const seemsAlike = (a: string, b: string): boolean => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !isHomophone(a.charCodeAt(i), b.charCodeAt(i))) return false
  return true
}

/** A wrong character is one of thousands: that it is this very one costs a share of its own rarity. */
const slipPrice = (model: NameModel, kind: DifferenceKind, said: string, held: string): number => {
  const base = model.weights.difference[kind]
  const length = Math.max(said.length, held.length)
  switch (kind) {
    case 'replaced':
    case 'added':
      return base + model.weights.characterChoice * model.likelihood.unitBits(said.charCodeAt(0))
    case 'homophone':
      return base * length
    case 'numeral':
      return said === '' || held === '' ? base / 2 : base
    case 'wordDropped':
    case 'wordAdded':
    case 'wordReplaced':
      return base + 1.5 * (length - 2)
    default:
      return base
  }
}

/** Other towns, numbers and legal forms are few: siblings there are common whatever the characters. */
const siblingPrice = (kind: DifferenceKind, surprise: number): number => {
  const floor = Math.max(surprise, 0.5)
  switch (kind) {
    case 'placeOther':
    case 'numeral':
    case 'direction':
      return Math.min(floor, 5)
    case 'placeAdded':
    case 'placeDropped':
      return Math.min(floor, 7)
    case 'legalFormDropped':
      return 14
    case 'legalFormOther':
    case 'group':
      return 6
    case 'doubled':
      return floor + 6
    case 'swapped':
      return floor + 2
    default:
      return floor
  }
}
