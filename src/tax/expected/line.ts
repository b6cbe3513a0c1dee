import type { Attribution } from '#schemas/canonical/tax-ladder.ts'
import type { RateRow } from '../rates/row.ts'

/** One tax of one month under one reading. */
export interface Line {
  readonly period: string
  readonly row: RateRow
  /** By whom the figure can be checked: the project's own records, or the taxpayer's return for all its business (domain.md 0.1). */
  readonly attribution: Attribution
  /** What the rate was put on, 分. */
  readonly baseFen: bigint
  readonly taxFen: bigint
  /** Paid where the work is and not at home; of what is paid elsewhere no record names the project. */
  readonly isAtSite: boolean
}
