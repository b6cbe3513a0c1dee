/** The city mix: how many rows each feed has in the simulator's city (size `city`, seed 1, 2025-06-02), and so its share of every bench world. */
import type { FeedId } from '../../simulator/world/entries.ts'

const cityRows: Readonly<Record<FeedId, number>> = {
  'tax.taxpayers': 207_409,
  'tax.invoices': 1_900_305,
  'development.approvals': 26_978,
  'transport.sections': 9_906,
  'transport.measurements': 144_022,
  'tendering.awards': 25_217,
  'development.progress': 174_079,
  'development.key-projects': 18_387,
  'transport.projects': 5_821,
  'water.projects': 2_908,
  'water.contracts': 3_236,
  'water.progress': 34_276,
  'water.permits': 3_705,
  'water.usages': 30_847,
  'power.installations': 16_111,
  'power.accounts': 23_793,
  'power.readings': 497_918,
  'security.rentals': 25_564,
  'security.seals': 40_413,
  'tax.returns': 167_015,
  'tax.payments': 208_485,
  'tax.prepayments': 25_008,
  'tax.invoice-supplies': 57_526,
  'tax.invoice-quotas': 34_628,
  'tax.cross-region-reports': 7_328,
  'tax.social-insurance': 53_445,
  'tax.risk-tasks': 413,
  'tax.officer-entries': 22_763,
  'commerce.registrations': 199_734,
  'commerce.changes': 57_787,
  'housing.permits': 11_377,
  'housing.completions': 7_605,
  'finance.payments': 176_143,
  'resources.land': 6_892,
  'town.observations': 10_867,
}

export const feedIds: readonly FeedId[] = Object.keys(cityRows) as FeedId[]

export const cityTotal = feedIds.reduce((sum, feed) => sum + cityRows[feed], 0)

/** Share of all rows; the 35 make one. */
export const shareOf = (feed: FeedId): number => cityRows[feed] / cityTotal

/** Rows of a feed in a bench world of `rows`, one at least. */
export const rowsOf = (feed: FeedId, rows: number): number => Math.max(1, Math.round(rows * shareOf(feed)))

/** Rows of a feed that a day adds, and as many that it changes: one per cent. */
export const dailyOf = (feed: FeedId, rows: number): number => Math.max(1, Math.round(rowsOf(feed, rows) * 0.01))
