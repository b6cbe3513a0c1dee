/** 增值税申报: what registrations declare, from what they invoiced; and 印花税 of contracts. */
import type { Day } from './calendar.ts'
import { dayOf } from './calendar.ts'
import type { Contract } from './contracts.ts'
import type { Party } from './party.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'
import { bookOf, type TaxBook } from './tax-book.ts'
import { habitOf, thresholdFen, tokenTaxFen } from './tax-habits.ts'
import {
  type Filing,
  filingOf,
  filingSpan,
  monthsPerPeriod,
  type Period,
  periodOf,
  periodsBack,
} from './tax-periods.ts'
import { advancePrepaidFen, isAdvance, netOf } from './tax-prepayments.ts'
import { isWatched, watched } from './tax-watch.ts'
import type { World } from './world.ts'

/** One registration and period for which a return is filed. */
export interface Turn {
  readonly party: Party
  readonly period: Period
  readonly filing: Filing
}

/** The sums of one return, fen. */
export interface Declared {
  readonly salesFen: number
  readonly exemptFen: number
  readonly taxFen: number
  readonly reliefFen: number
  readonly prepaidFen: number
  readonly payableFen: number
}

/** Who files whether or not it sold works: contractors of the first day for the last year, some others for the last period. */
const regularSince = (world: World, book: TaxBook, party: Party): Day | null => {
  if (book.isFirst(party)) return world.begins - 366
  return filesAnyway(party) && isWatched(world, 'returns', party.index, mostOthers) ? world.begins - 93 : null
}

const mostOthers = 11_000
/** Households pay a fixed sum without filing (简并征期、以缴代报), public bodies owe none of it. */
const filesAnyway = ({ kind }: Party): boolean => kind !== 'household' && kind !== 'body' && kind !== 'outside'

/** Works sales of subcontractors are declared one by one only for the last periods of a city. */
const salesSince = (world: World, party: Party): Day =>
  world.options.size === 'city' && party.kind === 'subcontractor' ? world.begins - 185 : dayOf('2014-01-01')

function* filers(world: World, book: TaxBook): Generator<Party> {
  const sellers = new Set<number>()
  for (const party of book.sellers()) {
    if (!world.parties.isLocal(party)) continue
    sellers.add(party.index)
    yield party
  }
  for (const party of watched(world, 'returns', mostOthers))
    if (!sellers.has(party.index) && filesAnyway(party)) yield party
}

/** What a period's invoices come to, fen without tax, and the tax that was prepaid on advances. */
export interface Sales {
  readonly netFen: number
  readonly prepaidFen: number
}

export const noSales: Sales = { netFen: 0, prepaidFen: 0 }

/** Sales by the first day of the period. */
const salesByPeriod = (world: World, book: TaxBook, party: Party, since: Day): Map<Day, Sales> => {
  const months = monthsPerPeriod(world, party)
  const sums = new Map<Day, Sales>()
  for (const invoice of book.sales(party, since)) {
    if (invoice.void) continue
    const { from } = periodOf(invoice.day, months)
    const { netFen, prepaidFen } = sums.get(from) ?? { netFen: 0, prepaidFen: 0 }
    sums.set(from, {
      netFen: netFen + (isAdvance(invoice) ? 0 : netOf(invoice)),
      prepaidFen: prepaidFen + (isAdvance(invoice) ? advancePrepaidFen(world.seed, invoice) : 0),
    })
  }
  return sums
}

/** Periods in which the party sold works: by those a return exists, whoever files it. */
const worksPeriods = (world: World, book: TaxBook, party: Party, since: Day): Map<Day, Period> => {
  const months = monthsPerPeriod(world, party)
  const list = new Map<Day, Period>()
  for (const { project, contract } of book.shares(party))
    for (const invoice of book.ofContract(project, contract)) {
      if (invoice.seller.index !== party.index || invoice.day < since) continue
      const period = periodOf(invoice.day, months)
      list.set(period.from, period)
    }
  return list
}

/** Day on which what was not paid shows as owed. */
export const arrearsFrom = ({ filedOn, dueOn }: Filing): Day => Math.max(filedOn, dueOn + 1)

const turnDays = ({ filing }: Turn): readonly (Day | null)[] => [
  filing.filedOn,
  filing.correctedOn,
  filing.arrears?.clearedOn ?? null,
  filing.arrears ? arrearsFrom(filing) : null,
]

export interface PartyTurns {
  readonly party: Party
  readonly turns: readonly Turn[]
  readonly sales: ReadonlyMap<Day, Sales>
}

/** Every registration with the returns it has filed (`day` null), or those with something on that day. */
export function* vatTurns(world: World, day: Day | null): Generator<PartyTurns> {
  const book = bookOf(world)
  for (const party of filers(world, book)) {
    const turns = day === null ? allTurns(world, book, party) : turnsAround(world, book, party, day)
    if (turns.length === 0) continue
    const first = turns.reduce((least, { period }) => Math.min(least, period.from), world.clock)
    yield { party, turns, sales: salesByPeriod(world, book, party, first) }
  }
}

const turnOf = (world: World, party: Party, period: Period): Turn => ({
  party,
  period,
  filing: filingOf(world.seed, party, 'vat', period),
})

const allTurns = (world: World, book: TaxBook, party: Party): Turn[] => {
  const periods = worksPeriods(world, book, party, salesSince(world, party))
  const since = regularSince(world, book, party)
  if (since !== null)
    for (const period of periodsBack(since, world.clock, monthsPerPeriod(world, party)))
      periods.set(period.from, period)
  return [...periods.values()]
    .filter((period) => period.to < world.clock)
    .sort((a, b) => a.from - b.from)
    .map((period) => turnOf(world, party, period))
    .filter(({ filing }) => filing.filedOn <= world.clock)
}

/** Draws the days of the recent periods first: only who has something that day is looked at closely. */
const turnsAround = (world: World, book: TaxBook, party: Party, day: Day): Turn[] => {
  const months = monthsPerPeriod(world, party)
  const near = [...periodsBack(day - filingSpan, day, months)]
    .map((period) => turnOf(world, party, period))
    .filter((turn) => turnDays(turn).includes(day))
  if (near.length === 0) return []
  const since = regularSince(world, book, party)
  const reach = salesSince(world, party)
  const isRegular = ({ period }: Turn): boolean => since !== null && period.to >= since
  if (near.every(isRegular)) return near
  const works = worksPeriods(world, book, party, Math.max(reach, day - filingSpan - 100))
  return near.filter((turn) => isRegular(turn) || works.has(turn.period.from))
}

const burden = (seed: number, party: Party, from: Day): number =>
  new Random(seed, 'burden', party.index, from).between(0.012, 0.03)

/** What one form declares; `isFirst`: the form as it was first filed, before a correction. */
export const declaredOf = (world: World, turn: Turn, sales: Sales, isFirst: boolean): Declared => {
  const { party, period, filing } = turn
  const random = new Random(world.seed, 'declared', party.index, period.from)
  const { habit, since } = habitOf(world, party)
  const departs = party.kind === 'contractor' && period.from >= since
  // Some sales go without an invoice: declared is often a little more than invoiced.
  const uninvoiced = random.chance(0.3) ? 1 + random.between(0.001, 0.04) : 1
  const less = departs && habit === 'declaresLess' ? random.between(0.45, 0.8) : 1
  const zero = departs && habit === 'filesZero' ? 0 : 1
  const leftOut = isFirst ? 1 - filing.leftOut : 1
  const total = Math.round(sales.netFen * uninvoiced * less * zero * leftOut)
  if (!party.general) return smallScale(total, period)
  const isToken = departs && habit === 'paysNothing'
  const taxFen = isToken
    ? tokenTaxFen(world, party, period.from)
    : Math.max(0, Math.round(total * burden(world.seed, party, period.from)))
  const prepaidFen = Math.min(taxFen, sales.prepaidFen)
  return { salesFen: total, exemptFen: 0, taxFen, reliefFen: 0, prepaidFen, payableFen: taxFen - prepaidFen }
}

const smallScale = (total: number, period: Period): Declared => {
  const none = { reliefFen: 0, prepaidFen: 0, payableFen: 0 }
  if (total <= thresholdFen(period.to) * 3) return { ...none, salesFen: 0, exemptFen: total, taxFen: 0 }
  const taxFen = Math.round(total * 0.03)
  const reliefFen = period.from >= dayOf('2023-01-01') ? Math.round(total * 0.02) : 0
  return { ...none, salesFen: total, exemptFen: 0, taxFen, reliefFen, payableFen: taxFen - reliefFen }
}

/** 印花税 of a contract: who files it and when. */
export interface StampDuty {
  readonly party: Party
  readonly project: Project
  readonly contract: Contract
  readonly period: Period
  readonly filing: Filing
  readonly filedOn: Day
  /** The price without tax, which contracts state apart since 2016-05-01. */
  readonly baseFen: number
  readonly taxFen: number
}

/** One contractor in sixteen files none: R27. */
export const isStampMissing = (seed: number, project: Project, contract: Contract): boolean =>
  new Random(seed, 'stamp', project.number, contract.index).chance(0.06)

const stampDutyOf = (world: World, project: Project, contract: Contract): StampDuty | null => {
  const party = world.parties.current(contract.members[0] as Party)
  // One from elsewhere files it at home.
  if (!world.parties.isLocal(party) || isStampMissing(world.seed, project, contract)) return null
  const period = periodOf(Math.max(contract.signed, project.knownFrom), 3)
  const filing = filingOf(world.seed, party, `stamp${project.number}`, period)
  const baseFen = Math.round(contract.priceFen / (contract.signed >= dayOf('2016-05-01') ? 1.09 : 1))
  const taxFen = Math.round((baseFen * 3) / 10_000)
  return { party, project, contract, period, filing, filedOn: filing.filedOn, baseFen, taxFen }
}

/** All duties on contracts, or those that can come in on one day. */
export function* stampDuties(world: World, day: Day | null): Generator<StampDuty> {
  for (const project of world.projects)
    for (const contract of project.contracts) {
      const signed = Math.max(contract.signed, project.knownFrom)
      if (signed > world.clock || (day !== null && signed < day - filingSpan - 100)) continue
      const duty = stampDutyOf(world, project, contract)
      if (duty) yield duty
    }
}
