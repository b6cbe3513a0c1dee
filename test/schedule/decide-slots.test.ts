/** Each slot once, or recorded as missed: whatever hubs, ticks and clocks do. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { type CatchUp, splitPassed } from '../../src/schedule/catch-up.ts'
import { type Decided, decideSlots, fireSlot, type SlotJob } from '../../src/schedule/slots.ts'
import { storePlans } from '../../src/schedule/store-plans.ts'
import { testAccess, testDatabase } from '../support/database.ts'
import { runSeed } from '../support/random.ts'
import { simulatedSchedules, simulateHubs } from './simulation.ts'

const at = (text: string): Date => new Date(`${text}+08:00`)
const times = (slots: readonly Date[]): string[] =>
  slots.map((slot) => new Date(slot.getTime() + 8 * 3_600_000).toISOString().slice(5, 16))

describe('slots that have passed', () => {
  const slots = ['01T02:00', '02T02:00', '03T02:00', '04T02:00'].map((text) => at(`2026-03-${text}:00`))
  const split = (policy: CatchUp, when: string, max = 24) => {
    const { run, missed } = splitPassed(slots, at(when), policy, max)
    return [times(run), times(missed)]
  }
  test('while nobody looked: the newest, all up to a cap, or none', () => {
    expect(split('latest', '2026-03-04T09:00:00')).toEqual([
      ['03-04T02:00'],
      ['03-01T02:00', '03-02T02:00', '03-03T02:00'],
    ])
    expect(split('all', '2026-03-04T09:00:00')).toEqual([
      ['03-01T02:00', '03-02T02:00', '03-03T02:00', '03-04T02:00'],
      [],
    ])
    expect(split('all', '2026-03-04T09:00:00', 2)).toEqual([
      ['03-03T02:00', '03-04T02:00'],
      ['03-01T02:00', '03-02T02:00'],
    ])
    expect(split('none', '2026-03-04T09:00:00')[0]).toEqual([])
  })
  test('one that is on time runs under every policy, and brings what the newest missed one would', () => {
    for (const policy of ['latest', 'none'] as const)
      expect(split(policy, '2026-03-04T02:04:00')).toEqual([
        ['03-04T02:00'],
        ['03-01T02:00', '03-02T02:00', '03-03T02:00'],
      ])
    expect(split('all', '2026-03-04T02:04:00', 1)).toEqual([
      ['03-03T02:00', '03-04T02:00'],
      ['03-01T02:00', '03-02T02:00'],
    ])
  })
})

describe('on a database', () => {
  let db: Database
  let jobs: SlotJob[]
  const source = 'transport.sections'
  const look = (when: string): Promise<Decided[]> =>
    decideSlots({ db, isKnown: () => true, send: async (_, job) => jobs.push(job) }, at(when), (error) => {
      throw error
    })
  const rows = async () =>
    (
      await db.pipeline.query<{ slot_at: Date; state: string }>('SELECT slot_at, state FROM slot ORDER BY slot_at')
    ).rows.map((row) => `${times([row.slot_at])[0]} ${row.state}`)
  const plan = (more: object = {}) => ({
    source,
    cron: '0 2 * * *',
    timeZone: 'Asia/Shanghai',
    enabled: true,
    catchUp: 'latest' as const,
    catchUpMax: 24,
    ...more,
  })
  beforeEach(async () => {
    db = await testDatabase()
    jobs = []
    await storePlans(db, [plan()])
    await db.pipeline.query('UPDATE schedule SET looked_to = $1', [at('2026-03-01T12:00:00')])
  })

  afterEach(() => db.close())

  test('a slot is sent once, however often it is looked at', async () => {
    await look('2026-03-02T01:59:59')
    expect(jobs).toEqual([])
    for (const when of ['02:00:00', '02:00:01', '02:01:00', '09:00:00']) await look(`2026-03-02T${when}`)
    expect(jobs.map((job) => job.slotAt)).toEqual(['2026-03-01T18:00:00.000Z'])
  })

  test('slots missed while no hub ran: the newest runs, the others are rows that say so', async () => {
    const [decided] = await look('2026-03-05T08:00:00')
    expect([times(decided!.sent), times(decided!.missed)]).toEqual([
      ['03-05T02:00'],
      ['03-02T02:00', '03-03T02:00', '03-04T02:00'],
    ])
    expect(await rows()).toEqual(['03-02T02:00 missed', '03-03T02:00 missed', '03-04T02:00 missed', '03-05T02:00 sent'])
    expect(jobs).toHaveLength(1)
  })

  test('a clock that goes back fires nothing again; what it had recorded as missed too early runs in its time', async () => {
    await look('2026-03-05T02:00:00')
    const [ahead] = await look('2026-03-02T12:00:00')
    expect(ahead).toMatchObject({ sent: [], missed: [], lookedAhead: at('2026-03-05T02:00:00') })
    for (const day of ['03', '04', '05', '06']) await look(`2026-03-${day}T02:00:30`)
    expect(jobs.map((job) => times([new Date(job.slotAt)])[0])).toEqual([
      '03-05T02:00',
      '03-03T02:00',
      '03-04T02:00',
      '03-06T02:00',
    ])
    expect(await rows()).toEqual([
      '03-02T02:00 missed',
      '03-03T02:00 sent',
      '03-04T02:00 sent',
      '03-05T02:00 sent',
      '03-06T02:00 sent',
    ])
  })

  test('clocks of hubs that lie a little apart are no step back', async () => {
    await look('2026-03-02T02:00:10')
    expect(await look('2026-03-02T01:56:00')).toEqual([])
    expect(await look('2026-03-02T02:01:00')).toEqual([])
  })

  test('other times count from when they are set: what they would have named before is not missed', async () => {
    await db.pipeline.query('UPDATE schedule SET looked_to = $1', [at('2026-03-01T12:00:00')])
    await storePlans(db, [plan({ cron: '0 * * * *' })])
    const { rows: stored } = await db.pipeline.query<{ looked_to: Date }>('SELECT looked_to FROM schedule')
    expect(Math.abs(stored[0]!.looked_to.getTime() - Date.now())).toBeLessThan(60_000)
    await storePlans(db, [plan({ cron: '0 * * * *', catchUp: 'none' })])
    expect((await db.pipeline.query('SELECT looked_to FROM schedule')).rows[0]).toEqual(stored[0])
  })

  test('a source that is switched off, or that this hub does not know, is left alone', async () => {
    const none = await decideSlots(
      { db, isKnown: () => false, send: async () => undefined },
      at('2026-03-05T08:00:00'),
      () => undefined,
    )
    await storePlans(db, [plan({ enabled: false })])
    expect([none, await look('2026-03-05T08:00:00')]).toEqual([[], []])
  })

  test('a slot that could not be sent stays to be decided, and does not hold up the others', async () => {
    await storePlans(db, [{ ...plan(), source: 'tax.invoices' }])
    await db.pipeline.query('UPDATE schedule SET looked_to = $1', [at('2026-03-01T12:00:00')])
    const failed: string[] = []
    const sent: string[] = []
    await decideSlots(
      {
        db,
        isKnown: () => true,
        send: async (_, job) => {
          if (job.source === 'tax.invoices') throw new Error('the queue is away')
          sent.push(job.source)
        },
      },
      at('2026-03-02T02:00:00'),
      (_, of) => failed.push(of),
    )
    expect([failed, sent]).toEqual([['tax.invoices'], [source]])
    expect((await look('2026-03-02T02:01:00')).map((one) => one.source)).toEqual(['tax.invoices'])
  })

  test('a slot fired by hand is not fired again by the clock', async () => {
    expect(await fireSlot(db, async (_, job) => jobs.push(job), source, at('2026-03-02T02:00:00'))).toBe(true)
    await look('2026-03-02T02:00:30')
    expect(jobs).toHaveLength(1)
  })

  test('a schedule of each minute that nobody looked at for a month is recorded whole', async () => {
    await db.pipeline.query(`UPDATE schedule SET cron = '* * * * *', looked_to = $1`, [at('2026-02-01T00:00:00')])
    const [decided] = await look('2026-03-01T00:00:00')
    expect([decided!.sent.length, decided!.missed.length]).toEqual([6, 28 * 1_440 - 6])
  })
})

const seed = runSeed(7)
test(`three hubs through three days of kills, pauses and clock steps: each slot once or recorded as missed (seed ${seed})`, {
  timeout: 120_000,
}, async () => {
  const db = await testDatabase()
  const pool = { connectionsMax: 4, statementTimeoutMs: 60_000 }
  const hubs = [1, 2, 3].map(() => openDatabase(testAccess(db.name), { pipeline: pool, reader: pool }))
  try {
    const begin = new Date('2026-03-06T00:00:00Z')
    const result = await simulateHubs({ db, hubs, seed, begin, minutes: 3 * 1_440, schedules: simulatedSchedules })
    expect(result.faults).toEqual([])
    expect(result.sent).toBeGreaterThan(100)
    expect(result.kills).toBeGreaterThan(1)
  } finally {
    await Promise.all(hubs.map((hub) => hub.close()))
  }
})
