/** What addresses and division codes say about two parties. A party's place is often its site: agreement tells more than difference. */
import type { LinkWeights } from './settings.ts'

const administrative = /^(?:[\u4e00-\u9fff]{2,3}省)?(?:[\u4e00-\u9fff]{2,4}?市)?(?:[\u4e00-\u9fff]{1,4}?[县区市])?/
const marks = /[\s（）()、，,。．.\-—#·]/g

/** The part of an address below the county, which tells neighbours apart. */
const local = (address: string): string => address.normalize('NFKC').replace(marks, '').replace(administrative, '')

const pairs = (text: string): Set<string> => {
  const found = new Set<string>()
  for (let i = 0; i + 1 < text.length; i++) found.add(text.slice(i, i + 2))
  return found
}

/** Share of common pairs of characters below the county, 0..1; null where either address says too little. */
export const addressLikeness = (left: string | null | undefined, right: string | null): number | null => {
  if (left == null || right === null) return null
  const a = pairs(local(left))
  const b = pairs(local(right))
  if (a.size < 3 || b.size < 3) return null
  let common = 0
  for (const pair of a) if (b.has(pair)) common += 1
  return (2 * common) / (a.size + b.size)
}

export const addressBits = (weights: LinkWeights, likeness: number | null): number => {
  if (likeness === null) return 0
  if (likeness >= 0.75) return weights.address.same
  if (likeness >= 0.45) return weights.address.close
  if (likeness >= 0.25) return weights.address.near
  return likeness < 0.08 ? weights.address.far : 0
}

/** Bits of two division codes of 6, 9 or 12 digits; codes of unlike length compare on what both have. */
export const divisionBits = (weights: LinkWeights, left: string | null, right: string | null): number => {
  if (left === null || right === null || left.length < 6 || right.length < 6) return 0
  if (left.slice(0, 6) === right.slice(0, 6)) return weights.division.same
  return left.slice(0, 4) === right.slice(0, 4) ? weights.division.sameCity : weights.division.other
}
