/** 印花税 of one contract, of each side (domain.md 3.3). */
import { taxOn } from '../money.ts'
import { type RateRow, rowOn, type TaxRules } from '../rates/index.ts'
import type { Band } from './input.ts'

export interface StampDuty {
  readonly row: RateRow
  readonly band: Band
  /** What the rate was put on under the point reading, 分. */
  readonly baseFen: bigint
}

/**
 * @param priceFen contract price with VAT, 分
 * @param signedOn `YYYY-MM-DD`
 * @param vatListed whether the contract lists VAT apart; null: not known, then the band holds both readings
 * @returns null where no row holds on that day
 */
export const stampDuty = (
  rules: TaxRules,
  priceFen: bigint,
  signedOn: string,
  vatListed: boolean | null,
): StampDuty | null => {
  const row = rowOn(rules.rates, 'stampDuty', 'construction', signedOn)
  if (row?.rateBp == null) return null
  const vatBp = rowOn(rules.rates, 'vat', 'general', signedOn)?.inPriceBp ?? 0
  const listed = taxOn(priceFen, row.rateBp, vatBp)
  const whole = taxOn(priceFen, row.rateBp)
  const isListed = vatListed ?? rules.local.stampDutyVatListed
  return {
    row,
    band: {
      low: vatListed === false ? whole : listed,
      point: isListed ? listed : whole,
      high: vatListed === true ? listed : whole,
    },
    baseFen: isListed ? taxOn(priceFen, 10_000, vatBp) : priceFen,
  }
}
