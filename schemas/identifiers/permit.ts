/** 施工许可证编号 and the four-library platform's 项目编号. Neither has a check digit. */
import type { Identifier } from '../canonical/reading.ts'
import { cleanCode, isNullToken, isScientific } from './clean.ts'
import { isCalendarDay } from './id-card.ts'

export interface PermitParts {
  readonly divisionCode: string
  /** 报建（登记）日期, `YYYY-MM-DD`. */
  readonly registeredOn: string
  readonly sequence: string
  /** `01` 房屋建筑, `02` 市政, `99` 其他 now; `01`–`19` before (10 水利, 12 公路, 18 市政桥梁). */
  readonly workClass: string
  /** `S` 深基坑, `J` 基础, `Z` 装饰, `A` 安装, where the copy is of a part of the works. */
  readonly part: string | null
}

const shape = /^(\d{6})(\d{8})(\d{2})(\d{2})([SJZA])?$/

/** The parts of an 18-digit permit number; null where it is free text or its date is none. */
export const permitParts = (code: string): PermitParts | null => {
  const match = shape.exec(code)
  const [, divisionCode = '', day = '', sequence = '', workClass = '', part = null] = match ?? []
  if (!match || !isCalendarDay(day)) return null
  return {
    divisionCode,
    registeredOn: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`,
    sequence,
    workClass,
    part,
  }
}

/** Reads a permit number. Free text (Beijing, Shanghai, old permits) is in order; eighteen digits with an impossible date are not. */
export const readPermit = (raw: string | null | undefined): Identifier | null => {
  if (raw === null || raw === undefined || isNullToken(raw)) return null
  const code = cleanCode(raw)
  const status = isScientific(code)
    ? 'damaged'
    : shape.test(code) && permitParts(code) === null
      ? 'bad_check'
      : 'format_only'
  return { scheme: 'permit', raw, normalised: code, status, core: null, suggestions: [] }
}

export interface PlatformProjectNumber {
  /** The 16 digits of the project; for a child number those that its own digits name. */
  readonly projectNumber: string
  /** District, or in old projects the city. */
  readonly divisionCode: string
  readonly registeredOn: string
  /** TX 施工图审查, HB 合同备案, QU 质量监督, SA 安全, SX 施工许可, JX 竣工备案, YJ 业绩 (2024); null for the project itself. */
  readonly child: 'TX' | 'HB' | 'QU' | 'SA' | 'SX' | 'JX' | 'YJ' | null
  readonly childSequence: string | null
}

/** 四库一平台 项目编号 (16 digits: division, yyMMdd, sequence and class) or the number of one of its children; null otherwise. */
export const readPlatformProjectNumber = (raw: string | null | undefined): PlatformProjectNumber | null => {
  const cleaned = raw === null || raw === undefined ? '' : cleanCode(raw)
  const code = cleaned.replace(/^YJ-(\d{16})-(\d{3})$/, '$1-YJ-$2')
  const match = /^(\d{6})(\d{6})(\d{4})(?:-(TX|HB|QU|SA|SX|JX|YJ)-(\d+))?$/.exec(code)
  if (!match) return null
  const [, divisionCode = '', day = '', rest = '', child = null, childSequence = null] = match
  if (!isCalendarDay(`20${day}`)) return null
  return {
    projectNumber: divisionCode + day + rest,
    divisionCode,
    registeredOn: `20${day.slice(0, 2)}-${day.slice(2, 4)}-${day.slice(4)}`,
    child: child as PlatformProjectNumber['child'],
    childSequence,
  }
}
