/** The daily imports inside the hub: one schedule row per feed, fired by node-cron, carried by pg-boss, decided by slots. */
import cron, { type ScheduledTask } from 'node-cron'
import { PgBoss } from 'pg-boss'
import type { AnyFeed } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import { queueSchemaName } from '../db/names.ts'
import type { Config } from '../kernel/config.ts'
import { log } from '../kernel/log.ts'
import { endSlot, fireSlot, importQueue, type SlotJob, takeSlot } from './slots.ts'
import { type StoredPlan, storePlans } from './store-plans.ts'

export interface SchedulerDeps {
  readonly db: Database
  readonly feeds: readonly AnyFeed[]
  readonly schedules: Config['schedules']
  /** Runs one feed's import as this run; resolves true when it is green. */
  readonly importFeed: (feed: AnyFeed, run: { runId: string; slotAt: Date }) => Promise<boolean>
  /** A job still running after this many seconds is given to another worker. */
  readonly jobExpiresInSeconds?: number
}

export interface Scheduler {
  readonly boss: PgBoss
  /** Fires a slot by hand, as node-cron would. */
  fire(source: string, slotAt: Date): Promise<boolean>
  stop(): Promise<void>
}

interface Plan extends StoredPlan {
  readonly feed: AnyFeed
}

/** A feed's own schedule, else its department's, else what the feed declares. */
const planOf = (feed: AnyFeed, schedules: Config['schedules']): Plan => {
  const set = schedules[feed.id] ?? schedules[feed.department]
  return {
    feed,
    source: feed.id,
    cron: set?.cron ?? feed.cron,
    timeZone: set?.timeZone ?? 'Asia/Shanghai',
    enabled: set?.enabled ?? true,
  }
}

/** The minute a firing belongs to: hubs whose clocks differ by seconds still name the same slot. */
const minuteOf = (instant: Date): Date => new Date(Math.floor(instant.getTime() / 60_000) * 60_000)

const work = async (deps: SchedulerDeps, job: SlotJob): Promise<void> => {
  const feed = deps.feeds.find((f) => f.id === job.source)
  if (!feed || (await takeSlot(deps.db, job)) === null) return
  const isGreen = await deps.importFeed(feed, { runId: job.runId, slotAt: new Date(job.slotAt) })
  await endSlot(deps.db, job, isGreen ? 'done' : 'failed')
  if (!isGreen) throw new Error(`the import of ${job.source} for ${job.slotAt} did not end green`)
}

/** Starts workers and timers. Several hubs may run this on one database. */
export const startScheduler = async (deps: SchedulerDeps): Promise<Scheduler> => {
  const boss = new PgBoss({ connectionString: deps.db.queueUrl, schema: queueSchemaName, createSchema: false, max: 4 })
  boss.on('error', (error) => log.error({ err: error }, 'the queue reports an error'))
  await boss.start()
  await boss.createQueue(importQueue, {
    retryLimit: 3,
    retryDelay: 30,
    retryBackoff: true,
    expireInSeconds: deps.jobExpiresInSeconds ?? 6 * 3_600,
  })
  const plans = deps.feeds.filter((feed) => feed.pages !== null).map((feed) => planOf(feed, deps.schedules))
  await storePlans(
    deps.db,
    plans.map(({ feed: _, ...plan }) => plan),
  )
  await boss.work<SlotJob>(importQueue, { batchSize: 1, pollingIntervalSeconds: 2 }, async ([job]) => {
    if (job) await work(deps, job.data)
  })
  const fire = (source: string, slotAt: Date) => fireSlot(deps.db, boss, source, minuteOf(slotAt))
  const tasks = plans
    .filter((plan) => plan.enabled)
    .map(
      (plan): ScheduledTask =>
        cron.schedule(
          plan.cron,
          (context) =>
            fire(plan.feed.id, context.date).catch((error: unknown) =>
              log.error({ err: error, feed: plan.feed.id }, 'a slot could not be fired'),
            ),
          {
            timezone: plan.timeZone,
            name: plan.feed.id,
            noOverlap: false,
          },
        ),
    )
  return {
    boss,
    fire,
    stop: async () => {
      await Promise.all(tasks.map((task) => task.destroy()))
      await boss.stop({ graceful: true, timeout: 8_000 })
    },
  }
}
