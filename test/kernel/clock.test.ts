import { afterEach, expect, test } from 'vitest'
import {
  addDays,
  daysBetween,
  endOfDay,
  now,
  setClock,
  setClockOffset,
  sleep,
  startOfDay,
  today,
} from '../../src/kernel/clock.ts'

afterEach(() => setClockOffset(0))

test('a day begins and ends in Shanghai', () => {
  expect(startOfDay('2026-03-01').toISOString()).toBe('2026-02-28T16:00:00.000Z')
  expect(endOfDay('2026-03-01').toISOString()).toBe('2026-03-01T15:59:59.999Z')
  expect(today(new Date('2026-02-28T15:59:59.999Z'))).toBe('2026-02-28')
  expect(today(new Date('2026-02-28T16:00:00.000Z'))).toBe('2026-03-01')
})

test('a day that does not exist is refused', () => {
  for (const day of ['2026-02-29', '2026-13-01', '2026-1-1', 'today', ''])
    expect(() => startOfDay(day)).toThrow(RangeError)
})

test('days are counted over month and leap-year ends', () => {
  expect(addDays('2024-02-28', 2)).toBe('2024-03-01')
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
  expect(daysBetween('2024-01-01', '2025-01-01')).toBe(366)
  expect(daysBetween('2025-01-02', '2025-01-01')).toBe(-1)
})

test('the clock can be moved and runs on from there', () => {
  setClock('2030-01-01T00:00:00+08:00')
  expect(today()).toBe('2030-01-01')
  expect(now().getTime() - startOfDay('2030-01-01').getTime()).toBeLessThan(5_000)
})

test('a sleep ends at once when its signal fires, with the reason', async () => {
  const abort = new AbortController()
  const slept = sleep(60_000, abort.signal)
  abort.abort(new Error('stop'))
  await expect(slept).rejects.toThrow('stop')
  await expect(sleep(60_000, abort.signal)).rejects.toThrow('stop')
})
