/** Which kind of difference a run is: formal, of place, of number, or a slip of the pen. */
import type { DifferenceRun } from './alignment.ts'
import { isDirection, isFamilyName, isHomophone, isLookAlike, isNumeral, isVillageWord } from './characters.ts'
import type { NameModel } from './differences.ts'
import type { Places } from './places.ts'
import type { DifferenceKind } from './settings.ts'

/** The kind of one run; `said` and `held` are its two sides. */
export const kindOf = (
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
  if (isOtherVillage(left, right, run)) return 'placeOther'
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

/** Villages are called by a family and one of few words (张店, 冯店, 李庄): another family is another village, not a slip. */
const isOtherVillage = (left: string, right: string, run: DifferenceRun): boolean => {
  if (run.leftTo - run.leftFrom !== 1 || run.rightTo - run.rightFrom !== 1) return false
  const a = left.charCodeAt(run.leftFrom)
  const b = right.charCodeAt(run.rightFrom)
  return isFamilyName(a) && isFamilyName(b) && isVillageWord(right.charCodeAt(run.rightTo)) && !isHomophone(a, b)
}

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
  if (single === 'added' && isStutter(holder, from, to)) return 'doubled'
  if (hasNumeral(run)) return 'numeral'
  return single === 'dropped' ? 'wordDropped' : 'wordAdded'
}

/** 专专专业: the same character over and over, one of which is right. */
const isStutter = (holder: string, from: number, to: number): boolean => {
  const unit = holder.charCodeAt(from)
  for (let i = from; i < to; i++) if (holder.charCodeAt(i) !== unit) return false
  return holder.charCodeAt(from - 1) === unit || holder.charCodeAt(to) === unit
}

const hasNumeral = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (isNumeral(text.charCodeAt(i))) return true
  return false
}

const seemsAlike = (a: string, b: string): boolean => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !isHomophone(a.charCodeAt(i), b.charCodeAt(i))) return false
  return true
}
