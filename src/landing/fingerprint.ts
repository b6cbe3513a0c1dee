/** Identity of a record's content (decision 6). Hashes travel as 32 hex digits and are stored as 16 bytes. */
import { fingerprint } from '../kernel/cipher.ts'
import { canonicalValue, type Entry } from './entries.ts'

interface Shape {
  readonly keys: readonly string[]
  /** Indexes of the entries that count, in the order of their names. */
  readonly order: readonly number[]
}

const sameKeys = (shape: Shape | null, entries: readonly Entry[]): shape is Shape =>
  shape !== null && shape.keys.length === entries.length && entries.every((e, i) => e.key === shape.keys[i])

/**
 * A hasher for one feed: canonical record (sorted keys, source lexemes) without the volatile fields. Sensitive values enter as their blind
 * index, so the hash cannot be used to try identity numbers. Rows of one source have one shape: its order is found once.
 */
export const contentHasher = (volatile: readonly string[], blind: (value: string) => string) => {
  const left = new Set(volatile)
  let shape: Shape | null = null
  return (text: string, entries: readonly Entry[], sealed: ReadonlySet<string> | null): string => {
    if (!sameKeys(shape, entries)) {
      const order = entries.map((_, i) => i).filter((i) => !left.has(entries[i]!.key))
      order.sort((a, b) => (entries[a]!.key < entries[b]!.key ? -1 : entries[a]!.key > entries[b]!.key ? 1 : a - b))
      shape = { keys: entries.map((e) => e.key), order }
    }
    let canonical = ''
    for (const i of shape.order) {
      const e = entries[i]!
      const value = canonicalValue(text.slice(e.start, e.end))
      canonical += `${e.key}\u0000${sealed?.has(e.key) ? blind(value) : value}\u0001`
    }
    return fingerprint(canonical)
  }
}
