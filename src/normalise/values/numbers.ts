/** Counts and shares: exact, in whole numbers and 1/10 000. */
import { isNullToken } from '#schemas/identifiers/clean.ts'
import { parseDecimal, scaleToInteger } from './decimal.ts'
import { valueIssueCodes as codes, shown, type ValueIssue, type ValueIssueCode, valueIssue } from './issue.ts'

export interface NumberReading {
  readonly value: number | null
  readonly rule: string
  readonly issue?: ValueIssue
}

type Raw = string | number | bigint | null | undefined

const fault = (code: ValueIssueCode, raw: unknown, zh: string, en: string, expected: string): NumberReading => ({
  value: null,
  rule: 'unreadable',
  issue: valueIssue(code, `${zh}：${shown(raw)}`, `${en}: ${shown(raw)}`, expected),
})

const folded = (raw: Raw): string | null => {
  if (raw === null || raw === undefined) return null
  if (typeof raw !== 'string') return String(raw)
  const text = raw.normalize('NFKC').replace(/[\s\u200b-\u200f\ufeff]+/gu, '')
  return isNullToken(text) && !/\d/.test(text) ? null : text
}

const scaled = (raw: Raw, strip: RegExp, factor: bigint, expected: string): NumberReading => {
  const text = folded(raw)
  if (text === null) return { value: null, rule: 'empty' }
  const value = parseDecimal(text.replace(strip, ''))
  if (value === null) return fault(codes.numberUnreadable, raw, '数字无法识别', 'the number cannot be read', expected)
  const result = Number(scaleToInteger(value, factor))
  return Number.isSafeInteger(result)
    ? { value: result, rule: 'decimal' }
    : fault(codes.numberOutOfRange, raw, '数字超出范围', 'the number is out of range', expected)
}

/** 形象进度 in percent (`45.5`, `45.5%`) → 1/10 000 (4550), rounded HALF_UP. The sign `%` is optional: the column is in percent. */
export const readPercentBp = (raw: Raw): NumberReading => scaled(raw, /%$/u, 100n, '45.5')

/** A rate as a fraction (`0.09`) or, with its sign, in percent (`9%`) → 1/10 000 (900). */
export const readRateBp = (raw: Raw): NumberReading => {
  const text = folded(raw)
  if (text !== null && /^(?:免税|不征税)$/u.test(text)) return { value: 0, rule: text }
  return text?.endsWith('%') ? scaled(text, /%$/u, 100n, '0.09') : scaled(raw, /$^/u, 10_000n, '0.09')
}

/**
 * A measured quantity (`1,234.5`) in the source's unit × `factor` → that many units, exact to the thousandth: 万m³ with 10 000 gives m³.
 * A sign of the unit behind the number is an issue: the column says the unit.
 */
export const readQuantity = (raw: Raw, factor = 1n): NumberReading => {
  const grouped = /(?<=\d),(?=\d{3}(?:\D|$|\d{3}))/g
  const reading = scaled(typeof raw === 'string' ? raw.replace(grouped, '') : raw, /$^/u, factor * 1_000n, '1234.5')
  return reading.value === null ? reading : { ...reading, value: reading.value / 1_000 }
}

/** A whole number (`3`, `第3期`, `1,200`); a fraction is an issue. */
export const readInteger = (raw: Raw): NumberReading => {
  const text = folded(raw)
  if (text === null) return { value: null, rule: 'empty' }
  const digits = /^第?([+-]?\d{1,15})[期次号个]?$/u.exec(
    text.replace(/(?<=\d),(?=\d{3})/g, '').replace(/\.0+$/, ''),
  )?.[1]
  return digits === undefined
    ? fault(codes.numberUnreadable, raw, '应为整数', 'a whole number is expected', '3')
    : { value: Number(digits), rule: 'integer' }
}
