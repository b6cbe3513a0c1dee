/** What is owed on which day, on the working calendar; and what a zero report settles. */
import { afterEach, describe, expect, test } from 'vitest'
import { feeds } from '../../connectors/index.ts'
import { setClockOffset } from '../../src/kernel/clock.ts'
import { dueOf } from '../../src/schedule/plans.ts'
import { createCalendar } from '../../src/schedule/when/calendar.ts'
import { type DueRule, isZeroSaid, ruleOfCron, type SourceDay, sourceDays } from '../../src/schedule/when/due.ts'

const calendar = createCalendar({ holidays: [], workdays: [] })
const rule = (every: DueRule['every'], by = 10, time = '09:00'): DueRule => ({ every, by, time, sameDay: false })
const local = (instant: Date): string => new Date(instant.getTime() + 8 * 3_600_000).toISOString().slice(0, 16)
const shown = (d: SourceDay): string =>
  `${d.day} by ${local(d.dueAt)}: ${d.periodFrom}..${d.periodTo} from ${local(d.from)}, extract ${d.extract}`

describe('the working calendar', () => {
  test('knows holidays and the weekends that are worked for them', () => {
    const days = [
      '2026-02-13',
      '2026-02-14',
      '2026-02-16',
      '2026-02-24',
      '2026-02-28',
      '2026-10-01',
      '2026-10-10',
      '2026-11-28',
      '2026-11-30',
    ]
    expect(days.map(calendar.isWorkday)).toEqual([true, true, false, true, true, false, true, false, true])
  })
  test('is the same in every zone of the machine', () => {
    const zone = process.env.TZ
    try {
      for (const other of ['America/New_York', 'Pacific/Kiritimati', 'UTC']) {
        process.env.TZ = other
        expect([calendar.isWorkday('2026-10-01'), calendar.isWorkday('2026-02-14')]).toEqual([false, true])
      }
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })
  test('a later notice goes before what is known', () => {
    const own = createCalendar({ holidays: ['2027-02-08', '2026-11-27'], workdays: ['2027-02-06', '2026-10-01'] })
    expect(['2027-02-08', '2026-11-27', '2027-02-06', '2026-10-01'].map(own.isWorkday)).toEqual([
      false,
      false,
      true,
      true,
    ])
    expect([own.isKnownYear('2027'), calendar.isKnownYear('2027'), calendar.isKnownYear('2026')]).toEqual([
      true,
      false,
      true,
    ])
  })
})

test('workdays: the day owes what is new since the workday before; a holiday owes nothing', () => {
  expect(sourceDays(rule('workday'), calendar, '2026-09-29', '2026-10-09').map(shown)).toEqual([
    '2026-09-30 by 2026-09-30T09:00: 2026-09-29..2026-09-29 from 2026-09-30T00:00, extract 20260929',
    '2026-10-08 by 2026-10-08T09:00: 2026-09-30..2026-10-07 from 2026-10-08T00:00, extract 20260930',
    '2026-10-09 by 2026-10-09T09:00: 2026-10-08..2026-10-08 from 2026-10-09T00:00, extract 20261008',
    '2026-10-10 by 2026-10-10T09:00: 2026-10-09..2026-10-09 from 2026-10-10T00:00, extract 20261009',
  ])
})

test('months and quarters: the day by the rule moves to the next workday, the day keeps its name', () => {
  expect(sourceDays(rule('month', 10), calendar, '2026-09-30', '2026-11-09').map(shown)).toEqual([
    '2026-10-10 by 2026-10-10T09:00: 2026-09-01..2026-09-30 from 2026-10-01T00:00, extract 20260930',
    '2026-11-10 by 2026-11-10T09:00: 2026-10-01..2026-10-31 from 2026-11-01T00:00, extract 20261031',
  ])
  expect(sourceDays(rule('month', 8), calendar, '2026-07-31', '2026-08-10').map(shown)[0]).toBe(
    '2026-08-08 by 2026-08-10T09:00: 2026-07-01..2026-07-31 from 2026-08-01T00:00, extract 20260731',
  )
  expect(sourceDays(rule('quarter', 3), calendar, '2026-09-30', '2026-10-31').map(shown)).toEqual([
    '2026-10-03 by 2026-10-08T09:00: 2026-07-01..2026-09-30 from 2026-10-01T00:00, extract 20260930',
    '2027-01-03 by 2027-01-04T09:00: 2026-10-01..2026-12-31 from 2027-01-01T00:00, extract 20261231',
  ])
})

test('weeks: the week before, two weeks whose days move to one workday stay two', () => {
  expect(sourceDays(rule('week', 1), calendar, '2026-02-09', '2026-02-24').map(shown)).toEqual([
    '2026-02-16 by 2026-02-24T09:00: 2026-02-09..2026-02-15 from 2026-02-16T00:00, extract 20260215',
    '2026-02-23 by 2026-02-24T09:00: 2026-02-16..2026-02-22 from 2026-02-23T00:00, extract 20260222',
    '2026-03-02 by 2026-03-02T09:00: 2026-02-23..2026-03-01 from 2026-03-02T00:00, extract 20260301',
  ])
})

test('an extract that bears the day itself', () => {
  expect(sourceDays({ ...rule('day'), sameDay: true }, calendar, '2026-10-01', '2026-10-01')[0]?.extract).toBe(
    '20261002',
  )
})

describe('zero reports', () => {
  const only = (every: DueRule['every'], day: string, by = 10): SourceDay =>
    sourceDays(rule(every, by), calendar, '2026-09-01', day).find((d) => d.day === day)!
  const said = (period: string, at: string) => ({ period, at: new Date(at) })
  test.each([
    ['the day itself', only('workday', '2026-10-09'), [said('2026-10-09', '2026-10-09T00:00Z')], true],
    [
      'a day that it owes, said on the day',
      only('workday', '2026-10-08'),
      [said('2026-10-03', '2026-10-08T00:30Z')],
      true,
    ],
    [
      'the day before, said the day before',
      only('workday', '2026-10-09'),
      [said('2026-10-08', '2026-10-08T01:00Z')],
      false,
    ],
    ['another day', only('workday', '2026-10-09'), [said('2026-10-10', '2026-10-10T01:00Z')], false],
    ['the month of the day', only('day', '2026-10-05'), [said('2026-10', '2026-11-02T01:00Z')], true],
    ['the month that is owed', only('month', '2026-10-10'), [said('2026-09', '2026-10-02T01:00Z')], true],
    ['the month in which it is owed', only('month', '2026-10-10'), [said('2026-10', '2026-10-02T01:00Z')], false],
    ['a day of the month that is owed', only('month', '2026-10-10'), [said('2026-09-30', '2026-10-02T01:00Z')], false],
    [
      'two of three months',
      only('quarter', '2026-10-10'),
      [said('2026-07', '2026-10-02T01:00Z'), said('2026-08', '2026-10-02T01:00Z')],
      false,
    ],
    [
      'all three months',
      only('quarter', '2026-10-10'),
      ['07', '08', '09'].map((m) => said(`2026-${m}`, '2026-10-02T01:00Z')),
      true,
    ],
    ['nothing', only('workday', '2026-10-09'), [], false],
  ])('%s', (_, day, reports, settles) => {
    expect(isZeroSaid(day, reports)).toBe(settles)
  })
})

describe('what a feed owes', () => {
  afterEach(() => setClockOffset(0))
  const at = new Date('2026-11-26T00:00:00Z')
  test.each([
    ['20 2 * * *', 'workday'],
    ['0 3 * * 1-5', 'workday'],
    ['*/10 * * * *', 'workday'],
    ['0 6 * * 1', 'week'],
    ['20 2 9 * *', 'month'],
    ['0 6 L * *', 'month'],
  ])('told by %s: %s', (cron, every) => {
    expect(ruleOfCron(cron, 'Asia/Shanghai', at, '09:00').every).toBe(every)
  })
  const sections = feeds.find((feed) => feed.id === 'transport.sections')!
  const context = { schedules: {}, sources: { transport: { enabled: true } }, dueTimeOf: () => '08:15' }
  const set = (due: object) => ({
    ...context,
    schedules: {
      'transport.sections': {
        timeZone: 'Asia/Shanghai',
        enabled: true,
        catchUp: 'latest' as const,
        catchUpMax: 24,
        due: due as never,
      },
    },
  })
  test('its declaration, its department’s time, the configuration before both', () => {
    expect(dueOf(sections, context)).toEqual({ every: 'workday', by: 1, time: '08:15', sameDay: false })
    expect(dueOf({ ...sections, due: { every: 'month', by: 8, time: '17:00' } }, context)).toEqual({
      every: 'month',
      by: 8,
      time: '17:00',
      sameDay: false,
    })
    expect(dueOf({ ...sections, due: { every: 'month', by: 8 } }, set({ every: 'week' }))).toEqual({
      every: 'week',
      by: 1,
      time: '08:15',
      sameDay: false,
    })
  })
  test('nothing where it is set so, where its source is not reached, or where it is pushed and nobody declared it', () => {
    expect(dueOf(sections, set({ every: 'never' }))).toBeNull()
    expect(dueOf(sections, { ...context, sources: {} })).toBeNull()
    expect(dueOf({ ...sections, pages: null }, context)).toBeNull()
    expect(dueOf({ ...sections, pages: null, due: { every: 'day' } }, context)?.every).toBe('day')
  })
  test('a weekday that is none is told', () => {
    expect(() => dueOf(sections, set({ every: 'week', by: 9 }))).toThrow(
      expect.objectContaining({ code: 'schedule.bad_due' }),
    )
  })
})
