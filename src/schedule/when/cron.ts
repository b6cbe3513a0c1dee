/**
 * Cron expressions: which days, hours and minutes they name. Five fields (minute hour day-of-month month day-of-week), or six whose first, the
 * second, is 0: a slot is a minute. Lists `1,15`, ranges `1-5`, steps `*`+`/15` and `10-50/20`, names `JAN` and `MON` in any case, Sunday as 0 or 7,
 * `?` for any day. Day of month also `L` (the last day) and `L-3` (three days before it); day of week also `5L` (the last Friday of the month)
 * and `1#2` (the second Monday).
 *
 * Day of month against day of week, as in Vixie's cron: where both are restricted a day need fit only one of them; a field that begins with `*` or
 * `?` restricts nothing in this sense.
 */
import { HubError } from '../../kernel/errors.ts'

export interface Cron {
  /** Ascending. */
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  /** Whether the expression names this day. `month` 1 to 12, `weekday` 0 Sunday to 6. */
  readonly isDay: (year: number, month: number, day: number, weekday: number) => boolean
}

const badCron = (expression: string, zh: string, en: string): HubError =>
  new HubError({
    code: 'schedule.bad_cron',
    publicMessage: {
      zh: `cron 表达式“${expression}”不正确：${zh}`,
      en: `the cron expression "${expression}" is wrong: ${en}`,
    },
    context: { expression },
  })

type Refuse = (zh: string, en: string) => HubError

interface Field {
  readonly name: string
  readonly low: number
  readonly high: number
  readonly names: readonly string[]
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
const minute: Field = { name: 'minute', low: 0, high: 59, names: [] }
const hour: Field = { name: 'hour', low: 0, high: 23, names: [] }
const dayOfMonth: Field = { name: 'day of month', low: 1, high: 31, names: [] }
const month: Field = { name: 'month', low: 1, high: 12, names: months }
const dayOfWeek: Field = { name: 'day of week', low: 0, high: 7, names: weekdays }

const numberIn = (text: string, field: Field, refuse: Refuse): number => {
  const named = field.names.indexOf(text.toUpperCase())
  const value = named === -1 ? (/^\d{1,2}$/.test(text) ? Number(text) : Number.NaN) : named + (field === month ? 1 : 0)
  if (value >= field.low && value <= field.high) return value
  throw refuse(
    `${field.name} 的“${text}”应在 ${field.low}–${field.high} 之间`,
    `"${text}" as ${field.name} should be ${field.low} to ${field.high}`,
  )
}

const stepOf = (text: string | undefined, refuse: Refuse): number => {
  if (text === undefined) return 1
  const step = /^\d{1,2}$/.test(text) ? Number(text) : 0
  if (step > 0) return step
  throw refuse(`步长“${text}”应为正整数`, `the step "${text}" should be a positive number`)
}

/** The values of one item of a list: `*`, `5`, `1-5`, with a step behind a slash. */
const valuesOf = (item: string, field: Field, refuse: Refuse): number[] => {
  const [range = '', stepText, ...more] = item.split('/')
  if (more.length > 0) throw refuse(`“${item}”有多个 /`, `"${item}" has more than one /`)
  const step = stepOf(stepText, refuse)
  const ends = range === '*' || range === '?' ? null : range.split('-')
  if (ends !== null && ends.length > 2) throw refuse(`“${item}”不是范围`, `"${item}" is no range`)
  const from = ends === null ? field.low : numberIn(ends[0]!, field, refuse)
  const isOpen = ends !== null && ends.length === 1 && stepText !== undefined
  const to = ends === null || isOpen ? field.high : numberIn(ends.at(-1)!, field, refuse)
  if (to < from) throw refuse(`范围“${range}”首尾颠倒`, `the range "${range}" runs backwards`)
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step)
}

const plain = (text: string, field: Field, refuse: Refuse): number[] =>
  [...new Set(text.split(',').flatMap((item) => valuesOf(item, field, refuse)))].sort((a, b) => a - b)

export const daysInMonth = (year: number, monthOfYear: number): number =>
  new Date(Date.UTC(year, monthOfYear, 0)).getUTCDate()

type DayTest = (year: number, month: number, day: number, weekday: number) => boolean

/** An item that only a calendar can tell; null for a plain one. */
const lastDays = (item: string, refuse: Refuse): DayTest | null => {
  const found = /^L(?:-(\d{1,2}))?$/i.exec(item)
  if (!found) return null
  const before = Number(found[1] ?? 0)
  if (before > 30) throw refuse(`“${item}”超出一个月`, `"${item}" lies outside the month`)
  return (year, m, day) => day === daysInMonth(year, m) - before
}

const nthWeekday = (item: string, refuse: Refuse): DayTest | null => {
  const found = /^(\w+?)(?:(L)|#([1-5]))$/i.exec(item)
  if (!found) return null
  const wanted = numberIn(found[1]!, dayOfWeek, refuse) % 7
  const nth = found[3] === undefined ? null : Number(found[3])
  return (year, m, day, weekday) =>
    weekday === wanted && (nth === null ? day + 7 > daysInMonth(year, m) : Math.ceil(day / 7) === nth)
}

const dayTest = (
  text: string,
  field: Field,
  special: (item: string, refuse: Refuse) => DayTest | null,
  refuse: Refuse,
): DayTest => {
  const tests: DayTest[] = []
  const values = new Set<number>()
  for (const item of text.split(',')) {
    const test = special(item, refuse)
    if (test) tests.push(test)
    else for (const value of valuesOf(item, field, refuse)) values.add(field === dayOfWeek ? value % 7 : value)
  }
  return (year, m, day, weekday) =>
    values.has(field === dayOfWeek ? weekday : day) || tests.some((test) => test(year, m, day, weekday))
}

/** Looks through 28 years, after which the calendar repeats but for 2100: an expression that names no day there names none that matters. */
const namesAnyDay = (isDay: DayTest): boolean => {
  for (let day = 0; day < 28 * 366; day++) {
    const date = new Date(Date.UTC(2024, 0, 1 + day))
    if (isDay(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay())) return true
  }
  return false
}

const parsed = new Map<string, Cron>()

const parse = (expression: string): Cron => {
  const refuse: Refuse = (zh, en) => badCron(expression, zh, en)
  const fields = expression.trim().split(/\s+/)
  if (fields.length === 6 && fields[0] === '0') fields.shift()
  if (fields.length !== 5)
    throw refuse(
      '应为 5 段：分 时 日 月 周（6 段时首段的秒应为 0）',
      'expected 5 fields: minute hour day month weekday (of 6, the second should be 0)',
    )
  const [minuteText, hourText, dayText, monthText, weekdayText] = fields as [string, string, string, string, string]
  const inMonths = new Set(plain(monthText, month, refuse))
  const byDay = dayTest(dayText, dayOfMonth, lastDays, refuse)
  const byWeekday = dayTest(weekdayText, dayOfWeek, nthWeekday, refuse)
  const isEither = !/^[*?]/.test(dayText) && !/^[*?]/.test(weekdayText)
  const isDay: DayTest = (year, m, day, weekday) => {
    if (!inMonths.has(m)) return false
    return isEither
      ? byDay(year, m, day, weekday) || byWeekday(year, m, day, weekday)
      : byDay(year, m, day, weekday) && byWeekday(year, m, day, weekday)
  }
  if (!namesAnyDay(isDay)) throw refuse('没有任何一天符合', 'no day fits it')
  return { minutes: plain(minuteText, minute, refuse), hours: plain(hourText, hour, refuse), isDay }
}

/** Reads an expression; the same one is read once. HubError `schedule.bad_cron` says what is wrong with it. */
export const parseCron = (expression: string): Cron => {
  const known = parsed.get(expression)
  if (known) return known
  const cron = parse(expression)
  parsed.set(expression, cron)
  return cron
}
