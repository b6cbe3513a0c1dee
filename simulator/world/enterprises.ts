/**
 * Enterprises in the register of commerce: those that are taxpayers of the city, and some that never came to the tax office (漏征漏管) beside
 * lawful twins. The life of each is a pure function of seed and party: when it was established, what changed and when, how it ended.
 */
import type { Day } from './calendar.ts'
import { dayOf } from './calendar.ts'
import { creditCode, organisationCore, personNumber, phoneNumber } from './codes.ts'
import type { Party } from './party.ts'
import { type County, counties } from './places.ts'
import { Random, scatter } from './random.ts'
import { givenNames, surnames, tradeName, tradeNames } from './words.ts'

export type ChangeItem = 'name' | 'address' | 'capital' | 'scope' | 'representative' | 'status' | 'branch'

/** 4 注销, 2 吊销未注销, 6 迁出. */
export type EndCode = '2' | '4' | '6'

export interface LifeEvent {
  readonly day: Day
  readonly item: Exclude<ChangeItem, 'name' | 'branch'>
}

export interface Life {
  readonly established: Day
  readonly capitalWan: number
  /** GB/T 12406: 156 人民币, 840 美元, 344 港币. */
  readonly currency: '156' | '840' | '344'
  readonly type: string
  /** 注册号 of the time before the unified code; null for those that never had one. */
  readonly licence: string | null
  readonly end: { readonly day: Day; readonly code: EndCode } | null
  /** By day, the end included. */
  readonly events: readonly LifeEvent[]
}

/** Indexes of those without a tax registration begin here. */
export const untaxedFrom = 30_000_000
const untaxedWords = ['苗木种植', '家政服务', '装饰设计', '石材销售', '土方清运', '脚手架租赁'] as const
const huiji = counties.find(({ code }) => code === '410108') as County

/** How many enterprises of a city with so many taxpayers are in the register of commerce and not in that of the tax office. */
export const untaxedCount = (taxpayers: number): number => Math.max(8, Math.round(taxpayers * 0.012))

/** The training school that teaches in 惠济 without a tax registration, and the one elsewhere that has closed down. */
export const untaxedSchool = 0
export const closedSchool = 1

/** Enterprise number `number` of those without a tax registration. */
export const untaxedParty = (seed: number, number: number): Party => {
  const index = untaxedFrom + number
  const random = new Random(seed, 'untaxed', number)
  const isSchool = number === untaxedSchool || number === closedSchool
  const drawn = random.pick(counties)
  const county = number === untaxedSchool ? huiji : drawn
  const trade = tradeName(scatter(number, 4_999, (Math.abs(seed) * 389) % tradeNames, tradeNames))
  // Words of their own: no taxpayer goes under such a name.
  const name = isSchool
    ? `郑州市${county.name}${trade}教育培训学校有限公司`
    : `郑州${trade}${untaxedWords[number % untaxedWords.length]}有限公司`
  return {
    index,
    kind: 'company',
    name,
    formerNames: [],
    code: creditCode('91', county.code, organisationCore(seed, index)),
    registration: null,
    county,
    town: random.pick(county.towns),
    general: false,
    industry: isSchool ? '8391' : '5199',
    province: '41',
    branchOf: null,
    closed: false,
  }
}

export const isUntaxed = (party: Party): boolean => party.index >= untaxedFrom
export const untaxedNumber = (party: Party): number => party.index - untaxedFrom

/** Check digit of a 注册号 (GS 15-2006, ISO 7064 MOD 11,10) over its first 14 digits. */
export const licenceCheck = (first14: string): string => {
  let p = 10
  for (const digit of first14) p = (((p + Number(digit)) % 10 || 10) * 2) % 11
  return String((11 - p) % 10)
}

const licenceOf = (seed: number, party: Party): string => {
  const serial = String(scatter(party.index % 10_000_000, 48_271, (Math.abs(seed) * 31) % 10_000_000, 10_000_000))
  const holder = party.kind === 'household' ? '6' : party.closed ? '1' : '0'
  const first14 = `${party.county.code}${holder}${serial.padStart(7, '0')}`
  return first14 + licenceCheck(first14)
}

const types: Partial<Record<Party['kind'], readonly string[]>> = {
  household: ['个体工商户'],
  owner: ['有限责任公司(国有独资)', '有限责任公司(自然人投资或控股)', '其他有限责任公司'],
}
const ordinaryTypes = ['有限责任公司(自然人投资或控股)', '有限责任公司(自然人独资)', '其他有限责任公司'] as const

const typeOf = (party: Party, random: Random): string => {
  const drawn = random.pick(types[party.kind] ?? ordinaryTypes)
  if (party.branchOf !== null) return '有限责任公司分公司'
  return party.name.endsWith('股份有限公司') ? '股份有限公司(非上市、自然人投资或控股)' : drawn
}

/** Taxpayers were established some weeks before they registered; the others years ago, lately, or long before they ended. */
const establishedOn = (seed: number, party: Party, begins: Day, later: Day | null, random: Random): Day => {
  const lag = random.int(3, 25)
  if (isUntaxed(party)) {
    const number = untaxedNumber(party)
    return number % 7 === 5 ? begins - lag : begins - random.int(200, 1_400)
  }
  // The tax office's register draws its own day from this stream first.
  const registered = new Random(seed, 'register', party.index)
  return (later ?? registered.int(dayOf('2001-01-01'), Math.min(dayOf('2018-01-01'), begins))) - lag
}

const endOf = (party: Party, established: Day, begins: Day, random: Random): Life['end'] => {
  const day = random.upTo(established + 150, begins + 700)
  const isEnding = random.chance(0.02)
  const code = random.weighted([
    ['4', 60],
    ['2', 30],
    ['6', 10],
  ] as const)
  if (party.closed) return { day: random.upTo(established + 150, begins - 400), code: '4' }
  if (isUntaxed(party)) {
    const number = untaxedNumber(party)
    return number === closedSchool || number % 7 === 6 ? { day: begins - 150, code: '4' } : null
  }
  // Who builds stays in business; what becomes of branches follows their company.
  const mayEnd = party.kind === 'company' || party.kind === 'household'
  return mayEnd && isEnding ? { day, code } : null
}

/** The life of an enterprise, past and future. `later`: the day on which it came to the tax office, where that is one of the advanced days. */
export const lifeOf = (seed: number, party: Party, begins: Day, later: Day | null): Life => {
  const random = new Random(seed, 'enterprise', party.index)
  const established = establishedOn(seed, party, begins, later, random)
  const end = endOf(party, established, begins, random)
  const isForeign = party.kind === 'company' && random.chance(0.01)
  const events: LifeEvent[] = []
  for (const item of ['address', 'capital', 'scope', 'representative'] as const) {
    if (!random.chance(item === 'scope' ? 0.1 : 0.05)) continue
    const day = random.upTo(established + 100, begins + 900)
    if (end === null || day < end.day) events.push({ day, item })
  }
  if (end) events.push({ day: end.day, item: 'status' })
  return {
    established,
    capitalWan: party.kind === 'household' ? random.int(1, 20) : random.pick([50, 100, 200, 500, 1_000, 2_000, 5_000]),
    currency: isForeign ? random.pick(['840', '344']) : '156',
    type: typeOf(party, random),
    licence: party.closed || established < dayOf('2015-10-01') ? licenceOf(seed, party) : null,
    end,
    events: events.sort((a, b) => a.day - b.day),
  }
}

/** The party's address after it moved so many times. */
export const addressOf = (seed: number, party: Party, moves: number): string => {
  const random = new Random(seed, 'premises', party.index, moves)
  const town = moves === 0 ? party.town : random.pick(party.county.towns)
  return `郑州市${party.county.name}${town.name}${tradeName(random.int(0, tradeNames - 1))}路${random.int(1, 280)}号`
}

/** Who represents the enterprise after so many changes; persons of nobody's acquaintance. */
export const representativeOf = (
  seed: number,
  party: Party,
  changes: number,
): { readonly name: string; readonly number: string; readonly phone: string } => {
  const random = new Random(seed, 'representative', party.index, changes)
  return {
    name: random.pick(surnames) + random.pick(givenNames),
    number: personNumber(seed, 40_000_000 + (party.index % 40_000_000) + changes),
    phone: phoneNumber(random),
  }
}
