import { expect, test } from 'vitest'
import { rowOn, shippedTaxRules as rules } from '../../src/tax/rates/index.ts'

test('ids are distinct, every row names its article, and a row without a rate says who has to give it', () => {
  expect(new Set(rules.rates.map((row) => row.id)).size).toBe(rules.rates.length)
  expect(rules.rates.filter((row) => row.article === '' || row.basis === '')).toEqual([])
  expect(rules.rates.filter((row) => row.rateBp === null && row.open === undefined)).toEqual([])
})

test('rows of one subject follow each other without overlap or gap', () => {
  const bySubject = Map.groupBy(rules.rates, (row) => `${row.tax}.${row.subject}`)
  for (const [, rows] of bySubject) {
    const sorted = [...rows].sort((a, b) => (a.from < b.from ? -1 : 1))
    for (const [i, row] of sorted.entries()) {
      const next = sorted[i + 1]
      if (next === undefined) continue
      const dayAfter = new Date(Date.parse(`${row.to}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
      expect([row.id, dayAfter]).toEqual([row.id, next.from])
    }
  }
})

test.each([
  ['vat', 'general', '2018-04-30', 1_100],
  ['vat', 'general', '2018-05-01', 1_000],
  ['vat', 'general', '2019-03-31', 1_000],
  ['vat', 'general', '2019-04-01', 900],
  ['vat', 'simplified', '2025-12-31', 300],
  ['vat', 'simplified', '2027-12-31', 300],
  ['vat', 'smallScale', '2019-06-01', 300],
  ['vat', 'smallScale', '2023-01-01', 100],
  ['businessTax', 'construction', '2016-04-30', 300],
  ['stampDuty', 'design', '2022-06-30', 5],
  ['stampDuty', 'design', '2022-07-01', 3],
  ['incomeTax', 'otherProvince', '2024-01-01', 20],
] as const)('%s %s on %s: %d', (tax, subject, day, rateBp) => {
  expect(rowOn(rules.rates, tax, subject, day)?.rateBp).toBe(rateBp)
})

test.each([
  ['vat', 'general', '2016-04-30'],
  ['businessTax', 'construction', '2016-05-01'],
  // 3 % for 老项目 and 清包工 ends with the announcement that grants it (0.6).
  ['vat', 'simplified', '2028-01-01'],
] as const)('%s %s has no row on %s', (tax, subject, day) => {
  expect(rowOn(rules.rates, tax, subject, day)).toBeNull()
})

test('rules survive being kept as JSON', () => {
  expect(JSON.parse(JSON.stringify(rules))).toEqual(rules)
})
