/** When a schedule fires, against a slow oracle that goes through the minutes; and by name at the days when clocks are changed. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextSlots, slotsBetween } from '../../src/schedule/when/slots-between.ts'
import { runSeed } from '../support/random.ts'
import { oracleSlots, writeCron } from './oracle.ts'

const zones = ['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'Europe/London', 'America/Sao_Paulo']
const at = (iso: string): number => Date.parse(iso)
const texts = (slots: Iterable<Date>): string[] => [...slots].map((slot) => slot.toISOString().slice(0, 16))
const between = (cron: string, zone: string, from: string, to: string): string[] =>
  texts(slotsBetween(cron, zone, new Date(at(from)), new Date(at(to))))

/** Days on which one of the zones changes its clocks, and days on which none does, over ten years. */
const changes = Array.from({ length: 10 }, (_, i) => 2024 + i).flatMap((year) => [
  at(`${year}-03-08T00:00:00Z`),
  at(`${year}-03-28T00:00:00Z`),
  at(`${year}-04-03T00:00:00Z`),
  at(`${year}-10-01T00:00:00Z`),
  at(`${year}-10-25T00:00:00Z`),
  at(`${year}-11-01T00:00:00Z`),
  at(`${year}-02-26T00:00:00Z`),
  at(`${year}-12-30T00:00:00Z`),
])
const window = fc.record({
  zone: fc.constantFrom(...zones),
  cron: fc.nat(1_000_000),
  from: fc.constantFrom(...changes),
  shift: fc.nat(3_000),
  minutes: fc.integer({ min: 1, max: 6_000 }),
})

const seed = runSeed(20_261_126)

test(`the slots are those of the oracle, minute by minute (seed ${seed})`, { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(window, ({ zone, cron, from, shift, minutes }) => {
      const written = writeCron(cron)
      const begin = from + shift * 60_000
      const end = begin + minutes * 60_000
      expect(texts(slotsBetween(written.text, zone, new Date(begin), new Date(end)))).toEqual(
        texts(oracleSlots(written, zone, begin, end).map((slot) => new Date(slot))),
      )
    }),
    { numRuns: 60, seed },
  )
})

test(`the preview is what fires: slot by slot, and however the time between is cut (seed ${seed})`, () => {
  fc.assert(
    fc.property(window, fc.array(fc.nat(6_000), { maxLength: 6 }), ({ zone, cron, from }, cuts) => {
      const { text } = writeCron(cron)
      const preview = nextSlots(text, zone, new Date(from), 20)
      const end = preview.at(-1)!.getTime()
      const ends = [...new Set(cuts.map((minutes) => from + minutes * 60_000))]
        .filter((cut) => cut < end)
        .sort((a, b) => a - b)
      let last = from
      const fired = [...ends, end].flatMap((to) => {
        const part = [...slotsBetween(text, zone, new Date(last), new Date(to))]
        last = to
        return part
      })
      expect(texts(fired)).toEqual(texts(preview))
    }),
    { numRuns: 100, seed },
  )
})

describe('clocks put forward', () => {
  test('New York: 02:30 does not exist on 8 March 2026 and fires at 03:00, once', () => {
    expect(between('30 2 * * *', 'America/New_York', '2026-03-07T12:00Z', '2026-03-09T12:00Z')).toEqual([
      '2026-03-08T07:00',
      '2026-03-09T06:30',
    ])
    expect(between('*/15 2,3 * * *', 'America/New_York', '2026-03-08T05:00Z', '2026-03-08T09:00Z')).toEqual([
      '2026-03-08T07:00',
      '2026-03-08T07:15',
      '2026-03-08T07:30',
      '2026-03-08T07:45',
    ])
  })
  test('Lord Howe: half an hour is skipped', () => {
    expect(between('*/10 2 * * *', 'Australia/Lord_Howe', '2026-10-03T15:00Z', '2026-10-03T17:00Z')).toEqual([
      '2026-10-03T15:30',
      '2026-10-03T15:40',
      '2026-10-03T15:50',
    ])
  })
  test('São Paulo put its clocks forward at midnight: the day begins at 01:00 and its midnight fires then', () => {
    expect(between('0 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00Z', '2018-11-05T12:00Z')).toEqual([
      '2018-11-04T03:00',
      '2018-11-05T02:00',
    ])
  })
  test('Samoa left out 30 December 2011', () => {
    expect(between('0 12 30 12 *', 'Pacific/Apia', '2011-12-01T00:00Z', '2012-01-30T00:00Z')).toEqual([
      '2011-12-30T10:00',
    ])
  })
})

describe('clocks put back', () => {
  test('London: 01:30 happens twice on 25 October 2026 and fires the first time', () => {
    expect(between('30 1 * * *', 'Europe/London', '2026-10-24T12:00Z', '2026-10-26T12:00Z')).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ])
  })
  test('Lord Howe: half an hour happens twice', () => {
    expect(between('45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00Z', '2026-04-05T00:00Z')).toEqual([
      '2026-04-04T14:45',
    ])
  })
})

test('a zone without clock changes keeps its hour, and before 1992 China had them', () => {
  expect(between('20 2 * * *', 'Asia/Shanghai', '2026-03-07T00:00Z', '2026-03-09T00:00Z')).toEqual([
    '2026-03-07T18:20',
    '2026-03-08T18:20',
  ])
  expect(between('30 2 * * *', 'Asia/Shanghai', '1991-04-13T00:00Z', '1991-04-15T00:00Z')).toEqual([
    '1991-04-13T18:00',
    '1991-04-14T17:30',
  ])
})

test('nothing lies between an instant and itself, or one before it', () => {
  expect(between('* * * * *', 'Asia/Shanghai', '2026-03-07T00:00Z', '2026-03-07T00:00Z')).toEqual([])
  expect(between('* * * * *', 'Asia/Shanghai', '2026-03-07T01:00Z', '2026-03-07T00:00Z')).toEqual([])
  expect(nextSlots('* * * * *', 'Asia/Shanghai', new Date(at('2026-03-07T00:00Z')), 0)).toEqual([])
})

test('an unknown zone is told', () => {
  expect(() => nextSlots('* * * * *', 'Asia/Zhengzhou', new Date(0), 1)).toThrow(
    expect.objectContaining({ code: 'schedule.bad_time_zone' }),
  )
})
