/** What tracking holds for law or custom, as dated rows: kept by version in the database, shipped here as version 1. */
import type { PoolClient } from 'pg'
import { takeTick } from '../db/tick.ts'
import { shippedTaxRules, type TaxRules } from '../tax/rates/index.ts'

export interface PaymentRatioRule {
  /** Contracts signed from this day on. */
  readonly from: string
  readonly ratioBp: number
  readonly source: string
}

export interface TrackRules {
  readonly version: number
  /** Share of the work done that falls due before settlement where the contract does not say: government and state owners (domain.md 0.4). */
  readonly assumedPaymentRatios: readonly PaymentRatioRule[]
  /** 立项长期未开工: days from approval without any sign of a start (indicator R18). */
  readonly stalledAfterDays: number
  /** Weight of each kind of evidence of a start (domain.md 2, note A). */
  readonly startEvidence: {
    readonly reported: number
    readonly measured: number
    readonly invoiced: number
    readonly powerRising: number
    readonly powerConnected: number
    readonly observed: number
  }
  /** Weight of each kind of evidence of the end of works. */
  readonly endEvidence: { readonly accepted: number; readonly reported: number; readonly powerClosed: number }
  /** A milestone below this confidence is shown and moves no stage. */
  readonly stageFrom: number
  /** Rates, reaches and thresholds of the taxes that the tax ladder expects, and what law leaves open. */
  readonly tax: TaxRules
}

/** The rules as shipped. A hub whose database has an older version stores this one as news and computes every position anew. */
export const shippedRules: TrackRules = {
  version: 3,
  assumedPaymentRatios: [
    { from: '2022-08-01', ratioBp: 8_000, source: '财建〔2022〕183号' },
    { from: '1900-01-01', ratioBp: 6_000, source: '财建〔2004〕369号' },
  ],
  stalledAfterDays: 365,
  startEvidence: {
    reported: 0.95,
    measured: 0.8,
    invoiced: 0.6,
    powerRising: 0.5,
    powerConnected: 0.4,
    observed: 0.4,
  },
  endEvidence: { accepted: 0.98, reported: 0.85, powerClosed: 0.4 },
  stageFrom: 0.5,
  tax: shippedTaxRules,
}

/** The rules in force: the newest stored version, or the shipped one where that is newer. */
export const currentRules = async (client: PoolClient): Promise<TrackRules> => {
  const { rows } = await client.query<{ version: number; body: TrackRules }>(
    `SELECT version, body FROM settings_version WHERE kind = 'rules' ORDER BY version DESC LIMIT 1`,
  )
  if (rows[0] && rows[0].version >= shippedRules.version) return rows[0].body
  const tick = await takeTick(client, 'rules', 'system', { version: shippedRules.version })
  await client.query(`INSERT INTO settings_version (kind, version, tick, body) VALUES ('rules', $1, $2, $3)`, [
    shippedRules.version,
    tick,
    JSON.stringify(shippedRules),
  ])
  await client.query(
    'INSERT INTO touched (project_id, tick) SELECT project_id, $1 FROM position ON CONFLICT DO NOTHING',
    [tick],
  )
  return shippedRules
}

/** The ratio assumed for a contract of this day, null where none is (private owners, no date). */
export const assumedRatioBp = (
  rules: TrackRules,
  governmentFunded: boolean | null,
  signedOn: string | null,
): number | null =>
  governmentFunded && signedOn ? (rules.assumedPaymentRatios.find((r) => r.from <= signedOn)?.ratioBp ?? null) : null
