import { expect, test } from 'vitest'
import { dueOn } from '../../src/tax/filing.ts'
import { localSettings } from '../../src/tax/rates/local.ts'

test.each([
  ['an ordinary month', '2024-02', 'month', '2024-03-15'],
  ['a Sunday moves on to Monday', '2024-08', 'month', '2024-09-18'],
  ['three days off in a row before the day move it on by as many', '2023-03', 'quarter', '2023-04-17'],
  ['October', '2025-09', 'month', '2025-10-23'],
  ['a quarter is filed after its end', '2024-01', 'quarter', '2024-04-18'],
  ['December is filed in January', '2024-12', 'month', '2025-01-15'],
] as const)('%s', (_, period, frequency, day) => {
  expect(dueOn(localSettings, period, frequency)).toBe(day)
})

test('the yearly notice counts before the rule', () => {
  expect(dueOn({ ...localSettings, filingNotices: { '2024-03': '2024-03-20' } }, '2024-02', 'month')).toBe('2024-03-20')
})
