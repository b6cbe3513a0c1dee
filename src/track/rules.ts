/** What tracking holds for law or custom, as dated rows: kept by version in the database, shipped here as version 1. */
import type { PoolClient } from 'pg'
import { takeTick } from '../db/tick.ts'

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
  readonly startEvidence: { readonly reported: number; readonly measured: number; readonly invoiced: number }
}

export const firstRules: TrackRules = {
  version: 1,
  assumedPaymentRatios: [
    { from: '2022-08-01', ratioBp: 8_000, source: '财建〔2022〕183号' },
    { from: '1900-01-01', ratioBp: 6_000, source: '财建〔2004〕369号' },
  ],
  stalledAfterDays: 365,
  startEvidence: { reported: 0.95, measured: 0.8, invoiced: 0.6 },
}

/** The rules in force; the first run stores the shipped ones as version 1. */
export const currentRules = async (client: PoolClient): Promise<TrackRules> => {
  const { rows } = await client.query<{ body: TrackRules }>(
    `SELECT body FROM settings_version WHERE kind = 'rules' ORDER BY version DESC LIMIT 1`,
  )
  if (rows[0]) return rows[0].body
  const tick = await takeTick(client, 'rules', 'system', { version: firstRules.version })
  await client.query(`INSERT INTO settings_version (kind, version, tick, body) VALUES ('rules', $1, $2, $3)`, [
    firstRules.version,
    tick,
    JSON.stringify(firstRules),
  ])
  return firstRules
}

/** The ratio assumed for a contract of this day, null where none is (private owners, no date). */
export const assumedRatioBp = (
  rules: TrackRules,
  governmentFunded: boolean | null,
  signedOn: string | null,
): number | null =>
  governmentFunded && signedOn ? (rules.assumedPaymentRatios.find((r) => r.from <= signedOn)?.ratioBp ?? null) : null
