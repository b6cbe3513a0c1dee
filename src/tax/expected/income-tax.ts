/** 企业所得税 at the site of a project department away from home (domain.md 3.4): on what the project brings in without VAT, subcontracts not deducted. */
import { taxOn, withoutTax } from '../money.ts'
import { isCrossProvince } from '../place.ts'
import { rowOn, type TaxRules } from '../rates/index.ts'
import type { MonthBase } from './base.ts'
import { Carry } from './carry.ts'
import type { ContractorFacts, Reading } from './input.ts'
import type { Line } from './line.ts'
import { schemeOf } from './prepayment.ts'

/** What of the price is VAT on a day; nothing before VAT. */
export const inPriceOn = (rules: TaxRules, facts: ContractorFacts, day: string, reading: Reading): number =>
  rowOn(rules.rates, 'vat', schemeOf(facts.scheme, reading), day)?.inPriceBp ?? 0

export const incomeTax = (
  rules: TaxRules,
  facts: ContractorFacts,
  bases: readonly MonthBase[],
  reading: Reading,
): Line[] => {
  if (facts.isBranch || isCrossProvince(facts.home, facts.site) !== true) return []
  const carry = new Carry()
  return bases.flatMap((b): Line[] => {
    const row = rowOn(rules.rates, 'incomeTax', 'otherProvince', b.day)
    if (row?.rateBp == null) return []
    const inPriceBp = inPriceOn(rules, facts, b.day, reading)
    // Rounded once: other goods come without their tax, so theirs is put back in at the rate that comes out again.
    const otherFen = (b.otherNetFen * BigInt(10_000 + inPriceBp)) / 10_000n
    const grossFen = carry.take(b.priceFen + otherFen, 0n)
    return [
      {
        period: b.period,
        row,
        attribution: 'project',
        baseFen: withoutTax(grossFen, inPriceBp),
        taxFen: taxOn(grossFen, row.rateBp, inPriceBp),
        isAtSite: true,
      },
    ]
  })
}
