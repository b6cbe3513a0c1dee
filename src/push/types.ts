/** What a push is made of, from the request to the receipt. */
import type { Shape } from '../landing/fill.ts'
import type { GatheredRow } from '../landing/land.ts'
import type { RowFault } from '../landing/read-row.ts'

export const outcomes = ['new', 'changed', 'unchanged', 'older', 'withdrawn', 'repeated', 'quarantined'] as const
export type PushOutcome = (typeof outcomes)[number]

export type PushMode = 'partial' | 'atomic'

/** The partner behind an API key. */
export interface Sender {
  readonly id: string
  readonly department: string
}

/** One row's answer. `row` counts from 1 in the order of the body. */
export interface RowAnswer {
  readonly row: number
  readonly outcome: PushOutcome
  /** Hash of the record's key, hex; null where the row has none. */
  readonly keyHash: string | null
  readonly fault: RowFault | null
}

export interface Receipt {
  readonly receiptId: string
  readonly feed: string
  readonly kind: 'records' | 'withdrawal'
  readonly mode: PushMode
  readonly rows: number
  readonly counts: Readonly<Record<PushOutcome, number>>
  /** Held: stored, and waiting for a person of the bureau; refused: that person turned it away. */
  readonly state: 'admitted' | 'held' | 'refused'
  readonly receivedAt: Date
}

/** A name under which the same push may be sent again, with the digest of its body. */
export interface Idempotency {
  readonly key: string
  readonly fingerprint: string
}

/** A push small enough to share a transaction with others. */
export interface SmallPush {
  readonly receiptId: string
  readonly sender: Sender
  readonly mode: PushMode
  readonly idempotency: Idempotency | null
  readonly rows: readonly GatheredRow[]
  /** What its rows hold, field by field: summed up with those of the other pushes of the gather. */
  readonly shapes: readonly Shape[]
}

export const noCounts = (): Record<PushOutcome, number> => ({
  new: 0,
  changed: 0,
  unchanged: 0,
  older: 0,
  withdrawn: 0,
  repeated: 0,
  quarantined: 0,
})

export const countOutcomes = (
  rows: readonly Pick<RowAnswer, 'outcome'>[],
  into = noCounts(),
): Record<PushOutcome, number> => {
  for (const { outcome } of rows) into[outcome]++
  return into
}
