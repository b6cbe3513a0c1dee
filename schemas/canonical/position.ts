/**
 * A project's position: what the hub holds true of one project on one day, a pure function of records, judgements, rules and the day.
 * It is stored as JSON text with sorted keys, bigint 分 as decimal strings; `positionJson`/`readPosition` are the two ways across.
 */
import { z } from 'zod'
import { PartialDate, PartyRole } from './reading.ts'
import { TaxLadder } from './tax-ladder.ts'

const fen = z.bigint()

export const Evidence = z.object({
  feed: z.string(),
  record: z.string().describe("the record's opaque id"),
  rule: z.string().describe('why this record speaks of the milestone'),
  on: PartialDate.nullable(),
  weight: z.number().describe('0..1'),
})
export type Evidence = z.infer<typeof Evidence>

export const MilestoneKind = z.enum([
  'approval',
  'land',
  'award',
  'contract',
  'permit',
  'plannedStart',
  'start',
  'firstMeasurement',
  'lastMeasurement',
  'firstInvoice',
  'lastInvoice',
  'handover',
  'completion',
  'settlement',
])
export type MilestoneKind = z.infer<typeof MilestoneKind>

export const Milestone = z.object({
  kind: MilestoneKind,
  on: PartialDate,
  confidence: z.number().describe('0..1'),
  /** Strongest first; later evidence that names another day stays beside it. */
  evidence: z.array(Evidence),
})
export type Milestone = z.infer<typeof Milestone>

export const PositionParty = z.object({
  role: PartyRole,
  name: z.string(),
  siteUnit: z.string().nullable(),
  consortium: z.enum(['leader', 'member']).nullable(),
  registrationId: z.string().nullable(),
  taxpayerId: z.string().nullable(),
  decision: z.enum(['link', 'review', 'none']),
  score: z.number(),
  reason: z.string(),
  /** The party text this rests on: where its link and judgements hang. */
  party: z.string(),
  records: z.array(z.string()),
})
export type PositionParty = z.infer<typeof PositionParty>

export const Section = z.object({
  record: z.string(),
  kind: z.enum(['contract', 'permit']),
  name: z.string(),
  section: z.string().nullable(),
  contractors: z.array(z.string()),
  contractFen: fen.nullable(),
  workDoneFen: fen.nullable().describe('latest cumulative measurement'),
  measuredTo: z.string().nullable(),
  physicalProgressBp: z.number().int().nullable(),
  measurements: z.number().int(),
})
export type Section = z.infer<typeof Section>

/** The sales ladder 销售阶梯, tax-inclusive; `null` is unknown, never zero (domain.md 0.1, 0.4). Attribution of every step here is `project`. */
export const SalesLadder = z.object({
  contractFen: fen.nullable(),
  /** awards stand in where no section states a contract price, permits where there is no award either */
  contractBasis: z.enum(['contract', 'award', 'permit']).nullable(),
  workDoneFen: fen.nullable(),
  receivableFen: fen.nullable(),
  paymentRatioBp: z.number().int().nullable(),
  paymentRatioAssumed: z.boolean(),
  retentionBp: z.number().int().nullable().describe('质保金比例 where an officer entered it, 1/10000'),
  receivedFen: fen.nullable().describe('已收款: the greater of what finance paid out and what officers entered'),
  netInvoicedFen: fen,
  invoices: z.number().int(),
  advanceInvoicedFen: fen.describe('non-taxable codes 612 and 603, outside net invoiced (domain.md 0.5)'),
  subcontractInvoicedFen: fen.describe("tier 2, outside the project's net invoiced (domain.md 0.7)"),
  /** receivable − net invoiced where both are known and positive: 未开票 */
  gapFen: fen.nullable(),
  gapKind: z.enum(['notInvoiced']).nullable(),
  gapReason: z.string().nullable(),
})
export type SalesLadder = z.infer<typeof SalesLadder>

export const LandParcel = z.object({
  record: z.string(),
  supply: z.enum(['grant', 'allocation', 'lease']).nullable(),
  use: z.string().nullable(),
  areaM2: z.number().nullable(),
  priceFen: fen.nullable(),
  signedOn: PartialDate.nullable(),
})
export type LandParcel = z.infer<typeof LandParcel>

export const ReportedInvestment = z.object({
  record: z.string(),
  period: PartialDate.nullable(),
  cumulativeFen: fen.nullable(),
  constructionFen: fen.nullable(),
  physicalProgressBp: z.number().int().nullable(),
})
export type ReportedInvestment = z.infer<typeof ReportedInvestment>

export const LifecycleStage = z.enum([
  'approved',
  'awarded',
  'contracted',
  'started',
  'inProgress',
  'handedOver',
  'completed',
  'withdrawn',
  'unknown',
])
export type LifecycleStage = z.infer<typeof LifecycleStage>

export const Position = z.object({
  name: z.string(),
  otherNames: z.array(z.string()),
  projectCodes: z.array(z.string()),
  documentNumbers: z.array(z.string()),
  divisionCodes: z.array(z.string()).describe('the place of the most authoritative record first'),
  placeText: z.string().nullable(),
  industry: z.string().nullable(),
  governmentFunded: z.boolean().nullable(),
  totalInvestmentFen: fen.nullable(),
  stage: LifecycleStage,
  /** Approved, not started, and how long past the rule's patience: 立项长期未开工 (R18). */
  stalledSince: z.string().nullable(),
  milestones: z.array(Milestone),
  parties: z.array(PositionParty),
  sections: z.array(Section),
  ladder: SalesLadder,
  /** Null in positions stored before there was one. */
  tax: TaxLadder.nullable(),
  departments: z.array(z.string()),
  records: z.array(z.object({ feed: z.string(), record: z.string(), kind: z.string() })),
  /** Years whose list of key projects 重点项目名单 holds it. */
  listedYears: z.array(z.number().int()),
  land: z.array(LandParcel),
  /** As reported last. Never work done: land, equipment and interest are in it (domain.md 0.4). */
  investment: ReportedInvestment.nullable(),
  lastEventOn: z.string().nullable(),
  /** The first day on which this position would change by itself, with no news; null if never. */
  changesOn: z.string().nullable(),
})
export type Position = z.infer<typeof Position>

const sorted = (value: unknown): unknown => {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

/** Canonical JSON: keys sorted, bigint as decimal text, so that equal positions are equal bytes. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value))

/** Parses canonical JSON; a string under a key that ends in `Fen` becomes a bigint. */
export const fromCanonicalJson = <T>(text: string): T =>
  JSON.parse(text, (key, value) => (key.endsWith('Fen') && typeof value === 'string' ? BigInt(value) : value)) as T

export const positionJson = (position: Position): string => canonicalJson(position)
export const readPosition = (text: string): Position => fromCanonicalJson<Position>(text)
