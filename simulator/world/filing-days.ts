/** When a filing is due and when it was made: the 15th after the period, moved on over weekends (实施细则 109; public holidays are left to the notice of the year). */
import { type Day, dayOf, isoDay, monthStart } from './calendar.ts'

/** First day of the quarter that holds `day`. */
export const quarterStart = (day: Day): Day => {
  const month = Number(isoDay(day).slice(5, 7))
  return monthStart(day, -((month - 1) % 3))
}

export const quarterEnd = (start: Day): Day => monthStart(start, 3) - 1

export const monthEnd = (start: Day): Day => monthStart(start, 1) - 1

/** 1970-01-01 was a Thursday. */
const isRestDay = (day: Day): boolean => [2, 3].includes(((day % 7) + 7) % 7)

/** Last day for filing a period that ended on `end`. */
export const dueAfter = (end: Day): Day => {
  let day = dayOf(`${isoDay(end + 1).slice(0, 8)}15`)
  while (isRestDay(day)) day++
  return day
}
