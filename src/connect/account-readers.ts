/** Readers for numbers that people type into spreadsheets: meter accounts and application numbers, which have no check digit. */
import { isNullToken, readMeterAccount } from '#schemas/identifiers/index.ts'
import { noteRead, type ReaderIssue } from './collect.ts'
import type { Cell } from './readers.ts'

const rawOf = (cell: Cell): string | null => (cell === null || cell === undefined ? null : String(cell).trim())

/** A spreadsheet showed a long number as `4.1E+11`: the digits are gone. */
const isScientific = (text: string): boolean => /^\d(?:\.\d+)?E\+?\d+$/i.test(text)

const damaged = (raw: string, expected: string): ReaderIssue => ({
  code: 'identifier.damaged',
  message: { zh: `编号被电子表格改成科学计数：${raw}`, en: `a spreadsheet turned the number into ${raw}` },
  expected,
})

const accountExpected = '0123456789（10 位）或 0410123456789（13 位）'

const accountIssue = (raw: string, candidate: string | undefined, status: string): ReaderIssue | undefined => {
  if (status === 'format_only') return undefined
  if (isScientific(raw)) return damaged(raw, accountExpected)
  if (candidate !== undefined) {
    return {
      code: 'identifier.leading_zero_lost',
      message: {
        zh: `户号 ${raw} 少一位，疑失前导零，候选 ${candidate}`,
        en: `account ${raw} lacks a digit, most likely a leading zero; candidate ${candidate}`,
      },
      expected: candidate,
    }
  }
  return {
    code: 'identifier.unknown_type',
    message: { zh: `户号应为 10 位或 13 位数字：${raw}`, en: `an account has 10 or 13 digits: ${raw}` },
    expected: accountExpected,
  }
}

/**
 * 户号 of an electricity account: 10 or 13 digits. One of 9 or 12 digits is read as its candidate with the zero in front, and says so by an
 * issue (domain.md Appendix C 13); what cannot be an account number stays as it was sent. Null where there is none.
 * Issues: `identifier.leading_zero_lost`, `identifier.damaged`, `identifier.unknown_type`.
 */
export const meterAccount = (cell: Cell): string | null => {
  const raw = rawOf(cell)
  const reading = readMeterAccount(raw)
  if (raw === null || reading === null) {
    noteRead('empty', null, undefined, cell)
    return null
  }
  const [candidate] = reading.suggestions
  const value = candidate ?? (reading.status === 'format_only' ? reading.normalised : raw)
  noteRead(
    candidate === undefined ? reading.status : 'candidate',
    value,
    accountIssue(raw, candidate, reading.status),
    cell,
  )
  return value
}

/** A department's own long number as it stands; one that a spreadsheet damaged names nothing. Issues: `identifier.damaged`. */
export const longNumber = (cell: Cell): string | null => {
  const raw = rawOf(cell)
  const isLost = raw !== null && isScientific(raw)
  const value = raw === null || isLost || isNullToken(raw) ? null : raw
  noteRead(value === null ? 'empty' : 'number', value, isLost ? damaged(raw, '2024050400123') : undefined, cell)
  return value
}
