/** 行政区划: codes and free text → where a project or a party is (domain.md 1.9). */
import type { Place } from '#schemas/canonical/reading.ts'
import { divisionNames, isPrefecture, isProvince } from '#schemas/codes/divisions.ts'
import { zhengzhouZones, zoneCode } from '#schemas/codes/zhengzhou-zones.ts'
import { isNullToken } from '#schemas/identifiers/clean.ts'
import { type DivisionMatch, findDivisions, isCounty, isWithin } from './division-index.ts'
import { valueIssueCodes as codes, shown, type ValueIssue, valueIssue } from './issue.ts'

export { type DivisionMatch, findDivisions } from './division-index.ts'

export type DivisionLevel = 'province' | 'city' | 'county' | 'town' | 'village'

export interface DivisionReading {
  /** 6 digits down to the county, 9 to the town, 12 to the village; zones without a GB code have a local one. */
  readonly code: string | null
  readonly level: DivisionLevel | null
  readonly rule: string
  readonly issue?: ValueIssue
}

const expected = '410105 / 410105001 / 410105001002 / 郑州市金水区'
const zones = new Map(
  zhengzhouZones.flatMap(
    (zone) =>
      [
        [zone.localCode, zone],
        [zoneCode(zone), zone],
      ] as const,
  ),
)

const sixLevel = (code: string): DivisionLevel =>
  code.endsWith('0000') ? 'province' : code.endsWith('00') ? 'city' : 'county'

/** 2, 4, 6, 9 or 12 digits in their shortest whole form: trailing zeros of a finer level say nothing. */
const shorten = (digits: string): string => {
  if (digits.length < 6) return digits.padEnd(6, '0')
  if (digits.length === 12 && digits.endsWith('000')) return shorten(digits.slice(0, 9))
  return digits.length === 9 && digits.endsWith('000') ? digits.slice(0, 6) : digits
}

const fromDigits = (raw: string, digits: string): DivisionReading => {
  if (![2, 4, 6, 9, 12].includes(digits.length) || !isProvince(digits.slice(0, 2))) {
    const issue = valueIssue(
      codes.divisionUnreadable,
      `区划代码无法识别：${shown(raw)}`,
      `no division code: ${shown(raw)}`,
      expected,
    )
    return { code: null, level: null, rule: 'unreadable', issue }
  }
  const code = shorten(digits)
  const level = code.length === 12 ? 'village' : code.length === 9 ? 'town' : sixLevel(code)
  if (divisionNames.has(code.slice(0, 6))) return { code, level, rule: 'code' }
  if (/^\d{4}01$/.test(code) && isPrefecture(code.slice(0, 4))) {
    return { code: `${code.slice(0, 4)}00`, level: 'city', rule: 'cityProper' }
  }
  const issue = valueIssue(
    codes.divisionUnknown,
    `区划代码不在现行代码表中（可能已撤并）：${shown(raw)}`,
    `the code is not in the present table (perhaps abolished): ${shown(raw)}`,
    expected,
  )
  return { code, level, rule: 'code', issue }
}

/** Reads a division column: digits of any level, a zone's local code, or a name. `420501` 市本级 is the city; a code that is unknown today is kept with an issue. */
export const readDivision = (raw: string | number | null | undefined): DivisionReading => {
  if (raw === null || raw === undefined || isNullToken(String(raw))) return { code: null, level: null, rule: 'empty' }
  const text = String(raw)
    .normalize('NFKC')
    .replace(/[\s\u200b-\u200f\ufeff]+/gu, '')
  if (/^\d+$/.test(text)) return fromDigits(String(raw), text)
  const zone = zones.get(text.toUpperCase())
  if (zone) return { code: zoneCode(zone), level: 'county', rule: 'zone' }
  const match = findDivisions(text)[0]
  if (match) return { code: match.code, level: sixLevel(match.code), rule: 'name' }
  const issue = valueIssue(
    codes.divisionUnreadable,
    `区划无法识别：${shown(raw)}`,
    `no division: ${shown(raw)}`,
    expected,
  )
  return { code: null, level: null, rule: 'unreadable', issue }
}

/** Full name of a code (`河南省郑州市金水区`); of 9 and 12 digits that of the county; null where it is unknown. */
export const divisionName = (code: string): string | null => {
  const six = code.slice(0, 6)
  const province = divisionNames.get(`${six.slice(0, 2)}0000`)
  const own = zones.get(six)?.name ?? divisionNames.get(six)
  if (!province || !own) return null
  if (six.endsWith('0000')) return own
  const city = divisionNames.get(`${six.slice(0, 4)}00`) ?? ''
  const named = /^(?:市辖区|县|.*直辖县级行政区划)$/u.test(city) ? '' : city
  if (six.endsWith('00')) return province + (own === city ? named : own)
  return own.startsWith(named.replace(/市$/u, '')) && named !== '' ? province + own : province + named + own
}

export interface PlaceReading {
  readonly place: Place
  /** All places that the text names, in its order. */
  readonly matches: readonly DivisionMatch[]
  readonly issue?: ValueIssue
}

/**
 * Where a record is, from its code and its text. The code column is kept; text that lies within it makes it finer
 * (410100 and `金水区` → 410105), text that contradicts it is an issue.
 * Of several places the first county counts, else the first place.
 */
export const readPlace = (code: string | null | undefined, text: string | null | undefined): PlaceReading => {
  const own = readDivision(code)
  const words = text === null || text === undefined || isNullToken(text) ? null : text
  const home = own.code?.slice(0, 6) ?? null
  const matches = words === null ? [] : findDivisions(words.normalize('NFKC').replace(/\s+/gu, ''), home)
  const best = matches.find((match) => isCounty(match.code)) ?? matches[0]
  const place = (divisionCode: string | null): Place => ({ divisionCode, text: words })
  if (home === null || own.code === null)
    return { place: place(best?.code ?? null), matches, ...(own.issue ? { issue: own.issue } : {}) }
  const finer = matches.find((match) => isWithin(match.code, home) && match.code !== home)
  if (finer) return { place: place(finer.code), matches }
  const agrees =
    !best ||
    matches.some(
      (match) => isWithin(home, match.code) || (zones.has(match.code) && match.code.slice(0, 4) === home.slice(0, 4)),
    )
  if (agrees) return { place: place(own.code), matches, ...(own.issue ? { issue: own.issue } : {}) }
  const issue = valueIssue(
    codes.divisionConflict,
    `区划代码 ${home} 与地址不符：${shown(words)}`,
    `the division code ${home} and the address differ: ${shown(words)}`,
    divisionName(home) ?? home,
  )
  return { place: place(own.code), matches, issue }
}

/** `readPlace` without its evidence. */
export const placeOf = (code: string | null | undefined, text: string | null | undefined): Place =>
  readPlace(code, text).place

/** Municipalities and counties directly under a province are compared by six digits, all others by the city's four. */
const cityKey = (code: string): string => (/^(?:11|12|31|50)|^\d{2}90/.test(code) ? code.slice(0, 6) : code.slice(0, 4))

/**
 * Whether work at `site` by a taxpayer of `home` is 跨地级行政区 and so needs a report and prepayment (domain.md 1.9, appendix A).
 * @returns null where either place is not known down to that level
 */
export const crossRegion = (home: string | null, site: string | null): boolean | null => {
  const isKnown = (code: string | null): code is string =>
    code !== null && code.length >= 6 && cityKey(code).slice(2) !== '00' && cityKey(code).slice(2) !== '0000'
  if (!isKnown(home) || !isKnown(site)) return null
  return cityKey(home) !== cityKey(site)
}
