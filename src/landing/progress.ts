/** What a run has done so far, kept in its row while it runs, for who watches it. Its figures are another thing: they are written once, at the end. */
import type { Database } from '../db/database.ts'
import { elapsedMs, now } from '../kernel/clock.ts'
import type { Run } from './run.ts'

export interface RunProgress {
  readonly pages: number
  readonly rows: number
  /** Of a backfill by days: which of how many, and its day. */
  readonly slice?: number
  readonly slices?: number
  readonly day?: string
}

export interface ProgressKeeper {
  page(): void
  rows(count: number): void
  slice(slice: number, slices: number, day: string): void
}

/** Writes at most this often. */
const everyMs = 1_000

export const keepProgress = (db: Database, run: Run): ProgressKeeper => {
  let told: RunProgress = { pages: 0, rows: 0 }
  let writtenAt = Number.NEGATIVE_INFINITY
  const change = (more: Partial<RunProgress>, isForced = false): void => {
    told = { ...told, ...more }
    if (!isForced && elapsedMs() - writtenAt < everyMs) return
    writtenAt = elapsedMs()
    db.pipeline
      .query(`UPDATE run SET progress = $3, beat_at = $4 WHERE run_id = $1 AND attempt = $2 AND state = 'running'`, [
        run.runId,
        run.attempt,
        JSON.stringify(told),
        now(),
      ])
      .catch(() => undefined)
  }
  return {
    page: () => change({ pages: told.pages + 1 }),
    rows: (count) => change({ rows: told.rows + count }),
    slice: (slice, slices, day) => change({ slice, slices, day }, true),
  }
}
