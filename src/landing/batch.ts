/**
 * One delivery from open to admitted. Landed is not admitted (decision 4): stages read admitted batches only, and admission is one short
 * transaction that takes a tick. An incomplete delivery is refused and its heads put back; an unlikely one is held for a person.
 */
import type { PoolClient } from 'pg'
import { auditDetail, auditRow } from '../access/audit.ts'
import type { AnyFeed } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { takeTick } from '../db/tick.ts'
import { transaction } from '../db/transaction.ts'
import { now } from '../kernel/clock.ts'
import { HubError, type PublicMessage } from '../kernel/errors.ts'
import { landingCodes } from './codes.ts'
import { enter, lockFeed, untoldKey } from './land.ts'
import type { Run } from './run.ts'

export type BatchState = 'landing' | 'landed' | 'held' | 'queued' | 'admitted' | 'refused'

export interface OpenBatch {
  readonly batchId: bigint
  readonly mode: 'full' | 'increment'
  readonly resume: unknown
  readonly since: unknown
  /** `landed`: its last page is stored and it only waits to be closed. */
  readonly state: 'landing' | 'landed'
  readonly isTakenOver: boolean
}

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

const figuresColumns = `b.batch_id AS "batchId", b.feed, b.mode, b.state, b.fetched, b.new, b.changed, b.unchanged, b.withdrawn, b.older, b.repeated, b.quarantined,
  b.revived, b.absent, b.declared_rows AS "declaredRows", b.live_before AS "liveBefore", b.live_after AS "liveAfter", b.hold_reason AS "holdReason",
  b.admitted_tick AS "admittedTick"`
const figuresSelect = `SELECT ${figuresColumns} FROM batch b`

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

export interface OpenOptions {
  readonly mode?: 'full' | 'increment'
  readonly since?: unknown
  readonly ownBatch?: boolean
  /** A delivery beside the live state: its own, and its watermark is nobody's start. */
  readonly isBackfill?: boolean
}

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

const share = (part: bigint, whole: bigint): number => (whole === 0n ? 0 : Number(part) / Number(whole))
const percent = (x: number): string => `${(x * 100).toFixed(1)} %`
const reason = (code: string, zh: string, en: string, found: string, bound: string): HoldReason => ({
  code,
  message: { zh, en },
  found,
  bound,
})

/** Whether a landed delivery is too unlikely to go in by itself. Bounds are the feed's; the absence bound is policy. */
export const judgeDelivery = (
  feed: AnyFeed,
  b: BatchFigures,
  liveBefore: bigint,
  absent: bigint,
  absentShareMax: number,
): HoldReason | null => {
  const { rows, rejectedShareMax, changedShareMax } = feed.expect
  if (share(b.quarantined, b.fetched) > rejectedShareMax) {
    return reason(
      landingCodes.holdRejected,
      '无法接收的行占比过高，批次暂扣待核实',
      'too large a share of the rows could not be taken: the delivery is held',
      percent(share(b.quarantined, b.fetched)),
      `≤ ${percent(rejectedShareMax)}`,
    )
  }
  const size = Number(b.fetched)
  if (b.mode === 'full' && rows && (size < rows[0] || size > rows[1])) {
    return reason(
      landingCodes.holdRows,
      '全量批次的行数超出预期范围，暂扣待核实',
      'a full delivery outside its expected number of rows is held',
      String(size),
      `${rows[0]}–${rows[1]}`,
    )
  }
  if (share(absent, liveBefore) > absentShareMax) {
    return reason(
      landingCodes.holdAbsent,
      '全量批次缺少大量原有记录，暂扣待核实',
      'a full delivery that lost many records is held',
      percent(share(absent, liveBefore)),
      `≤ ${percent(absentShareMax)}`,
    )
  }
  if (changedShareMax !== undefined && liveBefore >= 100n && share(b.changed, liveBefore) > changedShareMax) {
    return reason(
      landingCodes.holdChanged,
      '大量记录同时变更，暂扣待核实',
      'many records changed at once: the delivery is held',
      percent(share(b.changed, liveBefore)),
      `≤ ${percent(changedShareMax)}`,
    )
  }
  return null
}

/**
 * Records ($1 feed) that a full delivery ($2) proves gone: live in the admitted world and not shown. Nothing is proven by a delivery with a row
 * whose record cannot be told, nor of a record that another delivery brings at this time.
 */
const isAbsent = `r.feed = $1 AND r.live AND r.batch_id <> $2 AND (SELECT h.state FROM batch h WHERE h.batch_id = r.batch_id) = 'admitted'
  AND NOT EXISTS (SELECT 1 FROM seen_in_full s WHERE s.batch_id = $2 AND s.key_hash = r.key_hash)
  AND NOT EXISTS (SELECT 1 FROM seen_in_full s WHERE s.batch_id = $2 AND s.key_hash = '${untoldKey}')`

const absentCount = async (client: PoolClient, b: BatchFigures): Promise<bigint> => {
  if (b.mode !== 'full') return 0n
  const { rows } = await client.query<{ n: bigint }>(`SELECT count(*) AS n FROM record r WHERE ${isAbsent}`, [
    b.feed,
    b.batchId,
  ])
  return rows[0]!.n
}

/** Records that a full delivery proves gone: each gets a version of its own without payload. */
const storeAbsence = async (client: PoolClient, b: BatchFigures): Promise<void> => {
  await client.query(
    `WITH gone AS (
       UPDATE record r SET live = false, batch_id = $2, ord = -1 WHERE ${isAbsent} RETURNING r.key_hash, r.content_hash, r.source_order)
     INSERT INTO raw_version (feed, key_hash, batch_id, ord, op, content_hash, source_order)
     SELECT $1, key_hash, $2, $3 + row_number() OVER (ORDER BY key_hash) - 1, 'a', content_hash, source_order FROM gone`,
    [
      b.feed,
      b.batchId,
      (await client.query<{ next_ord: number }>('SELECT next_ord FROM batch WHERE batch_id = $1', [b.batchId])).rows[0]!
        .next_ord,
    ],
  )
  await client.query(
    `UPDATE record r SET ord = v.ord FROM raw_version v WHERE r.feed = $1 AND r.batch_id = $2 AND r.ord = -1 AND v.key_hash = r.key_hash AND v.batch_id = $2 AND v.op = 'a'`,
    [b.feed, b.batchId],
  )
}

/** Heads that a refused delivery moved go back to the newest version below them; records it alone had brought are gone again. */
const putHeadsBack = async (client: PoolClient, b: BatchFigures): Promise<void> => {
  await client.query(
    `UPDATE record r SET content_hash = v.content_hash, source_order = v.source_order, batch_id = v.batch_id, ord = v.ord, live = v.op NOT IN ('w', 'a')
     FROM record x CROSS JOIN LATERAL (
       SELECT v.* FROM raw_version v JOIN batch o ON o.batch_id = v.batch_id AND o.state <> 'refused'
       WHERE v.key_hash = x.key_hash AND v.batch_id <> $2 ORDER BY v.batch_id DESC, v.ord DESC LIMIT 1) v
     WHERE x.feed = $1 AND x.batch_id = $2 AND r.feed = x.feed AND r.key_hash = x.key_hash`,
    [b.feed, b.batchId],
  )
  await client.query('DELETE FROM record WHERE feed = $1 AND batch_id = $2', [b.feed, b.batchId])
}

const refuseWithin = async (client: PoolClient, b: BatchFigures, why: HoldReason): Promise<void> => {
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

const checkDeclared = (b: BatchFigures): HoldReason | null => {
  if (b.declaredRows === null || b.declaredRows === b.fetched) return null
  return reason(
    landingCodes.shortDelivery,
    '收到的行数与来源声明的不一致，本批不予采用',
    'the rows received differ from what the source declared: the delivery is refused',
    String(b.fetched),
    String(b.declaredRows),
  )
}

const liveOf = async (client: PoolClient, feed: string): Promise<bigint> =>
  (await client.query<{ live: bigint }>('SELECT live FROM feed_state WHERE feed = $1 FOR UPDATE', [feed])).rows[0]!.live

/**
 * Heads are moved as rows land, by whichever delivery landed last; where the source orders its versions, the newest one admitted is the head
 * all the same. Both ways: ours over an older one, and an older one of ours under what another delivery brought.
 */
const settleHeads = async (client: PoolClient, b: BatchFigures): Promise<void> => {
  const toVersion = `content_hash = v.content_hash, source_order = v.source_order, batch_id = v.batch_id, ord = v.ord, live = v.op NOT IN ('w', 'a')`
  await client.query(
    `UPDATE record r SET ${toVersion} FROM (SELECT DISTINCT ON (key_hash) * FROM raw_version WHERE batch_id = $2 ORDER BY key_hash, ord DESC) v
     WHERE r.feed = $1 AND r.key_hash = v.key_hash AND r.batch_id <> $2 AND v.source_order > r.source_order`,
    [b.feed, b.batchId],
  )
  await client.query(
    `UPDATE record r SET ${toVersion} FROM record x CROSS JOIN LATERAL (
       SELECT w.* FROM raw_version w JOIN batch o ON o.batch_id = w.batch_id AND o.state = 'admitted'
       WHERE w.key_hash = x.key_hash AND w.batch_id <> $2 AND w.source_order > x.source_order ORDER BY w.source_order DESC, w.batch_id DESC, w.ord DESC LIMIT 1) v
     WHERE x.feed = $1 AND x.batch_id = $2 AND r.feed = x.feed AND r.key_hash = x.key_hash`,
    [b.feed, b.batchId],
  )
}

/**
 * Records that are live in admitted deliveries and in this one, which is about to be: a head that a waiting one moved counts as the version below
 * it. Goes over the feed's records, so it is asked before the tick is taken.
 */
const countLiveWith = async (client: PoolClient, b: BatchFigures): Promise<bigint> =>
  (
    await client.query<{ live: bigint }>(
      `WITH standing AS (SELECT batch_id FROM batch WHERE feed = $1 AND (state = 'admitted' OR batch_id = $2))
       SELECT count(*) AS live FROM record r LEFT JOIN standing h ON h.batch_id = r.batch_id CROSS JOIN LATERAL (
         SELECT r.live WHERE h.batch_id IS NOT NULL
         UNION ALL (SELECT v.op NOT IN ('w', 'a') FROM raw_version v JOIN standing a ON a.batch_id = v.batch_id
           WHERE h.batch_id IS NULL AND v.key_hash = r.key_hash ORDER BY v.batch_id DESC, v.ord DESC LIMIT 1)) x (live)
       WHERE r.feed = $1 AND x.live`,
      [b.feed, b.batchId],
    )
  ).rows[0]!.live

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

/** Throws away an open delivery whose checkpoint its source no longer knows; the next run begins after the last complete one. */
export const dropOpenBatch = (db: Database, feed: AnyFeed, run: Run, batchId: bigint, why: HoldReason): Promise<void> =>
  transaction(db.pipeline, async (client) => {
    await enter(client, run.runId, run.attempt, feed.id)
    await refuseWithin(client, await batchFigures(client, batchId), why)
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
