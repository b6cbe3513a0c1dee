/** One bounded piece of dropping: a transaction of its own with its audit row, so that nothing vanishes unsaid and no lock lasts long. */
import type { PoolClient } from 'pg'
import { auditRow } from '../access/audit.ts'
import type { Database } from '../db/database.ts'
import { transaction } from '../db/transaction.ts'

export type RetentionTask =
  | 'supersededBytes'
  | 'past'
  | 'batchPages'
  | 'receipts'
  | 'closedQuarantine'
  | 'qualityBatches'
  | 'audit'

export interface Dropped {
  readonly task: RetentionTask
  /** Table, partition or batch. */
  readonly what: string
  readonly rows: bigint
  /** Bytes of text where they are known. */
  readonly bytes: bigint
}

export interface RetentionRun {
  readonly db: Database
  /** Counts and drops nothing. */
  readonly dryRun: boolean
  readonly now: Date
  readonly actor: string
  readonly note: (dropped: Dropped) => void
}

/** Rows dropped in one transaction. */
export const pieceRows = 5_000

/** Drops one piece as the owner; gives its rows. The audit row is in the same transaction. */
export const dropPiece = (
  run: RetentionRun,
  task: RetentionTask,
  what: string,
  drop: (client: PoolClient) => Promise<{ readonly rows: bigint; readonly bytes?: bigint }>,
): Promise<bigint> =>
  transaction(run.db.owner(), async (client) => {
    // One at a time, whoever else was asked to do the same.
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('jingwei retention', 0))`)
    const { rows, bytes = 0n } = await drop(client)
    if (rows === 0n) return rows
    await auditRow(client, {
      actor: { id: run.actor, role: 'operator' },
      action: 'retention.drop',
      subject: what,
      detail: { task, rows: rows.toString(), bytes: bytes.toString() },
    })
    run.note({ task, what, rows, bytes })
    return rows
  })

/** Drops pieces until one is not full. */
export const dropPieces = async (
  run: RetentionRun,
  task: RetentionTask,
  what: string,
  statement: string,
  values: readonly unknown[],
): Promise<void> => {
  for (;;) {
    const rows = await dropPiece(run, task, what, async (client) => ({
      rows: BigInt((await client.query(statement, [...values])).rowCount ?? 0),
    }))
    if (rows < BigInt(pieceRows)) return
  }
}

/** What a dry run tells instead, as the owner too: what the pipeline may not drop it may not always see. */
export const countOnly = async (
  run: RetentionRun,
  task: RetentionTask,
  what: string,
  statement: string,
  values: readonly unknown[],
): Promise<void> => {
  const { rows } = await run.db.owner().query<{ rows: bigint; bytes: bigint | null }>(statement, [...values])
  const { rows: n, bytes } = rows[0]!
  if (n > 0n) run.note({ task, what, rows: n, bytes: bytes ?? 0n })
}
