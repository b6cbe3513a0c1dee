/**
 * Replay: the stored versions that stand today through the mapping of today. First a plan (which fields of how many facts would change), then the
 * swap: facts close by (record, mapping version) in one short transaction under one tick. Raw versions are never touched.
 */
import type { PoolClient } from 'pg'
import type { AnyFeed } from '../connect/feed.ts'
import { copyRows } from '../db/copy.ts'
import type { Database } from '../db/database.ts'
import { takeTick } from '../db/tick.ts'
import { transaction } from '../db/transaction.ts'
import { type FactColumns, factColumns } from '../facts/columns.ts'
import { turn } from '../kernel/turn.ts'
import { readVersion, type VersionIssue } from './read-version.ts'

export interface FieldChange {
  /** Dotted path in the canonical record. */
  readonly field: string
  facts: number
  readonly examples: { readonly record: string; readonly before: unknown; readonly after: unknown }[]
}

export interface ReplayPlan {
  versions: number
  unchanged: number
  changed: number
  appear: number
  vanish: number
  readonly fields: Map<string, FieldChange>
}

interface HeadRow {
  readonly key: string
  readonly batchId: bigint
  readonly ord: number
  readonly sourceOrder: string | null
  readonly payload: string
  readonly body: string | null
}

const chunkRows = 5_000
const examplesMax = 3

async function* heads(db: Database, feed: string): AsyncGenerator<HeadRow[]> {
  let after = '\\x'
  for (;;) {
    const { rows } = await db.pipeline.query<HeadRow>(
      `SELECT encode(r.key_hash, 'hex') AS key, v.batch_id AS "batchId", v.ord, v.source_order AS "sourceOrder", v.payload, f.body
       FROM record r JOIN raw_version v ON v.key_hash = r.key_hash AND v.batch_id = r.batch_id AND v.ord = r.ord JOIN batch b ON b.batch_id = r.batch_id AND b.state = 'admitted'
       LEFT JOIN fact f ON f.key_hash = r.key_hash
       WHERE r.feed = $1 AND r.live AND r.key_hash > $2 AND v.payload IS NOT NULL ORDER BY r.key_hash LIMIT ${chunkRows}`,
      [feed, after],
    )
    if (rows.length === 0) return
    yield rows
    after = `\\x${rows.at(-1)!.key}`
  }
}

const flat = (value: unknown, path: string, out: Map<string, string>): Map<string, string> => {
  if (value !== null && typeof value === 'object')
    for (const [k, v] of Object.entries(value)) flat(v, path === '' ? k : `${path}.${k}`, out)
  else out.set(path, JSON.stringify(value) ?? 'null')
  return out
}

const noteDiff = (plan: ReplayPlan, row: HeadRow, after: string): void => {
  const [old, fresh] = [flat(JSON.parse(row.body!), '', new Map()), flat(JSON.parse(after), '', new Map())]
  for (const path of new Set([...old.keys(), ...fresh.keys()])) {
    if (old.get(path) === fresh.get(path)) continue
    const field = path.replace(/\.\d+(?=\.|$)/g, '[]')
    const change = plan.fields.get(field) ?? { field, facts: 0, examples: [] }
    change.facts++
    if (change.examples.length < examplesMax)
      change.examples.push({ record: row.key, before: old.get(path) ?? null, after: fresh.get(path) ?? null })
    plan.fields.set(field, change)
  }
}

interface Difference {
  readonly row: HeadRow
  readonly columns: FactColumns | null
  readonly issues: readonly VersionIssue[]
}

const compare = (feed: AnyFeed, row: HeadRow, plan: ReplayPlan): Difference | null => {
  const { fact, issues } = readVersion(feed, row.payload)
  const columns = fact ? factColumns(fact) : null
  plan.versions++
  if ((columns?.body ?? null) === row.body) {
    plan.unchanged++
    return null
  }
  if (row.body === null) plan.appear++
  else if (columns === null) plan.vanish++
  else {
    plan.changed++
    noteDiff(plan, row, columns.body)
  }
  return { row, columns, issues }
}

const bytea = (hex: string | null): string | null => (hex === null ? null : `\\x${hex}`)

const stage = (client: PoolClient, runId: string, all: readonly Difference[]) =>
  copyRows(
    client,
    'replay_stage (run_id, key_hash, batch_id, ord, kind, source_order, subject_hash, event_on, amount_fen, class, body, issues)',
    all.map(({ row, columns: c, issues }) => [
      runId,
      bytea(row.key),
      row.batchId,
      row.ord,
      c?.kind ?? null,
      row.sourceOrder,
      bytea(c?.subjectHash ?? null),
      c?.eventOn ?? null,
      c?.amountFen ?? null,
      c?.class ?? null,
      c?.body ?? null,
      JSON.stringify(issues),
    ]),
  )

/** What replaying this feed would change. With `runId`, the differences are kept for `applyReplay`. */
export const planReplay = async (db: Database, feed: AnyFeed, runId: string | null = null): Promise<ReplayPlan> => {
  const plan: ReplayPlan = { versions: 0, unchanged: 0, changed: 0, appear: 0, vanish: 0, fields: new Map() }
  for await (const rows of heads(db, feed.id)) {
    const differences: Difference[] = []
    for (const [i, row] of rows.entries()) {
      const difference = compare(feed, row, plan)
      if (difference) differences.push(difference)
      if (i % 250 === 249) await turn()
    }
    if (runId !== null && differences.length > 0)
      await transaction(db.pipeline, (client) => stage(client, runId, differences))
  }
  return plan
}

const columns =
  'key_hash, feed, kind, batch_id, ord, mapping, known_from, source_order, subject_hash, event_on, amount_fen, class, body'

/** Swaps the staged differences in. Facts that a newer version replaced meanwhile stay as they are. Returns the tick it took. */
export const applyReplay = (db: Database, feed: AnyFeed, runId: string, actor: string): Promise<bigint> =>
  transaction(db.pipeline, async (client) => {
    const tick = await takeTick(client, 'mapping', actor, { feed: feed.id, mapping: feed.mapping, runId })
    const current = `s.run_id = $1 AND EXISTS (SELECT 1 FROM record r WHERE r.feed = $2 AND r.key_hash = s.key_hash AND r.batch_id = s.batch_id AND r.ord = s.ord AND r.live)`
    await client.query(
      `WITH closed AS (DELETE FROM fact f USING replay_stage s WHERE f.key_hash = s.key_hash AND ${current} RETURNING f.*)
       INSERT INTO fact_past (${columns}, known_to) SELECT ${columns}, $3 FROM closed WHERE known_from < $3`,
      [runId, feed.id, tick],
    )
    await client.query(
      `INSERT INTO fact (${columns}) SELECT s.key_hash, $2, s.kind, s.batch_id, s.ord, $4, $3, s.source_order, s.subject_hash, s.event_on, s.amount_fen, s.class, s.body
       FROM replay_stage s WHERE s.kind IS NOT NULL AND ${current}`,
      [runId, feed.id, tick, feed.mapping],
    )
    await client.query(`DELETE FROM issue i USING replay_stage s WHERE i.key_hash = s.key_hash AND s.run_id = $1`, [
      runId,
    ])
    await client.query(
      `INSERT INTO issue (key_hash, seq, feed, batch_id, ord, mapping, pointer, code, raw, expected, message)
       SELECT s.key_hash, i.n - 1, $2, s.batch_id, s.ord, $3, i.v->>'pointer', i.v->>'code', i.v->>'raw', i.v->>'expected', i.v->'message'
       FROM replay_stage s CROSS JOIN LATERAL jsonb_array_elements(s.issues) WITH ORDINALITY AS i (v, n) WHERE s.run_id = $1`,
      [runId, feed.id, feed.mapping],
    )
    await client.query('DELETE FROM replay_stage WHERE run_id = $1', [runId])
    return tick
  })
