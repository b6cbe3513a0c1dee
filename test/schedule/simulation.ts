/**
 * Several hubs on one database, each with a clock of its own, through simulated time: ticks that come late or not at all, hubs that die in the middle
 * of a decision or right after it, processes that pause, clocks that are stepped forward and back. What is sent is noted in the transaction that sends
 * it, so the count of a slot's jobs is the count of its firings.
 */
import type { PoolClient } from 'pg'
import type { Database } from '../../src/db/database.ts'
import { setClock, setClockOffset } from '../../src/kernel/clock.ts'
import { decideSlots, type SlotJob } from '../../src/schedule/slots.ts'
import { slotsBetween } from '../../src/schedule/when/slots-between.ts'
import { seededRandom } from '../support/random.ts'

export interface SimulatedSchedule {
  readonly source: string
  readonly cron: string
  readonly timeZone: string
  readonly catchUp: 'latest' | 'all' | 'none'
}

export interface SimulationOptions {
  readonly db: Database
  /** A database handle for each hub. */
  readonly hubs: readonly Database[]
  readonly seed: number
  readonly begin: Date
  readonly minutes: number
  readonly schedules: readonly SimulatedSchedule[]
  readonly onDay?: (day: number) => void
}

export interface SimulationResult {
  readonly ticks: number
  readonly kills: number
  readonly steps: number
  readonly slots: number
  readonly sent: number
  readonly missed: number
  /** What should not be: empty. */
  readonly faults: readonly string[]
}

const minuteMs = 60_000

interface Hub {
  readonly db: Database
  /** Its clock minus true time. */
  skewMs: number
  readonly baseSkewMs: number
  downUntil: number
  steppedUntil: number
  killNext: 'within' | 'after' | null
}

class Killed extends Error {}

const prepare = async ({ db, schedules, begin }: SimulationOptions): Promise<void> => {
  await db.owner().query('CREATE TABLE IF NOT EXISTS simulated_job (source text, slot_at timestamptz, run_id text)')
  await db.owner().query('GRANT SELECT, INSERT ON simulated_job TO jingwei_pipeline')
  for (const { source, cron, timeZone, catchUp } of schedules)
    await db.pipeline.query(
      'INSERT INTO schedule (source, cron, time_zone, catch_up, catch_up_max, looked_to, updated_at) VALUES ($1, $2, $3, $4, 10, $5, $5)',
      [source, cron, timeZone, catchUp, begin],
    )
}

/** A kill in the middle of a decision: the server ends the connection under it, as it does for a process that has gone. */
const sendOf =
  (hub: Hub) =>
  async (client: PoolClient, job: SlotJob): Promise<void> => {
    await client.query('INSERT INTO simulated_job (source, slot_at, run_id) VALUES ($1, $2, $3)', [
      job.source,
      job.slotAt,
      job.runId,
    ])
    if (hub.killNext !== 'within') return
    await client.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => undefined)
    throw new Killed()
  }

/** At the end all are up and right, so that what was put off is decided. */
const calmMinutes = 360

/** What befalls a hub in this minute. */
const befall = (hub: Hub, random: () => number, at: number, isCalm: boolean): number => {
  if (at >= hub.steppedUntil && hub.skewMs !== hub.baseSkewMs) hub.skewMs = hub.baseSkewMs
  if (isCalm) {
    hub.downUntil = 0
    hub.killNext = null
    return 0
  }
  hub.killNext = random() < 0.02 ? (random() < 0.5 ? 'within' : 'after') : null
  if (random() < 0.0004) hub.downUntil = at + Math.floor(random() ** 3 * 3 * 1_440) * minuteMs
  if (random() >= 0.0002) return 0
  hub.skewMs = (random() < 0.5 ? -1 : 1) * Math.floor(random() ** 2 * 30 * 60) * minuteMs
  hub.steppedUntil = at + Math.floor(random() * 300) * minuteMs
  return 1
}

const check = async (
  o: SimulationOptions,
  end: Date,
): Promise<Pick<SimulationResult, 'slots' | 'sent' | 'missed' | 'faults'>> => {
  const { rows } = await o.db.pipeline.query<{ source: string; slot_at: Date; state: string }>(
    'SELECT source, slot_at, state FROM slot',
  )
  const { rows: jobs } = await o.db.pipeline.query<{ source: string; slot_at: Date; jobs: number }>(
    'SELECT source, slot_at, count(*)::int AS jobs FROM simulated_job GROUP BY source, slot_at',
  )
  const keyOf = (row: { source: string; slot_at: Date }): string => `${row.source} ${row.slot_at.toISOString()}`
  const stateOf = new Map(rows.map((row) => [keyOf(row), row.state]))
  const firings = new Map(jobs.map((row) => [keyOf(row), row.jobs]))
  const faults: string[] = []
  for (const [key, times] of firings) if (times !== 1) faults.push(`${key} was fired ${times} times`)
  let slots = 0
  for (const { source, cron, timeZone } of o.schedules)
    for (const slot of slotsBetween(cron, timeZone, o.begin, end)) {
      slots++
      const key = `${source} ${slot.toISOString()}`
      const state = stateOf.get(key)
      if (state === undefined) faults.push(`${key} is neither fired nor recorded as missed`)
      else if ((state === 'missed') !== (firings.get(key) === undefined))
        faults.push(`${key} is ${state}, fired ${firings.get(key) ?? 0} times`)
    }
  const sent = jobs.length
  return { slots, sent, missed: rows.filter((row) => row.state === 'missed').length, faults }
}

/** Runs the hubs through the minutes and tells what became of each slot. */
export const simulateHubs = async (o: SimulationOptions): Promise<SimulationResult> => {
  await prepare(o)
  const random = seededRandom(o.seed)
  const hubs = o.hubs.map((db, i): Hub => {
    const skewMs = (i - 1) * 20_000
    return { db, skewMs, baseSkewMs: skewMs, downUntil: 0, steppedUntil: 0, killNext: null }
  })
  const told = { ticks: 0, kills: 0, steps: 0 }
  const tick = async (hub: Hub, at: number): Promise<void> => {
    told.ticks++
    let isKilled = false
    const deps = { db: hub.db, send: sendOf(hub), isKnown: () => true }
    const decided = await decideSlots(deps, new Date(at + hub.skewMs), (error) => {
      if (!(error instanceof Killed) && hub.killNext !== 'within') throw error
      isKilled = true
    })
    if (!isKilled && !(hub.killNext === 'after' && decided.length > 0)) return
    told.kills++
    hub.downUntil = at + Math.floor(random() * 40) * minuteMs
  }
  try {
    for (let minute = 1; minute <= o.minutes; minute++) {
      const at = o.begin.getTime() + minute * minuteMs
      const isCalm = minute > o.minutes - calmMinutes
      if (minute % 1_440 === 0) o.onDay?.(minute / 1_440)
      setClock(new Date(at))
      for (const hub of hubs) told.steps += befall(hub, random, at, isCalm)
      // Some ticks do not come: a process pauses, a machine sleeps.
      const awake = hubs.filter((hub) => at >= hub.downUntil && random() >= 0.05)
      await Promise.all(awake.map((hub) => tick(hub, at)))
    }
  } finally {
    setClockOffset(0)
  }
  return { ...told, ...(await check(o, new Date(o.begin.getTime() + (o.minutes - 2) * minuteMs))) }
}

export const simulatedSchedules: readonly SimulatedSchedule[] = [
  { source: 'transport.sections', cron: '20 2 * * *', timeZone: 'Asia/Shanghai', catchUp: 'latest' },
  { source: 'transport.measurements', cron: '*/20 * * * *', timeZone: 'Asia/Shanghai', catchUp: 'all' },
  { source: 'development.approvals', cron: '30 2 * * *', timeZone: 'America/New_York', catchUp: 'all' },
  { source: 'tax.taxpayers', cron: '15 2,14 * * *', timeZone: 'Australia/Lord_Howe', catchUp: 'none' },
  { source: 'tax.invoices', cron: '30 1 * * 1-5', timeZone: 'Europe/London', catchUp: 'latest' },
  { source: 'tendering.awards', cron: '0 9 L,15 * *', timeZone: 'Asia/Shanghai', catchUp: 'latest' },
]
