/** Everything that is known of one project at one tick: the whole input of its position. */
import type { Canonical, Measurement, ProjectRecord } from '#schemas/canonical/index.ts'

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

/** Kinds of facts that are tied to a project and read one by one; measurements, meter readings and invoices are too many for that. */
export const tiedKinds = [
  'completion',
  'investment',
  'landSupply',
  'fundPayment',
  'observation',
  'waterPermit',
  'powerAccount',
  'powerInstallation',
  'prepayment',
  'crossRegionReport',
  'socialInsurance',
  'officerEntry',
] as const satisfies readonly Canonical['kind'][]
export type TiedFact = Extract<Canonical, { kind: (typeof tiedKinds)[number] }>

/** A fact that is tied to the project without being a record of it. */
export interface KnownTied {
  readonly record: string
  readonly keyHash: string
  readonly feed: string
  readonly fact: TiedFact
  readonly eventOn: string | null
}

/** Meter readings of one account or permit, summed. */
export interface KnownReadings {
  /** Key of the account's record. */
  readonly accountKey: string
  readonly feed: string
  readonly count: number
  /** The first reading that is above the one before it and more than a few lamps. */
  readonly rising: { readonly on: string; readonly record: string } | null
  readonly lastOn: string | null
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
  readonly tied: readonly KnownTied[]
  readonly readings: readonly KnownReadings[]
  readonly invoices: readonly KnownInvoices[]
}
