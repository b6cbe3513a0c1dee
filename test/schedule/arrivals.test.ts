/** What is owed and what came of it: one message when a feed is late, one when it has recovered, none for what a backfill brings. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemActor } from '../../src/access/actor.ts'
import { backfillFeed, rangeOf } from '../../src/backfill.ts'
import type { Database } from '../../src/db/database.ts'
import { setClock, setClockOffset } from '../../src/kernel/clock.ts'
import { releaseBatch } from '../../src/landing/hold.ts'
import { reportZero } from '../../src/push/zero-report.ts'
import { type OwingFeed, settleDays } from '../../src/schedule/arrivals.ts'
import { excuseDay } from '../../src/schedule/excuse.ts'
import { createCalendar } from '../../src/schedule/when/calendar.ts'
import { testDatabase } from '../support/database.ts'
import { section } from '../support/hand-fed.ts'
import { pagesOf, type Scripted, scripted } from '../support/scripted.ts'

const feed = 'transport.sections'
let db: Database
let hub: Scripted
let calendar = createCalendar({ holidays: [], workdays: [] })
let owing: OwingFeed[]
let told: string[]

const daily = (every: OwingFeed['rule']['every'] = 'workday', by = 10): OwingFeed => ({
  feed,
  title: '公路工程合同段',
  rule: { every, by, time: '09:00', sameDay: false },
})
const at = (local: string): Date => new Date(`2026-${local}:00+08:00`)

/** A tick at this time of the year 2026; messages are noted as `late 09-29`. */
const tick = async (local: string): Promise<void> => {
  setClock(at(local))
  const settled = await settleDays(db, owing, calendar, at(local), true)
  for (const { day } of settled?.late ?? []) told.push(`late ${day.slice(5)}`)
  for (const { day } of settled?.recovered ?? []) told.push(`recovered ${day.slice(5)}`)
}
const states = async () =>
  (await db.pipeline.query<{ day: string; state: string }>('SELECT day, state FROM source_day ORDER BY day')).rows.map(
    (row) => `${row.day.slice(5)} ${row.state}`,
  )
let version = 0
const row = () => section({ htdbh: `TJ-${version}`, htbh: `HT-${version}` })
/** An import at this time that brings so many new rows. */
const importAt = async (local: string, rows = 1): Promise<string> => {
  setClock(at(local))
  version++
  hub.source(feed, pagesOf(rows === 0 ? [] : Array.from({ length: rows }, row)))
  return (await hub.pull(feed)).state
}

beforeEach(async () => {
  db = await testDatabase()
  hub = scripted(db)
  calendar = createCalendar({ holidays: [], workdays: [] })
  owing = [daily()]
  told = []
  await tick('09-29T08:00')
})
afterEach(async () => {
  setClockOffset(0)
  await db.close()
})

test('a hub that starts owes the days from then on, and knows the next one', async () => {
  expect(await states()).toEqual(['09-29 due', '09-30 due'])
})

test('a day that has come in time is arrived, without a word', async () => {
  expect(await importAt('09-29T08:10')).toBe('green')
  await tick('09-29T09:01')
  expect([await states(), told]).toEqual([['09-29 arrived', '09-30 due'], []])
})

describe('an incident', () => {
  test('of one day: one message when late, one when recovered, however often it is looked at', async () => {
    for (const minute of ['09:01', '09:02', '12:00']) await tick(`09-29T${minute}`)
    await importAt('09-29T14:00')
    for (const minute of ['14:01', '14:02', '18:00']) await tick(`09-29T${minute}`)
    expect([await states(), told]).toEqual([
      ['09-29 arrived', '09-30 due'],
      ['late 09-29', 'recovered 09-29'],
    ])
  })

  test('of several days, over a holiday: still one of each; the next incident has its own', async () => {
    await tick('09-29T09:01')
    await tick('09-30T09:01')
    for (const day of ['10-01', '10-05', '10-07']) await tick(`${day}T12:00`)
    await tick('10-08T09:01')
    expect(await states()).toEqual(['09-29 late', '09-30 late', '10-08 late', '10-09 due'])
    await importAt('10-08T10:00')
    await tick('10-08T10:01')
    expect(await states()).toEqual(['09-29 arrived', '09-30 arrived', '10-08 arrived', '10-09 due'])
    await tick('10-09T09:01')
    expect(told).toEqual(['late 09-29', 'recovered 09-29', 'late 10-09'])
  })

  test('is told once by three hubs at once', async () => {
    setClock(at('09-29T09:01'))
    const all = await Promise.all([1, 2, 3].map(() => settleDays(db, owing, calendar, at('09-29T09:01'), true)))
    expect(all.flatMap((settled) => settled?.late ?? [])).toHaveLength(1)
  })

  test('says what the last import ran into', async () => {
    setClock(at('09-29T08:30'))
    hub.source(feed, pagesOf([row()], { declared: 2 }))
    expect((await hub.pull(feed)).state).toBe('failed')
    await tick('09-29T09:01')
    const { rows } = await db.pipeline.query<{ body: { zh: string } }>('SELECT body FROM message')
    expect(rows[0]?.body.zh).toContain('公路工程合同段（transport.sections）应于 2026-09-29 09:00 前到数')
    expect(rows[0]?.body.zh).toContain('landing.short_delivery')
  })
})

describe('what settles a day', () => {
  test('not what failed, and not what is held until it is released', async () => {
    const strict = scripted(db, (f) =>
      f.id === feed ? { ...f, mode: 'full', expect: { ...f.expect, rows: [2, 10] } } : f,
    )
    setClock(at('09-29T08:30'))
    strict.source(feed, pagesOf([row()]))
    const held = await strict.pull(feed)
    expect(held.state).toBe('held')
    await tick('09-29T09:01')
    expect(told).toEqual(['late 09-29'])
    await releaseBatch(db, held.batches[0]!.batchId, 'test')
    await tick('09-29T09:30')
    expect(told).toEqual(['late 09-29', 'recovered 09-29'])
  })

  test('not yesterday’s delivery', async () => {
    await importAt('09-29T08:10')
    await tick('09-29T09:01')
    await tick('09-30T09:01')
    expect(told).toEqual(['late 09-30'])
  })

  test('an answer of a source that has nothing new: it has spoken', async () => {
    await importAt('09-29T08:10', 0)
    await tick('09-29T09:01')
    expect([await states(), told]).toEqual([['09-29 arrived', '09-30 due'], []])
  })

  test('an extract only where it reaches the day, whenever it is read', async () => {
    const through = async (date: string, local: string) => {
      setClock(at(local))
      version++
      hub.source(feed, pagesOf([row()], { watermark: { through: date, digests: {} } }))
      await hub.pull(feed)
    }
    await through('20260925', '09-29T08:10')
    await tick('09-29T09:01')
    expect(told).toEqual(['late 09-29'])
    await through('20260928', '09-29T10:00')
    await tick('09-29T10:01')
    expect(told).toEqual(['late 09-29', 'recovered 09-29'])
    await through('20260928', '09-30T08:00')
    await tick('09-30T09:01')
    expect(told.at(-1)).toBe('late 09-30')
  })

  test('an import that is under way is waited for, but not for ever', async () => {
    await db.pipeline.query(
      `INSERT INTO slot (source, slot_at, run_id, state, decided_at, updated_at) VALUES ($1, $2, 'run_x', 'running', $2, $2)`,
      [feed, at('09-29T08:50')],
    )
    await tick('09-29T09:10')
    expect(told).toEqual([])
    await tick('09-29T09:21')
    expect(told).toEqual(['late 09-29'])
  })

  test('of a month only news, fetched in the month after it', async () => {
    owing = [daily('month', 10)]
    await tick('09-29T12:00')
    await importAt('09-30T08:00')
    await tick('10-02T08:00')
    await importAt('10-02T08:10', 0)
    await tick('10-10T09:01')
    expect([await states(), told]).toEqual([['09-29 excused', '10-10 late', '11-10 due'], ['late 10-10']])
    await importAt('10-11T08:10', 2)
    await tick('10-11T08:11')
    expect(told).toEqual(['late 10-10', 'recovered 10-10'])
  })
})

describe('a zero report', () => {
  const sender = { id: 'key_1', department: 'transport' }
  test('is told apart from silence and from data', async () => {
    setClock(at('09-29T08:30'))
    await reportZero(db, feed, sender as never, { period: '2026-09-29', reason: '无新增合同' })
    await tick('09-29T09:01')
    await tick('09-30T09:01')
    expect([await states(), told]).toEqual([['09-29 zero', '09-30 late', '10-08 due'], ['late 09-30']])
    const { rows } = await db.pipeline.query('SELECT reason FROM source_day WHERE state = $1', ['zero'])
    expect(rows).toEqual([{ reason: '无新增合同' }])
  })
  test('settles a late day, and the message says so', async () => {
    await tick('09-29T09:01')
    setClock(at('09-29T11:00'))
    await reportZero(db, feed, sender as never, { period: '2026-09-29', reason: null })
    await tick('09-29T11:01')
    expect(told).toEqual(['late 09-29', 'recovered 09-29'])
    const { rows } = await db.pipeline.query<{ body: { zh: string } }>(
      `SELECT body FROM message WHERE kind = 'recovered'`,
    )
    expect(rows[0]?.body.zh).toContain('已作零报送')
  })
})

test('a backfill of old days, and of today, turns nothing green', async () => {
  await tick('09-29T09:01')
  setClock(at('09-29T10:00'))
  hub.source(feed, pagesOf([row()]))
  const own = hub.feeds.get(feed)!
  for (const range of [
    rangeOf(own, { since: '2026-09-01', until: '2026-09-20' }),
    rangeOf(own, { since: '2026-09-29' }),
  ])
    expect((await backfillFeed(hub, { feed: own, actor: 'test', range, byDay: false })).state).toBe('green')
  await tick('09-29T10:01')
  expect([await states(), told]).toEqual([['09-29 late', '09-30 due'], ['late 09-29']])
})

describe('what is not owed', () => {
  test('a holiday that the configuration adds excuses the day, late or to come', async () => {
    await tick('09-29T09:01')
    calendar = createCalendar({ holidays: ['2026-09-29', '2026-09-30'], workdays: ['2026-10-07'] })
    await tick('09-29T10:00')
    expect([await states(), told]).toEqual([
      ['09-29 excused', '10-07 due'],
      ['late 09-29', 'recovered 09-29'],
    ])
  })
  test('a person’s excuse ends the incident, on the record', async () => {
    await tick('09-29T09:01')
    await excuseDay(db, { feed, day: '2026-09-29', reason: '对方系统迁移' }, systemActor)
    await tick('09-29T10:00')
    expect(told).toEqual(['late 09-29', 'recovered 09-29'])
    const { rows } = await db.pipeline.query(`SELECT subject, detail FROM audit WHERE action = 'arrival.excuse'`)
    expect(rows).toEqual([{ subject: feed, detail: { day: '2026-09-29', reason: '对方系统迁移' } }])
    await expect(excuseDay(db, { feed, day: '2026-09-29', reason: 'x' }, systemActor)).rejects.toMatchObject({
      code: 'arrival.not_open',
    })
  })
  test('a feed that owes nothing any more', async () => {
    owing = []
    await tick('09-29T10:00')
    expect([await states(), told]).toEqual([['09-29 excused'], []])
  })
  test('another time of day is taken over by the days that are open', async () => {
    owing = [{ ...daily(), rule: { ...daily().rule, time: '17:00' } }]
    await tick('09-29T12:00')
    expect(told).toEqual([])
    await tick('09-29T17:01')
    expect(told).toEqual(['late 09-29'])
  })
})

test('a hub that was down over many days finds them all, and one incident', async () => {
  await tick('10-12T09:01')
  expect([await states(), told]).toEqual([
    ['09-29 late', '09-30 late', '10-08 late', '10-09 late', '10-10 late', '10-12 late', '10-13 due'],
    ['late 09-29'],
  ])
})
