/** Runs, their batches and what did not come through: operations see figures, never tax facts. */
import { z } from 'zod'
import { type BatchItem, type DriftItem, type ImportsQuery, type RunAnswer, RunItem } from '#schemas/api/import.ts'
import type { Role } from '../access/actor.ts'
import type { Queryable } from '../db/transaction.ts'
import { cursorKeys, type Page, pageOf, readCursor, writeCursor } from './page.ts'
import { quarantineOfRun } from './quarantine.ts'
import { statement } from './statement.ts'

export const RunRow = z.object({
  run_id: z.string(),
  source: z.string(),
  kind: z.enum(['import', 'backfill', 'load', 'push', 'replay', 'quarantineReplay', 'rehearsal']),
  state: z.enum(['queued', 'running', 'green', 'held', 'failed', 'unreconciled']),
  attempt: z.number(),
  slot_at: z.date().nullable(),
  started_at: z.date(),
  finished_at: z.date().nullable(),
  error: z.unknown(),
  progress: RunItem.shape.progress,
})
export type RunRow = z.output<typeof RunRow>
export const runColumns = 'run_id, source, kind, state, attempt, slot_at, started_at, finished_at, error, progress'

export const showRun = (row: RunRow): RunItem => ({
  runId: row.run_id,
  source: row.source,
  kind: row.kind,
  state: row.state,
  attempt: row.attempt,
  slotAt: row.slot_at?.toISOString() ?? null,
  startedAt: row.started_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  seconds: row.finished_at === null ? null : (row.finished_at.getTime() - row.started_at.getTime()) / 1_000,
  error: row.error ?? null,
  progress: row.progress,
})

const PagedRunRow = RunRow.extend({ cursor_micros: z.bigint() })
// Instants are compared as microseconds: a Date would round them and show a row twice.
const micros = '(extract(epoch FROM started_at) * 1000000)::bigint'
const runs = statement<
  typeof PagedRunRow,
  [string | null, string | null, string | null, string | null, string | null, number]
>(
  'runs',
  `SELECT ${runColumns}, ${micros} AS cursor_micros FROM run
   WHERE ($1::text IS NULL OR source = $1) AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR kind = $3)
     AND ($5::text IS NULL OR ${micros} < $4::bigint OR ${micros} = $4::bigint AND run_id > $5)
   ORDER BY started_at DESC, run_id LIMIT $6`,
  PagedRunRow,
)

/** One page of runs, newest first. Throws `http.bad_cursor`. */
export const listRuns = async (client: Queryable, query: ImportsQuery): Promise<Page<RunItem>> => {
  const { cursor, limit, ...question } = query
  const after = readCursor(cursor, question, [cursorKeys.integer, cursorKeys.text])
  const rows = await runs(
    client,
    query.source ?? null,
    query.state ?? null,
    query.kind ?? null,
    after?.[0] ?? null,
    after?.[1] ?? null,
    limit + 1,
  )
  return pageOf(rows, limit, showRun, (row) => writeCursor(question, [row.cursor_micros, row.run_id]))
}

const RunDetailRow = RunRow.extend({ request: z.unknown(), figures: z.unknown() })
const runById = statement<typeof RunDetailRow, [string]>(
  'run_by_id',
  `SELECT ${runColumns}, request, figures FROM run WHERE run_id = $1`,
  RunDetailRow,
)

const total = z.bigint().transform(Number)
const BatchRow = z.object({
  batch_id: z.bigint(),
  feed: z.string(),
  mode: z.enum(['full', 'increment']),
  state: z.enum(['landing', 'landed', 'held', 'queued', 'admitted', 'refused']),
  fetched: total,
  new: total,
  changed: total,
  unchanged: total,
  withdrawn: total,
  older: total,
  repeated: total,
  quarantined: total,
  revived: total,
  absent: total,
  declared_rows: total.nullable(),
  live_before: total.nullable(),
  live_after: total.nullable(),
  hold_reason: z.unknown(),
  pages: z.number(),
  versions: total.nullable(),
  facts: total.nullable(),
  rejected: total.nullable(),
  ignored: total.nullable(),
  issues: total.nullable(),
  opened_at: z.date(),
  landed_at: z.date().nullable(),
})
const batchesOfRun = statement<typeof BatchRow, [string]>(
  'batches_of_run',
  `SELECT b.batch_id, b.feed, b.mode, b.state, b.fetched, b.new, b.changed, b.unchanged, b.withdrawn, b.older, b.repeated, b.quarantined, b.revived, b.absent,
     b.declared_rows, b.live_before, b.live_after, b.hold_reason, b.opened_at, b.landed_at,
     (SELECT count(*)::int FROM batch_page p WHERE p.batch_id = b.batch_id) AS pages, n.versions, n.facts, n.rejected, n.ignored, n.issues
   FROM batch b LEFT JOIN LATERAL (SELECT * FROM normalised_batch n WHERE n.batch_id = b.batch_id ORDER BY n.mapping DESC LIMIT 1) n ON true
   WHERE b.run_id = $1 ORDER BY b.batch_id LIMIT 500`,
  BatchRow,
)

/** Both sums of a reconciliation (decision 3), worked out here from the stored counts and not copied from a verdict. */
const showBatch = (row: z.output<typeof BatchRow>): BatchItem => {
  const told = row.new + row.changed + row.unchanged + row.withdrawn + row.older + row.repeated + row.quarantined
  const isAdmitted = row.live_before !== null && row.live_after !== null
  return {
    batchId: row.batch_id.toString(),
    feed: row.feed,
    mode: row.mode,
    state: row.state,
    fetched: row.fetched,
    new: row.new,
    changed: row.changed,
    unchanged: row.unchanged,
    withdrawn: row.withdrawn,
    older: row.older,
    repeated: row.repeated,
    quarantined: row.quarantined,
    revived: row.revived,
    absent: row.absent,
    declaredRows: row.declared_rows,
    liveBefore: row.live_before,
    liveAfter: row.live_after,
    closes: row.fetched === told,
    agrees: row.declared_rows === null ? null : row.declared_rows === row.fetched,
    balances: isAdmitted
      ? row.live_before! + row.new + row.revived - row.withdrawn - row.absent === row.live_after
      : null,
    holdReason: row.hold_reason ?? null,
    pages: row.pages,
    versions: row.versions,
    facts: row.facts,
    rejected: row.rejected,
    ignored: row.ignored,
    issues: row.issues,
    openedAt: row.opened_at.toISOString(),
    landedAt: row.landed_at?.toISOString() ?? null,
  }
}

const DriftRow = z.object({ feed: z.string(), field: z.string(), kind: z.enum(['unknown', 'missing']), rows: total })
const driftOfRun = statement<typeof DriftRow, [string]>(
  'drift_of_run',
  `SELECT d.feed, d.field, d.kind, d.rows FROM drift d WHERE EXISTS (SELECT FROM batch b WHERE b.run_id = $1 AND b.feed = d.feed AND b.batch_id BETWEEN d.first_batch_id AND d.last_batch_id)
   ORDER BY d.feed, d.field, d.kind LIMIT 200`,
  DriftRow,
)

/** A run with its batches, a sample of what was quarantined and the fields that do not fit; null for an unknown id. */
export const findRun = async (client: Queryable, role: Role, runId: string): Promise<RunAnswer | null> => {
  const [[run], batches, quarantine, drift] = await Promise.all([
    runById(client, runId),
    batchesOfRun(client, runId),
    quarantineOfRun(client, role, runId),
    driftOfRun(client, runId),
  ])
  if (!run) return null
  const driftItems: DriftItem[] = drift
  return {
    ...showRun(run),
    request: run.request,
    figures: run.figures ?? null,
    batches: batches.map(showBatch),
    quarantine,
    drift: driftItems,
  }
}
