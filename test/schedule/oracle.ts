/**
 * The slow, obvious way to say when a schedule fires: goes through every minute, asks Intl what the wall clock shows, and compares it with sets. It
 * shares nothing with the code that it is held against but the words of the rule.
 */
import { seededRandom } from '../support/random.ts'

export interface Wall {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  /** 0 Sunday. */
  readonly weekday: number
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** What a wall clock shows at an instant. */
export const wallClock = (timeZone: string): ((instant: number) => Wall) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  return (instant) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
    return {
      year: Number(parts.year),
      month: Number(parts.month),
      day: Number(parts.day),
      hour: Number(parts.hour),
      minute: Number(parts.minute),
      weekday: weekdays.indexOf(parts.weekday ?? ''),
    }
  }
}

/** A cron expression together with the sets that it was written from. */
export interface Written {
  readonly text: string
  readonly fits: (wall: Wall) => boolean
}

interface FieldChoice {
  readonly text: string
  readonly has: (value: number) => boolean
  /** Of the two day fields: whether it restricts. */
  readonly isOpen: boolean
}

const chooseField = (random: () => number, low: number, high: number, openShare: number): FieldChoice => {
  const pick = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
  if (random() < openShare) return { text: '*', has: () => true, isOpen: true }
  const kind = random()
  if (kind < 0.25) {
    const step = pick(2, Math.max(2, Math.floor((high - low) / 2)))
    return { text: `*/${step}`, has: (value) => (value - low) % step === 0, isOpen: true }
  }
  if (kind < 0.5) {
    const [a, b] = [pick(low, high), pick(low, high)].sort((x, y) => x - y) as [number, number]
    return { text: `${a}-${b}`, has: (value) => value >= a && value <= b, isOpen: false }
  }
  const values = Array.from({ length: pick(1, 3) }, () => pick(low, high))
  return { text: values.join(','), has: (value) => values.includes(value), isOpen: false }
}

const lastOfMonth = (wall: Wall): number => new Date(Date.UTC(wall.year, wall.month, 0)).getUTCDate()

/** An expression of the kinds that people write, sometimes with the last day of the month. */
export const writeCron = (seed: number): Written => {
  const random = seededRandom(seed)
  const minute = chooseField(random, 0, 59, 0.1)
  const hour = chooseField(random, 0, 23, 0.3)
  const day: FieldChoice & { last?: boolean } =
    random() < 0.15 ? { text: 'L', has: () => false, isOpen: false, last: true } : chooseField(random, 1, 28, 0.6)
  const month = chooseField(random, 1, 12, 0.8)
  const weekday = chooseField(random, 0, 6, 0.6)
  const fits = (wall: Wall): boolean => {
    if (!minute.has(wall.minute) || !hour.has(wall.hour) || !month.has(wall.month)) return false
    const byDay = day.last ? wall.day === lastOfMonth(wall) : day.has(wall.day)
    const byWeekday = weekday.has(wall.weekday)
    return !day.isOpen && !weekday.isOpen ? byDay || byWeekday : byDay && byWeekday
  }
  return { text: [minute, hour, day, month, weekday].map((field) => field.text).join(' '), fits }
}

const localMinutes = (wall: Wall): number =>
  Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute) / 60_000

const wallOf = (local: number): Wall => {
  const date = new Date(local * 60_000)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    weekday: date.getUTCDay(),
  }
}

/**
 * Minute by minute from `from` (exclusive) to `to`: the minutes that the wall clock shows for the first time since a day before, and those that it
 * skipped, at the first instant after the gap. Calls back with the instant and the local minutes that are to be compared with the expression.
 */
export const everyMinute = (
  timeZone: string,
  from: number,
  to: number,
  at: (instant: number, minutes: readonly Wall[]) => void,
): void => {
  const clock = wallClock(timeZone)
  let shown = Number.NEGATIVE_INFINITY
  for (let instant = from - 1_440 * 60_000; instant <= to; instant += 60_000) {
    const wall = clock(instant)
    const local = localMinutes(wall)
    if (local <= shown) continue
    const minutes: Wall[] = []
    if (shown !== Number.NEGATIVE_INFINITY)
      for (let skipped = shown + 1; skipped < local; skipped++) minutes.push(wallOf(skipped))
    minutes.push(wall)
    shown = local
    if (instant > from) at(instant, minutes)
  }
}

/** All slots by the slow way. `from` and `to` are whole minutes. */
export const oracleSlots = (written: Written, timeZone: string, from: number, to: number): number[] => {
  const slots: number[] = []
  everyMinute(timeZone, from, to, (instant, minutes) => {
    if (minutes.some(written.fits)) slots.push(instant)
  })
  return slots
}
