/** A canonical record as a row of the fact table: its body, and the few columns that later stages sum and sort by. */
import type { Canonical, Invoice, PartialDate } from '#schemas/canonical/index.ts'
import { subjectHash } from './subject.ts'

export interface FactColumns {
  readonly kind: Canonical['kind']
  readonly subjectHash: string | null
  /** `YYYY-MM-DD`; the first day of what a less precise date names. */
  readonly eventOn: string | null
  readonly amountFen: bigint | null
  /** What splits a kind's sums: taxable, nonTaxable or void of invoices; the sort of payment, event or status of other kinds. */
  readonly class: string | null
  readonly body: string
}

const firstDay = (date: PartialDate | null): string | null =>
  date === null ? null : `${date.value}-01-01`.slice(0, 10)

/** 612 建筑服务预收款 and 603 (business tax already declared) carry no VAT and stay outside net invoiced (domain.md 0.5). */
const nonTaxableGoods = /^(612|603)/

const invoiceClass = (invoice: Invoice): 'taxable' | 'nonTaxable' | 'void' => {
  if (invoice.status === 'void') return 'void'
  return invoice.goodsCode !== null && nonTaxableGoods.test(invoice.goodsCode) ? 'nonTaxable' : 'taxable'
}

const mainFigures = (fact: Canonical): Pick<FactColumns, 'eventOn' | 'amountFen' | 'class'> => {
  switch (fact.kind) {
    case 'approval':
      return { eventOn: firstDay(fact.approvedOn), amountFen: fact.totalInvestmentFen, class: null }
    case 'contract':
      return { eventOn: firstDay(fact.signedOn), amountFen: fact.contractFen, class: null }
    case 'award':
      return { eventOn: firstDay(fact.noticedOn), amountFen: fact.awardFen, class: null }
    case 'measurement':
      return { eventOn: firstDay(fact.measuredOn ?? fact.period), amountFen: fact.periodFen, class: null }
    case 'taxRegistration':
      return { eventOn: firstDay(fact.registeredOn), amountFen: null, class: null }
    case 'projectEntry':
      return { eventOn: firstDay(fact.registeredOn), amountFen: fact.totalInvestmentFen, class: null }
    case 'permit':
      return { eventOn: firstDay(fact.issuedOn), amountFen: fact.contractFen, class: null }
    case 'completion':
      return { eventOn: firstDay(fact.completedOn ?? fact.filedOn), amountFen: fact.costFen, class: null }
    case 'investment':
      return {
        eventOn: firstDay(fact.period ?? fact.startedOn ?? fact.completedOn),
        amountFen: fact.cumulativeInvestmentFen,
        class: null,
      }
    case 'landSupply':
      return { eventOn: firstDay(fact.signedOn), amountFen: fact.priceFen, class: null }
    case 'fundPayment':
      return { eventOn: firstDay(fact.paidOn), amountFen: fact.amountFen ?? fact.approvedFen, class: fact.payment }
    case 'observation':
      return { eventOn: firstDay(fact.seenOn), amountFen: null, class: fact.subject }
    case 'waterPermit':
      return { eventOn: firstDay(fact.validFrom), amountFen: null, class: null }
    case 'waterUse':
      return { eventOn: firstDay(fact.period), amountFen: null, class: null }
    case 'powerAccount':
      return { eventOn: firstDay(fact.connectedOn), amountFen: null, class: fact.use }
    case 'powerInstallation':
      return { eventOn: firstDay(fact.connectedOn ?? fact.appliedOn), amountFen: null, class: fact.use }
    case 'powerReading':
      return { eventOn: firstDay(fact.readOn ?? fact.period), amountFen: fact.amountFen, class: null }
    case 'enterprise':
      return { eventOn: firstDay(fact.establishedOn), amountFen: fact.capitalFen, class: fact.status }
    case 'enterpriseChange':
      return { eventOn: firstDay(fact.changedOn), amountFen: null, class: fact.item }
    case 'companySeal':
      return { eventOn: firstDay(fact.carvedOn), amountFen: null, class: fact.status }
    case 'letting':
      return { eventOn: firstDay(fact.letFrom), amountFen: fact.rentFen, class: null }
    case 'taxReturn':
      return { eventOn: firstDay(fact.periodTo), amountFen: fact.salesFen, class: fact.isVoid === true ? 'void' : null }
    case 'taxPayment':
      return { eventOn: firstDay(fact.paidOn ?? fact.periodTo), amountFen: fact.amountFen, class: fact.payment }
    case 'prepayment':
      return { eventOn: firstDay(fact.paidOn ?? fact.declaredOn), amountFen: fact.taxFen, class: null }
    case 'invoiceSupply':
      return { eventOn: firstDay(fact.happenedOn), amountFen: null, class: fact.event }
    case 'invoiceQuota':
      return { eventOn: firstDay(fact.effectiveOn ?? fact.period), amountFen: fact.quotaFen, class: fact.event }
    case 'crossRegionReport':
      return { eventOn: firstDay(fact.reportedOn), amountFen: fact.contractFen, class: fact.status }
    case 'socialInsurance':
      return { eventOn: firstDay(fact.paidOn ?? fact.period), amountFen: fact.amountFen, class: fact.insurance }
    case 'riskTask':
      return { eventOn: firstDay(fact.issuedOn), amountFen: fact.recoveredFen, class: fact.status }
    case 'officerEntry':
      return { eventOn: firstDay(fact.happenedOn), amountFen: fact.amountFen, class: fact.entry }
    case 'invoice': {
      const kind = invoiceClass(fact)
      return { eventOn: firstDay(fact.issuedOn), amountFen: kind === 'void' ? 0n : fact.grossFen, class: kind }
    }
  }
}

/** Amounts stand at the top of a canonical record only: a replacer, called for every value inside as well, made this four times slower. */
const bodyOf = (fact: Canonical): string => {
  const plain: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fact)) plain[key] = typeof value === 'bigint' ? value.toString() : value
  return JSON.stringify(plain)
}

export const factColumns = (fact: Canonical): FactColumns => ({
  kind: fact.kind,
  subjectHash: subjectHash(fact),
  ...mainFigures(fact),
  body: bodyOf(fact),
})

/** A stored body as the canonical record it was: top-level keys that end in `Fen` become bigint again. */
export const readFact = (body: string): Canonical => {
  const fact = JSON.parse(body) as Record<string, unknown>
  for (const key in fact) {
    const value = fact[key]
    if (typeof value === 'string' && key.endsWith('Fen')) fact[key] = BigInt(value)
  }
  return fact as Canonical
}
