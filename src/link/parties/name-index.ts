/**
 * Finds registrations whose names share rare pairs of characters with a name. Postings lie in two typed arrays (offsets and
 * rows); rows added later lie in an overlay until the index is built anew.
 */
import type { Likelihood } from './likelihood.ts'

export interface NameIndex {
  /** Rows by shared rarity, best first, at most `candidatesMax`; ties go by `rowOrder`. */
  search(form: string): readonly number[]
  /** Whether any row at all shares one of the pairs that `search` would look up. */
  reaches(form: string): boolean
  add(row: number, form: string): void
}

export interface NameIndexLimits {
  readonly candidatesMax: number
  readonly postingsMax: number
  readonly names: number
}

const pairKey = (form: string, i: number): number => form.charCodeAt(i) * 65536 + form.charCodeAt(i + 1)

/** Distinct pairs of a name; names of one character count as that character twice. */
const pairsOf = (form: string): number[] => {
  if (form.length === 1) return [form.charCodeAt(0) * 65537]
  const keys: number[] = []
  for (let i = 0; i + 1 < form.length; i++) {
    const key = pairKey(form, i)
    if (!keys.includes(key)) keys.push(key)
  }
  return keys
}

interface Postings {
  readonly termOf: ReadonlyMap<number, number>
  readonly starts: Uint32Array
  readonly rows: Uint32Array
}

const buildPostings = (forms: readonly string[]): Postings => {
  const termOf = new Map<number, number>()
  const lengths: number[] = []
  for (const form of forms)
    for (const key of pairsOf(form)) {
      const term = termOf.get(key)
      if (term === undefined) {
        termOf.set(key, lengths.length)
        lengths.push(1)
      } else lengths[term]! += 1
    }
  const starts = new Uint32Array(lengths.length + 1)
  for (let term = 0; term < lengths.length; term++) starts[term + 1] = starts[term]! + lengths[term]!
  const fill = starts.slice()
  const rows = new Uint32Array(starts[lengths.length]!)
  for (let row = 0; row < forms.length; row++)
    for (const key of pairsOf(forms[row]!)) {
      const term = termOf.get(key)!
      rows[fill[term]!] = row
      fill[term]! += 1
    }
  return { termOf, starts, rows }
}

/** @param isLive rows that were superseded stay in the postings and are passed over */
export const createNameIndex = (
  forms: readonly string[],
  likelihood: Likelihood,
  limits: NameIndexLimits,
  isLive: (row: number) => boolean,
  rowOrder: (a: number, b: number) => number,
): NameIndex => {
  const base = buildPostings(forms)
  const overlay = new Map<number, number[]>()
  let weights = new Float32Array(forms.length + 1024)
  let touched = new Uint32Array(forms.length + 1024)
  let touchedCount = 0
  const frequency = (key: number): number => likelihood.bigramCount(Math.floor(key / 65536), key % 65536)

  /** The rarest pairs whose frozen frequencies fit the budget: what is looked up depends on the settings alone. */
  const chosen = (form: string): { key: number; weight: number }[] => {
    const terms = pairsOf(form).map((key) => ({ key, times: frequency(key) }))
    terms.sort((a, b) => a.times - b.times || a.key - b.key)
    const kept: { key: number; weight: number }[] = []
    let left = limits.postingsMax
    for (const term of terms) {
      left -= term.times
      if (left < 0) break
      kept.push({ key: term.key, weight: Math.log2((limits.names + 1) / term.times) + 0.5 })
    }
    return kept
  }

  const touch = (row: number, weight: number): void => {
    if (weights[row] === 0) touched[touchedCount++] = row
    weights[row]! += weight
  }

  const search = (form: string): number[] => {
    for (const { key, weight } of chosen(form)) {
      const term = base.termOf.get(key)
      if (term !== undefined)
        for (let i = base.starts[term]!; i < base.starts[term + 1]!; i++) touch(base.rows[i]!, weight)
      const later = overlay.get(key)
      if (later !== undefined) for (const row of later) touch(row, weight)
    }
    let most = 0
    for (let i = 0; i < touchedCount; i++) {
      const row = touched[i]!
      if (weights[row]! > most && isLive(row)) most = weights[row]!
    }
    let found = atLeast(most * 0.45)
    if (found.length > limits.candidatesMax * 4) found = found.filter((row) => weights[row]! >= most * 0.6)
    found.sort((a, b) => weights[b]! - weights[a]! || rowOrder(a, b))
    if (found.length > limits.candidatesMax) found.length = limits.candidatesMax
    for (let i = 0; i < touchedCount; i++) weights[touched[i]!] = 0
    touchedCount = 0
    return found
  }

  const atLeast = (weightMin: number): number[] => {
    const found: number[] = []
    for (let i = 0; i < touchedCount; i++) {
      const row = touched[i]!
      if (weights[row]! >= weightMin && isLive(row)) found.push(row)
    }
    return found
  }

  const reaches = (form: string): boolean => {
    for (const { key } of chosen(form)) {
      const term = base.termOf.get(key)
      if (term !== undefined)
        for (let i = base.starts[term]!; i < base.starts[term + 1]!; i++) if (isLive(base.rows[i]!)) return true
      if (overlay.get(key)?.some(isLive) === true) return true
    }
    return false
  }

  const add = (row: number, form: string): void => {
    if (row >= weights.length) {
      const larger = new Float32Array(row * 2)
      larger.set(weights)
      weights = larger
      touched = new Uint32Array(row * 2)
    }
    for (const key of pairsOf(form)) {
      const rows = overlay.get(key)
      if (rows === undefined) overlay.set(key, [row])
      else rows.push(row)
    }
  }

  return { search, reaches, add }
}
