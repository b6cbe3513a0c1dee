/** Runs: one execution of an import, load, push or replay. Figures are written once, when it ends (decision 3). */
import type { PoolClient } from 'pg'
import type { Actor } from '../access/actor.ts'
import { auditRow } from '../access/audit.ts'
import type { Database } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { transaction } from '../db/transaction.ts'
import { now } from '../kernel/clock.ts'
import { asError, isHubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'

export type RunKind = 'import' | 'backfill' | 'load' | 'push' | 'replay' | 'quarantineReplay' | 'rehearsal'
export type RunState = 'queued' | 'running' | 'green' | 'held' | 'failed' | 'unreconciled'

export interface Run {
  readonly runId: string
  readonly attempt: number
  readonly source: string
}

/** A run that has shown no sign of life for this long has died with its process. */
const lostAfterMs = 120_000

/**
 * Starts a run. Those of its source whose process is gone are ended with it, so that the page does not show them as running for ever; a push that was
 * acknowledged has not failed: its run is ended when the stages have seen it.
 */
const startStatement = prepared(
  'run.start',
  `WITH lost AS (
     UPDATE run r SET state = 'failed', finished_at = $5, error = $7 WHERE r.source = $2 AND r.state = 'running' AND r.beat_at < $8 AND r.run_id <> $1
       AND NOT (r.kind = 'push' AND EXISTS (SELECT 1 FROM batch b WHERE b.run_id = r.run_id AND b.state IN ('admitted', 'held'))))
   INSERT INTO run (run_id, source, kind, slot_at, state, started_at, beat_at, request) VALUES ($1, $2, $3, $4, 'running', $5, $5, $6)
   ON CONFLICT (run_id) DO UPDATE SET attempt = run.attempt + 1, state = 'running', started_at = CASE WHEN run.attempt = 0 THEN EXCLUDED.started_at ELSE run.started_at END,
     beat_at = EXCLUDED.beat_at, finished_at = NULL, error = NULL, progress = NULL
   RETURNING run_id, attempt`,
)

const lostError = JSON.stringify({
  code: 'landing.run_lost',
  message: { zh: '执行进程已消失', en: 'the process that ran this is gone' },
})

/**
 * Shows that a run is alive while its source is slow or its stages compute: landing's own marks may lie far apart. Returns how to stop.
 * @param everyMs well below the time after which a run counts as lost
 */
export const keepBeating = (db: Database, run: Run, everyMs = 20_000): (() => void) => {
  const timer = setInterval(() => {
    db.pipeline
      .query(`UPDATE run SET beat_at = $3 WHERE run_id = $1 AND attempt = $2 AND state = 'running'`, [
        run.runId,
        run.attempt,
        now(),
      ])
      .catch(() => undefined)
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** A run asked for and not begun: its page exists from the moment the answer names it. The audit row is in the same transaction. */
export const enqueueRuns = (
  db: Database,
  sources: readonly string[],
  kind: RunKind,
  request: unknown,
  actor: Actor,
): Promise<Run[]> =>
  transaction(db.pipeline, async (client) => {
    const runs = sources.map((source) => ({ runId: newId('run'), attempt: 0, source }))
    await client.query(
      `INSERT INTO run (run_id, source, kind, attempt, state, started_at, beat_at, request) SELECT r, s, $3, 0, 'queued', $4, $4, $5 FROM unnest($1::text[], $2::text[]) AS t (r, s)`,
      [runs.map((r) => r.runId), runs.map((r) => r.source), kind, now(), JSON.stringify(request)],
    )
    await auditRow(client, {
      actor,
      action: `${kind}.ask`,
      subject: sources.join(' '),
      detail: { runIds: runs.map((r) => r.runId) },
    })
    return runs
  })

/** Starts a run; with a slot's run id, the next attempt of it, so that every older attempt is fenced off. */
export const startRun = async (
  db: Database,
  input: { source: string; kind: RunKind; request?: unknown; runId?: string; slotAt?: Date },
): Promise<Run> => {
  const { rows } = await db.pipeline.query<{ run_id: string; attempt: number }>(
    startStatement(
      input.runId ?? newId('run'),
      input.source,
      input.kind,
      input.slotAt ?? null,
      now(),
      JSON.stringify(input.request ?? {}),
      lostError,
      new Date(now().getTime() - lostAfterMs),
    ),
  )
  return { runId: rows[0]!.run_id, attempt: rows[0]!.attempt, source: input.source }
}

/** JSON in which sums of 分 are decimal text: what an error says of amounts must not stop its run from being ended. */
const plainJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner))

const finishStatement = prepared(
  'run.finish',
  `UPDATE run SET state = $3, finished_at = $4, figures = $5, error = $6, progress = coalesce($7, progress) WHERE run_id = $1 AND attempt = $2 AND state = 'running'`,
)

/** Ends this attempt; does nothing where another attempt has taken over. */
export const finishRun = async (
  client: PoolClient | Database['pipeline'],
  run: Run,
  state: RunState,
  figures: unknown,
  error: unknown = null,
  progress: unknown = null,
): Promise<boolean> => {
  const { rowCount } = await client.query(
    finishStatement(
      run.runId,
      run.attempt,
      state,
      now(),
      JSON.stringify(figures ?? null),
      error === null ? null : plainJson(errorReport(error)),
      progress === null ? null : JSON.stringify(progress),
    ),
  )
  return rowCount === 1
}

interface Told {
  readonly code: string
  readonly message: { readonly zh: string; readonly en: string }
  readonly found?: string
  readonly bound?: string
}

/** A delivery that was refused has its reason, which is no error of ours. */
const isTold = (error: unknown): error is Told => {
  const told = error as Partial<Told> | null
  return typeof told === 'object' && typeof told?.code === 'string' && typeof told.message?.zh === 'string'
}

/** What a run's report says of an error, or of why a delivery was refused: code and public words; the rest is in the log. */
export const errorReport = (
  error: unknown,
): { code: string; message: { zh: string; en: string }; context: unknown } => {
  if (isHubError(error)) return { code: error.code, message: error.publicMessage, context: error.context }
  if (isTold(error))
    return { code: error.code, message: error.message, context: { found: error.found, bound: error.bound } }
  return {
    code: 'hub.internal',
    message: { zh: '内部错误，详见日志', en: 'internal error, see the log' },
    context: { name: asError(error).name },
  }
}
