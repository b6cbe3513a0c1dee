/**
 * The end of a delivery. Landed is not admitted (decision 4): stages read admitted batches only, and admission is one short transaction that takes a
 * tick. An incomplete delivery is refused and its heads put back; an unlikely one is held for a person.
 */
import type { PoolClient } from 'pg'
import { auditDetail } from '../access/audit.ts'
import type { AnyFeed } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { transaction } from '../db/transaction.ts'
import { now } from '../kernel/clock.ts'
import { refuseWithin } from './batch.ts'
import { type BatchFigures, batchFigures, figuresColumns } from './batch-figures.ts'
import { landingCodes } from './codes.ts'
import { absentCount, settleHeads, storeAbsence } from './heads.ts'
import { checkDeclared, judgeDelivery, reason } from './judge.ts'
import { enter } from './land.ts'
import type { Run } from './run.ts'

/** A delivery that is about to be closed, and what is to be known for it of its feed, whose state is locked with it. */
interface Closing extends BatchFigures {
  /** An earlier delivery of the feed is held or queued. */
  readonly isBehind: boolean
  /** Another one was admitted while this one was open. */
  readonly hasRivals: boolean
  readonly live: bigint
}

const closingStatement = prepared(
  'landing.closing',
  `SELECT ${figuresColumns}, s.live,
     EXISTS (SELECT 1 FROM batch o WHERE o.feed = b.feed AND o.state IN ('held', 'queued') AND o.batch_id < b.batch_id) AS "isBehind",
     EXISTS (SELECT 1 FROM batch o WHERE o.feed = b.feed AND o.batch_id <> b.batch_id AND o.state = 'admitted' AND o.landed_at >= b.opened_at) AS "hasRivals"
   FROM batch b JOIN feed_state s ON s.feed = b.feed WHERE b.batch_id = $1 FOR UPDATE OF s`,
)

/**
 * A record that this delivery and another brought at the same time is new only once: where another one was admitted while this one was open,
 * such rows count as changed here.
 */
const recountNew = async (client: PoolClient, b: Closing): Promise<BatchFigures> => {
  if (!b.hasRivals) return b
  await settleHeads(client, b)
  await client.query(
    `UPDATE batch SET new = new - t.n, changed = changed + t.n FROM (
       SELECT count(*) AS n FROM raw_version v WHERE v.batch_id = $1 AND v.op = 'n' AND EXISTS (
         SELECT 1 FROM raw_version w JOIN batch o ON o.batch_id = w.batch_id AND o.state = 'admitted' WHERE w.key_hash = v.key_hash AND w.batch_id <> $1)) t
     WHERE batch_id = $1`,
    [b.batchId],
  )
  return { ...(await batchFigures(client, b.batchId)), absent: b.absent }
}

/** Takes the tick, lets the delivery in at it, moves its feed on and leaves the audit row. */
const admitStatement = prepared(
  'landing.admit',
  `WITH clock AS MATERIALIZED (SELECT take_tick('admission', $2, $3, $4) AS tick),
     state AS (UPDATE feed_state s SET live = $6, watermark = CASE WHEN b.channel = 'backfill' THEN s.watermark ELSE coalesce(b.watermark, s.watermark) END,
       last_complete_at = CASE WHEN b.channel = 'backfill' THEN s.last_complete_at ELSE $4 END FROM batch b WHERE s.feed = b.feed AND b.batch_id = $1),
     trail AS (INSERT INTO audit (at, actor, role, action, subject, detail, tick) SELECT $4, $2, 'operator', 'batch.admit', $7, $8, tick FROM clock)
   UPDATE batch b SET state = 'admitted', admitted_tick = clock.tick, live_before = $5, live_after = $6, landed_at = coalesce(b.landed_at, $4)
   FROM clock WHERE b.batch_id = $1 RETURNING ${figuresColumns}`,
)

const admitWithin = async (client: PoolClient, delivered: Closing, actor: string): Promise<BatchFigures> => {
  const b = await recountNew(client, delivered)
  const liveAfter = delivered.live + b.new + b.revived - b.withdrawn - b.absent
  const detail = JSON.stringify({ batchId: b.batchId.toString(), feed: b.feed })
  const counts = auditDetail({ fetched: b.fetched, new: b.new, changed: b.changed })
  const { rows } = await client.query<BatchFigures>(
    admitStatement(b.batchId, actor, detail, now(), delivered.live, liveAfter, `${b.feed} ${b.batchId}`, counts),
  )
  return rows[0]!
}

export interface ClosePolicy {
  readonly absentShareMax: number
  readonly actor: string
  readonly skipJudging?: boolean
}

/**
 * Closes a delivery inside the transaction that landed its last page, or one that has `enter`ed. It takes the tick: whatever can be done before it
 * should be.
 */
export const closeLanded = async (
  client: PoolClient,
  feed: AnyFeed,
  batchId: bigint,
  policy: ClosePolicy,
): Promise<BatchFigures> => {
  const b = (await client.query<Closing>(closingStatement(batchId))).rows[0]!
  const short = checkDeclared(b)
  if (short) {
    await refuseWithin(client, b, short)
    return batchFigures(client, batchId)
  }
  const absent = await absentCount(client, b)
  const isQueued = b.mode === 'full' && b.isBehind
  const hold = policy.skipJudging ? null : judgeDelivery(feed, b, b.live, absent, policy.absentShareMax)
  if (isQueued || hold) {
    const why =
      hold ??
      reason(
        landingCodes.queued,
        '同一资源有批次暂扣，后到的全量批次排队',
        'an earlier delivery of this feed is held: later full ones queue',
        '',
        '',
      )
    await client.query(
      `UPDATE batch SET state = $2, was_held = true, hold_reason = $3, absent = $4, landed_at = $5 WHERE batch_id = $1`,
      [batchId, hold ? 'held' : 'queued', JSON.stringify(why), absent, now()],
    )
    return batchFigures(client, batchId)
  }
  if (absent > 0n) {
    await storeAbsence(client, b)
    await client.query('UPDATE batch SET absent = $2 WHERE batch_id = $1', [batchId, absent])
  }
  if (b.mode === 'full') await client.query('DELETE FROM seen_in_full WHERE batch_id = $1', [batchId])
  return admitWithin(client, { ...b, absent }, policy.actor)
}

/** `closeBatch` inside the caller's transaction. */
export const closeBatchWithin = async (
  client: PoolClient,
  feed: AnyFeed,
  run: Run,
  batchId: bigint,
  policy: ClosePolicy,
): Promise<BatchFigures> => {
  await enter(client, run.runId, run.attempt, feed.id)
  return closeLanded(client, feed, batchId, policy)
}

/**
 * Closes a delivery whose last page has landed: refused when it falls short of what its source declared, held or queued when it is unlikely or
 * behind a held one, else admitted. Gives its figures as they then stand.
 */
export const closeBatch = (
  db: Database,
  feed: AnyFeed,
  run: Run,
  batchId: bigint,
  policy: ClosePolicy,
): Promise<BatchFigures> => transaction(db.pipeline, (client) => closeBatchWithin(client, feed, run, batchId, policy))
