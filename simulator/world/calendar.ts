/** Days are whole numbers (days since 1970-01-01); the world has no time zone but Asia/Shanghai's own calendar. */
export type Day = number

const texts = new Map<Day, string>()

/** `2019-08-15` → day number. Throws a RangeError for text that is no date. */
export const dayOf = (text: string): Day => {
  const time = Date.parse(`${text}T00:00:00Z`)
  if (Number.isNaN(time) || !/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new RangeError(`not a date: ${text}`)
  return time / 86_400_000
}

/** Day number → `2019-08-15`. */
export const isoDay = (day: Day): string => {
  let text = texts.get(day)
  if (text === undefined) texts.set(day, (text = new Date(day * 86_400_000).toISOString().slice(0, 10)))
  return text
}

/** Day number → `20190815`. */
export const compactDay = (day: Day): string => isoDay(day).replaceAll('-', '')

/** Day number → `201908`. */
export const compactMonth = (day: Day): string => compactDay(day).slice(0, 6)

export const yearOf = (day: Day): number => Number(isoDay(day).slice(0, 4))

/** First day of the month `months` after the one that holds `day`. */
export const monthStart = (day: Day, months: number): Day => {
  const [year, month] = isoDay(day).split('-').map(Number) as [number, number]
  return Date.UTC(year, month - 1 + months, 1) / 86_400_000
}

/** `2019-08-15 09:12:44`: `seconds` is the second of the day. */
export const dateTime = (day: Day, seconds: number): string => {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${isoDay(day)} ${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}
