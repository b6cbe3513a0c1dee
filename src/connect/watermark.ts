/** Where an increment starts and where the next one will: text times of a source, `YYYY-MM-DD HH:mm:ss` in Asia/Shanghai. */
import { stringMember } from './json-rows.ts'

const timeText = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}):(\d{2}))?/

/** `time` moved back, so that rows a source committed late with an earlier time are asked for again. Unknown forms stay as they are. */
export const minutesBefore = (time: string, minutes: number): string => {
  const parts = timeText.exec(time)
  if (parts === null) return time
  const [, y, mo, d, h = '00', mi = '00', s = '00'] = parts
  const instant = Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s)) - minutes * 60_000
  return new Date(instant).toISOString().slice(0, 19).replace('T', ' ')
}

/** An instant as the sources write it. */
export const sourceTime = (instant: Date): string =>
  new Date(instant.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')

/** `since` of a request as text: what the feed itself gave as watermark, or a day from the command line. */
export const sinceText = (since: unknown): string | null => (typeof since === 'string' && since !== '' ? since : null)

/** The latest update time on the rows and before; one that lies in the future would make later increments miss rows and counts as `limit`. */
export const latest = (rows: readonly string[], field: string, before: string | null, limit: string): string | null => {
  let max = before
  for (const row of rows) {
    const time = stringMember(row, field)
    if (time !== null && timeText.test(time) && (max === null || time > max)) max = time
  }
  return max !== null && max > limit ? limit : max
}

/** Whether a row was updated after the end of the day `until` (`YYYY-MM-DD`). */
export const isAfter = (row: string, field: string, until: string): boolean => {
  const time = stringMember(row, field)
  return time !== null && time > `${until} 23:59:59.999`
}
