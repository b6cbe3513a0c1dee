/** The sales ladder 销售阶梯, tax-inclusive, as far as these feeds reach: contract → work done → receivable → net invoiced (domain.md 0.1, 0.4). */
import type { SalesLadder, Section } from '#schemas/canonical/position.ts'
import { projectNameParts } from '../normalise/values/index.ts'
import type { Known } from './known.ts'
import { assumedRatioBp, type TrackRules } from './rules.ts'

const sum = (values: readonly bigint[]): bigint => values.reduce((total, v) => total + v, 0n)
const sumOrNull = (values: readonly (bigint | null)[]): bigint | null => {
  const known = values.filter((v) => v !== null)
  return known.length > 0 ? sum(known) : null
}

/** Awards of supervision, design or goods are contracts of other people; only works count towards the contractor's ladder. */
const isWorks = (name: string): boolean => {
  const type = projectNameParts(name).workType
  return type === null || type === '施工' || type === '总承包'
}

const contractOf = (
  known: Known,
  all: readonly Section[],
): { contractFen: bigint | null; basis: 'contract' | 'award' | null } => {
  const fromSections = sumOrNull(all.map((s) => s.contractFen))
  if (fromSections !== null) return { contractFen: fromSections, basis: 'contract' }
  const fromAwards = sumOrNull(
    known.records.flatMap((r) => (r.fact.kind === 'award' && isWorks(r.fact.name) ? [r.fact.awardFen] : [])),
  )
  return { contractFen: fromAwards, basis: fromAwards === null ? null : 'award' }
}

const signedOn = (known: Known): string | null =>
  known.records
    .flatMap((r) =>
      r.fact.kind === 'contract'
        ? (r.fact.signedOn?.value ?? [])
        : r.fact.kind === 'award'
          ? (r.fact.noticedOn?.value ?? [])
          : [],
    )
    .sort()[0] ?? null

const halfUp = (fen: bigint, bp: number): bigint => (fen * BigInt(bp) * 2n + 10_000n) / 20_000n

const invoiced = (known: Known, tier: number, kind: 'taxable' | 'nonTaxable') =>
  known.invoices.filter((i) => i.tier === tier && i.class === kind)

export const salesLadder = (
  known: Known,
  all: readonly Section[],
  governmentFunded: boolean | null,
  rules: TrackRules,
): SalesLadder => {
  const { contractFen, basis } = contractOf(known, all)
  const workDoneFen = sumOrNull(all.map((s) => s.workDoneFen))
  const ratioBp = assumedRatioBp(rules, governmentFunded, signedOn(known))
  const receivableFen = workDoneFen !== null && ratioBp !== null ? halfUp(workDoneFen, ratioBp) : null
  const own = invoiced(known, 1, 'taxable')
  const netInvoicedFen = sum(own.map((i) => i.sumFen))
  const gapFen = receivableFen !== null && receivableFen > netInvoicedFen ? receivableFen - netInvoicedFen : null
  return {
    contractFen,
    contractBasis: basis,
    workDoneFen,
    receivableFen,
    paymentRatioBp: ratioBp,
    paymentRatioAssumed: ratioBp !== null,
    netInvoicedFen,
    invoices: own.reduce((n, i) => n + i.count, 0),
    advanceInvoicedFen: sum(invoiced(known, 1, 'nonTaxable').map((i) => i.sumFen)),
    subcontractInvoicedFen: sum(invoiced(known, 2, 'taxable').map((i) => i.sumFen)),
    gapFen,
    gapKind: gapFen === null ? null : 'notInvoiced',
    gapReason: gapFen === null ? null : 'receivable.aheadOfInvoices',
  }
}
