/**
 * What the differences of two names mean. Each run gets a kind with two prices in bits: `slip`, how rarely a writer
 * of this very name would do that, and `sibling`, how rarely another company's name differs in just that way.
 * The party is the registration where slips are cheaper than siblings.
 */
import { type DifferenceRun, differenceRuns } from './alignment.ts'
import { kindOf } from './difference-kinds.ts'
import { siblingPrice, slipPrice } from './difference-prices.ts'
import type { Likelihood } from './likelihood.ts'
import { type Places, placeStem } from './places.ts'
import type { DifferenceKind, LinkWeights } from './settings.ts'
import type { LinkEvidence } from './types.ts'

export interface NameComparison {
  readonly slipBits: number
  readonly siblingBits: number
  /** One name is a branch and the other is not, or they are different branches. */
  readonly isOtherBranch: boolean
  /** Equal but for its writing: legal form, marks, 市 or a province before the city. */
  readonly isEqual: boolean
  /** Words, places, numbers or directions differ: what tells siblings apart, hardly ever a slip. */
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
  let isOtherBranch = false
  let hasBranchWords = leftBranch < left.length && rightBranch === right.length
  const kinds: DifferenceKind[] = []
  const places = { said: '', held: '' }
  for (const run of differenceRuns(left, right, editsMax)) {
    const said = left.slice(run.leftFrom, run.leftTo)
    const held = right.slice(run.rightFrom, run.rightTo)
    const surprise = model.likelihood.middleBits(left, run.leftFrom, run.leftTo)
    let { kind, slip } = slipOf(model, left, right, run, said, held)
    if (hasBranchWords && singleKinds.has(kind) && run.leftTo > leftBranch) hasBranchWords = false
    if (isCutShort(kind, left, right, run, rightBranch)) {
      kind = 'truncated'
      slip = slipPrice(model, kind, said, held)
    } else if (isBranchRun(kind, left, right, run, said, rightBranch, surprise - slip)) {
      kind = 'branch'
      slip = slipPrice(model, kind, said, held)
      isOtherBranch = true
    }
    slipBits += slip
    if (formalKinds.has(kind)) siblingBits += slip
    else {
      const sibling = siblingPrice(kind, surprise)
      siblingBits += Math.min(slip, sibling)
      dearestSlip = Math.min(dearestSlip, Math.max(sibling - slip, 0))
    }
    kinds.push(kind)
    if (kind === 'placeAdded') places.said = said
    if (kind === 'placeDropped') places.held = held
    evidence?.push(line(kind, said, held, -slip))
  }
  if (otherPlace(places)) {
    kinds.push('placeOther')
    slipBits += model.weights.difference.placeOther
    evidence?.push(line('placeOther', places.said, places.held, -model.weights.difference.placeOther))
  }
  siblingBits = dearestSlip === Number.POSITIVE_INFINITY ? 60 : siblingBits + dearestSlip
  if (hasBranchWords) {
    isOtherBranch = true
    if (!kinds.includes('branch')) {
      slipBits += model.weights.difference.branch
      kinds.push('branch')
      evidence?.push(line('branch', left.slice(leftBranch), '', -model.weights.difference.branch))
    }
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
/** Slips of one character; where the last one looks like a branch (厂厂), it is none. */
const singleKinds: ReadonlySet<DifferenceKind> = new Set(['doubled', 'swapped', 'homophone', 'lookAlike', 'replaced'])

/** One place left out and another one said elsewhere (郑州甲公司, 甲（洛阳）公司); the same place moved is none. */
const otherPlace = ({ said, held }: { said: string; held: string }): boolean =>
  said !== '' && held !== '' && placeStem(said) !== placeStem(held)

/** A run is one difference, or several slips that happen to touch, whichever is cheaper. */
const slipOf = (
  model: NameModel,
  left: string,
  right: string,
  run: DifferenceRun,
  said: string,
  held: string,
): { kind: DifferenceKind; slip: number } => {
  const kind = kindOf(model, left, right, run, said, held)
  const slip = slipPrice(model, kind, said, held)
  if (run.steps === undefined || !severalKinds.has(kind)) return { kind, slip }
  let several = run.steps.length - 1
  for (const step of run.steps) {
    const a = left.slice(step.leftFrom, step.leftTo)
    const b = right.slice(step.rightFrom, step.rightTo)
    several += slipPrice(model, kindOf(model, left, right, step, a, b), a, b)
    if (several >= slip) return { kind, slip }
  }
  return { kind: 'slips', slip: several }
}
const severalKinds: ReadonlySet<DifferenceKind> = new Set(['wordReplaced', 'homophone', 'numeral'])

/** A column too short for the name: the party's ends inside the words that tell the registrant. */
const isCutShort = (
  kind: DifferenceKind,
  left: string,
  right: string,
  run: DifferenceRun,
  rightBranch: number,
): boolean =>
  run.leftFrom === left.length &&
  run.rightTo === right.length &&
  !formalKinds.has(kind) &&
  !wholeEnd.test(left) &&
  (rightBranch < right.length ? run.rightFrom - rightBranch >= 2 : kind !== 'legalFormDropped' && left.length >= 9)

/** Ends that no width cut off: what follows there in the other name makes it another registrant. */
const wholeEnd = /(?:公司|集团|厂|店|社|院|所|部|站|处|中心|行|栈|场|队|局|校)$/

/**
 * A branch's own words stand at the end. What differs there and could well be the words of another branch, or is added behind
 * a whole name, is another registrant, whether or not the words are spelt so that a grammar would know them.
 * @param oddness bits by which the party's words there are rarer than the slip that would explain them
 */
const isBranchRun = (
  kind: DifferenceKind,
  left: string,
  right: string,
  run: DifferenceRun,
  said: string,
  rightBranch: number,
  oddness: number,
): boolean => {
  if (rightBranch < right.length && run.rightTo > rightBranch && telling.has(kind))
    return !(oddness >= oddnessMin && oddKinds.has(kind))
  if (said.length < 2) return false
  const isBehind = run.rightFrom === right.length && run.rightTo === right.length
  if (isBehind && !formalKinds.has(kind) && kind !== 'legalFormDropped') return true
  return run.rightTo === run.rightFrom && said.startsWith('公司') && run.leftTo < left.length
}

/** In a branch's own words only slips may still mean the same branch. */
const telling: ReadonlySet<DifferenceKind> = new Set([
  'replaced',
  'slips',
  'wordReplaced',
  'wordAdded',
  'wordDropped',
  'placeOther',
  'placeDropped',
  'placeAdded',
  'numeral',
  'legalFormDropped',
])
const oddKinds: ReadonlySet<DifferenceKind> = new Set(['replaced', 'slips'])
const oddnessMin = 3

const line = (kind: DifferenceKind, left: string, right: string, weight: number): LinkEvidence => ({
  comparison: 'name',
  left,
  right,
  level: kind,
  weight,
})
