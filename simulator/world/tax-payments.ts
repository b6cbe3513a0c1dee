/** 入库、减免、抵减、退税、欠税: what follows from each return and prepayment. */
import type { Day } from './calendar.ts'
import type { Contract } from './contracts.ts'
import type { Party } from './party.ts'
import type { County } from './places.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'
import type { Period } from './tax-periods.ts'
import { prepaidOnDay, type SitePrepayment } from './tax-prepayments.ts'
import { homeDivision } from './tax-reports.ts'
import { arrearsFrom, declaredOf, type Sales, type StampDuty, type Turn } from './tax-returns.ts'
import type { World } from './world.ts'

export interface Payment {
  readonly kind: 'paid' | 'relief' | 'credit' | 'refund' | 'arrears'
  readonly party: Party
  readonly item: string
  readonly period: Period
  /** Tells the payments of one registration, item and period apart. */
  readonly label: string
  readonly amountFen: number
  readonly lateFeeFen: number
  /** Days on which the record is new or changed. */
  readonly days: readonly Day[]
  readonly paidOn: Day | null
  /** Arrears alone: the day from which nothing is owed any more. */
  readonly clearedOn: Day | null
  readonly county: County
  readonly reportNumber: string
  readonly project: Project | null
}

type Draft = Omit<Payment, 'party' | 'period' | 'county' | 'reportNumber' | 'project' | 'lateFeeFen' | 'clearedOn'> & {
  readonly lateFeeFen?: number
  readonly clearedOn?: Day | null
}

/** 0.05 % a day (征管法 32), fen. */
const lateFee = (amountFen: number, dueOn: Day, paidOn: Day): number =>
  Math.round(amountFen * 0.0005 * Math.max(0, paidOn - dueOn))

const paid = (item: string, label: string, amountFen: number, dueOn: Day, paidOn: Day): Draft => ({
  kind: 'paid',
  item,
  label,
  amountFen,
  lateFeeFen: lateFee(amountFen, dueOn, paidOn),
  days: [paidOn],
  paidOn,
})

/** What a return leads to: credit of what was prepaid, relief, and payment in time, late or not at all. */
export const paymentsOfReturn = (world: World, turn: Turn, sales: Sales): Payment[] => {
  const { party, period, filing } = turn
  const { filedOn, dueOn, correctedOn, arrears } = filing
  const first = declaredOf(world, turn, sales, true)
  const drafts: Draft[] = []
  const at = (kind: Draft['kind'], amountFen: number): void => {
    if (amountFen > 0) drafts.push({ kind, item: '10101', label: kind, amountFen, days: [filedOn], paidOn: filedOn })
  }
  at('credit', first.prepaidFen)
  at('relief', first.reliefFen)
  if (first.payableFen > 0) drafts.push(...owed('10101', first.payableFen, filedOn, dueOn, arrears))
  if (correctedOn !== null) {
    const more = declaredOf(world, turn, sales, false).payableFen - first.payableFen
    if (more > 0) drafts.push(paid('10101', 'more', more, dueOn, correctedOn))
  }
  const refund = refundOf(world, turn, first.payableFen)
  if (refund) drafts.push(refund)
  return drafts.map((draft) => whole(draft, party, period))
}

const whole = (draft: Draft, party: Party, period: Period): Payment => ({
  lateFeeFen: 0,
  clearedOn: null,
  ...draft,
  party,
  period,
  county: party.county,
  reportNumber: '',
  project: null,
})

const owed = (item: string, fen: number, filedOn: Day, dueOn: Day, arrears: Turn['filing']['arrears']): Draft[] => {
  if (arrears === null) return [paid(item, 'paid', fen, dueOn, filedOn)]
  const { clearedOn } = arrears
  const from = arrearsFrom({ filedOn, dueOn, arrears, correctedOn: null, leftOut: 0 })
  const days = clearedOn === null ? [from] : [from, clearedOn]
  const open: Draft = { kind: 'arrears', item, label: 'arrears', amountFen: fen, days, paidOn: null, clearedOn }
  return clearedOn === null ? [open] : [open, paid(item, 'paid', fen, dueOn, clearedOn)]
}

/** Now and then too much was paid and comes back. */
const refundOf = (world: World, { party, period, filing }: Turn, payableFen: number): Draft | null => {
  const random = new Random(world.seed, 'refund', party.index, period.from)
  if (filing.arrears !== null || payableFen < 100_000 || !random.chance(0.006)) return null
  const amountFen = Math.round(payableFen * random.between(0.05, 0.3))
  return { kind: 'refund', item: '10101', label: 'refund', amountFen, days: [filing.filedOn], paidOn: filing.filedOn }
}

export const paymentsOfStamp = (duty: StampDuty): Payment[] => {
  const { party, project, contract, period, filing, taxFen } = duty
  const { filedOn, dueOn, arrears } = filing
  if (taxFen === 0) return []
  return owed('10111', taxFen, filedOn, dueOn, arrears).map((draft) =>
    whole({ ...draft, label: `${draft.label}${project.number}-${contract.index}` }, party, period),
  )
}

/** Surcharges at the rate of the site (domain.md 3.2), 1/10000 of the tax. */
const cityTaxBp = (county: County): number => (/区$|区）$|实验区$|开发区$/.test(county.name) ? 700 : 500)

/** True where a contractor of another province leaves the 0.2 % of income tax unpaid though it prepays VAT: R12. */
export const isIncomeTaxMissing = (seed: number, project: Project, contract: Contract, party: Party): boolean =>
  project.story?.isIncomeTaxPrepaid === false ||
  (project.story === null && new Random(seed, 'income', project.number, contract.index, party.index).chance(0.1))

/** Contractors of another province prepay 0.2 % of what the project brings in (国税函〔2010〕156号). */
export const owesIncomeTax = (party: Party): boolean => !homeDivision(party).startsWith('41')

/** The taxes that came in with one prepayment. */
export const paymentsOfPrepayment = (world: World, one: SitePrepayment): Payment[] => {
  const { party, project, contract, period, filing, report, taxFen, isAdvance } = one
  const paidOn = prepaidOnDay(one)
  if (paidOn === null) return []
  const label = `${isAdvance ? 'advance' : 'price'}${project.number}-${contract.index}`
  const drafts = [paid('10101', label, taxFen, filing.dueOn, paidOn)]
  if (report !== null) {
    const city = Math.round((taxFen * cityTaxBp(project.county)) / 10_000)
    drafts.push(paid('10109', label, city, filing.dueOn, paidOn))
    drafts.push(paid('30203', label, Math.round(taxFen * 0.03), filing.dueOn, paidOn))
    drafts.push(paid('30216', label, Math.round(taxFen * 0.02), filing.dueOn, paidOn))
    const income = Math.round(one.netFen * 0.002)
    if (income > 0 && owesIncomeTax(party) && !isIncomeTaxMissing(world.seed, project, contract, party))
      drafts.push(paid('10104', label, income, filing.dueOn, paidOn))
  }
  const isNumbered = report !== null && report.checkedInOn !== null && report.checkedInOn <= paidOn
  return drafts.map((draft) => ({
    ...whole(draft, party, period),
    county: report ? project.county : party.county,
    reportNumber: isNumbered ? report.siteNumber : '',
    project: isNumbered ? project : null,
  }))
}
