/**
 * What was held before: superseded facts, links, ties, memberships and positions that no promised `asOf` needs. The day from which pages can still be
 * shown moves first, in a transaction of its own: from then on an older day is refused rather than answered with half of what was known.
 */
import { transaction } from '../db/transaction.ts'
import { addDays, endOfDay, today } from '../kernel/clock.ts'
import { countOnly, dropPiece, dropPieces, pieceRows, type RetentionRun } from './piece.ts'

const task = 'past'
/** Tables whose rows end with `known_to`; partitions of superseded facts beside them. */
const pastTables = ['party_link_past', 'edge_past', 'member_past', 'tie_past', 'position_past'] as const

interface Partition {
  readonly name: string
  /** Every row in it ended at or before this tick. */
  readonly lastTick: bigint
}

const factPartitions = async (run: RetentionRun): Promise<Partition[]> =>
  (
    await run.db.owner().query<{ name: string; bounds: string }>(
      `SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = 'jingwei.fact_past'::regclass ORDER BY c.oid`,
    )
  ).rows.flatMap(({ name, bounds }) => {
    const end = /TO \('(\d+)'\)$/.exec(bounds)?.[1]
    return end === undefined || !/^fact_past_\d+$/.test(name) ? [] : [{ name, lastTick: BigInt(end) - 1n }]
  })

/** The last tick of the first day that stays; null where nothing happened before it. */
const floorOf = async (run: RetentionRun, day: string): Promise<bigint | null> => {
  const { rows } = await run.db.pipeline.query<{ tick: bigint }>(
    'SELECT tick FROM tick WHERE at <= $1 ORDER BY at DESC, tick DESC LIMIT 1',
    [endOfDay(day)],
  )
  return rows[0]?.tick ?? null
}

const moveFloor = (run: RetentionRun, tick: bigint, day: string): Promise<void> =>
  transaction(run.db.owner(), async (client) => {
    await client.query(
      `INSERT INTO retention_state (task, tick, day, ran_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (task) DO UPDATE SET tick = greatest(retention_state.tick, EXCLUDED.tick), day = greatest(retention_state.day, EXCLUDED.day), ran_at = EXCLUDED.ran_at`,
      [task, tick, day, run.now],
    )
  })

/** A whole partition at once: no row of it is read. Gives up where the table is in use, and tries again the next night. */
const dropPartition = (run: RetentionRun, name: string) =>
  dropPiece(run, task, name, async (client) => {
    await client.query(`SET LOCAL lock_timeout = '5s'`)
    const { rows } = await client.query<{ rows: bigint; bytes: bigint }>(
      `SELECT greatest(reltuples, 1)::bigint AS rows, pg_total_relation_size(oid) AS bytes FROM pg_class WHERE oid = to_regclass('jingwei.' || $1)`,
      [name],
    )
    await client.query(`DROP TABLE jingwei.${name}`)
    return rows[0]!
  })

const dropRows = (run: RetentionRun, table: string, floor: bigint): Promise<void> =>
  run.dryRun
    ? countOnly(run, task, table, `SELECT count(*) AS rows, NULL::bigint AS bytes FROM ${table} WHERE known_to <= $1`, [
        floor,
      ])
    : dropPieces(
        run,
        task,
        table,
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE known_to <= $1 LIMIT ${pieceRows}))`,
        [floor],
      )

/** Drops what ended before the last `days` days: no page as of a later day needs it. */
export const dropPast = async (run: RetentionRun, days: number): Promise<void> => {
  const day = addDays(today(run.now), -days)
  const floor = await floorOf(run, day)
  if (floor === null) return
  if (!run.dryRun) await moveFloor(run, floor, day)
  for (const partition of await factPartitions(run)) {
    if (run.dryRun || partition.lastTick > floor) await dropRows(run, `${partition.name}`, floor)
    else await dropPartition(run, partition.name)
  }
  for (const table of pastTables) await dropRows(run, table, floor)
}
