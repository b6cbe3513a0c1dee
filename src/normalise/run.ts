/**
 * The normalise stage: versions of admitted batches, in tick order, become facts. One transaction for each batch, or for some small ones in a row, moves
 * the stage's cursor with it, so a crash repeats a batch or does not, and never half. Reading the next chunk overlaps with storing the one before.
 */
import type { PoolClient } from 'pg'
import type { AnyFeed } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { advanceCursor } from '../db/stage-cursor.ts'
import { transaction } from '../db/transaction.ts'
import { factColumns } from '../facts/columns.ts'
import { turn } from '../kernel/turn.ts'
import { checkBetweenRecords } from './checks/between-records.ts'
import { readVersion } from './read-version.ts'
import { type ReadingCounts, readingCounts } from './reading-counts.ts'
import { clearIssues, closeFacts, insertFacts, insertIssues, type NewFact, type NewIssue } from './store-facts.ts'
import { receivedDay, type StoredReading, storeReadings } from './store-readings.ts'
import { type DecidedReplay, decidedReplays, swapReplay } from './swap-replay.ts'

export interface AdmittedBatch {
  readonly batchId: bigint
  readonly feed: string
  readonly tick: bigint
  /** The day on which it was opened, `YYYY-MM-DD` in Asia/Shanghai. */
  readonly receivedOn: string
  /** Versions that landing stored. */
  readonly versions: number
  /** Whether any row came. */
  readonly hasRows: boolean
  /** Nothing of the feed was there before: it brings history, which says nothing of how timely the feed is. */
  readonly isFirst: boolean
  /** Another delivery of the feed was admitted since this one was opened: its versions may stand above ours. */
  readonly hasRivals: boolean
}

interface VersionRow {
  readonly keyHash: string
  readonly ord: number
  readonly op: 'n' | 'c' | 'w' | 'r' | 'a'
  readonly sourceOrder: string | null
  readonly payload: string | null
}

export interface NormaliseFigures {
  versions: number
  facts: number
  rejected: number
  ignored: number
  issues: number
}

const chunkRows = 5_000
const rowsPerTurn = 250

const fetchChunk = async (db: Database, batchId: bigint, afterOrd: number): Promise<VersionRow[]> =>
  (
    await db.pipeline.query<VersionRow>({
      name: 'normalise.chunk',
      text: `SELECT encode(key_hash, 'hex') AS "keyHash", ord, op, source_order AS "sourceOrder", payload FROM raw_version
             WHERE batch_id = $1 AND ord > $2 ORDER BY ord LIMIT ${chunkRows}`,
      values: [batchId, afterOrd],
    })
  ).rows

/**
 * Keys for which something stands above these versions: by the source's own order where it states one, else where another delivery's row landed
 * later (it is the head) and was admitted before this one.
 */
const overtaken = async (
  client: PoolClient,
  batch: AdmittedBatch,
  versions: readonly VersionRow[],
  written: Promise<void>,
): Promise<Set<string>> => {
  const asked = versions.filter((v) => batch.hasRivals || (v.op !== 'n' && v.sourceOrder !== null))
  if (asked.length === 0) return new Set()
  await written
  const { rows } = await client.query<{ key: string }>(
    `SELECT encode(v.key_hash, 'hex') AS key FROM unnest($1::bytea[], $2::text[]) AS v (key_hash, source_order)
       JOIN record r ON r.feed = $3 AND r.key_hash = v.key_hash JOIN batch h ON h.batch_id = r.batch_id LEFT JOIN fact f ON f.key_hash = v.key_hash
       CROSS JOIN LATERAL (SELECT coalesce(h.admitted_tick < $6, false) AS is_before, r.batch_id <> $5 AS is_other) head
       CROSS JOIN LATERAL (SELECT CASE WHEN head.is_before THEN r.source_order ELSE f.source_order END COLLATE "C" AS source_order) standing
     WHERE CASE WHEN standing.source_order <> v.source_order THEN standing.source_order > v.source_order COLLATE "C"
       ELSE $4 AND head.is_other AND (head.is_before OR f.batch_id > $5) END`,
    [
      asked.map((v) => `\\x${v.keyHash}`),
      asked.map((v) => v.sourceOrder),
      batch.feed,
      batch.hasRivals,
      batch.batchId,
      batch.tick,
    ],
  )
  return new Set(rows.map((r) => r.key))
}

interface Chunk {
  readonly toClose: Set<string>
  readonly toClear: Set<string>
  readonly facts: Map<string, NewFact>
  readonly issues: Map<string, NewIssue>
}

/** What is counted over all chunks of a batch. */
interface Counted {
  readonly figures: NormaliseFigures
  readonly quality: ReadingCounts
  /** Kinds of the facts that were read; `closed` where facts were closed whose kinds are not known here. */
  readonly kinds: Set<string>
  closed: boolean
}

const readChunk = async (
  feed: AnyFeed,
  batch: AdmittedBatch,
  versions: readonly VersionRow[],
  skip: ReadonlySet<string>,
  counted: Counted,
): Promise<Chunk> => {
  const { figures, quality, kinds } = counted
  const chunk: Chunk = { toClose: new Set(), toClear: new Set(), facts: new Map(), issues: new Map() }
  let read = 0
  for (const v of versions) {
    figures.versions++
    if (skip.has(v.keyHash)) {
      figures.ignored++
      continue
    }
    if (v.op !== 'n') chunk.toClear.add(v.keyHash)
    if (v.payload === null || v.op === 'w' || v.op === 'a') {
      figures.ignored++
      chunk.toClose.add(v.keyHash)
      chunk.facts.delete(v.keyHash)
      chunk.issues.delete(v.keyHash)
      continue
    }
    const reading = readVersion(feed, v.payload)
    const { fact, issues } = reading
    const columns = fact ? factColumns(fact) : null
    quality.see(reading, v.op === 'n' && !batch.isFirst ? (columns?.eventOn ?? null) : null)
    const stored = {
      keyHash: v.keyHash,
      batchId: batch.batchId,
      ord: v.ord,
      sourceOrder: v.sourceOrder,
      feed: batch.feed,
      mapping: feed.mapping,
    }
    // Several versions of one record in one batch: each is counted, the last one stands. One that cannot be read leaves the fact before it.
    chunk.issues.delete(v.keyHash)
    if (columns) {
      figures.facts++
      kinds.add(columns.kind)
      if (v.op !== 'n') chunk.toClose.add(v.keyHash)
      chunk.facts.set(v.keyHash, { ...stored, columns })
    } else figures.rejected++
    if (issues.length > 0) {
      figures.issues += issues.length
      chunk.issues.set(v.keyHash, { ...stored, issues })
    }
    if (++read % rowsPerTurn === 0) await turn()
  }
  counted.closed ||= chunk.toClose.size > 0
  return chunk
}

const storeChunk = async (client: PoolClient, chunk: Chunk, tick: bigint): Promise<void> => {
  await closeFacts(client, [...chunk.toClose], tick)
  await clearIssues(client, [...chunk.toClear])
  await insertFacts(client, [...chunk.facts.values()], tick)
  await insertIssues(client, [...chunk.issues.values()])
}

/** Fetches, reads and stores chunk by chunk, each step of one chunk beside another step of its neighbours. */
const normaliseChunks = async (
  db: Database,
  client: PoolClient,
  feed: AnyFeed,
  batch: AdmittedBatch,
): Promise<Counted> => {
  const counted: Counted = {
    figures: { versions: 0, facts: 0, rejected: 0, ignored: 0, issues: 0 },
    quality: readingCounts(batch.receivedOn),
    kinds: new Set(),
    closed: false,
  }
  if (batch.versions === 0) return counted
  let next: Promise<VersionRow[]> = fetchChunk(db, batch.batchId, -1)
  let written = Promise.resolve()
  try {
    for (let isEnd = false; !isEnd; ) {
      const versions = await next
      isEnd = versions.length < chunkRows
      if (versions.length === 0) break
      if (!isEnd) {
        next = fetchChunk(db, batch.batchId, versions.at(-1)!.ord)
        next.catch(() => undefined)
      }
      const chunk = await readChunk(feed, batch, versions, await overtaken(client, batch, versions, written), counted)
      await written
      written = storeChunk(client, chunk, batch.tick)
      written.catch(() => undefined)
    }
    await written
    return counted
  } finally {
    // Whatever failed: no statement may follow the rollback of this transaction.
    await written.catch(() => undefined)
  }
}

const kindsClosed = async (client: PoolClient, tick: bigint): Promise<string[]> =>
  (await client.query<{ kind: string }>('SELECT DISTINCT kind FROM fact_past WHERE known_to = $1', [tick])).rows.map(
    (r) => r.kind,
  )

const insertFigures = prepared(
  'normalise.figures',
  `INSERT INTO normalised_batch (batch_id, mapping, versions, facts, rejected, ignored, issues)
   SELECT * FROM unnest($1::bigint[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])`,
)

interface Normalised extends StoredReading {
  readonly mapping: number
  readonly figures: NormaliseFigures
}

const normaliseBatch = async (
  db: Database,
  client: PoolClient,
  feed: AnyFeed,
  batch: AdmittedBatch,
): Promise<Normalised> => {
  const { figures, quality, kinds, closed } = await normaliseChunks(db, client, feed, batch)
  if (closed) for (const kind of await kindsClosed(client, batch.tick)) kinds.add(kind)
  await checkBetweenRecords(client, batch.tick, kinds)
  return { ...quality.counts(), batchId: batch.batchId, hasRows: batch.hasRows, mapping: feed.mapping, figures }
}

type Feeds = ReadonlyMap<string, AnyFeed>

const feedOf = (feeds: Feeds, batch: AdmittedBatch): AnyFeed => {
  const feed = feeds.get(batch.feed)
  if (feed) return feed
  throw new TypeError(`batch ${batch.batchId} belongs to an unknown feed ${batch.feed}`)
}

/** Reads these batches in one transaction and moves the cursor past them. */
const normaliseTogether = (
  db: Database,
  feeds: Feeds,
  batches: readonly AdmittedBatch[],
  from: bigint,
): Promise<void> =>
  transaction(db.pipeline, async (client) => {
    const done: Normalised[] = []
    for (const batch of batches) done.push(await normaliseBatch(db, client, feedOf(feeds, batch), batch))
    await storeReadings(client, done)
    await client.query(
      insertFigures(
        done.map((n) => n.batchId),
        done.map((n) => n.mapping),
        ...(['versions', 'facts', 'rejected', 'ignored', 'issues'] as const).map((name) =>
          done.map((n) => n.figures[name]),
        ),
      ),
    )
    await advanceCursor(client, 'normalise', from, batches.at(-1)!.tick)
  })

/** Small batches in a row together; where one of them cannot be read, each by itself, so that it keeps back those behind it and none before it. */
const normaliseBatches = async (
  db: Database,
  feeds: Feeds,
  batches: readonly AdmittedBatch[],
  from: bigint,
): Promise<void> => {
  try {
    await normaliseTogether(db, feeds, batches, from)
  } catch (error) {
    if (batches.length === 1) throw error
    let at = from
    for (const batch of batches) {
      await normaliseTogether(db, feeds, [batch], at)
      at = batch.tick
    }
  }
}

const normaliseReplay = (db: Database, replay: DecidedReplay, from: bigint): Promise<void> =>
  transaction(db.pipeline, async (client) => {
    const kinds = await swapReplay(client, replay)
    for (const kind of await kindsClosed(client, replay.tick)) kinds.push(kind)
    await checkBetweenRecords(client, replay.tick, kinds)
    await advanceCursor(client, 'normalise', from, replay.tick)
  })

/** Deliveries to read or a replay to swap in; `tick` is the last one of it. */
type News =
  | { readonly tick: bigint; readonly batches: readonly AdmittedBatch[] }
  | { readonly tick: bigint; readonly replay: DecidedReplay }

/** Versions that are read in one transaction where they come in several batches. */
const togetherVersions = 2_000

/** In the order of ticks, small batches that follow one another together. */
const inOrder = (batches: readonly AdmittedBatch[], replays: readonly DecidedReplay[]): News[] => {
  const all = [...batches, ...replays].sort((a, b) => (a.tick < b.tick ? -1 : 1))
  const news: News[] = []
  let open: { batches: AdmittedBatch[]; versions: number } | null = null
  for (const one of all) {
    if (!('batchId' in one)) {
      news.push({ tick: one.tick, replay: one })
      open = null
    } else if (open !== null && open.versions + one.versions <= togetherVersions) {
      open.batches.push(one)
      open.versions += one.versions
      news[news.length - 1] = { tick: one.tick, batches: open.batches }
    } else {
      open = { batches: [one], versions: one.versions }
      news.push({ tick: one.tick, batches: open.batches })
    }
  }
  return news
}

const cursorStatement = prepared('normalise.cursor', `SELECT tick FROM stage_cursor WHERE stage = 'normalise'`)

const admittedStatement = prepared(
  'normalise.admitted',
  `SELECT b.batch_id AS "batchId", b.feed, b.admitted_tick AS tick, ${receivedDay('b.opened_at')}::text AS "receivedOn",
     (b.next_ord + b.absent)::int AS versions, b.fetched > 0 AS "hasRows",
     NOT EXISTS (SELECT 1 FROM batch o WHERE o.feed = b.feed AND o.admitted_tick < b.admitted_tick AND o.fetched > 0) AS "isFirst", b.was_held OR EXISTS (
     SELECT 1 FROM batch o WHERE o.feed = b.feed AND o.batch_id <> b.batch_id AND o.admitted_tick < b.admitted_tick AND o.landed_at >= b.opened_at) AS "hasRivals"
   FROM batch b WHERE b.admitted_tick > $1 AND b.admitted_tick <= $2 ORDER BY b.admitted_tick`,
)

/** Does what became true up to `to`, in the order of ticks: reads admitted batches, swaps in decided replays. */
export const normalise = async (db: Database, feeds: Feeds, to: bigint): Promise<void> => {
  const { rows: cursors } = await db.pipeline.query<{ tick: bigint }>(cursorStatement())
  let from = cursors[0]!.tick
  if (from >= to) return
  const { rows: batches } = await db.pipeline.query<AdmittedBatch>(admittedStatement(from, to))
  const replays = await decidedReplays(db.pipeline, from, to)
  for (const news of inOrder(batches, replays)) {
    if ('replay' in news) await normaliseReplay(db, news.replay, from)
    else await normaliseBatches(db, feeds, news.batches, from)
    from = news.tick
  }
  if (from < to) await transaction(db.pipeline, (client) => advanceCursor(client, 'normalise', from, to))
}
