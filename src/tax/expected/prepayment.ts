/** 营业税 at the place of work until 2016-04, 增值税预缴 since: both by project (domain.md 3.1). */
import { taxOn, withoutTax } from '../money.ts'
import { prepaysAtSite } from '../place.ts'
import { rowOn, spanOn, type TaxRules } from '../rates/index.ts'
import type { MonthBase } from './base.ts'
import { Carry } from './carry.ts'
import type { ContractorFacts, Reading, Scheme } from './input.ts'
import type { Line } from './line.ts'

/** The rate that a reading goes by where the scheme is not known: general at least, simplified at most. */
export const schemeOf = (scheme: Scheme, reading: Reading): Exclude<Scheme, 'unknown'> =>
  scheme !== 'unknown' ? scheme : reading === 'high' ? 'simplified' : 'general'

const subjectOf = (scheme: Scheme, reading: Reading): string => {
  const known = schemeOf(scheme, reading)
  return known === 'smallScale' && reading === 'low' ? 'smallScaleOf103' : known
}

export const quarterOf = (period: string): string =>
  `${period.slice(0, 4)}q${Math.ceil(Number(period.slice(5, 7)) / 3)}`

/**
 * Quarters in which a small-scale taxpayer's sales here stay within the threshold: nothing is due then (domain.md 0.6, 3.1). What it sells elsewhere is
 * not known, so the upper reading does not rely on it.
 */
export const quartersBelow = (
  rules: TaxRules,
  facts: ContractorFacts,
  bases: readonly MonthBase[],
  reading: Reading,
): Set<string> => {
  if (facts.scheme !== 'smallScale' || reading === 'high') return new Set()
  const sales = new Map<string, bigint>()
  const limits = new Map<string, bigint>()
  for (const b of bases) {
    const quarter = quarterOf(b.period)
    const net = withoutTax(b.priceFen, rowOn(rules.rates, 'vat', 'smallScale', b.day)?.inPriceBp ?? 0)
    sales.set(quarter, (sales.get(quarter) ?? 0n) + net + b.otherNetFen)
    const threshold = spanOn(rules.thresholds, b.day)
    if (threshold) limits.set(quarter, BigInt(threshold.monthFen) * 3n)
  }
  return new Set([...sales].flatMap(([quarter, fen]) => (fen <= (limits.get(quarter) ?? -1n) ? quarter : [])))
}

/** Whether prices are prepaid on under this reading: only what is certain binds the lower ones. */
const isAtSite = (rules: TaxRules, facts: ContractorFacts, day: string, reading: Reading): boolean => {
  const found = prepaysAtSite(rules, facts.home, facts.site, day)
  return found === 'yes' || (found === 'maybe' && reading === 'high')
}

/** Tax by project on the price of each month, under one reading. */
export const projectTax = (
  rules: TaxRules,
  facts: ContractorFacts,
  bases: readonly MonthBase[],
  reading: Reading,
): Line[] => {
  const [business, atSite, atHome] = [new Carry(), new Carry(), new Carry()]
  const below = quartersBelow(rules, facts, bases, reading)
  return bases.flatMap((b): Line[] => {
    const businessRow = rowOn(rules.rates, 'businessTax', 'construction', b.day)
    if (businessRow?.rateBp != null) {
      const baseFen = business.take(b.priceFen, b.deductedFen)
      const taxFen = taxOn(baseFen, businessRow.rateBp)
      return [{ period: b.period, row: businessRow, attribution: 'project', baseFen, taxFen, isAtSite: true }]
    }
    const row = rowOn(rules.rates, 'vatPrepayment', subjectOf(facts.scheme, reading), b.day)
    if (row?.rateBp == null) return []
    // At home only the advance is prepaid on, and only what was paid to subcontractors of it may come off.
    const isHere = isAtSite(rules, facts, b.day, reading)
    const baseFen = isHere
      ? atSite.take(b.prepayFen, b.deductedFen)
      : atHome.take(b.advanceFen, reading === 'low' && b.advanceFen > 0n ? b.deductedFen : 0n)
    if (below.has(quarterOf(b.period))) return []
    return [
      {
        period: b.period,
        row,
        attribution: 'project',
        baseFen,
        taxFen: taxOn(baseFen, row.rateBp, row.inPriceBp),
        isAtSite: isHere,
      },
    ]
  })
}
