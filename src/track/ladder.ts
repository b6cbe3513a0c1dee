/** The sales ladder 销售阶梯, tax-inclusive, as far as these feeds reach: contract → work done → receivable → net invoiced (domain.md 0.1, 0.4). */
import type { OfficerEntry, PartyMention } from '#schemas/canonical/index.ts'
import type { SalesLadder, Section } from '#schemas/canonical/position.ts'
import { partyTextHash } from '../facts/subject.ts'
import { projectNameParts } from '../normalise/values/index.ts'
import type { Known } from './known.ts'
import { assumedRatioBp, type TrackRules } from './rules.ts'

const sum = (values: readonly bigint[]): bigint => values.reduce((total, v) => total + v, 0n)
const sumOrNull = (values: readonly (bigint | null)[]): bigint | null => {
  const known = values.filter((v) => v !== null)
  return known.length > 0 ? sum(known) : null
}

/** Awards of supervision, design or goods are contracts of other people; only works count towards the contractor's ladder. */
export const isWorks = (name: string): boolean => {
  const type = projectNameParts(name).workType
  return type === null || type === '施工' || type === '总承包'
}

const contractOf = (
  known: Known,
  all: readonly Section[],
): { contractFen: bigint | null; basis: SalesLadder['contractBasis'] } => {
  const pricesOf = (kind: Section['kind']) => sumOrNull(all.map((s) => (s.kind === kind ? s.contractFen : null)))
  const fromSections = pricesOf('contract')
  if (fromSections !== null) return { contractFen: fromSections, basis: 'contract' }
  const fromAwards = sumOrNull(
    known.records.flatMap((r) => (r.fact.kind === 'award' && isWorks(r.fact.name) ? [r.fact.awardFen] : [])),
  )
  if (fromAwards !== null) return { contractFen: fromAwards, basis: 'award' }
  const fromPermits = pricesOf('permit')
  return { contractFen: fromPermits, basis: fromPermits === null ? null : 'permit' }
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

/** A mention is asked about by every step of both ladders; its hash is computed once. */
const hashes = new WeakMap<PartyMention, string>()
const hashOf = (party: PartyMention): string => {
  let hash = hashes.get(party)
  if (hash === undefined) hashes.set(party, (hash = partyTextHash(party)))
  return hash
}

/** Who is meant by a party: the taxpayer where linked, else the name. */
export const identityOf = (known: Known, party: PartyMention): string => {
  const link = known.links.get(hashOf(party))
  return (link?.decision === 'link' ? link.taxpayerId : null) ?? party.name
}

/** Everyone whom a record names as the unit that builds. */
export const ownersOf = (known: Known): Set<string> =>
  new Set(
    known.records.flatMap((r) => r.fact.parties.filter((p) => p.role === 'owner').map((p) => identityOf(known, p))),
  )

/**
 * What reached those who build: paid out by finance to others than the unit that builds, or entered by an officer. The same money is told by both, so
 * the greater sum counts.
 */
const received = (known: Known): bigint | null => {
  const owners = ownersOf(known)
  const toOwner = (parties: readonly PartyMention[]): boolean =>
    parties.some((p) => p.role === 'payee' && owners.has(identityOf(known, p)))
  const paid = known.tied.map(({ fact }) =>
    fact.kind === 'fundPayment' && fact.payment === 'appropriation' && !toOwner(fact.parties) ? fact.amountFen : null,
  )
  const entered = known.tied.map(({ fact }) =>
    fact.kind === 'officerEntry' && fact.entry === 'receipt' ? fact.amountFen : null,
  )
  const [a, b] = [sumOrNull(paid), sumOrNull(entered)]
  if (a === null || b === null) return a ?? b
  return a > b ? a : b
}

/** The last term of payment that an officer entered, of those that state it. */
export const enteredTerm = (known: Known, pick: (entry: OfficerEntry) => number | null): number | null =>
  known.tied
    .flatMap(({ fact, record }) =>
      fact.kind === 'officerEntry' && pick(fact) !== null
        ? [{ on: fact.happenedOn?.value ?? '', record, value: pick(fact) }]
        : [],
    )
    .sort((a, b) => (a.on > b.on ? -1 : a.on < b.on ? 1 : a.record < b.record ? -1 : 1))[0]?.value ?? null

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
  const statedBp = enteredTerm(known, (entry) => entry.paymentRatioBp)
  const ratioBp = statedBp ?? assumedRatioBp(rules, governmentFunded, signedOn(known))
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
    paymentRatioAssumed: ratioBp !== null && statedBp === null,
    retentionBp: enteredTerm(known, (entry) => entry.retentionBp),
    receivedFen: received(known),
    netInvoicedFen,
    invoices: own.reduce((n, i) => n + i.count, 0),
    advanceInvoicedFen: sum(invoiced(known, 1, 'nonTaxable').map((i) => i.sumFen)),
    subcontractInvoicedFen: sum(invoiced(known, 2, 'taxable').map((i) => i.sumFen)),
    gapFen,
    gapKind: gapFen === null ? null : 'notInvoiced',
    gapReason: gapFen === null ? null : 'receivable.aheadOfInvoices',
  }
}
