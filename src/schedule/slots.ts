/**
 * Slots (decision 15): a tick each minute asks which have passed, our row decides, pg-boss carries. The row and the queue's job are one transaction,
 * so a slot is sent exactly once however many hubs fire it; a job that the queue repeats finds its slot taken or done.
 */
import type { PoolClient } from 'pg'
import type { PgBoss } from 'pg-boss'
import type { Database } from '../db/database.ts'
import { transaction } from '../db/transaction.ts'
import { now } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { type CatchUp, splitPassed } from './catch-up.ts'
import { slotsBetween } from './when/slots-between.ts'

export const importQueue = 'import'

export interface SlotJob {
  readonly source: string
  readonly slotAt: string
  readonly runId: string
}

/** Hands a job on inside the transaction that wrote its slot. */
export type SendJob = (client: PoolClient, job: SlotJob) => Promise<unknown>

export const sendThrough =
  (boss: PgBoss): SendJob =>
  (client, job) =>
    boss.send(importQueue, job, {
      db: { executeSql: (text: string, values?: unknown[]) => client.query(text, values) },
    })

/** A missed slot that is reached again, after a clock that was ahead has been put right, has not run yet and is run. */
const claimSlot = async (client: PoolClient, send: SendJob, source: string, slotAt: Date): Promise<boolean> => {
  const runId = newId('run')
  const { rowCount } = await client.query(
    `INSERT INTO slot (source, slot_at, run_id, state, decided_at, updated_at) VALUES ($1, $2, $3, 'sent', $4, $4)
     ON CONFLICT (source, slot_at) DO UPDATE SET run_id = EXCLUDED.run_id, state = 'sent', decided_at = EXCLUDED.decided_at, updated_at = EXCLUDED.updated_at
     WHERE slot.state = 'missed'`,
    [source, slotAt, runId, now()],
  )
  if (rowCount === 0) return false
  await send(client, { source, slotAt: slotAt.toISOString(), runId })
  return true
}

/** Claims a slot and sends its job; false where it was sent before. `slotAt` is the instant the schedule names. */
export const fireSlot = (db: Database, send: SendJob, source: string, slotAt: Date): Promise<boolean> =>
  transaction(db.pipeline, (client) => claimSlot(client, send, source, slotAt))

/** What a look at one schedule decided. */
export interface Decided {
  readonly source: string
  readonly sent: readonly Date[]
  readonly missed: readonly Date[]
  /** The clock stands before what has been decided: it was ahead then, or has been put back. Nothing is fired again. */
  readonly lookedAhead: Date | null
}

interface ScheduleRow {
  readonly source: string
  readonly cron: string
  readonly time_zone: string
  readonly catch_up: CatchUp
  readonly catch_up_max: number
  readonly looked_to: Date
}

/** Clocks of hubs may lie so far apart; a schedule looked at later than this has been looked at by a clock that was wrong. */
const clocksApartMs = 5 * 60_000

const scheduleSelect = `SELECT source, cron, time_zone, catch_up, catch_up_max, looked_to FROM schedule WHERE enabled AND looked_to IS NOT NULL`

const passedOf = (row: ScheduleRow, at: Date): Date[] => [...slotsBetween(row.cron, row.time_zone, row.looked_to, at)]

/** Slots in one statement: a schedule of each minute that nobody looked at for a year has half a million. */
const missedAtOnce = 20_000

const storeMissed = async (client: PoolClient, source: string, missed: readonly Date[]): Promise<Date[]> => {
  const stored: Date[] = []
  for (let i = 0; i < missed.length; i += missedAtOnce) {
    const { rows } = await client.query<{ slot_at: Date }>(
      `INSERT INTO slot (source, slot_at, state, decided_at, updated_at) SELECT $1, t, 'missed', $2, $2 FROM unnest($3::timestamptz[]) AS t
       ON CONFLICT DO NOTHING RETURNING slot_at`,
      [source, now(), missed.slice(i, i + missedAtOnce)],
    )
    for (const row of rows) stored.push(row.slot_at)
  }
  return stored
}

const decideOne = (db: Database, send: SendJob, source: string, at: Date): Promise<Decided | null> =>
  transaction(db.pipeline, async (client) => {
    const { rows } = await client.query<ScheduleRow>(`${scheduleSelect} AND source = $1 FOR UPDATE`, [source])
    const row = rows[0]
    if (!row) return null
    if (row.looked_to.getTime() - at.getTime() > clocksApartMs) {
      await client.query('UPDATE schedule SET looked_to = $2 WHERE source = $1', [source, at])
      return { source, sent: [], missed: [], lookedAhead: row.looked_to }
    }
    const passed = passedOf(row, at)
    if (passed.length === 0) return null
    const { run, missed } = splitPassed(passed, at, row.catch_up, row.catch_up_max)
    const stored = await storeMissed(client, source, missed)
    const sent: Date[] = []
    for (const slot of run) if (await claimSlot(client, send, source, slot)) sent.push(slot)
    await client.query('UPDATE schedule SET looked_to = $2 WHERE source = $1', [source, passed.at(-1)])
    return { source, sent, missed: stored, lookedAhead: null }
  })

const isToBeDecided = (row: ScheduleRow, at: Date): boolean =>
  row.looked_to.getTime() - at.getTime() > clocksApartMs ||
  !slotsBetween(row.cron, row.time_zone, row.looked_to, at).next().done

/**
 * Decides every slot that has passed since it was last looked at, of the sources that this hub knows. Several hubs may do so at once: a schedule's
 * row is locked while its slots are decided, and the next one finds none left. One that fails is told to `onError` and stays for the next look.
 */
export const decideSlots = async (
  deps: { readonly db: Database; readonly send: SendJob; readonly isKnown: (source: string) => boolean },
  at: Date,
  onError: (error: unknown, source: string) => void,
): Promise<Decided[]> => {
  const { rows } = await deps.db.pipeline.query<ScheduleRow>(scheduleSelect)
  const decided: Decided[] = []
  for (const row of rows) {
    if (!deps.isKnown(row.source)) continue
    try {
      if (!isToBeDecided(row, at)) continue
      const one = await decideOne(deps.db, deps.send, row.source, at)
      if (one) decided.push(one)
    } catch (error) {
      onError(error, row.source)
    }
  }
  return decided
}

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
