/** Numbers of meters, water permits and roads: no public check digits, so shape is all that can be said. */
import { cleanCode, isNullToken, isScientific } from './clean.ts'
import { readDocumentNumber } from './document-number.ts'

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

export interface WaterPermitReading {
  readonly normalised: string
  /** `electronic` SL/T 816, `document` a 文号 of before, `numbered` a letter and eight digits as some cities gave them. */
  readonly form: 'electronic' | 'document' | 'numbered' | null
  readonly status: 'format_only' | 'damaged' | 'unknown_type'
}

/** 取水许可证号 in one writing. None of its forms has a check digit (domain.md 1.12). Null where the cell says that there is none. */
export const readWaterPermit = (raw: string | null | undefined): WaterPermitReading | null => {
  if (raw === null || raw === undefined || isNullToken(raw)) return null
  const code = cleanCode(raw)
  if (isWaterPermit(code)) return { normalised: code, form: 'electronic', status: 'format_only' }
  if (/^[AB]\d{8}$/.test(code)) return { normalised: code, form: 'numbered', status: 'format_only' }
  if (isScientific(code)) return { normalised: code, form: null, status: 'damaged' }
  const document = readDocumentNumber(raw)
  return document === null
    ? { normalised: code, form: null, status: 'unknown_type' }
    : { normalised: document, form: 'document', status: 'format_only' }
}
