import { describe, expect, test } from 'vitest'
import { type FillHabit, hasFallen } from '../../src/query/fill-habit.ts'

const habit = (over: Partial<FillHabit> = {}): FillHabit => ({
  deliveries: 30,
  rows: 3_000,
  filled: 2_940,
  spread: 0.01,
  ...over,
})

describe('a field', () => {
  test('that was filled in 98 % and is in 60 % has fallen', () =>
    expect(hasFallen({ rows: 100, filled: 60 }, habit())).toBe(true))
  test('that was never blank and is in one row of five has fallen', () =>
    expect(hasFallen({ rows: 20, filled: 16 }, habit({ filled: 3_000, spread: 0 }))).toBe(true))
  test.each([
    ['within chance', { rows: 10, filled: 9 }, habit()],
    ['within custom: it differs from day to day', { rows: 100, filled: 60 }, habit({ filled: 2_400, spread: 0.2 })],
    ['by less than matters', { rows: 100_000, filled: 95_000 }, habit()],
    ['in four rows', { rows: 4, filled: 0 }, habit()],
    ['without a habit', { rows: 100, filled: 0 }, habit({ deliveries: 4 })],
    ['of nothing', { rows: 0, filled: 0 }, habit()],
    ['not at all: it rose', { rows: 100, filled: 100 }, habit()],
    ['from nothing', { rows: 100, filled: 0 }, habit({ filled: 0, spread: 0 })],
  ])('that fell %s has not', (_, day, own) => expect(hasFallen(day, own)).toBe(false))
})
