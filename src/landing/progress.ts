/** What a run has done so far, kept in its row while it runs, for who watches it. Its figures are another thing: they are written once, at the end. */
import type { Database } from '../db/database.ts'
import { now } from '../kernel/clock.ts'
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
  /** Writes no more; gives what there is to be told at the end, null where nothing was done. */
  stop(): RunProgress | null
}

/** Writes at most this often, and nothing of a run that is over before: its end tells it. */
const everyMs = 1_000

export const keepProgress = (db: Database, run: Run): ProgressKeeper => {
  const nothing: RunProgress = { pages: 0, rows: 0 }
  let told = nothing
  let timer: NodeJS.Timeout | null = null
  // One after the other: an earlier one that came later would stand over it.
  let tail: Promise<unknown> = Promise.resolve()
  const store = (progress: RunProgress): Promise<unknown> =>
    // What is shown of a run must not stop it.
    db.pipeline
      .query(`UPDATE run SET progress = $3, beat_at = $4 WHERE run_id = $1 AND attempt = $2 AND state = 'running'`, [
        run.runId,
        run.attempt,
        JSON.stringify(progress),
        now(),
      ])
      .catch(() => undefined)
  const write = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    tail = tail.then(() => store(told))
  }
  const change = (more: Partial<RunProgress>): void => {
    told = { ...told, ...more }
    timer ??= setTimeout(write, everyMs).unref()
  }
  return {
    page: () => change({ pages: told.pages + 1 }),
    rows: (count) => change({ rows: told.rows + count }),
    slice: (slice, slices, day) => {
      told = { ...told, slice, slices, day }
      write()
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer)
      return told === nothing ? null : told
    },
  }
}
