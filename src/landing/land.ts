/**
 * The one way in (decision 8): an array of rows, from a pull, a push or a file, in one transaction with the checkpoint of the pages it came from.
 * Gathered pages (decision 1), first loads straight by COPY (decision 2), one advisory lock per feed, fenced by (run, attempt) (decision 15).
 * Unchanged rows are not written at all.
 */
import type { PoolClient } from 'pg'
import type { AnyFeed, RawRow } from '../connect/feed.ts'
import { copyRows } from '../db/copy.ts'
import type { Database } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { type Queryable, transaction } from '../db/transaction.ts'
import type { Keyring } from '../kernel/cipher.ts'
import { now } from '../kernel/clock.ts'
import { codeOf, HubError } from '../kernel/errors.ts'
import { type Classified, classify, type Head, type Outcome } from './classify.ts'
import { landingCodes } from './codes.ts'
import type { Drift, Fill } from './fill.ts'
import type { FaultyRow, ReadRow, SoundRow } from './read-row.ts'
import { sealRows } from './seal.ts'

/** Who lands, into which open batch. */
export interface LandTarget {
  readonly feed: AnyFeed
  readonly batchId: bigint
  readonly mode: 'full' | 'increment'
  readonly runId: string
  readonly attempt: number
  readonly keyring: Keyring
}

export interface GatheredRow {
  readonly read: ReadRow
  readonly at: RawRow['at']
}

export interface Gather {
  readonly rows: readonly GatheredRow[]
  readonly drift: readonly Drift[]
  readonly fill: Fill
  /** Checkpoint after the last page of this gather. */
  readonly resume: unknown
  /** True where the source has no page after this gather. */
  readonly isLast: boolean
  readonly watermark: unknown
  readonly declaredRows: number | null
  readonly declaredFen: bigint | null
}

export type Counts = Record<Outcome | 'quarantined' | 'fetched' | 'revived', number>

export interface LandResult {
  readonly counts: Counts
  /** One word a row, in order: what a partner's receipt says. */
  readonly outcomes: readonly (Outcome | 'quarantined')[]
}

const noCounts = (): Counts => ({
  fetched: 0,
  new: 0,
  changed: 0,
  unchanged: 0,
  withdrawn: 0,
  older: 0,
  repeated: 0,
  quarantined: 0,
  revived: 0,
})
const bytea = (hex: string): string => `\\x${hex}`

const enterStatement = prepared(
  'landing.enter',
  `WITH alive AS (UPDATE run SET beat_at = $3 WHERE run_id = $1 AND attempt = $2 AND state = 'running' RETURNING run_id)
   SELECT pg_advisory_xact_lock(hashtextextended('landing ' || $4, 0)) FROM alive`,
)

/**
 * Begins every transaction of a landing run: stops one that lost its slot to another attempt, marks that this one is alive, and takes the feed's lock.
 * HubError `landing.fenced`.
 */
export const enter = async (client: PoolClient, runId: string, attempt: number, feed: string): Promise<void> => {
  const { rowCount } = await client.query(enterStatement(runId, attempt, now(), feed))
  if (rowCount === 1) return
  throw new HubError({
    code: landingCodes.fenced,
    publicMessage: {
      zh: '该批次已由另一次执行接管，本次停止',
      en: 'another attempt has taken this run over; this one stops',
    },
    context: { runId, attempt },
  })
}

export const lockFeed = (client: PoolClient, feed: string) =>
  client.query(`SELECT pg_advisory_xact_lock(hashtextextended('landing ' || $1, 0))`, [feed])

/** Heads as the admitted world has them: a head that another delivery moved and that is not admitted is replaced by the version below it. */
export const loadHeads = async (
  client: Pick<PoolClient, 'query'>,
  target: Pick<LandTarget, 'feed' | 'batchId'>,
  keys: readonly string[],
): Promise<Map<string, Head>> => {
  if (keys.length === 0) return new Map()
  const { rows } = await client.query<{
    key: string
    hash: string
    source_order: string | null
    live: boolean
    ours: boolean
  }>({
    name: 'landing.heads',
    text: `
      SELECT encode(r.key_hash, 'hex') AS key, encode(h.content_hash, 'hex') AS hash, h.source_order, h.live, h.batch_id = $3 AS ours
      FROM record r
      LEFT JOIN batch p ON p.batch_id = r.batch_id AND p.state <> 'admitted' AND p.batch_id <> $3
      CROSS JOIN LATERAL (
        SELECT r.content_hash, r.source_order, r.live, r.batch_id WHERE p.batch_id IS NULL
        UNION ALL
        (SELECT v.content_hash, v.source_order, v.op NOT IN ('w', 'a'), v.batch_id
         FROM raw_version v JOIN batch b ON b.batch_id = v.batch_id AND (b.state = 'admitted' OR b.batch_id = $3)
         WHERE p.batch_id IS NOT NULL AND v.key_hash = r.key_hash ORDER BY v.batch_id DESC, v.ord DESC LIMIT 1)
      ) h
      WHERE r.feed = $1 AND r.key_hash = ANY ($2::bytea[])`,
    values: [target.feed.id, keys.map(bytea), target.batchId],
  })
  return new Map(
    rows.map((r) => [r.key, { contentHash: r.hash, sourceOrder: r.source_order, live: r.live, isOurs: r.ours }]),
  )
}

interface Version {
  readonly row: SoundRow
  readonly classified: Classified
  readonly ord: number
}

const storeVersions = async (client: PoolClient, target: LandTarget, versions: readonly Version[]): Promise<void> => {
  const texts = await sealRows(
    client,
    target.keyring,
    versions.map((v) => v.row),
  )
  await copyRows(
    client,
    'raw_version (feed, key_hash, batch_id, ord, op, content_hash, source_order, payload)',
    versions.map((v, i) => [
      target.feed.id,
      bytea(v.row.keyHash),
      target.batchId,
      v.ord,
      v.classified.op,
      bytea(v.row.contentHash),
      v.row.sourceOrder,
      texts[i],
    ]),
  )
}

const headRow = (target: LandTarget, v: Version) => [
  target.feed.id,
  bytea(v.row.keyHash),
  bytea(v.row.contentHash),
  v.row.sourceOrder,
  target.batchId,
  v.ord,
  v.classified.head.live,
]

const recordColumns = 'record (feed, key_hash, content_hash, source_order, batch_id, ord, live)'

const moveHeads = async (
  client: PoolClient,
  target: LandTarget,
  versions: readonly Version[],
  heads: ReadonlyMap<string, unknown>,
): Promise<void> => {
  const last = new Map(versions.map((v) => [v.row.keyHash, v]))
  const fresh = [...last.values()].filter((v) => !heads.has(v.row.keyHash))
  const moved = [...last.values()].filter((v) => heads.has(v.row.keyHash))
  if (fresh.length > 0) {
    await client.query(
      `INSERT INTO ${recordColumns}
       SELECT $1, k, h, o, $2, n, l FROM unnest($3::bytea[], $4::bytea[], $5::text[], $6::int[], $7::bool[]) AS t (k, h, o, n, l)
       ON CONFLICT (feed, key_hash) DO UPDATE SET content_hash = EXCLUDED.content_hash, source_order = EXCLUDED.source_order, batch_id = EXCLUDED.batch_id, ord = EXCLUDED.ord, live = EXCLUDED.live`,
      [target.feed.id, target.batchId, ...columnsOf(fresh)],
    )
  }
  if (moved.length > 0) {
    await client.query(
      `UPDATE record r SET content_hash = t.h, source_order = t.o, batch_id = $2, ord = t.n, live = t.l
       FROM unnest($3::bytea[], $4::bytea[], $5::text[], $6::int[], $7::bool[]) AS t (k, h, o, n, l) WHERE r.feed = $1 AND r.key_hash = t.k`,
      [target.feed.id, target.batchId, ...columnsOf(moved)],
    )
  }
}

const columnsOf = (versions: readonly Version[]) => [
  versions.map((v) => bytea(v.row.keyHash)),
  versions.map((v) => bytea(v.row.contentHash)),
  versions.map((v) => v.row.sourceOrder),
  versions.map((v) => v.ord),
  versions.map((v) => v.classified.head.live),
]

/** What a gather comes to beside the heads that are known. */
export interface Pass {
  readonly versions: Version[]
  readonly outcomes: (Outcome | 'quarantined')[]
  readonly faulty: { readonly row: FaultyRow; readonly at: RawRow['at'] }[]
  readonly counts: Counts
  /** By page or file: where its versions begin, and how many rows and versions it gave. */
  readonly pages: Map<string, { readonly firstOrd: number; rows: number; versions: number }>
}

export const classifyAll = (gather: Pick<Gather, 'rows'>, heads: Map<string, Head>, firstOrd: number): Pass => {
  const pass: Pass = { versions: [], outcomes: [], faulty: [], counts: noCounts(), pages: new Map() }
  for (const { read, at } of gather.rows) {
    const page = pass.pages.get(at.source) ?? { firstOrd: firstOrd + pass.versions.length, rows: 0, versions: 0 }
    if (page.rows++ === 0) pass.pages.set(at.source, page)
    pass.counts.fetched++
    if (read.fault) {
      pass.faulty.push({ row: read, at })
      pass.outcomes.push('quarantined')
      pass.counts.quarantined++
      continue
    }
    const classified = classify(read, heads.get(read.keyHash))
    pass.outcomes.push(classified.outcome)
    pass.counts[classified.outcome]++
    if (classified.revives) pass.counts.revived++
    if (classified.op === null) continue
    heads.set(read.keyHash, classified.head)
    page.versions++
    pass.versions.push({ row: read, classified, ord: firstOrd + pass.versions.length })
  }
  return pass
}

/** Every key new: versions and heads go in by COPY, guarded by the primary key; false (nothing done) where a key was there after all. */
const tryFirstLoad = async (client: PoolClient, target: LandTarget, pass: Pass): Promise<boolean> => {
  if (pass.versions.length === 0) return true
  await client.query('SAVEPOINT first_load')
  try {
    const last = new Map(pass.versions.map((v) => [v.row.keyHash, v]))
    await copyRows(
      client,
      recordColumns,
      [...last.values()].map((v) => headRow(target, v)),
    )
    await storeVersions(client, target, pass.versions)
    await client.query('RELEASE SAVEPOINT first_load')
    return true
  } catch (error) {
    if (codeOf(error) !== '23505') throw error
    await client.query('ROLLBACK TO SAVEPOINT first_load')
    return false
  }
}

/** Whether a feed's records hold personal data. */
export const isSealedFeed = (feed: AnyFeed): boolean => feed.sensitive.length > 0 || feed.sealAlso !== undefined

const storeFaulty = async (client: PoolClient, target: LandTarget, pass: Pass): Promise<void> => {
  if (pass.faulty.length === 0) return
  const isSealed = isSealedFeed(target.feed)
  const key = isSealed ? await quarantineKey(client, target.keyring, target.feed.id) : null
  await copyRows(
    client,
    'quarantine (feed, batch_id, source, row, code, pointer, expected, message, payload, sealed)',
    pass.faulty.map(({ row, at }) => [
      target.feed.id,
      target.batchId,
      at.source,
      at.row,
      row.fault.code,
      row.fault.pointer,
      row.fault.expected,
      JSON.stringify(row.fault.message),
      key ? target.keyring.seal(key, row.text) : row.text.replaceAll('\u0000', '\ufffd'),
      isSealed,
    ]),
  )
}

/** Rows that break the contract cannot be taken apart, so those of a feed with personal data are sealed whole, under the feed's own key. */
export const quarantineKey = async (client: Queryable, keyring: Keyring, feed: string): Promise<Buffer> => {
  const subject = bytea(keyring.blind(`quarantine ${feed}`))
  await client.query(
    `INSERT INTO subject_key (subject, wrapped_key, created_at) VALUES ($1, decode($2, 'hex'), $3) ON CONFLICT DO NOTHING`,
    [subject, keyring.newDataKey().wrapped.toString('hex'), now()],
  )
  const { rows } = await client.query<{ wrapped: string }>(
    `SELECT encode(wrapped_key, 'hex') AS wrapped FROM subject_key WHERE subject = $1`,
    [subject],
  )
  return keyring.unwrap(Buffer.from(rows[0]!.wrapped, 'hex'))
}

const storeDrift = async (client: PoolClient, target: LandTarget, gather: Gather): Promise<void> => {
  if (gather.drift.length === 0) return
  await client.query(
    `INSERT INTO drift (feed, field, kind, first_batch_id, last_batch_id, rows)
     SELECT $1, f, k, $2, $2, n FROM unnest($3::text[], $4::text[], $5::bigint[]) AS t (f, k, n) ORDER BY f, k
     ON CONFLICT (feed, field, kind) DO UPDATE SET last_batch_id = EXCLUDED.last_batch_id, rows = drift.rows + EXCLUDED.rows`,
    [
      target.feed.id,
      target.batchId,
      gather.drift.map((d) => d.field),
      gather.drift.map((d) => d.kind),
      gather.drift.map((d) => d.rows),
    ],
  )
}

/** A gather's fill as `batch_fill` holds it: rows, fields with the feed's own first, filled, missing, how many are the feed's own. */
export const fillColumns = ({ rows, fields }: Fill): unknown[] => {
  const sorted = [...fields].sort((a, b) => Number(b.known) - Number(a.known))
  return [
    rows,
    sorted.map((f) => f.field),
    sorted.map((f) => f.filled),
    sorted.map((f) => f.missing),
    sorted.filter((f) => f.known).length,
  ]
}

const fillStatement = prepared(
  'landing.fill',
  `INSERT INTO batch_fill (batch_id, first_row, rows, fields, filled, missing, known) SELECT $1, fetched, $2, $3::text[], $4::int[], $5::int[], $6 FROM batch WHERE batch_id = $1`,
)

/** One row for each gather, in its transaction: a delivery that is gone on with counts each row once. Comes before the counters move on. */
const storeFill = async (client: PoolClient, target: LandTarget, fill: Fill): Promise<void> => {
  if (fill.rows > 0) await client.query(fillStatement(target.batchId, ...fillColumns(fill)))
}

/** Stands among the keys seen for a row whose record cannot be told: what such a delivery lacks may be in that row. */
export const untoldKey = '\\x'

/** Keys a full delivery has shown without writing a version: with the heads it moved they are all that is still there. */
const storeSeen = async (client: PoolClient, target: LandTarget, gather: Gather, pass: Pass): Promise<void> => {
  if (target.mode !== 'full') return
  const written = new Set(pass.versions.map((v) => v.row.keyHash))
  const keys = [
    ...new Set(
      gather.rows.flatMap(({ read }) => {
        if (read.keyHash === null) return [untoldKey]
        return written.has(read.keyHash) ? [] : [bytea(read.keyHash)]
      }),
    ),
  ]
  if (keys.length === 0) return
  await client.query(
    `INSERT INTO seen_in_full (feed, batch_id, key_hash) SELECT $1, $2, k FROM unnest($3::bytea[]) AS k ON CONFLICT DO NOTHING`,
    [target.feed.id, target.batchId, keys],
  )
}

const checkpointStatement = prepared(
  'landing.checkpoint',
  `UPDATE batch SET next_ord = next_ord + $2, resume = $3, watermark = coalesce($4, watermark), declared_rows = coalesce($5, declared_rows),
       declared_fen = coalesce($6, declared_fen), fetched = fetched + $7, new = new + $8, changed = changed + $9, unchanged = unchanged + $10,
       withdrawn = withdrawn + $11, older = older + $12, repeated = repeated + $13, quarantined = quarantined + $14, revived = revived + $15,
       state = CASE WHEN $16 AND channel = 'pull' THEN 'landed' ELSE state END
     WHERE batch_id = $1 AND run_id = $17 AND state = 'landing'`,
)

const gone = (target: LandTarget): HubError =>
  new HubError({
    code: landingCodes.batchGone,
    publicMessage: { zh: '该批次已关闭，不能再接收数据', en: 'this batch is closed and takes no more rows' },
    context: { batchId: target.batchId.toString() },
  })

const moveCheckpoint = async (client: PoolClient, target: LandTarget, gather: Gather, pass: Pass): Promise<void> => {
  const c = pass.counts
  const { rowCount } = await client.query(
    checkpointStatement(
      target.batchId,
      pass.versions.length,
      JSON.stringify(gather.resume ?? null),
      gather.watermark === undefined || gather.watermark === null ? null : JSON.stringify(gather.watermark),
      gather.declaredRows,
      gather.declaredFen,
      ...[c.fetched, c.new, c.changed, c.unchanged, c.withdrawn, c.older, c.repeated, c.quarantined, c.revived],
      gather.isLast,
      target.runId,
    ),
  )
  if (rowCount !== 1) throw gone(target)
}

const pagesStatement = prepared(
  'landing.pages',
  `INSERT INTO batch_page (batch_id, first_ord, versions, rows, source) SELECT $1, o, v, n, s FROM unnest($2::int[], $3::int[], $4::int[], $5::text[]) AS t (o, v, n, s)
   ON CONFLICT (batch_id, first_ord, source) DO UPDATE SET rows = batch_page.rows + EXCLUDED.rows, versions = batch_page.versions + EXCLUDED.versions`,
)

/** Where each page's versions stand, so that a version can be traced back to the page or file that brought it. */
const storePages = async (client: PoolClient, target: LandTarget, pass: Pass): Promise<void> => {
  const pages = [...pass.pages]
  if (pages.length === 0) return
  await client.query(
    pagesStatement(
      target.batchId,
      pages.map(([, p]) => p.firstOrd),
      pages.map(([, p]) => p.versions),
      pages.map(([, p]) => p.rows),
      pages.map(([source]) => source),
    ),
  )
}

const lockBatchStatement = prepared(
  'landing.lock_batch',
  `SELECT next_ord, next_ord = new AND NOT EXISTS (SELECT 1 FROM batch o WHERE o.feed = batch.feed AND o.batch_id <> batch.batch_id AND o.next_ord > 0) AS first_load
   FROM batch WHERE batch_id = $1 AND run_id = $2 AND state = 'landing' FOR UPDATE`,
)

const lockBatch = async (
  client: PoolClient,
  target: LandTarget,
): Promise<{ firstOrd: number; isFirstLoad: boolean }> => {
  const { rows } = await client.query<{ next_ord: number; first_load: boolean }>(
    lockBatchStatement(target.batchId, target.runId),
  )
  if (rows[0]) return { firstOrd: rows[0].next_ord, isFirstLoad: rows[0].first_load }
  throw gone(target)
}

/** Lands one gather inside the caller's transaction; `land` is the usual way. */
export const landWithin = async (client: PoolClient, target: LandTarget, gather: Gather): Promise<LandResult> => {
  await enter(client, target.runId, target.attempt, target.feed.id)
  if (gather.rows.length === 0) {
    // Nothing but a checkpoint, a watermark and what the source declares.
    const pass = classifyAll(gather, new Map(), 0)
    await moveCheckpoint(client, target, gather, pass)
    return { counts: pass.counts, outcomes: pass.outcomes }
  }
  const { firstOrd, isFirstLoad } = await lockBatch(client, target)
  let pass = isFirstLoad ? classifyAll(gather, new Map(), firstOrd) : null
  if (pass === null || !(await tryFirstLoad(client, target, pass))) {
    const keys = [...new Set(gather.rows.flatMap(({ read }) => (read.fault ? [] : [read.keyHash])))]
    const heads = await loadHeads(client, target, keys)
    const known = new Set(heads.keys())
    pass = classifyAll(gather, heads, firstOrd)
    if (pass.versions.length > 0) {
      await storeVersions(client, target, pass.versions)
      await moveHeads(client, target, pass.versions, new Map([...known].map((k) => [k, true])))
    }
  }
  await storeFaulty(client, target, pass)
  await storeDrift(client, target, gather)
  await storeFill(client, target, gather.fill)
  await storeSeen(client, target, gather, pass)
  await storePages(client, target, pass)
  await moveCheckpoint(client, target, gather, pass)
  return { counts: pass.counts, outcomes: pass.outcomes }
}

/**
 * Stores one gather of rows and its checkpoint, or nothing of it. Errors: HubError `landing.fenced` where another attempt took the run over,
 * `landing.batch_gone` where the batch was closed.
 */
export const land = (db: Database, target: LandTarget, gather: Gather): Promise<LandResult> =>
  transaction(db.pipeline, (client) => landWithin(client, target, gather))
