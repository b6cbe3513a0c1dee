/** What a party's code says about one registration, when it is not simply that registration's code. */
import type { Identifier } from '#schemas/canonical/reading.ts'
import type { LinkWeights } from './settings.ts'
import type { RegistrationEntry } from './types.ts'

export type CodeLevel = 'none' | 'core' | 'repaired' | 'partial' | 'contradicts'

/** A code that can stand for its holder: whole, and right by its check characters. */
export const isTelling = (code: Identifier | null): boolean =>
  code !== null && code.status === 'valid' && code.core !== null && code.scheme !== 'idCard'

const partialMin = 10

/**
 * @param code the party's code, valid or damaged
 * @returns `contradicts` only for a valid code: a damaged one proves nothing against a name
 */
export const codeLevel = (code: Identifier | null, entry: RegistrationEntry): CodeLevel => {
  if (code === null || entry.core === null) return 'none'
  const said = code.normalised
  const held = entry.uscc
  if (isTelling(code)) {
    if (code.core === entry.core) return 'core'
    // Fifteen digits that pass for an old tax number by chance may be the start of a longer code.
    return said.length === 15 && held?.startsWith(said) === true ? 'partial' : 'contradicts'
  }
  if (said.length < partialMin) return 'none'
  if (code.core !== null && code.core === entry.core) return 'repaired'
  if (said.length >= partialMin && said.endsWith(entry.core)) return 'partial'
  if (held === null) return 'none'
  if (code.suggestions.includes(held) || isOneSlip(said, held)) return 'repaired'
  if (held.startsWith(said) || held.endsWith(said)) return 'partial'
  return 'none'
}

export const codeBits = (weights: LinkWeights, level: CodeLevel): number => (level === 'none' ? 0 : weights.code[level])

/** One character replaced, dropped, added or swapped with its neighbour. */
export const isOneSlip = (a: string, b: string): boolean => {
  if (Math.abs(a.length - b.length) > 1) return false
  let head = 0
  while (head < a.length && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < Math.min(a.length, b.length) - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1
  const left = a.slice(head, a.length - tail)
  const right = b.slice(head, b.length - tail)
  if (left.length <= 1 && right.length <= 1) return true
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0]
}
