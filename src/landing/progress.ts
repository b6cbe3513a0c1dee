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
  /** Writes what has not been written yet. */
  flush(): Promise<void>
}

/** Writes at most this often. */
const everyMs = 1_000

export const keepProgress = (db: Database, run: Run): ProgressKeeper => {
  let told: RunProgress = { pages: 0, rows: 0 }
  let written = told
  let writtenAt = Number.NEGATIVE_INFINITY
  // One after the other: an earlier one that came later would stand over it.
  let tail = Promise.resolve()
  const store = async (): Promise<void> => {
    if (written === told) return
    written = told
    writtenAt = elapsedMs()
    // What is shown of a run must not stop it.
    await db.pipeline
      .query(`UPDATE run SET progress = $3, beat_at = $4 WHERE run_id = $1 AND attempt = $2 AND state = 'running'`, [
        run.runId,
        run.attempt,
        JSON.stringify(told),
        now(),
      ])
      .catch(() => undefined)
  }
  const write = (): Promise<void> => {
    tail = tail.then(store)
    return tail
  }
  const change = (more: Partial<RunProgress>): void => {
    told = { ...told, ...more }
    if (elapsedMs() - writtenAt >= everyMs) void write()
  }
  return {
    page: () => change({ pages: told.pages + 1 }),
    rows: (count) => change({ rows: told.rows + count }),
    slice: (slice, slices, day) => {
      told = { ...told, slice, slices, day }
      void write()
    },
    flush: write,
  }
}
