/** The tax ladder 计税阶梯 of one project, out of what is known of it (domain.md 0.1): 疑点, never an assessment. */
import type { PartyMention } from '#schemas/canonical/index.ts'
import type {
  TaxContract,
  TaxContractor,
  TaxGapKind,
  TaxLadder,
  TaxMonth,
  TaxRule,
  TaxStep,
} from '#schemas/canonical/tax-ladder.ts'
import { addDays } from '../kernel/clock.ts'
import { type ExpectedMonth, expectedOf } from '../tax/expected/expected.ts'
import { stampDuty } from '../tax/expected/stamp-duty.ts'
import { dueOn } from '../tax/filing.ts'
import { type Carried, fenBand, stepsOf } from '../tax/ladder/step.ts'
import { isCrossProvince, isCrossRegion } from '../tax/place.ts'
import type { RateRow, TaxRules } from '../tax/rates/index.ts'
import type { Known, KnownRecord, KnownTied } from './known.ts'
import { isWorks } from './ladder.ts'
import { partyMonths } from './tax-months.ts'
import { type TaxParty, taxParties } from './tax-parties.ts'

/** Where the work is: as the best record says it, closest first where several agree. */
const siteOf = (divisionCodes: readonly string[]): string | null => {
  const first = divisionCodes[0] ?? null
  return divisionCodes.find((code) => first !== null && code.startsWith(first) && code.length > first.length) ?? first
}

const carriedBy = (known: Known, party: TaxParty, rules: TaxRules): Carried => {
  const ids = new Set(party.registrations.map((r) => r.registrationId))
  const own = known.tied.filter(({ fact }) => 'registrationId' in fact && ids.has(fact.registrationId ?? ''))
  return {
    forms: own.flatMap(({ record, fact }) => {
      if (fact.kind !== 'prepayment' || fact.taxFen === null || fact.declaredOn === null) return []
      const period = (fact.periodTo ?? fact.declaredOn).value.padEnd(7, '-12').slice(0, 7)
      return [{ record, taxFen: fact.taxFen, isPaid: fact.paidOn !== null, dueOn: dueOn(rules.local, period, 'month') }]
    }),
    payments: own.flatMap(({ record, fact }) =>
      fact.kind === 'taxPayment'
        ? [
            {
              record,
              item: fact.taxItem,
              payment: fact.payment,
              amountFen: fact.amountFen ?? 0n,
              lateFeeFen: fact.lateFeeFen ?? 0n,
            },
          ]
        : [],
    ),
  }
}

const monthOf = (
  m: ExpectedMonth,
  records: ReadonlyMap<string, { readonly first: string; readonly count: number }>,
): TaxMonth => ({
  period: m.period,
  dueOn: m.dueOn,
  evidence: m.evidence,
  baseFen: m.baseFen,
  highBaseFen: m.highBaseFen,
  deductedFen: m.deductedFen,
  record: records.get(m.period)?.first ?? null,
  records: records.get(m.period)?.count ?? 0,
  lines: m.lines.map(({ row, baseFen, band }) => ({ rule: row.id, baseFen, ...fenBand(band) })),
})

const saysSomething = (m: ExpectedMonth): boolean =>
  m.baseFen !== 0n || m.highBaseFen !== 0n || m.deductedFen !== 0n || m.lines.length > 0

/** Work from elsewhere without a report that was checked in here: 未报验 (domain.md 3.8). */
const isNotCheckedIn = (party: TaxParty, isCross: boolean | null, months: readonly ExpectedMonth[]): boolean =>
  isCross === true &&
  months.some((m) => m.baseFen > 0n && m.period >= '2016-05') &&
  !party.reports.some(({ fact }) => fact.checkedInOn !== null)

interface Computed {
  readonly contractor: TaxContractor
  readonly rows: readonly RateRow[]
  readonly changesOn: string | null
}

/** The day after the next last day of filing that is still to come: from then on what was not due is owed. */
const changesOn = (months: readonly ExpectedMonth[], carried: Carried, at: string): string | null => {
  const days = [
    ...months.filter((m) => m.lines.length > 0).map((m) => m.dueOn),
    ...carried.forms.filter((f) => !f.isPaid).map((f) => f.dueOn),
  ]
  const next = days.filter((day) => day >= at).sort()[0]
  return next === undefined ? null : addDays(next, 1)
}

const isIncomeTaxOpen = (party: TaxParty, site: string | null): boolean =>
  isCrossRegion(party.home, site) === true && isCrossProvince(party.home, site) === false && !party.isBranch

const reportOf = ({ reports }: TaxParty): TaxContractor['report'] => {
  const best = reports[0]
  if (best === undefined) return null
  const { reportNumber, checkedInOn, feedbackOn, validTo } = best.fact
  return {
    record: best.record,
    reportNumber,
    checkedInOn: checkedInOn?.value ?? null,
    feedbackOn: feedbackOn?.value ?? null,
    validTo: validTo?.value ?? null,
  }
}

const contractorOf = (
  known: Known,
  party: TaxParty,
  site: string | null,
  isForeignSold: boolean,
  rules: TaxRules,
  at: string,
): Computed => {
  const { facts, records } = partyMonths(known, party, site, isForeignSold)
  const months = expectedOf(rules, facts)
  const carried = carriedBy(known, party, rules)
  const isCross = isCrossRegion(party.home, site)
  const steps = stepsOf(months, carried, 'project', at)
  const gapKinds = new Set<TaxGapKind>(steps.flatMap((step) => step.gapKind ?? []))
  if (isNotCheckedIn(party, isCross, months)) gapKinds.add('notCheckedIn')
  const notes = [
    ...party.notes,
    ...(isIncomeTaxOpen(party, site) ? ['incomeTax.sameProvince'] : []),
    // 6 and 13 % under a contract for works are lawful where the contract has such parts (domain.md 0.7).
    ...(facts.months.some((m) => m.otherFen !== 0n) ? ['rates.other'] : []),
    ...(facts.isJoint && facts.months.some((m) => m.receivedFen > 0n) ? ['received.joint'] : []),
  ]
  return {
    contractor: {
      name: party.name,
      taxpayerId: party.taxpayerId,
      registrationIds: party.registrations.map((r) => r.registrationId),
      scheme: party.scheme,
      homeDivision: party.home,
      isCrossRegion: isCross,
      isCrossProvince: isCrossProvince(party.home, site),
      report: reportOf(party),
      gapKinds: [...gapKinds].sort(),
      notes,
      steps,
      beside: stepsOf(months, carried, 'taxpayer', at),
      months: months.filter(saysSomething).map((m) => monthOf(m, records)),
    },
    rows: months.flatMap((m) => m.lines.map((line) => line.row)),
    changesOn: changesOn(months, carried, at),
  }
}

interface Priced extends Pick<TaxContract, 'record' | 'name' | 'kind' | 'parties' | 'priceFen'> {
  readonly signedOn: string | null
}

const sides = (parties: readonly PartyMention[]): string[] =>
  parties.filter((p) => p.role !== 'agency').map((p) => p.name)

const recorded = ({ record, fact }: KnownRecord, kind: 'contract' | 'award'): Priced[] => {
  if (fact.kind !== kind) return []
  const [priceFen, signed, name] =
    fact.kind === 'contract'
      ? [fact.contractFen, fact.signedOn, fact.section ?? fact.name]
      : [isWorks(fact.name) ? fact.awardFen : null, fact.noticedOn, fact.name]
  return priceFen === null
    ? []
    : [{ record, name, kind, parties: sides(fact.parties), priceFen, signedOn: signed?.value ?? null }]
}

const entered = ({ record, fact }: KnownTied, kind: 'contract' | 'subcontract'): Priced[] =>
  fact.kind === 'officerEntry' && fact.entry === kind && fact.amountFen !== null
    ? [
        {
          record,
          name: fact.about.name ?? '',
          kind,
          parties: sides(fact.parties),
          priceFen: fact.amountFen,
          signedOn: fact.happenedOn?.value ?? null,
        },
      ]
    : []

/** Contracts by their own records, else as an officer entered them, else by their awards; and subcontracts, each stamped on its own. */
const pricedContracts = (known: Known): Priced[] => {
  const main = [
    known.records.flatMap((r) => recorded(r, 'contract')),
    known.tied.flatMap((t) => entered(t, 'contract')),
    known.records.flatMap((r) => recorded(r, 'award')),
  ].find((found) => found.length > 0)
  return [...(main ?? []), ...known.tied.flatMap((t) => entered(t, 'subcontract'))]
}

const contractsOf = (known: Known, rules: TaxRules): { contracts: TaxContract[]; rows: RateRow[] } => {
  const found = pricedContracts(known).flatMap((contract) => {
    const { signedOn } = contract
    // A month or a year is enough where one rate holds all of it; the day chosen is its first.
    const day = signedOn === null ? null : `${signedOn}-01-01`.slice(0, 10)
    const duty = day === null ? null : stampDuty(rules, contract.priceFen, day, null)
    return duty === null || signedOn === null
      ? []
      : [{ row: duty.row, contract: { ...contract, signedOn, expected: fenBand(duty.band), rule: duty.row.id } }]
  })
  found.sort((a, b) => (a.contract.record < b.contract.record ? -1 : 1))
  return { contracts: found.map((f) => f.contract), rows: found.map((f) => f.row) }
}

const ruleOf = ({ id, tax, rateBp, basis, article, open }: RateRow): TaxRule => ({
  id,
  tax,
  rateBp,
  basis,
  article,
  open: open ?? null,
})

const sum = (steps: readonly TaxStep[], pick: (step: TaxStep) => bigint | null): bigint =>
  steps.reduce((total, step) => total + (pick(step) ?? 0n), 0n)

/**
 * The ladder and the first day on which it changes without news.
 * @param at the day, `YYYY-MM-DD`: periods whose filing ended before it are owed
 */
export const taxLadder = (
  known: Known,
  divisionCodes: readonly string[],
  rules: TaxRules,
  at: string,
): { ladder: TaxLadder; changesOn: string | null } => {
  const site = siteOf(divisionCodes)
  const parties = taxParties(known)
  const contractorKeys = new Set(parties.filter((p) => p.sales.length === 0).map((p) => p.key))
  const isForeignSold = contractorKeys.size < parties.length
  const computed = parties.map((party) => contractorOf(known, party, site, isForeignSold, rules, at))
  const shown = computed.filter(({ contractor: c }) => c.months.length > 0 || c.report !== null || c.steps.length > 0)
  const { contracts, rows } = contractsOf(known, rules)
  const steps = shown.flatMap(({ contractor }) => contractor.steps)
  const used = new Map([...shown.flatMap((c) => c.rows), ...rows].map((row) => [row.id, row]))
  return {
    ladder: {
      siteDivision: site,
      contractors: shown.map((c) => c.contractor),
      contracts,
      expected: {
        lowFen: sum(steps, (s) => s.expected.lowFen),
        pointFen: sum(steps, (s) => s.expected.pointFen),
        highFen: sum(steps, (s) => s.expected.highFen),
      },
      declaredFen: sum(steps, (s) => s.declaredFen),
      paidFen: sum(steps, (s) => s.paidFen),
      arrearsFen: sum(steps, (s) => s.arrearsFen),
      gapFen: sum(steps, (s) => s.gapFen),
      rules: [...used.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(ruleOf),
    },
    changesOn: shown.flatMap((c) => c.changesOn ?? []).sort()[0] ?? null,
  }
}
