/**
 * Expected tax 应缴测算 of one contractor of one project: a band of low, point and high, month by month and line by line. It is an alert's ground 疑点 and
 * never an assessment 核定. Each reading is a whole case of its own, from its base to its last line; a band holds the least and the most of the three.
 */
import { dueOn, type Frequency } from '../filing.ts'
import { least, most, withoutTax } from '../money.ts'
import type { RateRow, TaxRules } from '../rates/index.ts'
import { basesOf, type Evidence, type MonthBase } from './base.ts'
import { incomeTax, inPriceOn } from './income-tax.ts'
import { type Band, type ContractorFacts, type Reading, readings } from './input.ts'
import type { Line } from './line.ts'
import { projectTax } from './prepayment.ts'
import { surcharges } from './surcharges.ts'
import { vat } from './vat.ts'

export interface ExpectedLine {
  readonly row: RateRow
  readonly attribution: Line['attribution']
  readonly baseFen: bigint
  readonly band: Band
  /** Each reading's own figure: sums of them make the band of a longer time. */
  readonly of: Band
}

export interface ExpectedMonth {
  readonly period: string
  readonly dueOn: string
  readonly evidence: Evidence
  /** Price of the month with VAT under the point and the high reading, and what was deducted. */
  readonly baseFen: bigint
  readonly highBaseFen: bigint
  readonly deductedFen: bigint
  readonly lines: readonly ExpectedLine[]
}

/** The least and the most of three readings. */
export const bandOf = ({ low, point, high }: Band): Band => ({
  low: least(low, least(point, high)),
  point,
  high: most(high, most(low, point)),
})

export const addBands = (a: Band, b: Band): Band => ({
  low: a.low + b.low,
  point: a.point + b.point,
  high: a.high + b.high,
})

export const noBand: Band = { low: 0n, point: 0n, high: 0n }

const sumByPeriod = (lines: readonly Line[]): ((period: string) => bigint) => {
  const sums = new Map<string, bigint>()
  for (const line of lines) sums.set(line.period, (sums.get(line.period) ?? 0n) + line.taxFen)
  return (period) => sums.get(period) ?? 0n
}

const linesOf = (rules: TaxRules, facts: ContractorFacts, bases: readonly MonthBase[], reading: Reading): Line[] => {
  const paid = projectTax(rules, facts, bases, reading)
  const byPeriod = new Map(bases.map((b) => [b.period, b]))
  const sales = (period: string): bigint => {
    const b = byPeriod.get(period)
    return b ? withoutTax(b.prepayFen, inPriceOn(rules, facts, b.day, reading)) + b.otherNetFen : 0n
  }
  const prepaid = paid.filter((line) => line.row.tax === 'vatPrepayment')
  return [
    ...paid,
    ...surcharges(rules, facts, paid, sales, reading),
    ...incomeTax(rules, facts, bases, reading),
    ...vat(rules, facts, bases, sumByPeriod(prepaid), reading),
  ]
}

/** The three readings of one tax in one month as one line; the row named is that of the point reading where it has one. */
const joined = (found: ReadonlyMap<Reading, Line>): ExpectedLine | null => {
  const shown = found.get('point') ?? found.get('high') ?? found.get('low')
  if (!shown) return null
  const taxOf = (reading: Reading): bigint => found.get(reading)?.taxFen ?? 0n
  const of = { low: taxOf('low'), point: taxOf('point'), high: taxOf('high') }
  if (of.low === 0n && of.point === 0n && of.high === 0n) return null
  const { row, attribution, baseFen } = shown
  return { row, attribution, baseFen, band: bandOf(of), of }
}

const frequencyOf = (facts: ContractorFacts): Frequency => (facts.scheme === 'smallScale' ? 'quarter' : 'month')

/** All months of a contractor, each with what is expected of it. */
export const expectedOf = (rules: TaxRules, facts: ContractorFacts): ExpectedMonth[] => {
  const bases = { low: basesOf(facts, 'low'), point: basesOf(facts, 'point'), high: basesOf(facts, 'high') }
  const found = new Map<string, Map<string, Map<Reading, Line>>>()
  for (const reading of readings)
    for (const line of linesOf(rules, facts, bases[reading], reading)) {
      const taxes = found.get(line.period) ?? new Map<string, Map<Reading, Line>>()
      found.set(line.period, taxes)
      const of = taxes.get(line.row.tax) ?? new Map<Reading, Line>()
      taxes.set(line.row.tax, of.set(reading, line))
    }
  return bases.point.map((b, i) => ({
    period: b.period,
    dueOn: dueOn(rules.local, b.period, frequencyOf(facts)),
    evidence: b.evidence === 'invoiced' && b.priceFen === 0n ? bases.high[i]!.evidence : b.evidence,
    baseFen: b.prepayFen,
    highBaseFen: bases.high[i]!.prepayFen,
    deductedFen: b.deductedFen,
    lines: [...(found.get(b.period)?.values() ?? [])].flatMap((of) => joined(of) ?? []),
  }))
}
