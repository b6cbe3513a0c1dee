/**
 * Slots (decision 15): node-cron says when, pg-boss carries, and our row decides. The row and the queue's job are one transaction, so a slot is
 * sent exactly once however many hubs fire it; a job that the queue repeats finds its slot taken or done.
 */
import type { PgBoss } from 'pg-boss'
import type { Database } from '../db/database.ts'
import { transaction } from '../db/transaction.ts'
import { now } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'

export const importQueue = 'import'

export interface SlotJob {
  readonly source: string
  readonly slotAt: string
  readonly runId: string
}

/** Claims a slot and sends its job; false where another hub was first. `slotAt` is the instant the schedule names. */
export const fireSlot = (db: Database, boss: PgBoss, source: string, slotAt: Date): Promise<boolean> =>
  transaction(db.pipeline, async (client) => {
    const runId = newId('run')
    const { rowCount } = await client.query(
      `INSERT INTO slot (source, slot_at, run_id, state, updated_at) VALUES ($1, $2, $3, 'sent', $4) ON CONFLICT DO NOTHING`,
      [source, slotAt, runId, now()],
    )
    if (rowCount === 0) return false
    const job: SlotJob = { source, slotAt: slotAt.toISOString(), runId }
    await boss.send(importQueue, job, {
      db: { executeSql: (text: string, values?: unknown[]) => client.query(text, values) },
    })
    return true
  })

/** Marks a slot as taken by the next attempt; null where it is done already. */
export const takeSlot = async (db: Database, job: SlotJob): Promise<number | null> => {
  const { rows } = await db.pipeline.query<{ attempt: number }>(
    `UPDATE slot SET state = 'running', attempt = attempt + 1, updated_at = $3 WHERE source = $1 AND slot_at = $2 AND state <> 'done' RETURNING attempt`,
    [job.source, job.slotAt, now()],
  )
  return rows[0]?.attempt ?? null
}

export const endSlot = (db: Database, job: SlotJob, state: 'done' | 'failed') =>
  db.pipeline.query(
    `UPDATE slot SET state = $3, updated_at = $4 WHERE source = $1 AND slot_at = $2 AND state <> 'done'`,
    [job.source, job.slotAt, state, now()],
  )
