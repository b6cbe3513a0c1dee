/**
 * Replay: the stored versions that stand today through the mapping of today. First a plan (which fields of how many facts would change), then a tick
 * that decides it; the normalise stage swaps the facts at that tick, in its turn among the deliveries (`swap-replay.ts`). Raw versions are never touched.
 */
import type { PoolClient } from 'pg'
import type { AnyFeed } from '../connect/feed.ts'
import { copyRows } from '../db/copy.ts'
import type { Database } from '../db/database.ts'
import { takeTick } from '../db/tick.ts'
import { transaction } from '../db/transaction.ts'
import { type FactColumns, factColumns } from '../facts/columns.ts'
import { HubError } from '../kernel/errors.ts'
import { turn } from '../kernel/turn.ts'
import { normaliseCodes } from './codes.ts'
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
  /** False where the fact comes from a version before this one. */
  readonly isOwnFact: boolean
}

const chunkRows = 5_000
const examplesMax = 3

/** The versions that stand in the admitted world: below a head that a delivery not yet admitted has moved, the newest admitted one. */
async function* heads(db: Database, feed: string): AsyncGenerator<HeadRow[]> {
  let after = '\\x'
  for (;;) {
    const { rows } = await db.pipeline.query<HeadRow>(
      `SELECT encode(r.key_hash, 'hex') AS key, v.batch_id AS "batchId", v.ord, v.source_order AS "sourceOrder", CASE WHEN v.op <> 'w' THEN v.payload END AS payload, f.body,
         coalesce(f.batch_id = v.batch_id AND f.ord = v.ord, false) AS "isOwnFact"
       FROM (SELECT * FROM record WHERE feed = $1 AND key_hash > $2 ORDER BY key_hash LIMIT ${chunkRows}) r JOIN batch h ON h.batch_id = r.batch_id
       LEFT JOIN LATERAL (
         SELECT w.* FROM raw_version w WHERE h.state = 'admitted' AND w.key_hash = r.key_hash AND w.batch_id = r.batch_id AND w.ord = r.ord
         UNION ALL (SELECT w.* FROM raw_version w JOIN batch a ON a.batch_id = w.batch_id AND a.state = 'admitted'
           WHERE h.state <> 'admitted' AND w.key_hash = r.key_hash ORDER BY w.batch_id DESC, w.ord DESC LIMIT 1)) v ON true
       LEFT JOIN fact f ON f.key_hash = r.key_hash ORDER BY r.key_hash`,
      [feed, after],
    )
    if (rows.length === 0) return
    yield rows.filter((r) => r.payload !== null)
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
  // A version that cannot be read leaves the fact before it, now as when it was normalised.
  const isLeft = columns === null && row.body !== null && !row.isOwnFact
  if ((columns?.body ?? null) === row.body || isLeft) {
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

/** Differences of runs that ended without deciding anything. What was decided waits for its tick. */
const clearAbandoned = (db: Database) =>
  db.pipeline.query(
    `DELETE FROM replay_stage s WHERE NOT EXISTS (SELECT 1 FROM run r WHERE r.run_id = s.run_id AND r.state = 'running')
       AND NOT EXISTS (SELECT 1 FROM tick t WHERE t.kind = 'mapping' AND t.detail->>'runId' = s.run_id AND t.tick > (SELECT tick FROM stage_cursor WHERE stage = 'normalise'))`,
  )

/** What replaying this feed would change. With `runId`, the differences are kept for `decideReplay`. */
export const planReplay = async (db: Database, feed: AnyFeed, runId: string | null = null): Promise<ReplayPlan> => {
  const plan: ReplayPlan = { versions: 0, unchanged: 0, changed: 0, appear: 0, vanish: 0, fields: new Map() }
  if (runId !== null) await clearAbandoned(db)
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

/**
 * Decides a planned replay: from the tick that this takes on, the staged differences are news like a delivery. The next advance swaps them in.
 * HubError `replay.incomplete` where what was staged is not what was planned (another replay took this run for lost).
 */
export const decideReplay = (
  db: Database,
  feed: AnyFeed,
  runId: string,
  plan: ReplayPlan,
  actor: string,
): Promise<bigint> =>
  transaction(db.pipeline, async (client) => {
    const planned = plan.changed + plan.appear + plan.vanish
    const { rows } = await client.query<{ staged: bigint }>(
      'SELECT count(*) AS staged FROM replay_stage WHERE run_id = $1',
      [runId],
    )
    if (rows[0]!.staged !== BigInt(planned))
      throw new HubError({
        code: normaliseCodes.replayIncomplete,
        publicMessage: {
          zh: '重放的暂存结果不完整，请重新执行',
          en: 'what this replay had prepared is incomplete; run it again',
        },
        context: { runId, planned, staged: rows[0]!.staged.toString() },
      })
    await client.query(
      'SELECT ensure_partitions((SELECT max(batch_id) FROM batch), (SELECT tick + 1024 FROM truth_clock))',
    )
    return takeTick(client, 'mapping', actor, { feed: feed.id, mapping: feed.mapping, runId })
  })
