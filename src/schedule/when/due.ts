/**
 * Which deliveries a feed owes, and what settles them. A source-day is one of them: a feed and the day on which it is owed. All days are those of
 * Asia/Shanghai.
 */
import { addDays, startOfDay, today } from '../../kernel/clock.ts'
import type { WorkingCalendar } from './calendar.ts'
import { parseCron } from './cron.ts'
import { nextSlots } from './slots-between.ts'

export interface DueRule {
  readonly every: 'workday' | 'day' | 'week' | 'month' | 'quarter'
  readonly by: number
  readonly time: string
  readonly sameDay: boolean
}

export interface SourceDay {
  /** The day by the rule, `YYYY-MM-DD`: with the feed it names the source-day. */
  readonly day: string
  readonly every: DueRule['every']
  /** After this instant it is late: by the rule's time, on the next workday where the day by the rule is none. */
  readonly dueAt: Date
  /** The days of which it brings news, the first and the last. */
  readonly periodFrom: string
  readonly periodTo: string
  /** Only what was fetched from this instant on can settle it. */
  readonly from: Date
  /** The least date of the extract that settles it, `YYYYMMDD`. */
  readonly extract: string
  /** A source that is asked more often than it owes: only news settles it, an empty answer does not. */
  readonly needsNews: boolean
}

const partsOf = (day: string): [year: number, month: number, dayOfMonth: number] =>
  day.split('-').map(Number) as [number, number, number]

const dayText = (year: number, month: number, dayOfMonth: number): string =>
  new Date(Date.UTC(year, month - 1, dayOfMonth)).toISOString().slice(0, 10)

/** 1 Monday to 7 Sunday. */
const weekdayOf = (day: string): number => {
  const [year, month, dayOfMonth] = partsOf(day)
  return new Date(Date.UTC(year, month - 1, dayOfMonth)).getUTCDay() || 7
}

const compact = (day: string): string => day.replaceAll('-', '')

/** No holiday is longer. */
const holidayDaysMax = 30

const nextWorkday = (calendar: WorkingCalendar, day: string): string => {
  for (let i = 0; i < holidayDaysMax; i++) {
    const candidate = addDays(day, i)
    if (calendar.isWorkday(candidate)) return candidate
  }
  return day
}

const workdayBefore = (calendar: WorkingCalendar, day: string): string => {
  for (let i = 1; i < holidayDaysMax; i++) {
    const candidate = addDays(day, -i)
    if (calendar.isWorkday(candidate)) return candidate
  }
  return addDays(day, -1)
}

const isOwedOn = (rule: DueRule, calendar: WorkingCalendar, day: string): boolean => {
  const [, month, dayOfMonth] = partsOf(day)
  switch (rule.every) {
    case 'day':
      return true
    case 'workday':
      return calendar.isWorkday(day)
    case 'week':
      return weekdayOf(day) === rule.by
    case 'month':
      return dayOfMonth === rule.by
    case 'quarter':
      return dayOfMonth === rule.by && month % 3 === 1
  }
}

/** First and last day of what is owed on a day, and the first instant at which it can have come whole. */
const periodOf = (
  rule: DueRule,
  calendar: WorkingCalendar,
  day: string,
): { from: string; to: string; open: string } => {
  const [year, month] = partsOf(day)
  switch (rule.every) {
    case 'day':
      return { from: addDays(day, -1), to: addDays(day, -1), open: day }
    case 'workday':
      return { from: workdayBefore(calendar, day), to: addDays(day, -1), open: day }
    case 'week': {
      const monday = addDays(day, 1 - weekdayOf(day))
      return { from: addDays(monday, -7), to: addDays(monday, -1), open: monday }
    }
    case 'month':
      return { from: dayText(year, month - 1, 1), to: dayText(year, month, 0), open: dayText(year, month, 1) }
    case 'quarter':
      return { from: dayText(year, month - 3, 1), to: dayText(year, month, 0), open: dayText(year, month, 1) }
  }
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

const sourceDayOf = (rule: DueRule, calendar: WorkingCalendar, day: string): SourceDay => {
  const period = periodOf(rule, calendar, day)
  const isFrequent = rule.every === 'day' || rule.every === 'workday'
  const on = isFrequent ? day : nextWorkday(calendar, day)
  return {
    day,
    every: rule.every,
    dueAt: new Date(startOfDay(on).getTime() + minutesOf(rule.time) * 60_000),
    periodFrom: period.from,
    periodTo: period.to,
    from: startOfDay(period.open),
    extract: compact(isFrequent ? (rule.sameDay ? day : period.from) : period.to),
    needsNews: !isFrequent,
  }
}

/** The source-days after the day `after` up to the day `through`, and the first one behind it, so that what comes next is always known. */
export const sourceDays = (rule: DueRule, calendar: WorkingCalendar, after: string, through: string): SourceDay[] => {
  const found: SourceDay[] = []
  for (let day = addDays(after, 1), ahead = 0; ahead < 400; day = addDays(day, 1)) {
    if (day > through) ahead++
    if (!isOwedOn(rule, calendar, day)) continue
    found.push(sourceDayOf(rule, calendar, day))
    if (day > through) break
  }
  return found
}

export interface ZeroSaid {
  /** `YYYY-MM` or `YYYY-MM-DD`. */
  readonly period: string
  readonly at: Date
}

const monthsOf = (from: string, to: string): string[] => {
  const months: string[] = []
  for (let [year, month] = partsOf(from); dayText(year, month, 1) <= to; month++)
    months.push(dayText(year, month, 1).slice(0, 7))
  return months
}

/**
 * Whether these zero reports settle a source-day. Of a month or a quarter: its months, each of them. Of shorter periods: the day itself, its month, or
 * a day before it that it owes, once the source-day had begun.
 */
export const isZeroSaid = (
  d: Pick<SourceDay, 'day' | 'every' | 'periodFrom' | 'periodTo' | 'from'>,
  said: readonly ZeroSaid[],
): boolean => {
  if (d.every === 'month' || d.every === 'quarter')
    return monthsOf(d.periodFrom, d.periodTo).every((month) => said.some(({ period }) => period === month))
  return said.some(
    ({ period, at }) =>
      period === d.day ||
      period === d.day.slice(0, 7) ||
      (period >= d.periodFrom && period <= d.periodTo && at >= d.from),
  )
}

const clampedTo28 = (day: number): number => Math.min(28, Math.max(1, day))

/** What a cron expression tells of a feed that declares nothing: daily ones are owed each workday, others in their week or month, a day after they fire. */
export const ruleOfCron = (expression: string, timeZone: string, at: Date, time: string): DueRule => {
  parseCron(expression)
  const slots = nextSlots(expression, timeZone, at, 60).filter(
    (slot) => slot.getTime() - at.getTime() < 42 * 86_400_000,
  )
  const days = new Set(slots.map((slot) => today(slot)))
  const first = slots[0] === undefined ? today(at) : today(slots[0])
  if (days.size >= 20 || slots.length >= 60) return { every: 'workday', by: 1, time, sameDay: false }
  if (days.size >= 5) return { every: 'week', by: (weekdayOf(first) % 7) + 1, time, sameDay: false }
  return { every: 'month', by: clampedTo28(partsOf(first)[2] + 1), time, sameDay: false }
}
