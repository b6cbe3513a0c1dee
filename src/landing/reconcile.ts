/** 对账: whether a delivery's figures close, from what landing counted to what normalise counted again (decision 3). */
import type { Database } from '../db/database.ts'
import type { BatchFigures } from './batch.ts'

export interface Discrepancy {
  readonly batchId: string
  readonly feed: string
  readonly check: 'fetched' | 'live' | 'declared' | 'normalised'
  readonly left: string
  readonly right: string
}

const compare = (b: BatchFigures, check: Discrepancy['check'], left: bigint, right: bigint): Discrepancy[] =>
  left === right
    ? []
    : [{ batchId: b.batchId.toString(), feed: b.feed, check, left: left.toString(), right: right.toString() }]

const ownEquations = (b: BatchFigures): Discrepancy[] => [
  ...compare(
    b,
    'fetched',
    b.fetched,
    b.new + b.changed + b.unchanged + b.withdrawn + b.older + b.repeated + b.quarantined,
  ),
  ...(b.declaredRows === null ? [] : compare(b, 'declared', b.declaredRows, b.fetched)),
  ...(b.liveBefore === null || b.liveAfter === null
    ? []
    : compare(b, 'live', b.liveBefore + b.new + b.revived - b.withdrawn - b.absent, b.liveAfter)),
]

/** Where these batches do not close; empty means that they reconcile. Counts stored versions anew rather than trust the counters. */
export const reconcile = async (db: Database, batches: readonly BatchFigures[]): Promise<Discrepancy[]> => {
  const admitted = batches.filter((b) => b.state === 'admitted')
  const { rows } = await db.pipeline.query<{ id: bigint; stored: bigint; counted: bigint | null }>(
    `SELECT b.batch_id AS id, (SELECT count(*) FROM raw_version v WHERE v.batch_id = b.batch_id) AS stored, n.versions AS counted
     FROM batch b LEFT JOIN normalised_batch n ON n.batch_id = b.batch_id WHERE b.batch_id = ANY ($1::bigint[])`,
    [admitted.map((b) => b.batchId)],
  )
  const counts = new Map(rows.map((r) => [r.id, r]))
  return batches.flatMap((b) => {
    const c = counts.get(b.batchId)
    return [...ownEquations(b), ...(c ? compare(b, 'normalised', c.stored, c.counted ?? -1n) : [])]
  })
}
