/**
 * 增值税 of the project's sales, as far as it can be told. A resident taxpayer declares for all its business, so this is of class taxpayer: it stands
 * beside the project's ladder and is never compared with it (domain.md 0.1, 3.1).
 */
import { most, taxOn, withoutTax } from '../money.ts'
import { rowOn, type TaxRules } from '../rates/index.ts'
import type { MonthBase } from './base.ts'
import { Carry } from './carry.ts'
import type { ContractorFacts, Reading } from './input.ts'
import type { Line } from './line.ts'
import { quarterOf, quartersBelow, schemeOf } from './prepayment.ts'

/** Of a general taxpayer: at least what is prepaid, likely the burden of the trade, at most the output tax. */
const generalTax = (rules: TaxRules, fen: bigint, rateBp: number, prepaidFen: bigint, reading: Reading): bigint => {
  const output = taxOn(fen, rateBp, rateBp)
  if (reading === 'high') return most(output, prepaidFen)
  if (reading === 'low') return prepaidFen
  return most(taxOn(withoutTax(fen, rateBp), rules.local.vatBurdenBp), prepaidFen)
}

/** @param prepaidFen what is prepaid on a month's price, 分 */
export const vat = (
  rules: TaxRules,
  facts: ContractorFacts,
  bases: readonly MonthBase[],
  prepaidFen: (period: string) => bigint,
  reading: Reading,
): Line[] => {
  const carry = new Carry()
  const below = quartersBelow(rules, facts, bases, reading)
  return bases.flatMap((b): Line[] => {
    const scheme = schemeOf(facts.scheme, reading)
    const row = rowOn(rules.rates, 'vat', scheme, b.day)
    if (row?.rateBp == null) return []
    const isGeneral = scheme === 'general'
    const baseFen = carry.take(b.priceFen, isGeneral ? 0n : b.deductedFen)
    if (below.has(quarterOf(b.period))) return []
    const taxFen = isGeneral
      ? generalTax(rules, baseFen, row.rateBp, prepaidFen(b.period), reading)
      : taxOn(baseFen, row.rateBp, row.inPriceBp)
    return [{ period: b.period, row, attribution: 'taxpayer', baseFen, taxFen, isAtSite: false }]
  })
}
