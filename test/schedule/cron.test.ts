/** What cron expressions mean, and what is said of those that mean nothing. */
import { describe, expect, test } from 'vitest'
import { parseCron } from '../../src/schedule/when/cron.ts'
import { nextSlots } from '../../src/schedule/when/slots-between.ts'

/** The first days after 1 January 2026 on which an expression fires, in Asia/Shanghai. */
const days = (cron: string, count: number): string[] =>
  nextSlots(cron, 'Asia/Shanghai', new Date('2025-12-31T16:00:00Z'), count).map((slot) =>
    new Date(slot.getTime() + 8 * 3_600_000).toISOString().slice(5, 10),
  )

test.each([
  ['0 12 L * *', ['01-31', '02-28', '03-31', '04-30']],
  ['0 12 L-3 * *', ['01-28', '02-25', '03-28', '04-27']],
  ['0 12 * * 5L', ['01-30', '02-27', '03-27', '04-24']],
  ['0 12 * * 1#2', ['01-12', '02-09', '03-09', '04-13']],
  ['0 12 * * MON-wed', ['01-05', '01-06', '01-07', '01-12']],
  ['0 12 * FEB,apr 1', ['02-02', '02-09', '02-16', '02-23']],
  ['0 12 * * 7', ['01-04', '01-11', '01-18', '01-25']],
  ['0 12 ? * 0', ['01-04', '01-11', '01-18', '01-25']],
  ['0 12 29 2 *', ['02-29', '02-29', '02-29', '02-29']],
  ['0 12 31 * *', ['01-31', '03-31', '05-31', '07-31']],
])('%s', (cron, expected) => {
  expect(days(cron, 4)).toEqual(expected)
})

describe('day of month against day of week', () => {
  test('both restricted: either will do', () => {
    expect(days('0 12 13 * 5', 4)).toEqual(['01-02', '01-09', '01-13', '01-16'])
  })
  test('a field that begins with * restricts nothing of its own: both have to fit', () => {
    expect(days('0 12 */2 * 1', 4)).toEqual(['01-05', '01-19', '02-09', '02-23'])
  })
})

test('steps, lists and ranges of minutes and hours', () => {
  expect(parseCron('10-50/20,5 */8,3 * * *')).toMatchObject({ minutes: [5, 10, 30, 50], hours: [0, 3, 8, 16] })
  expect(parseCron('50/4 22/1 * * *')).toMatchObject({ minutes: [50, 54, 58], hours: [22, 23] })
  expect(parseCron('0 20 2 * * *')).toMatchObject({ minutes: [20], hours: [2] })
})

test.each([
  ['* * * *', /5 fields/],
  ['30 20 2 * * *', /second should be 0/],
  ['60 * * * *', /minute should be 0 to 59/],
  ['* 24 * * *', /hour should be 0 to 23/],
  ['* * 0 * *', /day of month should be 1 to 31/],
  ['* * * 13 *', /month should be 1 to 12/],
  ['* * * * 8', /day of week should be 0 to 7/],
  ['* * * * FREI', /"FREI" as day of week/],
  ['30-10 * * * *', /runs backwards/],
  ['*/0 * * * *', /positive number/],
  ['1/2/3 * * * *', /more than one/],
  ['1-2-3 * * * *', /no range/],
  ['a * * * *', /"a" as minute/],
  [', * * * *', /"" as minute/],
  ['0 0 31 2 *', /no day fits/],
  ['0 0 L-31 * *', /outside the month/],
  ['-1 * * * *', /"" as minute/],
])('%s is told with what is wrong', (cron, message) => {
  expect(() => parseCron(cron)).toThrow(
    expect.objectContaining({ code: 'schedule.bad_cron', message: expect.stringMatching(message) }),
  )
})
