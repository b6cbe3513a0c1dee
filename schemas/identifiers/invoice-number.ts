/** 发票代码 and 发票号码: what makes an invoice one invoice (domain.md 1.11). */
import { cleanCode, isNullToken } from './clean.ts'

export interface InvoiceNumber {
  /** `digital` 数电票 (20 digits), `vat` 增值税-era paper or electronic, `localTax` 地税-era. */
  readonly era: 'digital' | 'vat' | 'localTax'
  readonly code: string | null
  readonly number: string
  /** Unique over all invoices: the 20 digits alone, else code + number. */
  readonly key: string
}

/**
 * Reads the pair of a row. A 20-digit number is its own key even where a code is printed beside it (数电纸质票).
 * @returns null where it is no invoice number: nothing, scientific notation, wrong lengths
 */
export const readInvoiceNumber = (
  code: string | null | undefined,
  number: string | null | undefined,
): InvoiceNumber | null => {
  if (number === null || number === undefined || isNullToken(number)) return null
  const digits = cleanCode(number)
  const prefix = code === null || code === undefined || isNullToken(code) ? null : cleanCode(code)
  if (/^\d{20}$/.test(digits)) return { era: 'digital', code: prefix, number: digits, key: digits }
  if (!/^\d{8}$/.test(digits) || prefix === null || !/^(?:\d{10}|\d{12})$/.test(prefix)) return null
  const isLocalTax = prefix.length === 12 && prefix.startsWith('2')
  return { era: isLocalTax ? 'localTax' : 'vat', code: prefix, number: digits, key: prefix + digits }
}
