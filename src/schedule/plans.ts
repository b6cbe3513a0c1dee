/** What the configuration and the feeds' own declarations make of each feed: when it fires, what of missed slots is run, when it is late. */
import type { AnyFeed } from '../connect/feed.ts'
import { now } from '../kernel/clock.ts'
import type { Config, DueSettings, ScheduleSettings } from '../kernel/config.ts'
import { HubError } from '../kernel/errors.ts'
import type { StoredPlan } from './store-plans.ts'
import { type DueRule, ruleOfCron } from './when/due.ts'
import { nextSlots } from './when/slots-between.ts'

type Schedules = Config['schedules']

const zone = 'Asia/Shanghai'

/** A feed's own settings, else its department's. */
const settingsOf = (feed: AnyFeed, schedules: Schedules): ScheduleSettings | undefined =>
  schedules[feed.id] ?? schedules[feed.department]

/** When a feed is pulled. HubError `schedule.bad_cron`, `schedule.bad_time_zone`: the hub then does not start. */
export const planOf = (feed: AnyFeed, schedules: Schedules): StoredPlan => {
  const set = settingsOf(feed, schedules)
  const plan = {
    source: feed.id,
    cron: set?.cron ?? feed.cron,
    timeZone: set?.timeZone ?? zone,
    enabled: set?.enabled ?? true,
    catchUp: set?.catchUp ?? 'latest',
    catchUpMax: set?.catchUpMax ?? 24,
  }
  nextSlots(plan.cron, plan.timeZone, now(), 1)
  return plan
}

/** Default days: Monday of a week, the tenth of a month. */
const usualBy = (every: DueRule['every']): number => (every === 'week' ? 1 : 10)

const badDue = (feed: string): HubError =>
  new HubError({
    code: 'schedule.bad_due',
    publicMessage: {
      zh: `${feed} 的到数要求不正确：按周时 by 应为 1–7（周一至周日）`,
      en: `what is due of ${feed} is wrong: by the week \`by\` is 1 to 7 (Monday to Sunday)`,
    },
    context: { feed },
  })

export interface DueContext {
  readonly schedules: Schedules
  /** By department: configured and enabled. A source that the hub does not reach owes nothing unless the configuration says so. */
  readonly sources: Readonly<Record<string, { readonly enabled: boolean }>>
  /** `HH:mm` by department. */
  readonly dueTimeOf: (department: string) => string
}

/** Declared by the configuration, else by the feed, else told by when it fires; null for a feed that owes nothing. HubError `schedule.bad_due`. */
export const dueOf = (feed: AnyFeed, context: DueContext): DueRule | null => {
  const set = settingsOf(feed, context.schedules)
  if (set?.due?.every === 'never') return null
  const declared = (set?.due as (DueSettings & { every: DueRule['every'] }) | undefined) ?? feed.due
  if (set?.due === undefined && !context.sources[feed.department]?.enabled) return null
  const time = declared?.time ?? context.dueTimeOf(feed.department)
  if (declared === undefined) {
    if (feed.pages === null) return null
    const { cron, timeZone } = planOf(feed, context.schedules)
    return ruleOfCron(cron, timeZone, now(), time)
  }
  const by = declared.by ?? usualBy(declared.every)
  if (declared.every === 'week' && by > 7) throw badDue(feed.id)
  return { every: declared.every, by, time, sameDay: declared.sameDay ?? false }
}
