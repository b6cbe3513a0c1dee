/** 国民经济行业分类 as departments write it: `E47`, `4710`, `E4710`, `47` (GB/T 4754-2017). */
import { constructionIndustry } from '#schemas/codes/construction-industry.ts'
import { isNullToken } from '#schemas/identifiers/clean.ts'
import { valueIssueCodes as codes, shown, type ValueIssue, valueIssue } from './issue.ts'

export interface IndustryReading {
  /** Two to four digits, without the section letter; a letter alone stays a letter. */
  readonly code: string | null
  /** Name, for division E; null for other divisions and for codes of an older edition. */
  readonly name: string | null
  readonly isConstruction: boolean
  readonly rule: string
  readonly issue?: ValueIssue
}

const shape = /^(?:([A-T])?(\d{2,4})|([A-T]))$/

/** Reads an industry code. A code of division E that the 2017 edition does not have is kept: it may be of 2011. */
export const readIndustry = (raw: string | number | null | undefined): IndustryReading => {
  const nothing = { code: null, name: null, isConstruction: false }
  if (raw === null || raw === undefined || isNullToken(String(raw))) return { ...nothing, rule: 'empty' }
  const text = String(raw).normalize('NFKC').replace(/\s+/gu, '').toUpperCase()
  const match = shape.exec(text.replace(/^([A-T]?\d{2,4})[-:：、]?[\u4e00-\u9fff].*$/u, '$1'))
  if (!match) {
    const issue = valueIssue(
      codes.industryUnreadable,
      `行业代码无法识别：${shown(raw)}`,
      `no industry code: ${shown(raw)}`,
      '4812 / E48',
    )
    return { ...nothing, rule: 'unreadable', issue }
  }
  const code = match[2] ?? match[3] ?? ''
  const isConstruction = code === 'E' || /^(?:4[789]|50)/.test(code)
  const name = constructionIndustry[code] ?? null
  const rule = name !== null || !isConstruction || code === 'E' ? 'code' : 'code of another edition'
  return { code, name, isConstruction, rule }
}
