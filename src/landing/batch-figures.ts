/** A delivery's figures as they are read everywhere: what came, what it meant, where it stands. */
import type { PoolClient } from 'pg'
import type { Database } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import type { PublicMessage } from '../kernel/errors.ts'

export type BatchState = 'landing' | 'landed' | 'held' | 'queued' | 'admitted' | 'refused'

export interface BatchFigures {
  readonly batchId: bigint
  readonly feed: string
  readonly mode: 'full' | 'increment'
  readonly state: BatchState
  readonly fetched: bigint
  readonly new: bigint
  readonly changed: bigint
  readonly unchanged: bigint
  readonly withdrawn: bigint
  readonly older: bigint
  readonly repeated: bigint
  readonly quarantined: bigint
  readonly revived: bigint
  readonly absent: bigint
  readonly declaredRows: bigint | null
  readonly liveBefore: bigint | null
  readonly liveAfter: bigint | null
  readonly holdReason: HoldReason | null
  readonly admittedTick: bigint | null
}

export interface HoldReason {
  readonly code: string
  readonly message: PublicMessage
  readonly found: string
  readonly bound: string
}

export const figuresColumns = `b.batch_id AS "batchId", b.feed, b.mode, b.state, b.fetched, b.new, b.changed, b.unchanged, b.withdrawn, b.older, b.repeated, b.quarantined,
  b.revived, b.absent, b.declared_rows AS "declaredRows", b.live_before AS "liveBefore", b.live_after AS "liveAfter", b.hold_reason AS "holdReason",
  b.admitted_tick AS "admittedTick"`

export const figuresSelect = `SELECT ${figuresColumns} FROM batch b`

const ofBatch = prepared('landing.batch', `${figuresSelect} WHERE b.batch_id = $1`)

const ofRun = prepared('landing.batches_of_run', `${figuresSelect} WHERE b.run_id = $1 ORDER BY b.batch_id`)

export const batchFigures = async (client: PoolClient | Database['pipeline'], batchId: bigint): Promise<BatchFigures> =>
  (await client.query<BatchFigures>(ofBatch(batchId))).rows[0]!

export const runBatches = async (db: Database, runId: string): Promise<BatchFigures[]> =>
  (await db.pipeline.query<BatchFigures>(ofRun(runId))).rows

/** What landing stored of a batch and what normalise counted of it, each counted anew; null where it has not been read. */
export interface CountedBatch extends BatchFigures {
  readonly stored: bigint
  readonly counted: bigint | null
}

const countedOfRun = prepared(
  'landing.counted_of_run',
  `SELECT ${figuresColumns}, (SELECT count(*) FROM raw_version v WHERE v.batch_id = b.batch_id) AS stored, n.versions AS counted
   FROM batch b LEFT JOIN normalised_batch n ON n.batch_id = b.batch_id WHERE b.run_id = $1 ORDER BY b.batch_id`,
)

/** `runBatches` with what `reconcileCounted` compares. */
export const countedBatches = async (db: Database, runId: string): Promise<CountedBatch[]> =>
  (await db.pipeline.query<CountedBatch>(countedOfRun(runId))).rows
