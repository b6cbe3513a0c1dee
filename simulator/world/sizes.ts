/** How big a world is. */

/** `plannedPerProject` makes up for contracts that are not far enough to have all their invoices: it brings the total near `invoices`. */
export const sizes = {
  tiny: { taxpayers: 60, projects: 15, invoices: 400, plannedPerProject: 17 },
  town: { taxpayers: 2_000, projects: 300, invoices: 20_000, plannedPerProject: 54 },
  city: { taxpayers: 200_000, projects: 20_000, invoices: 2_000_000, plannedPerProject: 112 },
} as const
export type Size = keyof typeof sizes

/** A size of one's own, for benches. */
export interface WorldSize {
  readonly taxpayers: number
  readonly projects: number
  readonly invoices: number
  readonly plannedPerProject: number
}

export const sizeOf = (size: Size | WorldSize): WorldSize => (typeof size === 'string' ? sizes[size] : size)

/** Share of invoices that works cause; all others are ordinary trade. */
export const shareOfWorks = 0.4
/** Share of records that a day adds, and share that it changes. */
export const dailyShare = 0.01

/** What a day brings, as numbers expected a day: for worlds that grow over years, which a share of themselves each day would let explode. */
export interface Pace {
  readonly projects: number
  readonly taxpayers: number
  /** Corrections of each dataset, and of registrations. */
  readonly corrections: number
  /** Invoices of ordinary trade, and invoices of all kinds that are corrected. */
  readonly trade: number
  readonly correctedInvoices: number
}
