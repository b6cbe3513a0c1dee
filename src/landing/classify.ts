/** What a row means beside what is already known: pure, one pass in order of arrival, several versions of one key in one call included. */
import type { SoundRow } from './read-row.ts'

export type Outcome = 'new' | 'changed' | 'unchanged' | 'withdrawn' | 'older' | 'repeated'

/** Operations as stored in raw_version.op. */
export type Op = 'n' | 'c' | 'w' | 'r' | 'a'

export interface Head {
  readonly contentHash: string
  readonly sourceOrder: string | null
  readonly live: boolean
  /** True where the head was landed by the delivery that is being landed now. */
  readonly isOurs: boolean
}

export interface Classified {
  readonly outcome: Outcome
  /** Null: nothing is stored. */
  readonly op: Op | null
  readonly revives: boolean
  readonly head: Head
}

const isOlder = (row: SoundRow, head: Head): boolean =>
  row.sourceOrder !== null && head.sourceOrder !== null && row.sourceOrder < head.sourceOrder

/**
 * Compares one row with the head of its record.
 * A withdrawal of what was never seen, and a version whose source order lies before the head's, are `older`: they say something about a state
 * before ours. The same content again is `unchanged`, or `repeated` where this very delivery has already brought it.
 */
export const classify = (row: SoundRow, head: Head | undefined): Classified => {
  const landed = (live: boolean): Head => ({
    contentHash: row.contentHash,
    sourceOrder: row.sourceOrder,
    live,
    isOurs: true,
  })
  if (head === undefined) {
    return row.isWithdrawn
      ? { outcome: 'older', op: null, revives: false, head: { ...landed(false), isOurs: true } }
      : { outcome: 'new', op: 'n', revives: false, head: landed(true) }
  }
  if (isOlder(row, head)) return { outcome: 'older', op: null, revives: false, head }
  const isSame = row.contentHash === head.contentHash && head.live === !row.isWithdrawn
  if (isSame) return { outcome: head.isOurs ? 'repeated' : 'unchanged', op: null, revives: false, head }
  if (row.isWithdrawn)
    return head.live
      ? { outcome: 'withdrawn', op: 'w', revives: false, head: landed(false) }
      : { outcome: 'changed', op: 'w', revives: false, head: landed(false) }
  return head.live
    ? { outcome: 'changed', op: 'c', revives: false, head: landed(true) }
    : { outcome: 'changed', op: 'r', revives: true, head: landed(true) }
}
