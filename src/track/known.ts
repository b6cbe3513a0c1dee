/** Everything that is known of one project at one tick: the whole input of its position. */
import type { Measurement, ProjectRecord } from '#schemas/canonical/index.ts'

export interface KnownRecord {
  /** The record's opaque id. */
  readonly record: string
  readonly keyHash: string
  readonly feed: string
  readonly fact: ProjectRecord
}

export interface KnownLink {
  readonly decision: 'link' | 'review' | 'none'
  readonly registrationId: string | null
  readonly taxpayerId: string | null
  readonly score: number
  readonly reason: string
}

export interface KnownMeasurement {
  readonly record: string
  readonly feed: string
  /** Key of the section record that it measures. */
  readonly sectionKey: string
  readonly fact: Measurement
  readonly eventOn: string | null
}

/** Invoices summed by tier and class; first and last carry the record that gives the day. */
export interface KnownInvoices {
  readonly tier: number | null
  readonly class: 'taxable' | 'nonTaxable' | 'void'
  readonly count: number
  readonly sumFen: bigint
  readonly first: { readonly on: string; readonly record: string } | null
  readonly last: { readonly on: string; readonly record: string } | null
}

export interface Known {
  readonly records: readonly KnownRecord[]
  readonly links: ReadonlyMap<string, KnownLink>
  readonly measurements: readonly KnownMeasurement[]
  readonly invoices: readonly KnownInvoices[]
}
