/** Numbers of meters, water permits and roads: no public check digits, so shape is all that can be said. */
import { cleanCode, isNullToken } from './clean.ts'

export interface NumberReading {
  readonly normalised: string
  readonly status: 'format_only' | 'damaged' | 'unknown_type'
  readonly suggestions: string[]
}

/** 用电户号: 10 digits, or 13 since 营销2.0. Nine or twelve lost a leading zero in a spreadsheet: the full one is suggested. */
export const readMeterAccount = (raw: string | null | undefined): NumberReading | null => {
  if (raw === null || raw === undefined || isNullToken(raw)) return null
  const normalised = cleanCode(raw)
  if (/^\d{10}$|^\d{13}$/.test(normalised)) return { normalised, status: 'format_only', suggestions: [] }
  if (/^\d{9}$|^\d{12}$/.test(normalised)) return { normalised, status: 'damaged', suggestions: [`0${normalised}`] }
  return { normalised, status: /E\+?\d/.test(normalised) ? 'damaged' : 'unknown_type', suggestions: [] }
}

/** 取水许可证 of the electronic licence (SL/T 816): approval level, division, G|S or a digit, year, sequence. */
export const isWaterPermit = (code: string): boolean => /^[A-D]\d{6}[GS\d]\d{4}-\d{4}$/.test(code)
