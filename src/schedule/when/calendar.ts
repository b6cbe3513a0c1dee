/**
 * The days on which China works: weekends, public holidays and 调休 by the tables of npm `chinese-days`, which hold the yearly notices up to some
 * year; what a later notice, or a local one, says goes into the configuration and counts before them. The package's tables are read and not its
 * functions: those go by the zone of the machine, and west of Greenwich give the day before.
 */
import tables from 'chinese-days/dist/chinese-days.json' with { type: 'json' }

export interface CalendarSettings {
  /** Days off, `YYYY-MM-DD`. */
  readonly holidays: readonly string[]
  /** Days worked, `YYYY-MM-DD`. */
  readonly workdays: readonly string[]
}

export interface WorkingCalendar {
  readonly isWorkday: (day: string) => boolean
  /** False for a year whose notice neither the package nor the settings hold: weekends are then all that is known of it. */
  readonly isKnownYear: (year: string) => boolean
}

const known = new Set(Object.keys(tables.holidays).map((day) => day.slice(0, 4)))

const isWeekday = (day: string): boolean => {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return weekday >= 1 && weekday <= 5
}

export const createCalendar = (settings: CalendarSettings): WorkingCalendar => {
  const off = new Set([...Object.keys(tables.holidays), ...settings.holidays])
  const on = new Set([...Object.keys(tables.workdays), ...settings.workdays])
  for (const day of settings.holidays) on.delete(day)
  for (const day of settings.workdays) off.delete(day)
  return {
    isWorkday: (day) => on.has(day) || (isWeekday(day) && !off.has(day)),
    isKnownYear: (year) => known.has(year) || settings.holidays.some((day) => day.startsWith(`${year}-`)),
  }
}
