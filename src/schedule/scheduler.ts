/**
 * The clockwork inside a hub: a tick each minute (node-cron) decides the slots that have passed, settles what is due, and sends what is to be told.
 * pg-boss carries the imports. Nothing hangs on a tick coming on time, or at all: each goes on from what the database says was decided last.
 */
import cron from 'node-cron'
import { PgBoss } from 'pg-boss'
import type { AnyFeed } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import { queueSchemaName } from '../db/names.ts'
import { now } from '../kernel/clock.ts'
import type { Config } from '../kernel/config.ts'
import { log } from '../kernel/log.ts'
import { chance } from '../kernel/retry.ts'
import { type OwingFeed, type Settled, settleDays } from './arrivals.ts'
import { type SendMessage, sendMessages } from './messages.ts'
import { planOf } from './plans.ts'
import {
  type Decided,
  decideSlots,
  endSlot,
  fireSlot,
  importQueue,
  type SlotJob,
  sendThrough,
  takeSlot,
} from './slots.ts'
import { storePlans } from './store-plans.ts'
import { createCalendar } from './when/calendar.ts'

export interface SchedulerDeps {
  readonly db: Database
  readonly feeds: readonly AnyFeed[]
  readonly schedules: Config['schedules']
  /** What is owed, and on which days; absent: nothing is ever late. */
  readonly owing?: readonly OwingFeed[]
  readonly calendar?: Config['calendar']
  /** Absent: messages are logged and shown only. */
  readonly sendMessage?: SendMessage
  /** Runs one feed's import as this run; resolves true when it is green. */
  readonly importFeed: (feed: AnyFeed, run: { runId: string; slotAt: Date }) => Promise<boolean>
  /** A job still running after this many seconds is given to another worker. */
  readonly jobExpiresInSeconds?: number
}

export interface Scheduler {
  readonly boss: PgBoss
  /** Fires a slot by hand. */
  fire(source: string, slotAt: Date): Promise<boolean>
  /** What happens each minute; one at a time. */
  tick(): Promise<void>
  stop(): Promise<void>
}

const minuteOf = (instant: Date): Date => new Date(Math.floor(instant.getTime() / 60_000) * 60_000)

const work = async (deps: SchedulerDeps, job: SlotJob): Promise<void> => {
  const feed = deps.feeds.find((f) => f.id === job.source)
  if (!feed || (await takeSlot(deps.db, job)) === null) return
  let isGreen = false
  try {
    isGreen = await deps.importFeed(feed, { runId: job.runId, slotAt: new Date(job.slotAt) })
  } finally {
    await endSlot(deps.db, job, isGreen ? 'done' : 'failed')
  }
  if (!isGreen) throw new Error(`the import of ${job.source} for ${job.slotAt} did not end green`)
}

/** A hub that died shows no heartbeat: its job goes to another one after about this long, not after the job's own limit. */
const heartbeatSeconds = 60

const startQueue = async (deps: SchedulerDeps): Promise<PgBoss> => {
  const boss = new PgBoss({ connectionString: deps.db.queueUrl, schema: queueSchemaName, createSchema: false, max: 4 })
  boss.on('error', (error) => log.error({ err: error }, 'the queue reports an error'))
  await boss.start()
  const settings = {
    retryLimit: 3,
    retryDelay: 30,
    retryBackoff: true,
    expireInSeconds: deps.jobExpiresInSeconds ?? 6 * 3_600,
    heartbeatSeconds,
  }
  await boss.createQueue(importQueue, settings)
  await boss.updateQueue(importQueue, settings)
  return boss
}

const tellDecided = ({ source, sent, missed, lookedAhead }: Decided): void => {
  if (lookedAhead)
    log.error({ source, lookedAhead }, 'the clock stands before what the schedule has decided; nothing is fired again')
  if (missed.length === 0) return
  const about = { code: 'schedule.missed', source, missed: missed.length, from: missed[0], to: missed.at(-1) }
  log.warn({ ...about, runs: sent.length }, 'slots passed while no hub ran')
}

const tellSettled = ({ late, recovered }: Settled): void => {
  for (const { feed, day, text } of late) log.warn({ code: 'schedule.late', feed, day }, text.en)
  for (const { feed, day, text } of recovered) log.info({ code: 'schedule.recovered', feed, day }, text.en)
}

interface Ticker {
  tick(): Promise<void>
  /** Resolves when no tick runs. */
  idle(): Promise<void>
}

/** Runs one at a time; who asks while one runs waits for that one: the next goes on from where it left. */
const oneAtATime = (fn: () => Promise<void>): Ticker => {
  let running: Promise<void> | null = null
  return {
    tick: () => {
      running ??= fn().finally(() => {
        running = null
      })
      return running
    },
    idle: () => (running ?? Promise.resolve()).catch(() => undefined),
  }
}

const tickerOf = (deps: SchedulerDeps, boss: PgBoss, signal: AbortSignal): Ticker => {
  const known = new Set(deps.feeds.map((feed) => feed.id))
  const calendar = createCalendar(deps.calendar ?? { holidays: [], workdays: [] })
  const slotDeps = { db: deps.db, send: sendThrough(boss), isKnown: (source: string) => known.has(source) }
  const { sendMessage } = deps
  return oneAtATime(async () => {
    const at = now()
    const decided = await decideSlots(slotDeps, at, (error, source) =>
      log.error({ err: error, source }, 'slots could not be decided; the next tick tries again'),
    )
    for (const one of decided) tellDecided(one)
    const settled = await settleDays(deps.db, deps.owing ?? [], calendar, at, sendMessage !== undefined)
    if (settled) tellSettled(settled)
    if (!sendMessage) return
    const { failed } = await sendMessages(deps.db, sendMessage, chance, signal)
    if (failed > 0) log.warn({ failed }, 'messages could not be sent; they are tried again')
  })
}

/** Starts workers and the tick. Several hubs may run this on one database. HubError `schedule.bad_cron`, `schedule.bad_time_zone`. */
export const startScheduler = async (deps: SchedulerDeps): Promise<Scheduler> => {
  const plans = deps.feeds.filter((feed) => feed.pages !== null).map((feed) => planOf(feed, deps.schedules))
  const boss = await startQueue(deps)
  await storePlans(deps.db, plans)
  await boss.work<SlotJob>(importQueue, { batchSize: 1, pollingIntervalSeconds: 2 }, async ([job]) => {
    if (job) await work(deps, job.data)
  })
  const stopping = new AbortController()
  const { tick, idle } = tickerOf(deps, boss, stopping.signal)
  const ticking = (): Promise<void> =>
    tick().catch((error: unknown) => log.error({ err: error }, 'a tick of the schedule failed; the next one goes on'))
  await ticking()
  const minutes = cron.schedule('* * * * *', ticking, { name: 'schedule', noOverlap: false })
  return {
    boss,
    fire: (source, slotAt) => fireSlot(deps.db, sendThrough(boss), source, minuteOf(slotAt)),
    tick,
    stop: async () => {
      stopping.abort()
      await minutes.destroy()
      await idle()
      await boss.stop({ graceful: true, timeout: 8_000 })
    },
  }
}
