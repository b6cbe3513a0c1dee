/** Everything that is known of one project at one tick: the whole input of its position. */
import type { Canonical, Measurement, ProjectRecord, TaxRegistration } from '#schemas/canonical/index.ts'

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
  'taxPayment',
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

/** Invoices with VAT or on an advance, summed by parties, month and what tells their tax apart. */
export interface KnownSales {
  readonly tier: number | null
  /** Text hashes of both parties, and how the invoices write the seller and the buyer. */
  readonly seller: string
  readonly buyer: string
  readonly sellerName: string
  readonly buyerName: string
  readonly sellerCode: string | null
  /** `YYYY-MM`. */
  readonly period: string
  /** taxable, or the three digits of a code that carries no VAT (612, 603). */
  readonly goods: string
  readonly rateBp: number | null
  /** Names project and place of work, without which a subcontract's invoice is not deducted (domain.md 4). */
  readonly isComplete: boolean
  readonly grossFen: bigint
  readonly netFen: bigint | null
  readonly count: number
  readonly record: string
}

/** What the tax register says of a registration that the project names or whose forms it carries. */
export interface KnownRegistration {
  readonly registrationId: string
  readonly taxpayerId: string
  readonly fact: TaxRegistration
}

export interface Known {
  readonly records: readonly KnownRecord[]
  readonly links: ReadonlyMap<string, KnownLink>
  readonly measurements: readonly KnownMeasurement[]
  readonly tied: readonly KnownTied[]
  readonly readings: readonly KnownReadings[]
  readonly invoices: readonly KnownInvoices[]
  readonly sales: readonly KnownSales[]
  readonly registrations: ReadonlyMap<string, KnownRegistration>
}
