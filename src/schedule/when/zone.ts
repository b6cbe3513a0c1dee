/**
 * Wall clocks of the world's zones, asked of Intl. A local time that does not exist (clocks put forward over it) stands for the first instant after
 * the gap; one that happens twice (clocks put back) stands for its first occurrence.
 */
import { HubError } from '../../kernel/errors.ts'

const hourMs = 3_600_000
export const dayMs = 24 * hourMs

interface Zone {
  readonly format: Intl.DateTimeFormat
  /** By UTC day: the offset of all local times of that day, null where clocks are changed near it. */
  readonly quiet: Map<number, number | null>
}

const zones = new Map<string, Zone>()
/** Days remembered for each zone: ten years. */
const quietMax = 3_660

const openZone = (timeZone: string): Zone => {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    return { format, quiet: new Map() }
  } catch (cause) {
    throw new HubError({
      code: 'schedule.bad_time_zone',
      publicMessage: { zh: `没有时区 ${timeZone}`, en: `there is no time zone ${timeZone}` },
      context: { timeZone },
      cause,
    })
  }
}

const zoneOf = (timeZone: string): Zone => {
  const known = zones.get(timeZone)
  if (known) return known
  const zone = openZone(timeZone)
  zones.set(timeZone, zone)
  return zone
}

const offsetIn = (zone: Zone, instant: number): number => {
  const field: Record<string, number> = {}
  for (const { type, value } of zone.format.formatToParts(instant)) field[type] = Number(value)
  const local = Date.UTC(field.year!, field.month! - 1, field.day!, field.hour!, field.minute!, field.second!)
  return local - Math.floor(instant / 1_000) * 1_000
}

/** Offsets lie within 16 hours of UTC, so a local time's instant lies within as many hours of the same figures read as UTC. */
const reachMs = 16 * hourMs

/** The one offset of a local day; null where the zone's clocks are changed on it or close by. Zones change their clocks hours apart at the least. */
const quietOffset = (zone: Zone, day: number): number | null => {
  const known = zone.quiet.get(day)
  if (known !== undefined) return known
  const first = offsetIn(zone, day - reachMs)
  let isQuiet = true
  for (let at = day - reachMs; isQuiet && at <= day + dayMs + reachMs; at += 4 * hourMs)
    isQuiet = offsetIn(zone, at) === first
  if (zone.quiet.size >= quietMax) zone.quiet.clear()
  zone.quiet.set(day, isQuiet ? first : null)
  return isQuiet ? first : null
}

/** Local time minus UTC at an instant, in milliseconds. HubError `schedule.bad_time_zone`. */
export const offsetAt = (timeZone: string, instant: number): number => {
  const zone = zoneOf(timeZone)
  return quietOffset(zone, Math.floor(instant / dayMs) * dayMs) ?? offsetIn(zone, instant)
}

/** The first instant in (`low`, `high`] whose offset is no longer that of `low`. */
const changeBetween = (zone: Zone, low: number, high: number): number => {
  const before = offsetIn(zone, low)
  let [from, to] = [low, high]
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2)
    if (offsetIn(zone, middle) === before) from = middle
    else to = middle
  }
  return to
}

/** The instant of a local time, both in milliseconds; `local` is the time read as if it were UTC. HubError `schedule.bad_time_zone`. */
export const instantOf = (timeZone: string, local: number): number => {
  const zone = zoneOf(timeZone)
  const quiet = quietOffset(zone, Math.floor(local / dayMs) * dayMs)
  if (quiet !== null) return local - quiet
  const [before, after] = [offsetIn(zone, local - reachMs), offsetIn(zone, local + reachMs)]
  const candidates = [local - before, local - after].filter((at) => at + offsetIn(zone, at) === local)
  if (candidates.length > 0) return Math.min(...candidates)
  return changeBetween(zone, local - after, local - before)
}
