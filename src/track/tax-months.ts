/** What came about month by month for one contractor: invoices, receipts, measured work and subcontracts, as the expected tax takes them. */
import { type ContractorFacts, emptyMonth, type MonthFacts } from '../tax/expected/input.ts'
import { most, taxOn } from '../tax/money.ts'
import type { Known, KnownMeasurement } from './known.ts'
import { enteredTerm, identityOf, ownersOf } from './ladder.ts'
import { buyerKey, isConstruction, type TaxParty } from './tax-parties.ts'

type Sums = { -readonly [K in keyof MonthFacts]: MonthFacts[K] }

export interface PartyMonths {
  readonly facts: ContractorFacts
  /** The first record that a month rests on, and how many there are. */
  readonly records: ReadonlyMap<string, { readonly first: string; readonly count: number }>
}

class Months {
  readonly #sums = new Map<string, Sums>()
  readonly records = new Map<string, { first: string; count: number }>()

  at(period: string): Sums {
    let sums = this.#sums.get(period)
    if (!sums) this.#sums.set(period, (sums = { ...emptyMonth(period) }))
    return sums
  }

  note(period: string, record: string, count: number): void {
    const known = this.records.get(period)
    this.records.set(period, { first: known?.first ?? record, count: (known?.count ?? 0) + count })
  }

  sorted(): MonthFacts[] {
    return [...this.#sums.values()].sort((a, b) => (a.period < b.period ? -1 : 1))
  }
}

const addSales = (months: Months, party: TaxParty): void => {
  const sales = [...party.sales].sort((a, b) => (a.record < b.record ? -1 : 1))
  for (const sale of sales) {
    // 603 is business tax declared already; other codes without VAT are no price either.
    if (sale.goods !== 'taxable' && sale.goods !== '612') continue
    const month = months.at(sale.period)
    months.note(sale.period, sale.record, sale.count)
    if (sale.goods === '612') month.advanceFen += sale.grossFen
    else if (isConstruction(sale)) month.invoicedFen += sale.grossFen
    else {
      month.otherFen += sale.grossFen
      month.otherNetFen += sale.netFen ?? taxOn(most(sale.grossFen, 0n), 10_000, sale.rateBp ?? 0)
    }
  }
}

/** Subcontractors' invoices to this contractor. Only with a VAT invoice, and only works: goods and design deduct by 进项, not here. */
const addSubcontracts = (months: Months, known: Known, party: TaxParty): void => {
  for (const sale of known.sales) {
    if (sale.tier !== 2 || sale.goods !== 'taxable' || !isConstruction(sale) || buyerKey(known, sale) !== party.key)
      continue
    const month = months.at(sale.period)
    if (sale.isComplete) month.subcontractFen += sale.grossFen
    else month.doubtfulSubcontractFen += sale.grossFen
  }
}

interface Receipt {
  readonly period: string
  readonly fen: bigint
  readonly record: string
}

/** Finance and officers tell of the same money: by any month the greater sum counts. */
const addReceipts = (months: Months, known: Known, party: TaxParty): void => {
  const owners = ownersOf(known)
  const paid: Receipt[] = []
  const entered: Receipt[] = []
  for (const { fact, eventOn, record } of known.tied) {
    if (eventOn === null || !('amountFen' in fact) || fact.amountFen === null) continue
    const receipt = { period: eventOn.slice(0, 7), fen: fact.amountFen, record }
    if (fact.kind === 'fundPayment' && fact.payment === 'appropriation') {
      const payee = fact.parties.find((p) => p.role === 'payee')
      const key = payee ? identityOf(known, payee) : null
      if (key === party.key && !owners.has(key)) paid.push(receipt)
    } else if (fact.kind === 'officerEntry' && fact.entry === 'receipt')
      if (fact.parties.some((p) => p.role === 'contractor' && identityOf(known, p) === party.key)) entered.push(receipt)
  }
  const all = [...paid, ...entered].sort((a, b) => (a.record < b.record ? -1 : 1))
  for (const { period, record } of all) months.note(period, record, 1)
  const upTo = (list: readonly Receipt[], period: string): bigint =>
    list.reduce((sum, r) => (r.period <= period ? sum + r.fen : sum), 0n)
  let before = 0n
  for (const period of [...new Set(all.map((r) => r.period))].sort()) {
    const now = most(upTo(paid, period), upTo(entered, period))
    months.at(period).receivedFen += now - before
    before = now
  }
}

/** What each measurement adds to the work done on its section; a restatement takes back. */
const steps = (measurements: readonly KnownMeasurement[]): { period: string; fen: bigint; record: string }[] => {
  const dated = measurements
    .filter((m) => m.eventOn !== null)
    .sort(
      (a, b) =>
        (a.fact.sequence ?? -1) - (b.fact.sequence ?? -1) ||
        (a.eventOn! < b.eventOn! ? -1 : a.eventOn! > b.eventOn! ? 1 : a.record < b.record ? -1 : 1),
    )
  let done = 0n
  return dated.map(({ fact, eventOn, record }) => {
    const now = fact.cumulativeFen ?? done + (fact.periodFen ?? 0n)
    const step = { period: eventOn!.slice(0, 7), fen: now - done, record }
    done = now
    return step
  })
}

/**
 * Work measured on the sections of this contractor (of a 联合体 its leader's), as far as it falls due: by the stated ratio. The ratios that law sets are
 * the least a contract may say, so without a stated one the whole is the upper bound (domain.md 0.4).
 */
const addMeasured = (months: Months, known: Known, party: TaxParty): void => {
  const ratioBp = enteredTerm(known, (entry) => entry.paymentRatioBp) ?? 10_000
  const bySection = Map.groupBy(known.measurements, (m) => m.sectionKey)
  for (const { keyHash, fact } of known.records) {
    const leader = fact.parties.find((p) => p.role === 'contractor')
    if (!leader || identityOf(known, leader) !== party.key) continue
    for (const { period, fen, record } of steps(bySection.get(keyHash) ?? [])) {
      months.at(period).measuredFen += fen < 0n ? -taxOn(-fen, ratioBp) : taxOn(fen, ratioBp)
      months.note(period, record, 1)
    }
  }
}

/** @param isForeignSold others than the contractors invoice the owner: then who is paid and who invoices may be two (domain.md 0.7) */
export const partyMonths = (
  known: Known,
  party: TaxParty,
  site: string | null,
  isForeignSold: boolean,
): PartyMonths => {
  const months = new Months()
  addSales(months, party)
  addSubcontracts(months, known, party)
  addReceipts(months, known, party)
  addMeasured(months, known, party)
  const facts: ContractorFacts = {
    scheme: party.scheme,
    home: party.home,
    site,
    isBranch: party.isBranch,
    isJoint: party.isConsortium || (party.sales.length === 0 && isForeignSold),
    months: months.sorted(),
  }
  return { facts, records: months.records }
}
