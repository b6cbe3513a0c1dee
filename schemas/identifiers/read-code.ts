/**
 * One entry for every code of an organisation or person. Departments mix the schemes in one column and truncate them,
 * so the scheme is found from the column's hint first, then from shape and check digits; nothing is ever repaired.
 */
import type { Identifier, IdentifierStatus } from '../canonical/reading.ts'
import { isPrefecture } from '../codes/divisions.ts'
import { isBusinessLicence, isOldLicence } from './business-licence.ts'
import { cleanCode, isMasked, isNullToken, isScientific, lookAlikeSuggestions } from './clean.ts'
import { idCheck, isForeignPermit, isIdCard, isIdCardShape, upgradeIdCard } from './id-card.ts'
import { isLegacyTax15, isLegacyTax15Shape, isLegacyTax20 } from './legacy-tax.ts'
import { isOrgCode, isOrgCodeShape, orgCheck } from './org-code.ts'
import { isUscc, isUsccCharacter, isUsccShape, isUsccType, usccCheck } from './uscc.ts'

export type CodeHint = 'uscc' | 'orgCode' | 'businessLicence' | 'legacyTax' | 'idCard' | 'any'
type Scheme = Identifier['scheme']

const identifier = (
  raw: string,
  scheme: Scheme,
  normalised: string,
  status: IdentifierStatus,
  rest: { core?: string | null; suggestions?: string[] } = {},
): Identifier => ({ scheme, raw, normalised, status, core: rest.core ?? null, suggestions: rest.suggestions ?? [] })

const isOrgCharacter = (c: string): boolean => /[0-9A-Z]/.test(c)
const isDigitOrX = (c: string): boolean => /[\dX]/.test(c)

/** The core of a code that failed is kept only where its own check holds: it is then a hint, and the status says so. */
const checkedCore = (core: string): string | null => (isOrgCode(core) ? core : null)

/** First characters of a USCC: a kind of body, then a registrar whose prefecture exists. */
const startsLikeUscc = (code: string): boolean =>
  isUsccType(code) && /^..\d{6}/.test(code) && isPrefecture(code.slice(2, 6)) && !isPrefecture(code.slice(0, 4))

const eighteen = (raw: string, code: string, hint: CodeHint): Identifier => {
  const isPerson = isIdCardShape(code)
  const personValid = isPerson && isIdCard(code)
  const core = code.slice(8, 17)
  if (isUscc(code) && !(personValid && (hint === 'idCard' || !isOrgCode(core)))) {
    // A spreadsheet keeps 15 digits and ends the rest in zeros; the check then holds once in 31 by chance.
    if (!/^\d{15}000$/.test(code) || isOrgCode(core)) return identifier(raw, 'uscc', code, 'valid', { core })
  }
  if (/^\d{15}000$/.test(code)) return identifier(raw, isPerson ? 'idCard' : 'uscc', code, 'damaged')
  if (personValid) return identifier(raw, 'idCard', code, 'valid')
  if (isPerson && hint !== 'uscc' && !startsLikeUscc(code)) {
    return identifier(raw, 'idCard', code, 'bad_check', {
      suggestions: lookAlikeSuggestions(code, isIdCard, isDigitOrX),
    })
  }
  if (hint === 'idCard' && !isUsccType(code)) {
    const suggestions = lookAlikeSuggestions(code, isIdCard, isDigitOrX)
    return identifier(raw, 'idCard', code, 'bad_check', { suggestions })
  }
  const suggestions = lookAlikeSuggestions(code, isUscc, isUsccCharacter, 2)
  const isShaped = isUsccShape(code) || suggestions.length > 0 || (isUsccType(code) && /^[0-9A-Z]{18}$/.test(code))
  return isShaped
    ? identifier(raw, 'uscc', code, 'bad_check', { core: checkedCore(core), suggestions })
    : identifier(raw, 'unknown', code, 'unknown_type')
}

const truncatedUscc = (raw: string, code: string): Identifier => {
  const check = code.length === 17 ? usccCheck(code) : null
  return identifier(raw, 'uscc', code, 'truncated', {
    core: code.length === 17 ? checkedCore(code.slice(8)) : null,
    suggestions: check === null ? [] : [code + check],
  })
}

const licence = (raw: string, code: string, status: IdentifierStatus): Identifier =>
  identifier(raw, 'businessLicence', code, status)
const legacyTax = (raw: string, code: string, status: IdentifierStatus): Identifier =>
  identifier(raw, 'legacyTax', code, status, { core: checkedCore(code.slice(6)) })

const oldIdCard = (raw: string, code: string): Identifier => {
  const upgraded = upgradeIdCard(code)
  return identifier(raw, 'idCard', upgraded ?? code, upgraded ? 'format_only' : 'bad_check')
}

/** Fifteen characters are a licence, a tax number, an old identity number, or a USCC that met a column of width 15. */
const fifteen = (raw: string, code: string, hint: CodeHint): Identifier => {
  if (isForeignPermit(code) && !isLegacyTax15(code)) return identifier(raw, 'idCard', code, 'format_only')
  if (hint === 'idCard') return oldIdCard(raw, code)
  const isLicence = isBusinessLicence(code)
  const isTax = isLegacyTax15(code)
  if (startsLikeUscc(code) && (hint === 'uscc' || /^[9NAY]/.test(code) || (!isLicence && !isTax)))
    return truncatedUscc(raw, code)
  if (hint === 'businessLicence' && /^\d{15}$/.test(code)) return licence(raw, code, isLicence ? 'valid' : 'bad_check')
  if (hint === 'legacyTax' && isLegacyTax15Shape(code)) return legacyTax(raw, code, isTax ? 'valid' : 'bad_check')
  if (isLicence && isTax) return identifier(raw, 'unknown', code, 'format_only')
  if (isTax) return legacyTax(raw, code, 'valid')
  if (/^\d{15}$/.test(code)) return licence(raw, code, isLicence ? 'valid' : 'bad_check')
  if (isLegacyTax15Shape(code)) return legacyTax(raw, code, 'bad_check')
  return identifier(raw, 'unknown', code, 'unknown_type')
}

const nine = (raw: string, code: string, hint: CodeHint): Identifier => {
  const bare = code.replace('-', '')
  if (isOrgCode(bare)) return identifier(raw, 'orgCode', bare, 'valid', { core: bare })
  if (hint === 'uscc' && startsLikeUscc(bare)) return truncatedUscc(raw, bare)
  return identifier(raw, 'orgCode', bare, 'bad_check', {
    suggestions: lookAlikeSuggestions(bare, isOrgCode, isOrgCharacter),
  })
}

const otherLength = (raw: string, code: string, hint: CodeHint): Identifier => {
  if (isLegacyTax20(code)) return identifier(raw, 'legacyTax', code, 'valid')
  if (isOldLicence(code) && !startsLikeUscc(code)) return licence(raw, code, 'format_only')
  if (code.length === 17 && hint === 'idCard' && /^\d{17}$/.test(code) && isIdCardShape(`${code}0`)) {
    return identifier(raw, 'idCard', code, 'truncated', { suggestions: [code + idCheck(code)] })
  }
  if (code.length >= 8 && code.length <= 17 && /^[0-9A-Z]+$/.test(code) && startsLikeUscc(code))
    return truncatedUscc(raw, code)
  if (/^[0-9A-Z]{8}$/.test(code) && hint === 'orgCode') {
    return identifier(raw, 'orgCode', code, 'truncated', { suggestions: [code + orgCheck(code)] })
  }
  if (/^\d{17}[\dX]\d{2}$/.test(code) && hint === 'legacyTax') return identifier(raw, 'legacyTax', code, 'bad_check')
  if (/^[0-9A-Z]{17,20}$/.test(code) && hint === 'legacyTax') return identifier(raw, 'legacyTax', code, 'format_only')
  return identifier(raw, 'unknown', code, 'unknown_type')
}

/**
 * Reads a code of an organisation or a person: USCC, 组织机构代码, 注册号, 纳税人识别号, 身份证.
 * `normalised` differs from `raw` in width, case, spaces, labels and copy marks only (and a 15-digit identity number takes its
 * standard 18-character form); what could repair it is in `suggestions`. Rules: GB 32100, GB 11714, GS 15, GB 11643.
 * @param hint what the column is meant to hold; decides between readings of 15 characters
 * @returns null where the cell says that there is no code (blank, `/`, `无`, `组织结构代码`)
 */
export const readCode = (raw: string | null | undefined, hint: CodeHint = 'any'): Identifier | null => {
  if (raw === null || raw === undefined) return null
  if (hint !== 'idCard' && raw.length === 18 && isUscc(raw) && !raw.endsWith('000') && !isIdCardShape(raw)) {
    return { scheme: 'uscc', raw, normalised: raw, status: 'valid', core: raw.slice(8, 17), suggestions: [] }
  }
  if (isNullToken(raw)) return null
  const code = cleanCode(raw)
  if (isNullToken(code)) return null
  if (isScientific(code) || isMasked(code)) {
    const scheme = hint === 'any' ? 'unknown' : hint
    return identifier(raw, scheme, code, 'damaged')
  }
  if (code.length === 10 && isOrgCodeShape(code)) return nine(raw, code, hint)
  const bare = /^[0-9A-Z-]+$/.test(code) ? code.replaceAll('-', '') : code
  if (bare.length === 18) return eighteen(raw, bare, hint)
  if (bare.length === 15) return fifteen(raw, bare, hint)
  if (bare.length === 9 && isOrgCodeShape(bare)) return nine(raw, bare, hint)
  return otherLength(raw, bare, hint)
}

/**
 * All readings that a code allows, best first: a 15-digit number whose two checks both hold is a licence and a tax number.
 * @returns an empty list where the cell says that there is no code
 */
export const codeReadings = (raw: string | null | undefined, hint: CodeHint = 'any'): Identifier[] => {
  const reading = readCode(raw, hint)
  if (reading === null) return []
  const code = reading.normalised
  if (!isBusinessLicence(code) || !isLegacyTax15(code)) return [reading]
  const both = [licence(reading.raw, code, 'valid'), legacyTax(reading.raw, code, 'valid')]
  return reading.scheme === 'legacyTax' ? both.reverse() : both
}
