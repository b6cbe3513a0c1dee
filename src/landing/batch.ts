/** The beginning of a delivery: opened, or taken over from a run that died; and its end where nobody goes on with it. `close-batch.ts` has the others. */
import type { PoolClient } from 'pg'
import type { AnyFeed } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { transaction } from '../db/transaction.ts'
import { now } from '../kernel/clock.ts'
import { type BatchFigures, batchFigures, figuresSelect, type HoldReason } from './batch-figures.ts'
import { landingCodes } from './codes.ts'
import { putHeadsBack } from './heads.ts'
import { reason } from './judge.ts'
import { enter, lockFeed } from './land.ts'
import type { Run } from './run.ts'

export interface OpenBatch {
  readonly batchId: bigint
  readonly mode: 'full' | 'increment'
  readonly resume: unknown
  readonly since: unknown
  /** `landed`: its last page is stored and it only waits to be closed. */
  readonly state: 'landing' | 'landed'
  readonly isTakenOver: boolean
}

export interface OpenOptions {
  readonly mode?: 'full' | 'increment'
  readonly since?: unknown
  readonly ownBatch?: boolean
  /** A delivery beside the live state: its own, and its watermark is nobody's start. */
  readonly isBackfill?: boolean
}

export const refuseWithin = async (client: PoolClient, b: BatchFigures, why: HoldReason): Promise<void> => {
  await putHeadsBack(client, b)
  await client.query('DELETE FROM seen_in_full WHERE batch_id = $1', [b.batchId])
  await client.query(`UPDATE batch SET state = 'refused', hold_reason = $2, landed_at = $3 WHERE batch_id = $1`, [
    b.batchId,
    JSON.stringify(why),
    now(),
  ])
}

/** Deliveries of files or pushes whose run ended without closing them: nobody will go on with those. */
const refuseOrphans = async (client: PoolClient, feed: string): Promise<void> => {
  const { rows } = await client.query<BatchFigures>(
    `${figuresSelect} WHERE b.feed = $1 AND b.state = 'landing' AND b.channel IN ('own', 'backfill') AND NOT EXISTS (SELECT 1 FROM run r WHERE r.run_id = b.run_id AND r.state = 'running')`,
    [feed],
  )
  for (const orphan of rows)
    await refuseWithin(
      client,
      orphan,
      reason(landingCodes.batchGone, '接收中断，本批不予采用', 'the delivery was interrupted and is refused', '', ''),
    )
}

/** The same for one feed in a transaction of its own. */
export const refuseOrphansOf = (db: Pick<Database, 'pipeline'>, feed: string): Promise<void> =>
  transaction(db.pipeline, async (client) => {
    await lockFeed(client, feed)
    await refuseOrphans(client, feed)
  })

/** Of a pull: `landed` too, since one that died between its last page and its closing only waits to be closed. */
const takeOver = (further: string): string =>
  `UPDATE batch SET run_id = $2 ${further} feed = $1 AND state IN ('landing', 'landed') AND channel = 'pull'
   RETURNING batch_id AS "batchId", mode, resume, since, state, true AS "isTakenOver"`

/** With the partitions that its versions will need. Nothing where the feed has no state yet. */
const insertBatch = (further: string): string =>
  `INSERT INTO batch (feed, run_id, mode, state, since, schema_version, opened_at, channel)
   SELECT $1, $2, $3, 'landing', coalesce($4::jsonb, s.watermark), $5, $6, $7 FROM feed_state s ${further} s.feed = $1
   RETURNING batch_id AS "batchId", mode, resume, since, state, false AS "isTakenOver",
     (SELECT ensure_partitions(batch.batch_id, c.tick + 1024) FROM truth_clock c)`

const takeOverStatement = prepared('landing.take_over', takeOver('WHERE'))

const insertStatement = prepared('landing.open', insertBatch('WHERE'))

/**
 * What `openBatchWithin` does for a pull, in one statement: fence, the feed's lock, taking over or opening. It reads as of its own beginning, so after a
 * wait for the lock its start may be that of the delivery before: then some rows are fetched once more. Nothing where the run is fenced off or
 * the feed is new.
 */
const pullStatement = prepared(
  'landing.pull',
  `WITH alive AS (UPDATE run SET beat_at = $6 WHERE run_id = $2 AND attempt = $8 AND state = 'running' RETURNING run_id),
     locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended('landing ' || $1, 0)) FROM alive),
     taken AS (${takeOver('FROM locked WHERE')}),
     opened AS (${insertBatch('CROSS JOIN locked WHERE NOT EXISTS (SELECT FROM taken) AND')})
   SELECT "batchId", mode, resume, since, state, "isTakenOver" FROM taken
   UNION ALL SELECT "batchId", mode, resume, since, state, "isTakenOver" FROM opened`,
)

const rowOf = (feed: AnyFeed, run: Run, options: OpenOptions): unknown[] => [
  feed.id,
  run.runId,
  options.mode ?? feed.mode,
  options.since === undefined ? null : JSON.stringify(options.since),
  feed.mapping,
  now(),
  options.isBackfill ? 'backfill' : options.ownBatch ? 'own' : 'pull',
]

/** `openBatch` inside the caller's transaction. */
export const openBatchWithin = async (
  client: PoolClient,
  feed: AnyFeed,
  run: Run,
  options: OpenOptions,
): Promise<OpenBatch> => {
  await enter(client, run.runId, run.attempt, feed.id)
  if (options.ownBatch || options.isBackfill) await refuseOrphans(client, feed.id)
  else {
    const { rows } = await client.query<OpenBatch>(takeOverStatement(feed.id, run.runId))
    if (rows[0]) return rows[0]
  }
  const insert = insertStatement(...rowOf(feed, run, options))
  const [opened] = (await client.query<OpenBatch>(insert)).rows
  if (opened) return opened
  // The feed's first delivery.
  await client.query(`INSERT INTO feed_state (feed) VALUES ($1) ON CONFLICT DO NOTHING`, [feed.id])
  return (await client.query<OpenBatch>(insert)).rows[0]!
}

/** The feed's open delivery, taken over from a run that died, or a new one that begins after the last complete delivery. */
export const openBatch = async (db: Database, feed: AnyFeed, run: Run, options: OpenOptions): Promise<OpenBatch> => {
  if (!options.ownBatch && !options.isBackfill) {
    const [open] = (await db.pipeline.query<OpenBatch>(pullStatement(...rowOf(feed, run, options), run.attempt))).rows
    if (open) return open
  }
  return transaction(db.pipeline, (client) => openBatchWithin(client, feed, run, options))
}

/** Throws away an open delivery whose checkpoint its source no longer knows; the next run begins after the last complete one. */
export const dropOpenBatch = (db: Database, feed: AnyFeed, run: Run, batchId: bigint, why: HoldReason): Promise<void> =>
  transaction(db.pipeline, async (client) => {
    await enter(client, run.runId, run.attempt, feed.id)
    await refuseWithin(client, await batchFigures(client, batchId), why)
  })
