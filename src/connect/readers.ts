/**
 * The words of a feed's `map`: each takes what stands in the source's field and gives the canonical value or null, and leaves what is
 * wrong with the collector. The reading itself is in normalise/values and schemas/identifiers, which know nothing of feeds.
 */
import type { About, RecordRef, SourceProject } from '#schemas/canonical/about.ts'
import type { Identifier, PartialDate, PartyMention, Place } from '#schemas/canonical/reading.ts'
import {
  isNullToken,
  readCode,
  readDocumentNumber,
  readPermit,
  readPlatformProjectNumber,
  readProjectCode,
} from '#schemas/identifiers/index.ts'
import {
  foldName,
  readDate,
  oneOf as readerOf,
  readInteger,
  readMoney,
  readParties,
  readPercentBp,
  readPlace,
  readQuantity,
  readRateBp,
  splitSiteUnit,
} from '../normalise/values/index.ts'
import { noteRead, type ReaderIssue } from './collect.ts'

/** A field as sources send it. */
export type Cell = string | number | null | undefined

const textOf = (cell: Cell): string | null =>
  cell === null || cell === undefined ? null : typeof cell === 'string' ? cell : String(cell)

/** 元 → 分. Issues: `money.*`. */
export const yuan = (cell: Cell): bigint | null => {
  const { fen, rule, issue } = readMoney(cell, 'yuan')
  noteRead(rule, fen, issue, cell)
  return fen
}

/** 万元 → 分. Issues: `money.*`. */
export const tenThousandYuan = (cell: Cell): bigint | null => {
  const { fen, rule, issue } = readMoney(cell, 'tenThousandYuan')
  noteRead(rule, fen, issue, cell)
  return fen
}

/** A date, as precise as it stands. Issues: `date.*`. */
export const date = (cell: Cell): PartialDate | null => {
  const reading = readDate(cell)
  noteRead(reading.rule, reading.date, reading.issue, cell)
  return reading.date
}

/** A month (`202306`, `2023年6月`); a year alone is an issue. */
export const month = (cell: Cell): PartialDate | null => {
  const reading = readDate(cell, { allow: 'month' })
  const { rule, issue } = reading
  const value: PartialDate | null =
    reading.date?.precision === 'day' ? { value: reading.date.value.slice(0, 7), precision: 'month' } : reading.date
  noteRead(rule, value, issue, cell)
  return value
}

const faults: Readonly<Partial<Record<Identifier['status'], readonly [zh: string, en: string]>>> = {
  bad_check: ['校验位不符', 'the check digit is wrong'],
  truncated: ['代码被截断', 'the code is cut off'],
  damaged: ['代码已损坏', 'the code is damaged'],
  unknown_type: ['代码类型不明', 'the code is of no known type'],
}

const identifierIssue = (identifier: Identifier | null, expected: string): ReaderIssue | undefined => {
  const fault = identifier === null ? undefined : faults[identifier.status]
  if (identifier === null || fault === undefined) return undefined
  return {
    code: `identifier.${identifier.status}`,
    message: { zh: `${fault[0]}：${identifier.raw}`, en: `${fault[1]}: ${identifier.raw}` },
    expected,
  }
}

/** A citizen's number never leaves the readers: facts, issues and links know organisations only (decision 7). */
const publicCode = (cell: Cell): { identifier: Identifier | null; rule: string } => {
  // What landing sealed stays sealed: it is a person's and no code to read.
  if (typeof cell === 'string' && cell.startsWith('sealed:')) return { identifier: null, rule: 'sealed' }
  const identifier = readCode(textOf(cell))
  if (identifier?.scheme === 'idCard') return { identifier: null, rule: 'withheld:idCard' }
  return { identifier, rule: identifier === null ? 'empty' : `${identifier.scheme}:${identifier.status}` }
}

const codeExpected = '91410100XXXXXXXXXX（18 位统一社会信用代码）'

/** The code of an organisation; null for a blank one and for a citizen's number. Issues: `identifier.*`. */
export const code = (cell: Cell): Identifier | null => {
  const { identifier, rule } = publicCode(cell)
  noteRead(rule, identifier, identifierIssue(identifier, codeExpected), cell)
  return identifier
}

/** The blind index of a sealed value (`sealed:<blind index>:…`, decision 7), null for anything in clear. */
export const blindOf = (cell: Cell): string | null => {
  const value = /^sealed:([0-9a-f]{32}):/.exec(textOf(cell) ?? '')?.[1] ?? null
  noteRead(value === null ? 'clear' : 'sealed', value, undefined, cell)
  return value
}

/** 投资项目统一代码. Issues: `identifier.*`. */
export const projectCode = (cell: Cell): Identifier | null => {
  const identifier = readProjectCode(textOf(cell))
  noteRead(identifier?.status ?? 'empty', identifier, identifierIssue(identifier, '2019-410105-48-01-000123'), cell)
  return identifier
}

/** 文号, folded to one form. */
export const documentNumber = (cell: Cell): string | null => {
  const value = readDocumentNumber(textOf(cell))
  noteRead(value === null ? 'empty' : 'documentNumber', value, undefined, cell)
  return value
}

/** The organisations one cell names, a 联合体 as several; the code belongs to the leader or first. Issues: `identifier.*`. */
export const parties = (names: Cell, codes: Cell, role: PartyMention['role']): PartyMention[] => {
  const raw = textOf(codes)
  const { identifier, rule } = publicCode(codes)
  // Several codes in one cell are shared out by readParties; one alone is read here, so that a citizen's number is withheld.
  const isSeveral = raw !== null && /[、/;；,，\n]/u.test(raw) && identifier?.status !== 'valid'
  const read = readParties(textOf(names), isSeveral ? raw : identifier, role).map(withoutPerson)
  noteRead(
    read.length > 1 ? `consortium:${read.length}` : rule,
    read,
    isSeveral ? undefined : identifierIssue(identifier, codeExpected),
    codes,
    names,
  )
  return read
}

const withoutPerson = (mention: PartyMention): PartyMention =>
  mention.code?.scheme === 'idCard' ? { ...mention, code: null } : mention

/** The one organisation of a cell that never names several (seller, buyer). Its name is empty where the source gives none. */
export const party = (name: Cell, itsCode: Cell, role: PartyMention['role']): PartyMention => {
  const { identifier, rule } = publicCode(itsCode)
  const raw = textOf(name) ?? ''
  const split = splitSiteUnit(isNullToken(raw) ? '' : foldName(raw))
  const mention: PartyMention = {
    role,
    raw,
    name: split.name,
    siteUnit: split.siteUnit,
    code: identifier,
    consortium: null,
  }
  noteRead(rule, mention, identifierIssue(identifier, codeExpected), itsCode, name)
  return mention
}

/** Where: division code and address text, the finer of both. Issues: `division.*`. */
export const place = (divisionCode: Cell, text: Cell): Place => {
  const reading = readPlace(textOf(divisionCode), textOf(text))
  noteRead(
    reading.place.divisionCode === null ? 'unknown' : 'division',
    reading.place,
    reading.issue,
    divisionCode,
    text,
  )
  return reading.place
}

/** A reader of a closed list of codes. A code missing from it is the issue `code.unmapped`, never a default. */
export const oneOf = <const T extends Readonly<Record<string, unknown>>>(
  table: T,
): ((cell: Cell) => T[keyof T] | null) => {
  const read = readerOf(table)
  return (cell) => {
    const { value, rule, issue } = read(cell)
    noteRead(rule, value, issue, cell)
    return value
  }
}

/** A whole number. Issues: `number.*`. */
export const integer = (cell: Cell): number | null => {
  const { value, rule, issue } = readInteger(cell)
  noteRead(rule, value, issue, cell)
  return value
}

/** A column in percent → 1/10 000. Issues: `number.*`. */
export const percentBp = (cell: Cell): number | null => {
  const { value, rule, issue } = readPercentBp(cell)
  noteRead(rule, value, issue, cell)
  return value
}

/** A rate as a fraction (`0.09`) or with its sign (`9%`) → 1/10 000. Issues: `number.*`. */
export const rateBp = (cell: Cell): number | null => {
  const { value, rule, issue } = readRateBp(cell)
  noteRead(rule, value, issue, cell)
  return value
}

/** Text without the spaces around it; null for blank cells and for `/`, `无` and the like. */
export const text = (cell: Cell): string | null => {
  const raw = textOf(cell)
  const value = isNullToken(raw) ? null : (raw?.trim() ?? null)
  noteRead(value === null ? 'empty' : 'text', value, undefined, cell)
  return value
}

/** Those of the named fields that hold a citizen's number (GB 11643) in this record: what a feed seals beside its sensitive fields. */
export const identityFields = (record: Readonly<Record<string, unknown>>, names: readonly string[]): string[] =>
  names.filter((name) => {
    const value = record[name]
    return typeof value === 'string' && readCode(value)?.scheme === 'idCard'
  })

/** A measured quantity in the column's unit × `factor`, exact to the thousandth: `quantity(r.qsl, 10_000n)` reads 万m³ as m³. Issues: `number.*`. */
export const quantity = (cell: Cell, factor = 1n): number | null => {
  const { value, rule, issue } = readQuantity(cell, factor)
  noteRead(rule, value, issue, cell)
  return value
}

/** Which project a record speaks of, from parts that are read already: `about({ projectCode: projectCode(r.xmdm), name: text(r.xmmc) })`. */
export const about = (parts: Partial<About> = {}): About => ({
  record: null,
  projectCode: null,
  name: null,
  reportNumber: null,
  ...parts,
})

/** A record of another feed by its raw key, null where a part of the key is blank. */
export const recordRef = (feed: string, ...key: readonly Cell[]): RecordRef | null =>
  key.some((part) => isNullToken(textOf(part))) ? null : { feed, key: key.map(String) }

/** 工商注册号, in a column that holds nothing else. A citizen's number is withheld. Issues: `identifier.*`. */
export const licenceNumber = (cell: Cell): Identifier | null => {
  const read = publicCode(cell).rule === 'sealed' ? null : readCode(textOf(cell), 'businessLicence')
  const identifier = read?.scheme === 'idCard' ? null : read
  noteRead(identifier?.status ?? 'empty', identifier, identifierIssue(identifier, '410100000000018'), cell)
  return identifier
}

/** 施工许可证编号, folded; null where it is blank. Issue: `identifier.bad_check` for eighteen digits with an impossible date. */
export const permitNumber = (cell: Cell): string | null => {
  const identifier = readPermit(textOf(cell))
  noteRead(identifier?.status ?? 'empty', identifier, identifierIssue(identifier, '410105202003150101'), cell)
  return identifier?.normalised ?? null
}

/** 四库一平台 项目编号 as the number of a department's own project; null for anything else, such as a 投资项目统一代码. */
export const platformProject = (cell: Cell, scheme: string): SourceProject | null => {
  const number = readPlatformProjectNumber(textOf(cell))
  const value = number === null ? null : { scheme, value: number.projectNumber }
  noteRead(value === null ? 'other' : 'platform', value, undefined, cell)
  return value
}

/** An area in 亩 → ㎡: 1 亩 is 2 000/3 ㎡, exact to the thousandth. Issues: `number.*`. */
export const mu = (cell: Cell): number | null => {
  const { value, rule, issue } = readQuantity(cell, 2_000n)
  const areaM2 = value === null ? null : Math.round((value * 1_000) / 3) / 1_000
  noteRead(rule, areaM2, issue, cell)
  return areaM2
}
