/** The order of a record's versions by its source's update time, and when that time is not believed. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { feedById } from '../../connectors/index.ts'
import { setClock, setClockOffset } from '../../src/kernel/clock.ts'
import { createRowReader } from '../../src/landing/read-row.ts'

beforeEach(() => setClock('2024-06-01T08:00:00+08:00'))
afterEach(() => setClockOffset(0))

const orderOf = (time: unknown): string | null => {
  const feed = feedById('water.projects')
  if (feed === undefined) throw new Error('no feed')
  const text = JSON.stringify({ xmbh: 'SL2023-00001', gxsj: time })
  const row = createRowReader(feed, (value) => value).read({ text, at: { source: 'test', row: 1 } })
  return row.fault === null ? row.sourceOrder : row.fault.code
}

test.each([
  ['a time of the past', '2019-08-15 09:12:44', '2019-08-15 09:12:44'],
  ['a clock that is half a day fast', '2024-06-01 20:00:00', '2024-06-01 20:00:00'],
  ['a time a year ahead', '2025-06-01 08:00:00', null],
  ['a date a year ahead', '2025-06-01', null],
  ['the end of all time', '9999-12-31 23:59:59', null],
  ['no time', '', null],
  ['an order that is no time', 'v17', 'v17'],
])('%s orders as it should', (_, time, expected) => {
  expect(orderOf(time)).toBe(expected)
})
