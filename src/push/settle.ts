/** Runs of pushes end when the stages have seen their rows: only then can be said whether they reconcile. */
import type { Database } from '../db/database.ts'
import { now } from '../kernel/clock.ts'
import type { BatchFigures } from '../landing/batch-figures.ts'
import { type Discrepancy, reconcile } from '../landing/reconcile.ts'
import type { RunState } from '../landing/run.ts'

const runsPerPage = 500

const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

interface Ended extends BatchFigures {
  readonly runId: string
  readonly attempt: number
}

const endedRuns = async (db: Database): Promise<Ended[]> =>
  (
    await db.pipeline.query<Ended>(
      `SELECT r.run_id AS "runId", r.attempt, b.batch_id AS "batchId", b.feed, b.mode, b.state, b.fetched, b.new, b.changed, b.unchanged, b.withdrawn, b.older, b.repeated, b.quarantined,
         b.revived, b.absent, b.declared_rows AS "declaredRows", b.live_before AS "liveBefore", b.live_after AS "liveAfter", b.hold_reason AS "holdReason", b.admitted_tick AS "admittedTick"
       FROM run r JOIN batch b ON b.run_id = r.run_id
       WHERE r.kind = 'push' AND r.state = 'running' AND (b.state IN ('held', 'refused') OR b.state = 'admitted' AND EXISTS (SELECT 1 FROM normalised_batch n WHERE n.batch_id = b.batch_id))
       ORDER BY b.batch_id LIMIT ${runsPerPage}`,
    )
  ).rows

const stateOf = (batch: BatchFigures, discrepancies: readonly Discrepancy[]): RunState => {
  if (batch.state === 'held') return 'held'
  if (batch.state === 'refused') return 'failed'
  return discrepancies.length === 0 ? 'green' : 'unreconciled'
}

/** Ends every run of a push whose batch the stages have seen, with its figures. Safe on several hubs at once. Returns how many. */
export const settlePushRuns = async (db: Database): Promise<number> => {
  let settled = 0
  for (;;) {
    const batches = await endedRuns(db)
    if (batches.length === 0) return settled
    const discrepancies = Map.groupBy(await reconcile(db, batches), (d) => d.batchId)
    const ends = batches.map(({ runId, attempt, ...batch }) => {
      const own = discrepancies.get(batch.batchId.toString()) ?? []
      const state = stateOf(batch, own)
      const figures = { runId, feed: batch.feed, state, batches: [batch], discrepancies: own }
      return { runId, attempt, state, figures: JSON.stringify(figures, plain) }
    })
    const { rowCount } = await db.pipeline.query(
      `UPDATE run SET state = e.s, finished_at = $1, figures = e.f FROM unnest($2::text[], $3::int[], $4::text[], $5::jsonb[]) AS e (r, a, s, f)
       WHERE run.run_id = e.r AND run.attempt = e.a AND run.state = 'running'`,
      [
        now(),
        ends.map((e) => e.runId),
        ends.map((e) => e.attempt),
        ends.map((e) => e.state),
        ends.map((e) => e.figures),
      ],
    )
    settled += rowCount ?? 0
  }
}
