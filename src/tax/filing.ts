/**
 * Last days of filing 征期: the 15th after the period, moved on by rest days and by three or more statutory days off in a row before it
 * (税收征收管理法实施细则第一百零九条), unless the yearly notice names another day (domain.md 0.14).
 */
import { addDays } from '../kernel/clock.ts'
import { createCalendar, type WorkingCalendar } from '../schedule/when/calendar.ts'
import type { LocalSettings } from './rates/local.ts'

export type Frequency = 'month' | 'quarter'

const nextMonth = (period: string): string => {
  const [year, month] = [Number(period.slice(0, 4)), Number(period.slice(5, 7))]
  return month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`
}

/** The last month of the period in which a month is filed. */
export const periodEnd = (period: string, frequency: Frequency): string => {
  if (frequency === 'month') return period
  const month = Number(period.slice(5, 7))
  return `${period.slice(0, 4)}-${String(Math.ceil(month / 3) * 3).padStart(2, '0')}`
}

const isWeekend = (day: string): boolean => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())

/** Days off in runs of three or more between the 1st and the 15th that are no mere weekend. */
const longHolidays = (month: string, calendar: WorkingCalendar): number => {
  let [days, run, isHoliday] = [0, 0, false]
  const close = (): void => {
    if (run >= 3 && isHoliday) days += run
    run = 0
    isHoliday = false
  }
  for (let d = 1; d <= 15; d++) {
    const day = `${month}-${String(d).padStart(2, '0')}`
    if (calendar.isWorkday(day)) close()
    else {
      run++
      isHoliday ||= !isWeekend(day)
    }
  }
  close()
  return days
}

const byRule = (month: string, calendar: WorkingCalendar): string => {
  let day = addDays(`${month}-15`, longHolidays(month, calendar))
  while (!calendar.isWorkday(day)) day = addDays(day, 1)
  return day
}

/** Last days of filing; each month is computed once for one set of settings. */
export const createFiling = (local: LocalSettings): ((period: string, frequency: Frequency) => string) => {
  const calendar = createCalendar(local)
  const known = new Map<string, string>()
  return (period, frequency) => {
    const month = nextMonth(periodEnd(period, frequency))
    let day = known.get(month)
    if (day === undefined) known.set(month, (day = local.filingNotices[month] ?? byRule(month, calendar)))
    return day
  }
}

const byLocal = new WeakMap<LocalSettings, ReturnType<typeof createFiling>>()

/** Last day for filing the month (or the quarter that holds it), `YYYY-MM-DD`. */
export const dueOn = (local: LocalSettings, period: string, frequency: Frequency): string => {
  let filing = byLocal.get(local)
  if (!filing) byLocal.set(local, (filing = createFiling(local)))
  return filing(period, frequency)
}
