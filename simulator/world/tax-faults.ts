/** What is wrong in the tax core on purpose, and who only looks as if: the truth that indicators are measured by. */
import type { Contract } from './contracts.ts'
import type { Party } from './party.ts'
import type { Project } from './projects.ts'
import { bookOf, type TaxBook } from './tax-book.ts'
import { habitOf, thresholdFen } from './tax-habits.ts'
import { isIncomeTaxMissing, owesIncomeTax } from './tax-payments.ts'
import { isAdvance, isPrepaymentMissing, netOf } from './tax-prepayments.ts'
import { quotaHolders, quotasOf } from './tax-quotas.ts'
import { contractorsOf, homeDivision, isReportMissing, owesReport } from './tax-reports.ts'
import { isStampMissing } from './tax-returns.ts'
import { segments } from './tax-supplies.ts'
import type { World } from './world.ts'

export interface TaxFault {
  /** Indicator of domain.md 5, or the rule of the invoice ledger that is broken. */
  readonly indicator:
    | 'R03'
    | 'R04'
    | 'R06'
    | 'R07'
    | 'R11'
    | 'R12'
    | 'R13'
    | 'R27'
    | 'supply.gap'
    | 'supply.stranger'
    | 'supply.early'
    | 'supply.blank'
    | 'quota.exceeded'
  /** False: a lawful twin. */
  readonly isFault: boolean
  /** 登记序号; null where the city has none of it. */
  readonly registrationId: string | null
  readonly projectId: string | null
  /** What it is about: a section and the code of its contractor, a month as a number of days, an invoice's ordinal, the taxpayer. */
  readonly subject: string
}

const indicatorOf = { declaresLess: 'R11', filesZero: 'R07', paysNothing: 'R06' } as const

/** Net sales of the last year, fen. */
const yearOf = (world: World, book: TaxBook, party: Party): number => {
  let sum = 0
  for (const invoice of book.sales(party, world.clock - 365))
    if (!invoice.void && !isAdvance(invoice)) sum += netOf(invoice)
  return sum
}

/** Contractors with a bad habit that plainly operate, and small ones that lawfully pay nothing. */
function* habits(world: World, book: TaxBook): Generator<TaxFault> {
  for (const party of book.sellers()) {
    if (party.kind !== 'contractor' || !book.isFirst(party)) continue
    const { habit } = habitOf(world, party)
    if (habit === 'honest' && party.general) continue
    const sold = yearOf(world, book, party)
    const isSmall = !party.general && sold <= thresholdFen(world.clock) * 12
    const common = { registrationId: party.registration, projectId: null, subject: 'taxpayer' }
    if (habit !== 'honest' && !isSmall && sold > 0) yield { ...common, indicator: indicatorOf[habit], isFault: true }
    else if (isSmall) for (const indicator of ['R06', 'R07'] as const) yield { ...common, indicator, isFault: false }
  }
}

/** What contractors of one contract owe the site: report, check-in, prepayment, income tax. */
function* atSite(world: World, book: TaxBook, project: Project, contract: Contract): Generator<TaxFault> {
  const invoices = book.ofContract(project, contract)
  for (const party of contractorsOf(world, project, contract)) {
    const sells = invoices.some((i) => i.work?.tier === 1 && i.seller.index === party.index && !isAdvance(i))
    if (!sells) continue
    const subject = `${contract.section} ${party.code}`
    const common = { registrationId: party.registration, projectId: project.id, subject }
    if (!owesReport(party, project)) {
      // Of another county and the same prefecture: it looks as if it had to, and owes neither.
      if (homeDivision(party) !== project.county.code)
        for (const indicator of ['R04', 'R13'] as const) yield { ...common, indicator, isFault: false }
      continue
    }
    if (isReportMissing(world.seed, project, contract, party)) yield { ...common, indicator: 'R04', isFault: true }
    if (party.registration === null) {
      yield { ...common, indicator: 'R03', isFault: true }
      continue
    }
    const isSilent = isPrepaymentMissing(world.seed, project, contract, party)
    if (isSilent) yield { ...common, indicator: 'R13', isFault: true }
    else if (owesIncomeTax(party) && isIncomeTaxMissing(world.seed, project, contract, party))
      yield { ...common, indicator: 'R12', isFault: true }
  }
}

function* ofLedger(world: World, book: TaxBook): Generator<TaxFault> {
  for (const { breach, invoice } of segments(world, null))
    if (breach !== null)
      yield {
        indicator: `supply.${breach}`,
        isFault: true,
        registrationId: invoice.seller.registration,
        projectId: invoice.work?.project.id ?? null,
        subject: String(invoice.ordinal),
      }
  for (const party of quotaHolders(world, book))
    for (const month of quotasOf(world, book, party).breaches)
      yield {
        indicator: 'quota.exceeded',
        isFault: true,
        registrationId: party.registration,
        projectId: null,
        subject: String(month),
      }
}

/** Every planted fault of the tax core with its lawful twins, as it stands today. */
export function* taxFaults(world: World): Generator<TaxFault> {
  const book = bookOf(world)
  yield* habits(world, book)
  for (const project of world.projects)
    for (const contract of project.contracts) {
      yield* atSite(world, book, project, contract)
      const party = world.parties.current(contract.members[0] as Party)
      if (contract.signed + 130 > world.clock || !world.parties.isLocal(party)) continue
      if (isStampMissing(world.seed, project, contract))
        yield {
          indicator: 'R27',
          isFault: true,
          registrationId: party.registration,
          projectId: project.id,
          subject: contract.section,
        }
    }
  yield* ofLedger(world, book)
}
