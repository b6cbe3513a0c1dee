/**
 * When a schedule fires: the one answer that the ticker, the preview, the catch-up and the page all go by.
 *
 * A slot is a local minute that the expression names. Clocks put forward: the slots of the gap are one, at the first instant after it. Clocks put
 * back: a slot fires at the first of its two occurrences. So each local day has each of its slots once, whatever its clocks do, and a schedule that
 * fires every few minutes pauses for the hour that is repeated.
 */
import { parseCron } from './cron.ts'
import { dayMs, instantOf, offsetAt } from './zone.ts'

/** No expression leaves more time than this between two slots: 29 February on a given weekday, over a century without leap day. */
const horizonMs = 41 * 366 * dayMs

/** Slots after `from` and not after `to`, ascending. HubError `schedule.bad_cron`, `schedule.bad_time_zone`. */
export function* slotsBetween(expression: string, timeZone: string, from: Date, to: Date): Generator<Date> {
  const cron = parseCron(expression)
  const [after, upTo] = [from.getTime(), to.getTime()]
  if (!(after < upTo)) return
  const localDay = (instant: number): number => Math.floor((instant + offsetAt(timeZone, instant)) / dayMs)
  const lastDay = localDay(upTo) + 1
  let last = after
  // A day on either side: where clocks change at midnight, an instant of one day may be named by a local time of its neighbour.
  for (let day = localDay(after) - 1; day <= lastDay; day++) {
    const date = new Date(day * dayMs)
    if (!cron.isDay(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay())) continue
    for (const hour of cron.hours)
      for (const minute of cron.minutes) {
        const instant = instantOf(timeZone, day * dayMs + hour * 3_600_000 + minute * 60_000)
        if (instant > upTo) return
        if (instant <= last) continue
        last = instant
        yield new Date(instant)
      }
  }
}

/** The next `count` slots after an instant. */
export const nextSlots = (expression: string, timeZone: string, after: Date, count: number): Date[] => {
  const next: Date[] = []
  if (count < 1) return next
  for (const slot of slotsBetween(expression, timeZone, after, new Date(after.getTime() + horizonMs)))
    if (next.push(slot) >= count) break
  return next
}
