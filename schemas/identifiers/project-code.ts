/** 投资项目统一代码: 24 characters, two generations of one shape (发改投资〔2020〕1439号; GB/T 40058-2021). */
import type { Identifier } from '../canonical/reading.ts'
import { foldCode, isMasked, isNullToken, isScientific, lookAlikeSuggestions } from './clean.ts'

export interface ProjectCodeParts {
  /** `old`: year-division-industry-type-serial. `new`: YYMM-division-guiding department-type-random and check. */
  readonly generation: 'old' | 'new'
  /** `YYYY` (old) or `YYYY-MM` (new). */
  readonly issued: string
  readonly divisionCode: string
  /** GB/T 4754 two-digit industry; old codes only. */
  readonly industry: string | null
  /** 中央业务指导部门; new codes only. */
  readonly guidingDepartment: string | null
  readonly projectType: string
  readonly serial: string
}

const shape = /^(\d{4})-(\d{6})-(\d{2})-(\d{2})-(\d{6})$/
const label = /^[\u4e00-\u9fff]{2,14}[:：]/u

/**
 * The parts of a code; null where the shape is wrong or its first four digits fit neither generation.
 * 20xx with xx 13–20 is an old year; 2011 and 2012 are November and December 2020, since the new form began then.
 */
export const projectCodeParts = (code: string): ProjectCodeParts | null => {
  const match = shape.exec(code)
  if (!match) return null
  const [, first = '', divisionCode = '', third = '', projectType = '', serial = ''] = match
  const high = Number(first.slice(0, 2))
  const low = Number(first.slice(2))
  const isOld = high === 20 && low >= 13 && low <= 20
  const isNew = low >= 1 && low <= 12 && high >= 20
  if (!isOld && !isNew) return null
  return {
    generation: isOld ? 'old' : 'new',
    issued: isOld ? first : `20${first.slice(0, 2)}-${first.slice(2)}`,
    divisionCode,
    industry: isOld ? third : null,
    guidingDepartment: isOld ? null : third,
    projectType,
    serial,
  }
}

const hyphenate = (d: string): string =>
  `${d.slice(0, 4)}-${d.slice(4, 10)}-${d.slice(10, 12)}-${d.slice(12, 14)}-${d.slice(14)}`

const verdict = (
  raw: string,
  normalised: string,
  status: Identifier['status'],
  suggestions: string[] = [],
): Identifier => ({
  scheme: 'projectCode',
  raw,
  normalised,
  status,
  core: null,
  suggestions,
})

/**
 * Reads a project code. Its check digit is unpublished, so the best verdict is `format_only`; `bad_check` means that the
 * first segment is no year or month of either generation. Twenty bare digits get their hyphens back.
 * @returns null where the cell says that there is none (`无`, `/`, blank)
 */
export const readProjectCode = (raw: string | null | undefined): Identifier | null => {
  if (raw === null || raw === undefined) return null
  if (shape.test(raw)) return verdict(raw, raw, projectCodeParts(raw) ? 'format_only' : 'bad_check')
  if (isNullToken(raw)) return null
  const text = foldCode(raw)
    .replace(/^['’]+/u, '')
    .replace(label, '')
  if (isScientific(text) || isMasked(text)) return verdict(raw, text, 'damaged')
  const code = /^\d{20}$/.test(text) ? hyphenate(text) : text.replace(/[_/.]/g, '-')
  if (shape.test(code)) return verdict(raw, code, projectCodeParts(code) ? 'format_only' : 'bad_check')
  if (/^\d{4}-\d{6}(?:-\d{0,2}(?:-\d{0,2}(?:-\d{0,5})?)?)?$/.test(code)) return verdict(raw, code, 'truncated')
  const suggestions =
    code.length === 24
      ? lookAlikeSuggestions(
          code,
          (c) => projectCodeParts(c) !== null,
          (c) => /[\d-]/.test(c),
        )
      : []
  return verdict(raw, code, suggestions.length > 0 ? 'damaged' : 'unknown_type', suggestions)
}
