/**
 * Identifiers with their check characters. Numbers come from ranges that were never issued: organisation cores begin with
 * `MQ`, identity numbers with the region `4199`, mobile numbers with `141`.
 */
import type { Day } from './calendar.ts'
import { compactDay, isoDay } from './calendar.ts'
import { Random, scatter } from './random.ts'

const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const codeWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
const coreWeights = [3, 7, 9, 10, 5, 8, 4, 2]
const personWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const coreNumbers = alphabet.length ** 6

/** Check character of a 统一社会信用代码 (GB 32100-2015) over its first 17 characters. */
export const creditCodeCheck = (first17: string): string =>
  alphabet[
    (31 - ([...first17].reduce((sum, c, i) => sum + alphabet.indexOf(c) * (codeWeights[i] ?? 0), 0) % 31)) % 31
  ] as string

/** Check character of a 组织机构代码 (GB 11714-1997) over its first 8 characters. */
export const coreCheck = (first8: string): string => {
  const rest = 11 - ([...first8].reduce((sum, c, i) => sum + Number.parseInt(c, 36) * (coreWeights[i] ?? 0), 0) % 11)
  return rest === 10 ? 'X' : rest === 11 ? '0' : String(rest)
}

/** Check character of an identity number (GB 11643-1999) over its first 17 digits. */
export const personCheck = (first17: string): string =>
  '10X98765432'[[...first17].reduce((sum, c, i) => sum + Number(c) * (personWeights[i] ?? 0), 0) % 11] as string

/** The nine-character organisation core number `index`; distinct for distinct indexes below 31^6. */
export const organisationCore = (seed: number, index: number): string => {
  let rest = scatter(index, 7_654_321, (Math.abs(seed) * 104_729) % coreNumbers, coreNumbers)
  let text = ''
  for (let i = 0; i < 6; i++) {
    text = alphabet[rest % 31] + text
    rest = Math.floor(rest / 31)
  }
  return `MQ${text}${coreCheck(`MQ${text}`)}`
}

/** 18 characters: `kind` (91 company, 92 household, 11 and 12 public bodies), 6 digits of the registry, core, check. */
export const creditCode = (kind: string, region: string, core: string): string => {
  const first17 = kind + region + core
  return first17 + creditCodeCheck(first17)
}

/** An identity number with a valid check digit in a region that never existed. */
export const personNumber = (seed: number, index: number): string => {
  const random = new Random(seed, 'person', index)
  const born = random.int(-3650, 12_000)
  // 60 never-issued regions × birthdays × 999 sequence numbers; the index is spread over region and sequence so that no two are equal.
  const region = `4199${String(20 + (Math.floor(index / 999) % 60)).padStart(2, '0')}`
  const first17 = region + compactDay(born) + String((index % 999) + 1).padStart(3, '0')
  return first17 + personCheck(first17)
}

export const phoneNumber = (random: Random): string => `141${random.digits(8)}`

/** 投资项目统一代码 of the generation that was in use on `day` (new from 2020-11-01, 发改投资〔2020〕1439号). */
export const projectCode = (
  seed: number,
  serial: number,
  day: Day,
  county: string,
  industry: string,
  kind: string,
): string => {
  const number = String(scatter(serial, 314_159, (Math.abs(seed) * 7919) % 1_000_000, 1_000_000)).padStart(6, '0')
  const date = isoDay(day)
  return date >= '2020-11-01'
    ? `${date.slice(2, 4)}${date.slice(5, 7)}-${county}-04-01-${number}`
    : `${date.slice(0, 4)}-${county}-${industry.slice(0, 2)}-${kind}-${number}`
}

/** 登记序号, 20 digits. */
export const registrationNumber = (seed: number, index: number): string =>
  `10114101${String(scatter(index, 48_271, (Math.abs(seed) * 65_537) % 1e12, 1e12)).padStart(12, '0')}`

/** Number (and, before 数电票, code) of an invoice; distinct for distinct ordinals below 10^11. */
export const invoiceNumber = (
  seed: number,
  ordinal: number,
  form: { readonly digital: boolean; readonly special: boolean; readonly year: number; readonly province: string },
): { code: string; number: string } => {
  const scattered = String(scatter(ordinal, 73_939, (Math.abs(seed) * 15_485_863) % 1e11, 1e11)).padStart(11, '0')
  const year = String(form.year).slice(2)
  if (form.digital) return { code: '', number: `${year}${form.province}2000${'0'}${scattered}` }
  const batch = scattered.slice(0, 3)
  return {
    code: form.special ? `${form.province}00${year}3${batch}` : `0${form.province}00${year}${batch}04`,
    number: scattered.slice(3),
  }
}
