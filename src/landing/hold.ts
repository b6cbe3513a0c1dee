/** What a person decides of a delivery that is held: it is let in, or turned away. */
import type { PoolClient } from 'pg'
import { auditRow } from '../access/audit.ts'
import type { Database } from '../db/database.ts'
import { takeTick } from '../db/tick.ts'
import { transaction } from '../db/transaction.ts'
import { HubError } from '../kernel/errors.ts'
import { refuseWithin } from './batch.ts'
import { type BatchFigures, batchFigures, figuresSelect, type HoldReason } from './batch-figures.ts'
import { landingCodes } from './codes.ts'
import { countLiveWith, settleHeads } from './heads.ts'
import { lockFeed } from './land.ts'

const liveOf = async (client: PoolClient, feed: string): Promise<bigint> =>
  (await client.query<{ live: bigint }>('SELECT live FROM feed_state WHERE feed = $1 FOR UPDATE', [feed])).rows[0]!.live

const auditBatch = (
  client: PoolClient,
  b: BatchFigures,
  action: string,
  actor: string,
  detail: Record<string, unknown>,
  tick?: bigint,
) =>
  auditRow(client, {
    actor: { id: actor, role: 'operator' },
    action,
    subject: `${b.feed} ${b.batchId}`,
    detail,
    ...(tick === undefined ? {} : { tick }),
  })

const heldBatch = async (client: PoolClient, batchId: bigint): Promise<BatchFigures> => {
  const { rows } = await client.query<BatchFigures>(
    `${figuresSelect} WHERE b.batch_id = $1 AND b.state IN ('held', 'queued') FOR UPDATE`,
    [batchId],
  )
  if (rows[0]) return rows[0]
  throw new HubError({
    code: landingCodes.notHeld,
    publicMessage: { zh: '该批次不在暂扣状态', en: 'this delivery is not held' },
    context: { batchId: batchId.toString() },
  })
}

/** Releases go in the order of their source: an earlier delivery of the feed that still waits comes first. */
const mustBeFirst = async (client: PoolClient, b: BatchFigures): Promise<void> => {
  const { rows } = await client.query<{ id: bigint }>(
    `SELECT batch_id AS id FROM batch WHERE feed = $1 AND state IN ('held', 'queued') AND batch_id < $2 ORDER BY batch_id LIMIT 1`,
    [b.feed, b.batchId],
  )
  const earlier = rows[0]?.id
  if (earlier === undefined) return
  throw new HubError({
    code: landingCodes.releaseOrder,
    publicMessage: {
      zh: `请先处理更早暂扣的批次 ${earlier}`,
      en: `delivery ${earlier} of this feed was held earlier; decide it first`,
    },
    context: { batchId: b.batchId.toString(), earlier: earlier.toString() },
  })
}

/**
 * A person lets a held delivery in. What later deliveries have overtaken stays as it is: those versions are admitted into history only, so an
 * older version never comes to stand over a newer one. Absence is not inferred from a released delivery that others have overtaken.
 */
export const releaseBatch = (db: Database, batchId: bigint, actor: string): Promise<BatchFigures> =>
  transaction(db.pipeline, async (client) => {
    const peek = (await client.query<{ feed: string }>('SELECT feed FROM batch WHERE batch_id = $1', [batchId])).rows[0]
    if (peek) await lockFeed(client, peek.feed)
    const b = await heldBatch(client, batchId)
    await mustBeFirst(client, b)
    await settleHeads(client, b)
    // Work that grows with the delivery comes before the tick: from there on the clock's row is locked.
    await client.query('DELETE FROM seen_in_full WHERE batch_id = $1', [batchId])
    const liveBefore = await liveOf(client, b.feed)
    const liveAfter = await countLiveWith(client, b)
    const tick = await takeTick(client, 'admission', actor, {
      batchId: batchId.toString(),
      feed: b.feed,
      released: true,
    })
    await client.query(
      `UPDATE batch SET state = 'admitted', admitted_tick = $2, live_before = $3, live_after = $4, absent = 0 WHERE batch_id = $1`,
      [batchId, tick, liveBefore, liveAfter],
    )
    await auditBatch(client, b, 'batch.release', actor, { fetched: b.fetched }, tick)
    await client.query(
      `UPDATE feed_state s SET live = $2, watermark = CASE WHEN b.channel = 'backfill' OR EXISTS (SELECT 1 FROM batch n WHERE n.feed = $1 AND n.batch_id > $3 AND n.state = 'admitted' AND n.channel <> 'backfill') THEN s.watermark ELSE coalesce(b.watermark, s.watermark) END
      FROM batch b WHERE s.feed = $1 AND b.batch_id = $3`,
      [b.feed, liveAfter, batchId],
    )
    return batchFigures(client, batchId)
  })

/** A person turns a held delivery away; its rows stay as raw versions of a refused batch. */
export const refuseBatch = (db: Database, batchId: bigint, why: HoldReason, actor: string): Promise<BatchFigures> =>
  transaction(db.pipeline, async (client) => {
    const peek = (await client.query<{ feed: string }>('SELECT feed FROM batch WHERE batch_id = $1', [batchId])).rows[0]
    if (peek) await lockFeed(client, peek.feed)
    const b = await heldBatch(client, batchId)
    await refuseWithin(client, b, why)
    await auditBatch(client, b, 'batch.refuse', actor, { reason: why.message.zh })
    return batchFigures(client, batchId)
  })
