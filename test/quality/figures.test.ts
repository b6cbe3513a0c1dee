/** Figures of quality add up, whatever is delivered, held, pushed or replayed; and a fall of what is filled is found. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AnyFeed } from '#connect'
import { type Role, systemActor } from '../../src/access/actor.ts'
import { issueToken } from '../../src/access/tokens.ts'
import type { Database } from '../../src/db/database.ts'
import { createApp } from '../../src/http/app.ts'
import { defaultHttpSettings } from '../../src/http/deps.ts'
import { addDays, now, setClock, setClockOffset } from '../../src/kernel/clock.ts'
import { createLogger } from '../../src/kernel/log.ts'
import { releaseBatch } from '../../src/landing/hold.ts'
import { startRun } from '../../src/landing/run.ts'
import { decideReplay, planReplay } from '../../src/normalise/replay.ts'
import { advance } from '../../src/pipeline.ts'
import { qualityOf } from '../../src/query/quality.ts'
import { diskForecast } from '../../src/retention/disk.ts'
import { testDatabase } from '../support/database.ts'
import { type HandFed, handFed, invoice, section } from '../support/hand-fed.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const sections = 'transport.sections'
const firstDay = '2023-01-02'

let db: Database
let hub: HandFed
beforeEach(async () => {
  db = await testDatabase()
  // Whatever share of a delivery is rejected, it goes in: one that is held has a test of its own.
  hub = handFed(db, (feed) => ({ ...feed, expect: { ...feed.expect, rejectedShareMax: 1 } }))
  setClock(`${firstDay}T10:00:00+08:00`)
})
afterEach(async () => {
  setClockOffset(0)
  await db.close()
})

const rowsOf = async <T extends Record<string, unknown>>(sql: string): Promise<T[]> =>
  (await db.pipeline.query<T>(sql)).rows
const on = (day: string) => setClock(`${day}T10:00:00+08:00`)
const many = (from: number, count: number, over: Record<string, unknown> = {}) =>
  Array.from({ length: count }, (_, i) => section({ htdbh: `TJ-${from + i}`, htbh: `HT-${from + i}`, ...over }))
const asked = (feed: string | undefined, from: string, to: string) => qualityOf(db.pipeline, { feed, from, to })

/** What each day should say, added up from what is kept by batch. */
const daysFromBatches = `SELECT b.feed, (b.opened_at AT TIME ZONE 'Asia/Shanghai')::date::text AS day, sum(r.read)::bigint AS read, sum(r.sound)::bigint AS sound, sum(b.fetched)::bigint AS fetched, sum(r.late_days)::bigint AS late_days, sum(r.dated)::bigint AS dated
  FROM batch b JOIN batch_reading r USING (batch_id) WHERE b.state = 'admitted' GROUP BY 1, 2 ORDER BY 1, 2`
const daysStored = 'SELECT feed, day::text AS day, read, sound, fetched, late_days, dated FROM feed_day ORDER BY 1, 2'
const fieldsFromBatches = `SELECT feed, day, field, sum(rows)::bigint AS rows, sum(filled)::bigint AS filled FROM (
    SELECT b.feed, (b.opened_at AT TIME ZONE 'Asia/Shanghai')::date::text AS day, f.field, (SELECT sum(g.rows) FROM batch_fill g WHERE g.batch_id = b.batch_id) AS rows, f.filled
    FROM batch b CROSS JOIN LATERAL (SELECT u.field, sum(u.filled) AS filled FROM batch_fill g CROSS JOIN LATERAL unnest(g.fields, g.filled) AS u (field, filled) WHERE g.batch_id = b.batch_id GROUP BY u.field) f
    WHERE b.state = 'admitted') x GROUP BY 1, 2, 3 ORDER BY feed, day, field COLLATE "C"`
const fieldsStored =
  'SELECT feed, day::text AS day, field, rows, filled FROM field_day ORDER BY feed, 2, field COLLATE "C"'

const expectSums = async (): Promise<void> => {
  expect(await rowsOf(daysStored)).toEqual(await rowsOf(daysFromBatches))
  expect(await rowsOf(fieldsStored)).toEqual(await rowsOf(fieldsFromBatches))
  expect(
    await rowsOf('SELECT 1 FROM field_day WHERE filled + blank <> rows OR missing > blank OR filled > rows'),
  ).toEqual([])
  // Every row that was not quarantined was taken apart, once.
  expect(
    await rowsOf(
      'SELECT b.batch_id FROM batch b WHERE b.fetched - b.quarantined <> (SELECT coalesce(sum(rows), 0) FROM batch_fill f WHERE f.batch_id = b.batch_id)',
    ),
  ).toEqual([])
}

describe('the figures of a delivery', () => {
  test('say in how many rows a field was filled, which issues there were, and how late records came', async () => {
    await hub.deliver(sections, many(1, 1))
    on('2023-02-01')
    await hub.deliver(sections, [
      ...many(2, 6, { qdrq: '2023-01-30' }),
      ...many(8, 2, { qdrq: '2022-12-15', sgdw: '无', xmdm: '' }),
      ...many(10, 1, { qdrq: '2023-02-30' }),
      section({ htdbh: 'TJ-11', htj: { amount: 1 } }),
    ])
    const { days, fields, issues } = await asked(sections, '2023-02-01', '2023-02-01')
    expect(days).toMatchObject([
      {
        rows: 10,
        quarantined: 1,
        completeness: 0.9,
        read: 9,
        sound: 8,
        dated: 8,
        withinWeek: 6,
        withinMonth: 0,
        withinQuarter: 2,
        later: 0,
        ahead: 0,
      },
    ])
    expect(days[0]?.lateDays).toBeCloseTo((6 * 2 + 2 * 48) / 8)
    expect(fields.find((f) => f.field === 'sgdw')).toMatchObject({
      rows: 9,
      filled: 7,
      blank: 2,
      missing: 0,
      faulty: 0,
      validity: 1,
    })
    expect(fields[0]).toMatchObject({ field: 'qdrq', faulty: 1, validity: 8 / 9 })
    expect(issues).toEqual([{ feed: sections, pointer: '/qdrq', code: 'date.impossible', rows: 1 }])
    await expectSums()
  })

  test('name fields that the feed does not know, and those that rows lack', async () => {
    const { xmdm, ...lacking } = section({ htdbh: 'TJ-2' })
    await hub.deliver(sections, [section(), lacking, section({ htdbh: 'TJ-3', newField: 'x' })])
    const { days, fields } = await asked(sections, firstDay, firstDay)
    expect(xmdm).toBeNull()
    expect(days[0]).toMatchObject({ unknownFields: 1, missingFields: 1 })
    expect(fields.find((f) => f.field === 'newField')).toMatchObject({ known: false, rows: 3, filled: 1, missing: 2 })
    expect(fields.find((f) => f.field === 'xmdm')).toMatchObject({ rows: 3, filled: 0, blank: 3, missing: 1 })
    await expectSums()
  })

  test('of a history that comes first say nothing of how timely the feed is', async () => {
    await hub.deliver(sections, many(1, 5))
    expect((await asked(sections, firstDay, firstDay)).days[0]).toMatchObject({ read: 5, dated: 0, lateDays: null })
  })

  test('of a held one count from its release on', async () => {
    const strict = handFed(db, (feed: AnyFeed) => ({ ...feed, expect: { ...feed.expect, rejectedShareMax: 0 } }))
    const report = await strict.deliver(sections, [...many(1, 3), section({ htdbh: 'TJ-9', htj: { amount: 1 } })])
    expect(report.state).toBe('held')
    expect((await asked(sections, firstDay, firstDay)).days).toEqual([])
    await releaseBatch(db, report.batches[0]!.batchId, 'test')
    await advance(strict)
    expect((await asked(sections, firstDay, firstDay)).days).toMatchObject([{ rows: 4, quarantined: 1, read: 3 }])
    await expectSums()
  })
})

test('a replay of a mapping changes no figure of what was delivered', async () => {
  await hub.deliver(sections, [...many(1, 4), ...many(5, 2, { sgdw: '' })])
  const before = await asked(sections, firstDay, firstDay)
  const changed = handFed(db, (feed) =>
    feed.id === sections
      ? { ...feed, mapping: 2, map: (r: never) => ({ ...feed.map(r), name: 'another' }) as ReturnType<AnyFeed['map']> }
      : feed,
  )
  const { runId } = await startRun(db, { source: sections, kind: 'replay' })
  const feed = changed.feeds.get(sections)!
  const plan = await planReplay(db, feed, runId)
  expect(plan.changed).toBe(6)
  await decideReplay(db, feed, runId, plan, 'test')
  await advance(changed)
  expect(await asked(sections, firstDay, firstDay)).toEqual(before)
  await expectSums()
})

test('whatever comes on whatever day: days are the sums of batches, and filled and blank are all rows', async () => {
  const cell = fc.constantFrom('', '无', 'x', null, '2023-01-01', '12.5')
  const row = fc.record(
    { htdbh: fc.constantFrom('1', '2', '3', '4', ''), sgdw: cell, htj: cell, qdrq: cell, extra: cell },
    { requiredKeys: ['htdbh'] },
  )
  const delivery = fc.record({
    feed: fc.constantFrom(sections, 'tax.invoices'),
    rows: fc.array(row, { minLength: 1, maxLength: 8 }),
    days: fc.nat(2),
  })
  let n = 0
  await fc.assert(
    fc.asyncProperty(fc.array(delivery, { minLength: 1, maxLength: 4 }), async (deliveries) => {
      let day = firstDay
      for (const { feed, rows, days } of deliveries) {
        day = addDays(day, days)
        on(day)
        n++
        const records = rows.map((r) =>
          feed === sections
            ? section({ ...r, xmbh: `X${n}` })
            : invoice({ ...r, FPHM: `2241200000${String(n).padStart(9, '0')}${r.htdbh || '9'}` }),
        )
        await hub.land(feed, records)
      }
      await advance(hub)
      await expectSums()
    }),
    { seed, numRuns: 12, verbose: 1 },
  )
}, 120_000)

describe('a field that is filled less than it used to be', () => {
  test('is found on the day on which it falls, and named with its habit', async () => {
    for (let i = 0; i < 8; i++) {
      on(addDays(firstDay, i))
      await hub.land(sections, many(i * 10, 10))
    }
    on(addDays(firstDay, 8))
    await hub.land(sections, [...many(80, 3), ...many(83, 7, { sgdw: '' })])
    await advance(hub)
    const last = addDays(firstDay, 8)
    const { fallen } = await asked(undefined, firstDay, last)
    expect(fallen).toEqual([
      {
        feed: sections,
        day: last,
        field: 'sgdw',
        rows: 10,
        filled: 3,
        blank: 7,
        missing: 0,
        fill: 0.3,
        habit: 1,
        deliveries: 8,
      },
    ])
    expect((await asked(sections, firstDay, addDays(firstDay, 7))).fallen).toEqual([])
  }, 60_000)
})

describe('the figures are shown', () => {
  test('to operations and stewards by route and page, and to nobody else', async () => {
    await hub.deliver(sections, [...many(1, 4), ...many(5, 1, { qdrq: '2023-02-30' })])
    const refuse = (): never => {
      throw new Error('not called')
    }
    const app = createApp({
      db,
      log: createLogger('silent', () => undefined),
      settings: {
        region: { code: '410100', name: '郑州市' },
        isDemo: false,
        sessionKey: Buffer.alloc(32),
        ...defaultHttpSettings,
      },
      feeds: [],
      verbs: {
        startImport: refuse,
        act: refuse,
        answer: refuse,
        endAlias: refuse,
        decideHold: refuse,
        excuseDay: refuse,
      },
      positionOn: refuse,
      blindIndex: refuse,
      diskForecast: () => diskForecast(db.pipeline, { kind: 'external', capacityBytes: 500_000_000_000 }, now()),
    })
    const tokenFor = async (role: Role) =>
      (await issueToken(db, { name: role, role, scopePrefix: '4101' }, systemActor)).token
    const [operator, steward, officer] = [
      await tokenFor('operator'),
      await tokenFor('steward'),
      await tokenFor('officer'),
    ]
    const get = (path: string, token: string) =>
      app.request(path, { headers: { authorization: `Bearer ${token}`, accept: 'application/json' } })
    const response = await get(`/v1/quality?feed=${sections}&from=${firstDay}&to=${firstDay}`, operator)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      from: firstDay,
      days: [{ feed: sections, rows: 5, read: 5, sound: 4, validity: 0.8 }],
      issues: [{ pointer: '/qdrq', code: 'date.impossible', rows: 1 }],
    })
    expect((await get('/v1/quality', steward)).status).toBe(200)
    expect((await get('/v1/quality', officer)).status).toBe(403)
    expect((await get('/v1/quality?from=2023-02-01&to=2023-01-01', operator)).status).toBe(400)
    const page = await app.request(`/quality?from=${firstDay}&to=${firstDay}`, {
      headers: { authorization: `Bearer ${operator}` },
    })
    expect(page.status).toBe(200)
    const html = await page.text()
    for (const text of ['数据质量', '填报率', sections, '没有这一天', 'qdrq', '距用满八成'])
      expect(html).toContain(text)
    const one = await app.request(`/quality?feed=${sections}&from=${firstDay}&to=${firstDay}`, {
      headers: { authorization: `Bearer ${operator}` },
    })
    expect(await one.text()).toContain('按日')
  })
})
