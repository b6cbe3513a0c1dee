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

/** A pair regardless of its order, so that swapped neighbours still meet. */
const pairKey = (form: string, i: number): number => {
  const a = form.charCodeAt(i)
  const b = form.charCodeAt(i + 1)
  return a < b ? a * 65536 + b : b * 65536 + a
}

/** Bits of shared rarity that one character which only one of the names has takes away. */
const strangerCost = 3
/** So many rows are ranked by their characters too; of more the rarest pairs decide alone. */
const rankedMax = 150
/** Shared by all indexes of a thread: it is zero between two uses. */
const bag = new Int16Array(65536)

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
  formOf: (row: number) => string,
): NameIndex => {
  const base = buildPostings(forms)
  const overlay = new Map<number, number[]>()
  let weights = new Float32Array(forms.length + 1024)
  let touched = new Uint32Array(forms.length + 1024)
  let touchedCount = 0
  const frequency = (key: number): number => {
    const a = Math.floor(key / 65536)
    const b = key % 65536
    return likelihood.bigramCount(a, b) + (a === b ? 0 : likelihood.bigramCount(b, a))
  }

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
    let found = atLeast(most * 0.3)
    for (let share = 0.4; share < 1 && found.length > rankedMax; share += 0.1) found = atLeast(most * share)
    if (found.length > limits.candidatesMax) found = nearest(form, found)
    for (let i = 0; i < touchedCount; i++) weights[touched[i]!] = 0
    touchedCount = 0
    return found
  }

  /** How many characters of the name the row lacks and the other way round, whatever their order. */
  const strangers = (form: string, row: number): number => {
    const other = formOf(row)
    let missing = 0
    for (let i = 0; i < form.length; i++) bag[form.charCodeAt(i)]! += 1
    for (let i = 0; i < other.length; i++) if (--bag[other.charCodeAt(i)]! < 0) missing += 1
    for (let i = 0; i < form.length; i++) bag[form.charCodeAt(i)] = 0
    for (let i = 0; i < other.length; i++) bag[other.charCodeAt(i)] = 0
    return 2 * missing + form.length - other.length
  }

  /** Of more rows than may be compared the best by shared rarity and by the characters that are not shared. */
  const nearest = (form: string, rows: number[]): number[] => {
    const ranked = rows.map((row) => ({ row, rank: weights[row]! - strangerCost * strangers(form, row) }))
    ranked.sort((a, b) => b.rank - a.rank || rowOrder(a.row, b.row))
    return ranked.slice(0, limits.candidatesMax).map(({ row }) => row)
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
