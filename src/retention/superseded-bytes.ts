/**
 * Raw bytes of versions that newer ones superseded long ago. Driven by what superseded them: batches in the order of admission, each once, so a
 * night's work is what some day long ago brought and never the whole history. Rejected: dropping partitions of raw versions, since every old
 * partition holds live heads (a contract of 2016 that never changed again); deleting the rows, since reconciliation counts them.
 */
import type { PoolClient } from 'pg'
import { countOnly, dropPiece, pieceRows, type RetentionRun } from './piece.ts'

const task = 'supersededBytes'
const batchesAtOnce = 100

interface Superseding {
  readonly batchId: bigint
  readonly tick: bigint
  readonly ords: number
}

/** The next batches that may have superseded something, admitted before `before`. */
const nextBatches = async (run: RetentionRun, before: Date, afterTick: bigint): Promise<Superseding[]> =>
  (
    await run.db.pipeline.query<Superseding>(
      `SELECT b.batch_id AS "batchId", b.admitted_tick AS tick, b.next_ord AS ords FROM batch b JOIN tick t ON t.tick = b.admitted_tick
       WHERE b.admitted_tick > $1 AND t.at < $2 AND (b.next_ord > b.new OR b.was_held) ORDER BY b.admitted_tick LIMIT ${batchesAtOnce}`,
      [afterTick, before],
    )
  ).rows

const moveOn = (client: PoolClient, tick: bigint, at: Date) =>
  client.query(
    `INSERT INTO retention_state (task, tick, ran_at) VALUES ($1, $2, $3) ON CONFLICT (task) DO UPDATE SET tick = greatest(retention_state.tick, EXCLUDED.tick), ran_at = EXCLUDED.ran_at`,
    [task, tick, at],
  )

const forget = async (run: RetentionRun, batch: Superseding): Promise<void> => {
  for (let from = 0; from < batch.ords; from += pieceRows) {
    const isLast = from + pieceRows >= batch.ords
    await dropPiece(run, task, `batch ${batch.batchId}`, async (client) => {
      const { rows } = await client.query<{ rows: bigint; bytes: bigint }>(
        'SELECT rows, bytes FROM forget_superseded($1, $2, $3)',
        [batch.batchId, from, from + pieceRows],
      )
      if (isLast) await moveOn(client, batch.tick, run.now)
      return rows[0]!
    })
  }
}

const wouldForget = (run: RetentionRun, batch: Superseding): Promise<void> =>
  countOnly(
    run,
    task,
    `batch ${batch.batchId}`,
    'SELECT count(*) AS rows, coalesce(sum(bytes), 0)::bigint AS bytes FROM superseded($1, 0, $2)',
    [batch.batchId, batch.ords],
  )

/** Drops the bytes of what batches admitted before `before` have superseded. */
export const dropSupersededBytes = async (run: RetentionRun, before: Date): Promise<void> => {
  const { rows } = await run.db.pipeline.query<{ tick: bigint }>('SELECT tick FROM retention_state WHERE task = $1', [
    task,
  ])
  let tick = rows[0]?.tick ?? 0n
  for (;;) {
    const batches = await nextBatches(run, before, tick)
    for (const batch of batches) {
      if (run.dryRun) await wouldForget(run, batch)
      else await forget(run, batch)
      tick = batch.tick
    }
    if (batches.length < batchesAtOnce) return
  }
}
