/**
 * Dates as departments write them → value and precision. Asia/Shanghai for instants; a date without a time of day is never
 * shifted. What is no day of the calendar is an issue and never rounded to one (domain.md 2).
 */
import type { PartialDate } from '#schemas/canonical/reading.ts'
import { isNullToken } from '#schemas/identifiers/clean.ts'
import { chineseNumber } from '#schemas/identifiers/numerals.ts'
import { valueIssueCodes as codes, shown, type ValueIssue, type ValueIssueCode, valueIssue } from './issue.ts'

export type DatePrecision = PartialDate['precision']

export interface DateReading {
  readonly date: PartialDate | null
  /** How it was read: `iso`, `compact`, `chinese`, `excelSerial`, `epoch`, `open` (长期), `sentinel`, `empty`, `unreadable`, … */
  readonly rule: string
  readonly issue?: ValueIssue
}

const expectedDate = '2019-08-15 / 2019-08 / 2019年8月15日'
const yearMin = 1850
const yearMax = 2150
const rank: Readonly<Record<DatePrecision, number>> = { day: 0, month: 1, year: 2 }

const isoDay = /^(\d{4})-(\d{2})-(\d{2})(?: \d{2}:\d{2}:\d{2})?$/
const separated = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]*\d{1,2}:\d{1,2}(?::\d{1,2}(?:[.,]\d+)?)?)?$/
const zoned = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/
const javaDate = /^[A-Z][a-z]{2}([A-Z][a-z]{2})(\d{1,2})\d{2}:\d{2}:\d{2}(?:CST|GMT\+08:00)(\d{4})$/
const months = 'JanFebMarAprMayJunJulAugSepOctNovDec'
const chineseDigits = /[〇零○一二三四五六七八九十廿卅]/u
/** Days that systems store for nothing or for ever. */
const sentinels = new Set(
  '0000-00-00 0001-01-01 1753-01-01 1899-12-30 1899-12-31 1900-01-00 1900-01-01 1970-01-01 2099-12-31 2999-12-31 3000-01-01 9999-12-31 9999-12-30 9999-01-01'.split(
    ' ',
  ),
)
const open = /^(?:长期|长期有效|至今|永久|永久有效|永续|无固定期限|无期限|无限期|不约定期限|今)$/u

const fault = (code: ValueIssueCode, raw: unknown, zh: string, en: string): DateReading => ({
  date: null,
  rule: 'unreadable',
  issue: valueIssue(code, `${zh}：${shown(raw)}`, `${en}: ${shown(raw)}`, expectedDate),
})
const impossible = (raw: unknown): DateReading => fault(codes.dateImpossible, raw, '日期不存在', 'no such date')
const unreadable = (raw: unknown): DateReading =>
  fault(codes.dateUnreadable, raw, '日期无法识别', 'the date cannot be read')

const pad = (n: number): string => (n < 10 ? `0${n}` : String(n))
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const daysIn = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (monthDays[month - 1] ?? 0))

/** A zero month or day (`2019-08-00`) means that it was not known. */
const build = (raw: unknown, rule: string, year: number, month: number | null, day: number | null): DateReading => {
  if (month !== null && day !== null && sentinels.has(`${String(year).padStart(4, '0')}-${pad(month)}-${pad(day)}`)) {
    return { date: null, rule: 'sentinel' }
  }
  if (month === null || (month === 0 && (day === null || day === 0))) {
    if (year < yearMin || year > yearMax)
      return fault(codes.dateOutOfRange, raw, '年份超出范围', 'the year is out of range')
    return { date: { value: String(year), precision: 'year' }, rule }
  }
  if (month < 1 || month > 12) return impossible(raw)
  if (day !== null && (day < 0 || day > daysIn(year, month))) return impossible(raw)
  if (year < yearMin || year > yearMax)
    return fault(codes.dateOutOfRange, raw, '年份超出范围', 'the year is out of range')
  return day === null || day === 0
    ? { date: { value: `${year}-${pad(month)}`, precision: 'month' }, rule }
    : { date: { value: `${year}-${pad(month)}-${pad(day)}`, precision: 'day' }, rule }
}

const shanghaiDay = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

/** The day in Asia/Shanghai at an instant; summer time of 1986–1991 included. */
const fromInstant = (raw: unknown, epochMs: number, rule: string): DateReading => {
  if (!Number.isFinite(epochMs) || Math.abs(epochMs) > 8e15) return unreadable(raw)
  const [year = 0, month = 0, day = 0] = shanghaiDay.format(epochMs).split('-').map(Number)
  return build(raw, rule, year, month, day)
}

const excelEpochMs = Date.UTC(1899, 11, 30)
const dayMs = 86_400_000

/** Days since 1899-12-30 as spreadsheets count them from March 1900 on (43692 = 2019-08-15). */
const fromExcelSerial = (raw: unknown, serial: number): DateReading => {
  const date = new Date(excelEpochMs + Math.floor(serial) * dayMs)
  return build(raw, 'excelSerial', date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())
}

/** Only digits: the count of them says what they are. */
const fromDigits = (raw: unknown, text: string): DateReading => {
  const part = (from: number, to: number): number => Number(text.slice(from, to))
  switch (text.length) {
    case 4:
      return build(raw, 'compact', part(0, 4), null, null)
    case 5:
      return part(0, 5) >= 18_264 && part(0, 5) <= 73_050 ? fromExcelSerial(raw, part(0, 5)) : unreadable(raw)
    case 6:
      return build(raw, 'compact', part(0, 4), part(4, 6), null)
    case 8:
      return build(raw, 'compact', part(0, 4), part(4, 6), part(6, 8))
    case 10:
      return fromInstant(raw, Number(text) * 1000, 'epoch')
    case 12:
      if (part(0, 4) < yearMin || part(0, 4) > yearMax) return fromInstant(raw, Number(text), 'epoch')
      return part(8, 10) < 25 ? build(raw, 'compact', part(0, 4), part(4, 6), part(6, 8)) : unreadable(raw)
    case 14:
      return part(8, 10) < 25 ? build(raw, 'compact', part(0, 4), part(4, 6), part(6, 8)) : unreadable(raw)
    case 13:
      return fromInstant(raw, Number(text), 'epoch')
    default:
      return unreadable(raw)
  }
}

const numberOf = (text: string | undefined): number | null => {
  if (text === undefined || text === '') return null
  const value = chineseNumber(text)
  return value === null ? -1 : Number(value)
}

/** `2019年8月15日`, `二〇一九年八月`, `2019年度`, `2019年第三季度`, `2019年8月中旬`. */
const fromChinese = (raw: unknown, text: string): DateReading | null => {
  const match =
    /^([\d〇零○一二三四五六七八九OoΟ]{2,4})年度?(?:([\d〇零一二三四五六七八九十]{1,3})月份?(?:([\d〇零一二三四五六七八九十廿卅]{1,3})[日号]?)?)?(?:\d{1,2}[时点:].*)?$/u.exec(
      text,
    )
  if (!match) {
    const coarse = /^(\d{4})年?(?:第?[一二三四1-4]季度|[上下]半年|年?[初中底末]|Q[1-4])$/iu.exec(text)
    if (coarse) return build(raw, 'partOfYear', Number(coarse[1]), null, null)
    const third = /^(\d{4})年(\d{1,2})月(?:份?[上中下]旬|[初中底末])$/u.exec(text)
    return third ? build(raw, 'partOfMonth', Number(third[1]), Number(third[2]), null) : null
  }
  const [, yearText = '', monthText, dayText] = match
  if (yearText.length !== 4) return fault(codes.dateAmbiguous, raw, '年份须为四位', 'the year needs four digits')
  return build(raw, 'chinese', numberOf(yearText) ?? 0, numberOf(monthText), numberOf(dayText))
}

const fromText = (raw: unknown, text: string): DateReading => {
  if (open.test(text)) return { date: null, rule: 'open' }
  if (/^\d+$/.test(text)) return fromDigits(raw, text)
  const day = separated.exec(text)
  if (day) return build(raw, 'separated', Number(day[1]), Number(day[2]), Number(day[3]))
  const month = /^(\d{4})[-/.](\d{1,2})$/.exec(text)
  if (month) return build(raw, 'separated', Number(month[1]), Number(month[2]), null)
  // Written in our own zone: the day as written, also in the summers of 1986–1991.
  const local = /^(\d{4})-(\d{2})-(\d{2})T.*\+08:?00$/.exec(text)
  if (local && zoned.test(text)) return build(raw, 'instant', Number(local[1]), Number(local[2]), Number(local[3]))
  if (zoned.test(text)) return fromInstant(raw, Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')), 'instant')
  if (/^\d{5}\.\d+$/.test(text)) return fromDigits(raw, text.slice(0, 5))
  const json = /^\/?Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/?$/.exec(text)
  if (json) return fromInstant(raw, Number(json[1]), 'epoch')
  const java = javaDate.exec(text)
  if (java) {
    const at = months.indexOf(java[1] ?? '')
    return at < 0 || at % 3 !== 0 ? unreadable(raw) : build(raw, 'java', Number(java[3]), at / 3 + 1, Number(java[2]))
  }
  const chinese = fromChinese(raw, text)
  if (chinese) return chinese
  if (/^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}$/.test(text)) {
    return fault(codes.dateAmbiguous, raw, '年、月、日次序不明', 'the order of year, month and day is unclear')
  }
  if (/\d{4}.*(?:至|到|~|—|--|-).*\d{4}/u.test(text))
    return fault(codes.dateRange, raw, '是起止区间，不是一个日期', 'a range, not one date')
  return unreadable(raw)
}

const readDateText = (raw: string): DateReading => {
  if (isNullToken(raw)) return { date: null, rule: 'empty' }
  if (raw.length > 60) return unreadable(raw)
  const text = raw
    .normalize('NFKC')
    .replace(/[\u200b-\u200f\u2060\ufeff]+/gu, '')
    .trim()
    .replace(/^['"“]+|['"”]+$/gu, '')
    .replace(/[−–﹣]/gu, '-')
  const spaced = separated.test(text) ? text : text.replace(/\s+/gu, '')
  if (/^\d{4}-\d{2}-\d{2}\d{2}:/.test(spaced)) return fromText(raw, spaced.replace(/^(.{10})/, '$1 '))
  const bare = spaced
    .replace(/^(?:约|拟|计划|预计|预期|暂定|自|于)(?:于|在)?/u, '')
    .replace(/(?:之?前|左右|前后|起|止|以前|(?<=[日号])完[成工]|\(.{0,8}\))$/u, '')
    .replace(/^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})日$/, '$1-$2-$3')
  const reading = fromText(raw, chineseDigits.test(bare) ? bare.replaceAll(/[OoΟ○]/gu, '〇') : bare)
  return bare !== spaced && reading.date ? { ...reading, rule: `${reading.rule} approximate` } : reading
}

/**
 * Reads one date.
 * @param raw text, an Excel serial or epoch milliseconds as a number, or a Date from a spreadsheet reader
 * @param options.allow the coarsest precision that is in order; a coarser date comes with the issue `date.precision` and is kept
 * @returns `date` null without an issue for nothing (`empty`), for ever (`open`) and for stored placeholders (`sentinel`)
 */
export const readDate = (raw: unknown, options: { readonly allow?: DatePrecision } = {}): DateReading => {
  const reading = readAny(raw)
  const { allow = 'year' } = options
  if (reading.date === null || rank[reading.date.precision] <= rank[allow]) return reading
  const issue = valueIssue(
    codes.datePrecision,
    `日期不够精确：${shown(raw)}`,
    `the date is not precise enough: ${shown(raw)}`,
    allow === 'day' ? '2019-08-15' : '2019-08',
  )
  return { ...reading, issue }
}

const readAny = (raw: unknown): DateReading => {
  if (raw === null || raw === undefined) return { date: null, rule: 'empty' }
  if (typeof raw === 'string') {
    const clean = isoDay.exec(raw)
    return clean ? build(raw, 'iso', Number(clean[1]), Number(clean[2]), Number(clean[3])) : readDateText(raw)
  }
  if (typeof raw === 'bigint') return readDateText(String(raw))
  if (typeof raw === 'number') {
    if (!Number.isFinite(raw) || raw < 0) return unreadable(raw)
    return Number.isInteger(raw) ? readDateText(String(raw)) : readDateText(raw.toFixed(4))
  }
  return raw instanceof Date ? fromInstant(raw, raw.getTime(), 'instant') : unreadable(raw)
}
