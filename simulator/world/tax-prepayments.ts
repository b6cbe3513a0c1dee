/** 增值税预缴 (domain.md 3.1, 0.5): by project and period, at the site for contractors from elsewhere, at home on advances of others. */
import type { Day } from './calendar.ts'
import { dayOf } from './calendar.ts'
import type { Contract } from './contracts.ts'
import type { Invoice } from './invoices.ts'
import type { Party } from './party.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'
import type { TaxBook } from './tax-book.ts'
import {
  type Filing,
  filingOf,
  filingSpan,
  monthsPerPeriod,
  type Period,
  periodOf,
  periodsBack,
} from './tax-periods.ts'
import { contractorsOf, owesReport, type Report, reportOf } from './tax-reports.ts'
import type { World } from './world.ts'

/** 612 建筑服务预收款 and 603 are no sales (domain.md 0.5). */
export const isAdvance = (invoice: Invoice): boolean => /^6(12|03)/.test(invoice.goods)

export const netOf = (invoice: Invoice): number => Math.round((invoice.grossFen * 10_000) / (10_000 + invoice.rateBp))

export interface SitePrepayment {
  readonly party: Party
  readonly project: Project
  readonly contract: Contract
  readonly period: Period
  readonly filing: Filing
  readonly grossFen: number
  readonly deductedFen: number
  /** 预征率, 1/10000. */
  readonly rateBp: number
  readonly taxFen: number
  /** Sales without tax: what the 0.2 % of income tax is reckoned on. */
  readonly netFen: number
  readonly isAdvance: boolean
  /** Null on advances of contractors from here. */
  readonly report: Report | null
}

/** The rates of the day: tax in the price, and what is prepaid of the price without it. */
const ratesOn = (party: Party, day: Day): { readonly vatBp: number; readonly rateBp: number } => {
  if (!party.general) return { vatBp: 300, rateBp: day >= dayOf('2023-01-01') ? 100 : 300 }
  return { vatBp: day >= dayOf('2019-04-01') ? 900 : day >= dayOf('2018-05-01') ? 1_000 : 1_100, rateBp: 200 }
}

/** (gross − deducted) ÷ (1 + VAT rate) × rate, fen, rounded half up; 0 where nothing is left. */
export const prepaidOn = (baseFen: number, party: Party, day: Day): number => {
  const { vatBp, rateBp } = ratesOn(party, day)
  if (baseFen <= 0) return 0
  const divisor = BigInt(10_000 + vatBp)
  return Number((2n * BigInt(baseFen) * BigInt(rateBp) + divisor) / (2n * divisor))
}

/** True where a contractor prepays nothing for its contract although it is due: R13. */
export const isPrepaymentMissing = (seed: number, project: Project, contract: Contract, party: Party): boolean =>
  project.story?.isReported === false ||
  (project.story === null && new Random(seed, 'prepays', project.number, contract.index, party.index).chance(0.12))

/** What a contractor from here prepaid on the advance of one invoice; it is credited in the return of the same period. */
export const advancePrepaidFen = (seed: number, invoice: Invoice): number => {
  const { seller, work, grossFen, day } = invoice
  if (!work || owesReport(seller, work.project)) return 0
  // A branch that invoices in its head office's place has nothing to prepay in its own name.
  if (!work.contract.members.some((member) => member.index === seller.index)) return 0
  return isPrepaymentMissing(seed, work.project, work.contract, seller) ? 0 : prepaidOn(grossFen, seller, day)
}

interface Sums {
  readonly period: Period
  gross: number
  net: number
  deducted: number
  advance: number
}

const sumsOf = (world: World, invoices: readonly Invoice[], party: Party): Sums[] => {
  const sums = new Map<Day, Sums>()
  const at = (day: Day): Sums => {
    const period = periodOf(day, monthsPerPeriod(world, party))
    const found = sums.get(period.from) ?? { period, gross: 0, net: 0, deducted: 0, advance: 0 }
    sums.set(period.from, found)
    return found
  }
  for (const invoice of invoices) {
    if (invoice.work?.tier === 2 && invoice.buyer?.index === party.index) at(invoice.day).deducted += invoice.grossFen
    if (invoice.work?.tier !== 1 || invoice.seller.index !== party.index) continue
    if (isAdvance(invoice)) at(invoice.day).advance += invoice.grossFen
    else {
      at(invoice.day).gross += invoice.grossFen
      at(invoice.day).net += netOf(invoice)
    }
  }
  return [...sums.values()].sort((a, b) => a.period.from - b.period.from)
}

/** All prepayments under one contract for the periods that are over. */
export const prepaymentsOf = (world: World, book: TaxBook, project: Project, contract: Contract): SitePrepayment[] => {
  const invoices = book.ofContract(project, contract)
  if (invoices.length === 0) return []
  return contractorsOf(world, project, contract).flatMap((party) => {
    if (party.registration === null || isPrepaymentMissing(world.seed, project, contract, party)) return []
    return prepaidBy(world, party, project, contract, sumsOf(world, invoices, party))
  })
}

const prepaidBy = (
  world: World,
  party: Party,
  project: Project,
  contract: Contract,
  sums: readonly Sums[],
): SitePrepayment[] => {
  const atSite = owesReport(party, project)
  const report = atSite ? reportOf(world.seed, project, contract, party) : null
  const list: SitePrepayment[] = []
  // What of the subcontracts was more than the period's price goes over to the next one.
  let carried = 0
  for (const { period, gross, net, deducted, advance } of sums) {
    const filing = prepaymentFiling(world.seed, party, project, contract, period)
    const { rateBp } = ratesOn(party, period.to)
    const common = { party, project, contract, period, filing, rateBp, report }
    if (advance > 0) {
      const taxFen = prepaidOn(advance, party, period.to)
      list.push({ ...common, grossFen: advance, deductedFen: 0, taxFen, netFen: 0, isAdvance: true })
    }
    if (!atSite) continue
    carried += deducted
    if (gross <= 0) continue
    const deductedFen = Math.min(gross, carried)
    carried -= deductedFen
    const taxFen = prepaidOn(gross - deductedFen, party, period.to)
    list.push({ ...common, grossFen: gross, deductedFen, taxFen, netFen: net, isAdvance: false })
  }
  return list.filter(({ period }) => period.to < world.clock)
}

/** Contracts whose prepayments can have something to tell on `day`; all of them where it is null. */
export function* prepaidContracts(world: World, day: Day | null): Generator<{ project: Project; contract: Contract }> {
  for (const project of world.projects)
    for (const contract of project.contracts) {
      const last = Math.max((contract.handover ?? contract.start + contract.months * 30) + 900, project.knownFrom + 60)
      if (contract.start > world.clock) continue
      if (day !== null && (last + filingSpan < day || !isFiledOn(world, project, contract, day))) continue
      yield { project, contract }
    }
}

/** Looks at the days alone, which are drawn without looking at any invoice. */
const isFiledOn = (world: World, project: Project, contract: Contract, day: Day): boolean =>
  contractorsOf(world, project, contract).some((party) => {
    if (party.registration === null) return false
    for (const period of periodsBack(day - filingSpan, day, monthsPerPeriod(world, party))) {
      const { filedOn, arrears } = prepaymentFiling(world.seed, party, project, contract, period)
      if (filedOn === day || arrears?.clearedOn === day) return true
    }
    return false
  })

const prepaymentFiling = (seed: number, party: Party, project: Project, contract: Contract, period: Period): Filing =>
  filingOf(seed, party, `prepay${project.number}-${contract.index}`, period)

/** Day on which the tax of a prepayment came in; null where it did not, or where there was none. */
export const prepaidOnDay = ({ filing, taxFen }: SitePrepayment): Day | null =>
  taxFen === 0 ? null : filing.arrears === null ? filing.filedOn : filing.arrears.clearedOn

/** Days on which the record of a prepayment is new or changed. */
export const prepaymentDays = (prepayment: SitePrepayment): Day[] => {
  const paidOn = prepaidOnDay(prepayment)
  return paidOn === null ? [prepayment.filing.filedOn] : [prepayment.filing.filedOn, paidOn]
}
