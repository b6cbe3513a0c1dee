/** 对账: whether a delivery's figures close, from what landing counted to what normalise counted again (decision 3). */
import type { Database } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { type BatchFigures, type CountedBatch, countedBatches } from './batch-figures.ts'

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

const countsStatement = prepared(
  'landing.stored_and_counted',
  `SELECT b.batch_id AS id, (SELECT count(*) FROM raw_version v WHERE v.batch_id = b.batch_id) AS stored, n.versions AS counted
   FROM batch b LEFT JOIN normalised_batch n ON n.batch_id = b.batch_id WHERE b.batch_id = ANY ($1::bigint[])`,
)

type Counts = Pick<CountedBatch, 'stored' | 'counted'>

const discrepanciesOf = (b: BatchFigures, c: Counts | undefined): Discrepancy[] => [
  ...ownEquations(b),
  ...(c && b.state === 'admitted' ? compare(b, 'normalised', c.stored, c.counted ?? -1n) : []),
]

/** Where these batches do not close; empty means that they reconcile. Counts stored versions anew rather than trust the counters. */
export const reconcile = async (db: Database, batches: readonly BatchFigures[]): Promise<Discrepancy[]> => {
  const admitted = batches.filter((b) => b.state === 'admitted').map((b) => b.batchId)
  const { rows } = await db.pipeline.query<Counts & { id: bigint }>(countsStatement(admitted))
  const counts = new Map(rows.map((r) => [r.id, r]))
  return batches.flatMap((b) => discrepanciesOf(b, counts.get(b.batchId)))
}

/** The same for a run's batches, counted in the statement that reads their figures. */
export const reconcileRun = async (
  db: Database,
  runId: string,
): Promise<{ readonly batches: BatchFigures[]; readonly discrepancies: Discrepancy[] }> => {
  const counted = await countedBatches(db, runId)
  return {
    batches: counted.map(({ stored: _stored, counted: _counted, ...figures }) => figures),
    discrepancies: counted.flatMap((b) => discrepanciesOf(b, b)),
  }
}
