/** 纳税人识别号 before 2015: six digits of the division and the organisation code, or an identity number with a sequence. */
import { isIdCard } from './id-card.ts'
import { isOrgCode } from './org-code.ts'

/** Unit: 6 + 9 = 15 characters; its last nine are the organisation core. */
export const isLegacyTax15 = (code: string): boolean =>
  /^\d{6}[0-9A-Z]{8}[0-9X]$/.test(code) && isOrgCode(code.slice(6))
export const isLegacyTax15Shape = (code: string): boolean => /^\d{6}[0-9A-Z]{8}[0-9X]$/.test(code)

/** 个体: an identity number and two digits that count its registrations. */
export const isLegacyTax20 = (code: string): boolean => /^\d{17}[\dX]\d{2}$/.test(code) && isIdCard(code.slice(0, 18))
