/** What the expected tax is computed from: one contractor of one project, month by month. */

/** 计税方法 of the contractor for this project: `unknown` where no register and no invoice tells. */
export type Scheme = 'general' | 'simplified' | 'smallScale' | 'unknown'

/** What came about in one month. All sums are tax-inclusive 分; red invoices are negative. */
export interface MonthFacts {
  /** `YYYY-MM`. */
  readonly period: string
  /** Tier 1 invoices of construction services that carry VAT, or business tax. */
  readonly invoicedFen: bigint
  /** Tier 1 invoices of what is no construction service: design, equipment (domain.md 0.7), and the same without tax. */
  readonly otherFen: bigint
  readonly otherNetFen: bigint
  /** Invoices of code 612 建筑服务预收款. */
  readonly advanceFen: bigint
  readonly receivedFen: bigint
  /** Work measured, as far as it falls due. */
  readonly measuredFen: bigint
  /** Subcontractors' invoices that may be deducted, and those that lack the site or the project on them (domain.md 4). */
  readonly subcontractFen: bigint
  readonly doubtfulSubcontractFen: bigint
}

export interface ContractorFacts {
  readonly scheme: Scheme
  /** Division codes, six digits or more. */
  readonly home: string | null
  readonly site: string | null
  /** A branch pays its own income tax: no 0.2 % for it (domain.md 3.4). */
  readonly isBranch: boolean
  /** One of several who build: money that the leader receives is not all its own, so it only raises the upper bound. */
  readonly isJoint: boolean
  /** In the order of their periods, each once. */
  readonly months: readonly MonthFacts[]
}

export const emptyMonth = (period: string): MonthFacts => ({
  period,
  invoicedFen: 0n,
  otherFen: 0n,
  otherNetFen: 0n,
  advanceFen: 0n,
  receivedFen: 0n,
  measuredFen: 0n,
  subcontractFen: 0n,
  doubtfulSubcontractFen: 0n,
})

/** The three readings of one case: what is owed at least, most likely, at most. */
export const readings = ['low', 'point', 'high'] as const
export type Reading = (typeof readings)[number]

export interface Band {
  readonly low: bigint
  readonly point: bigint
  readonly high: bigint
}
