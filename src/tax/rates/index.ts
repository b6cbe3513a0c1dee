/** All of the law that the expected tax goes by, as one value: kept by version with the rules of tracking, shipped here. */
import { businessTaxRates } from './business-tax.ts'
import { incomeTaxRates } from './income-tax.ts'
import { type LocalSettings, localSettings } from './local.ts'
import { prepaymentRates, prepaymentReaches, type Reach } from './prepayment.ts'
import type { RateRow } from './row.ts'
import { smallScaleThresholds, type ThresholdRow } from './small-scale.ts'
import { stampDutyRates } from './stamp-duty.ts'
import { type HalvingRow, smallScaleHalvings, surchargeRates } from './surcharges.ts'
import { vatRates } from './vat.ts'

export interface TaxRules {
  readonly rates: readonly RateRow[]
  readonly reaches: readonly Reach[]
  readonly thresholds: readonly ThresholdRow[]
  readonly halvings: readonly HalvingRow[]
  readonly local: LocalSettings
}

export const shippedTaxRules: TaxRules = {
  rates: [
    ...businessTaxRates,
    ...vatRates,
    ...prepaymentRates,
    ...surchargeRates,
    ...stampDutyRates,
    ...incomeTaxRates,
  ],
  reaches: prepaymentReaches,
  thresholds: smallScaleThresholds,
  halvings: smallScaleHalvings,
  local: localSettings,
}

/** The span that holds on a day. */
export const spanOn = <T extends { readonly from: string; readonly to: string | null }>(
  rows: readonly T[],
  day: string,
): T | null => rows.find((row) => row.from <= day && (row.to === null || day <= row.to)) ?? null

export type { LocalSettings } from './local.ts'
export { type RateRow, rowOn, type TaxName } from './row.ts'
