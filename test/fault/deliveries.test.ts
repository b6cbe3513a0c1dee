/** Deliveries that are unlikely, incomplete, late or out of order, and what becomes of the records in them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkAll } from '../../src/check.ts'
import { connectCodes, connectError } from '../../src/connect/errors.ts'
import type { Database } from '../../src/db/database.ts'
import { recordKeyHash } from '../../src/kernel/record-key.ts'
import { refuseBatch, releaseBatch } from '../../src/landing/hold.ts'
import { advance } from '../../src/pipeline.ts'
import { testDatabase } from '../support/database.ts'
import { contentDigest, differingParts } from '../support/digest.ts'
import { section } from '../support/hand-fed.ts'
import { errorCode, pagesOf, type Scripted, scripted } from '../support/scripted.ts'

const feedId = 'transport.sections'
const why = { code: 'landing.refused_by_person', message: { zh: '不采用', en: 'not wanted' }, found: '', bound: '' }

const numbered = (n: number, over: Record<string, unknown> = {}) =>
  section({ htdbh: `TJ-${n}`, htbh: `HT-${n}`, ...over })
const many = (from: number, to: number, over: Record<string, unknown> = {}) =>
  Array.from({ length: to - from + 1 }, (_, i) => numbered(from + i, over))

const keyOf = (n: number) => recordKeyHash(feedId, ['JT2022-0001', `TJ-${n}`])

const one = async <T>(db: Database, sql: string, ...values: unknown[]): Promise<T> =>
  (await db.pipeline.query<{ x: T }>(sql, values)).rows[0]!.x

const liveOf = (db: Database) => one<bigint>(db, `SELECT live AS x FROM feed_state WHERE feed = '${feedId}'`)
const priceOf = (db: Database, n: number) =>
  one<bigint | null>(db, `SELECT (SELECT amount_fen FROM fact WHERE key_hash = decode($1, 'hex')) AS x`, keyOf(n))
const findings = async (db: Database) => (await checkAll(db, 1_000)).checks.flatMap((c) => c.findings)

let db: Database
let hub: Scripted
let full: Scripted
beforeEach(async () => {
  db = await testDatabase()
  hub = scripted(db)
  full = scripted(db, (feed) => (feed.id === feedId ? { ...feed, mode: 'full' } : feed))
})
afterEach(() => db.close())

describe('a delivery that broke off', () => {
  const short = connectError(connectCodes.shortDelivery, '少一行', 'a row is missing')

  test('after a page that lacked a row starts again instead of ending short for ever', async () => {
    const rows = many(1, 6)
    // The second page keeps a row back; the end shows it once both pages are stored.
    hub.source(feedId, async function* (request) {
      yield* pagesOf([...rows.slice(0, 2), ...rows.slice(3)], {
        rowsPerPage: 2,
        before: (page) => page === 2 && fail(),
      })(request)
    })
    const fail = (): never => {
      throw short
    }
    expect(errorCode(await hub.pull(feedId))).toBe('landing.short_delivery')
    // What is gone on with from the checkpoint still ends short, though the source is whole again.
    hub.source(feedId, async function* (request) {
      if (request.resume !== null) throw short
      yield* pagesOf(rows, { rowsPerPage: 2 })(request)
    })
    const again = await hub.pull(feedId)
    expect([again.state, errorCode(again)]).toEqual(['green', undefined])
    expect(await liveOf(db)).toBe(6n)
    expect(await findings(db)).toEqual([])
  })
})

test('an error that speaks of sums ends its run with them', async () => {
  const context = { file: 'a.csv', statedFen: 12_345n, sumFen: 12_344n }
  // biome-ignore lint/correctness/useYield: a source that fails before its first page.
  hub.source(feedId, async function* () {
    throw connectError(connectCodes.sumMismatch, '合计不符', 'the sums differ', { context })
  })
  const report = await hub.pull(feedId)
  expect([report.state, errorCode(report)]).toEqual(['failed', 'landing.sum_mismatch'])
  const stored = await one<{ context: unknown }>(db, `SELECT error AS x FROM run WHERE run_id = $1`, report.runId)
  expect(stored.context).toEqual({ file: 'a.csv', statedFen: '12345', sumFen: '12344' })
})

describe('a full delivery', () => {
  test('that lacks a few records takes them out; they come back as revived', async () => {
    await full.deliver(feedId, many(1, 20))
    const gone = await full.deliver(feedId, many(1, 19))
    expect(gone).toMatchObject({
      state: 'green',
      batches: [{ absent: 1n, unchanged: 19n, liveBefore: 20n, liveAfter: 19n }],
    })
    expect(await priceOf(db, 20)).toBeNull()
    const back = await full.deliver(feedId, many(1, 20))
    expect(back).toMatchObject({ state: 'green', batches: [{ revived: 1n, changed: 1n, liveAfter: 20n }] })
    expect(await priceOf(db, 20)).toBe(10_000_000_000n)
    expect(await findings(db)).toEqual([])
  })

  test('with a broken row does not take the record of that row for gone', async () => {
    await full.deliver(feedId, many(1, 200))
    const broken = { ...numbered(7), htj: { amount: 1 } }
    const lacking = [...many(1, 6), broken, ...many(8, 199)]
    expect(await full.deliver(feedId, lacking)).toMatchObject({
      state: 'green',
      batches: [{ quarantined: 1n, absent: 1n, liveAfter: 199n }],
    })
    expect([await priceOf(db, 7), await priceOf(db, 200)]).toEqual([10_000_000_000n, null])
    expect(await findings(db)).toEqual([])
  })

  test('with a row whose record cannot be told proves nothing gone', async () => {
    await full.deliver(feedId, many(1, 200))
    const unkeyed = { ...numbered(7), htdbh: '' }
    expect(await full.deliver(feedId, [...many(1, 6), unkeyed, ...many(8, 200)])).toMatchObject({
      state: 'green',
      batches: [{ quarantined: 1n, absent: 0n, liveAfter: 200n }],
    })
    expect(await priceOf(db, 7)).toBe(10_000_000_000n)
    expect(await findings(db)).toEqual([])
  })

  test('that lost many records is held and changes nothing until a person has decided', async () => {
    await full.deliver(feedId, many(1, 20))
    const before = await contentDigest(db)
    const held = await full.deliver(feedId, many(1, 5, { htj: '1.00' }))
    expect(held.state).toBe('held')
    expect(held.batches[0]!.holdReason?.code).toBe('landing.hold_mass_absence')
    expect(differingParts(before, await contentDigest(db))).toEqual([])
    await refuseBatch(db, held.batches[0]!.batchId, why, 'test')
    await advance(full)
    expect(differingParts(before, await contentDigest(db))).toEqual([])
    expect(await findings(db)).toEqual([])
  })

  test('that was held goes in when it is released, the rows that it lacks stay', async () => {
    await full.deliver(feedId, many(1, 20))
    const held = await full.deliver(feedId, many(1, 5, { htj: '2.00' }))
    await releaseBatch(db, held.batches[0]!.batchId, 'test')
    await advance(full)
    expect([await priceOf(db, 3), await priceOf(db, 6), await liveOf(db)]).toEqual([200n, 10_000_000_000n, 20n])
    expect(await findings(db)).toEqual([])
  })

  test('queues behind a held one, increments go on, and a release puts nothing older over what they brought', async () => {
    await full.deliver(feedId, many(1, 20))
    const held = await full.deliver(feedId, many(1, 5, { htj: '2.00' }))
    const queued = await full.deliver(feedId, many(1, 20, { htj: '3.00' }))
    expect(queued).toMatchObject({ state: 'held', batches: [{ state: 'queued' }] })
    expect(queued.batches[0]!.holdReason?.code).toBe('landing.queued_behind_hold')
    const increment = await hub.deliver(feedId, [numbered(1, { htj: '4.00' })])
    expect(increment.state).toBe('green')
    expect(await priceOf(db, 1)).toBe(400n)
    await releaseBatch(db, held.batches[0]!.batchId, 'test')
    await advance(full)
    expect([await priceOf(db, 1), await priceOf(db, 2), await liveOf(db)]).toEqual([400n, 200n, 20n])
    await releaseBatch(db, queued.batches[0]!.batchId, 'test')
    await advance(full)
    expect([await priceOf(db, 1), await priceOf(db, 2), await priceOf(db, 20)]).toEqual([400n, 300n, 300n])
    expect(await findings(db)).toEqual([])
  })

  test('that is refused while others came after it leaves what they brought', async () => {
    await full.deliver(feedId, many(1, 20))
    const held = await full.deliver(feedId, many(1, 5, { htj: '2.00' }))
    await hub.deliver(feedId, [numbered(1, { htj: '4.00' }), numbered(21)])
    await refuseBatch(db, held.batches[0]!.batchId, why, 'test')
    await advance(full)
    expect([await priceOf(db, 1), await priceOf(db, 2), await priceOf(db, 21), await liveOf(db)]).toEqual([
      400n,
      10_000_000_000n,
      10_000_000_000n,
      21n,
    ])
    expect(await findings(db)).toEqual([])
    const again = await full.deliver(feedId, many(1, 21))
    expect(again).toMatchObject({ state: 'green', batches: [{ changed: 1n, unchanged: 20n, liveAfter: 21n }] })
  })

  test('has nothing to wait for any more once the held one before it is refused', async () => {
    await full.deliver(feedId, many(1, 20))
    const held = await full.deliver(feedId, many(1, 5, { htj: '2.00' }))
    await refuseBatch(db, held.batches[0]!.batchId, why, 'test')
    expect((await full.deliver(feedId, many(1, 20, { htj: '3.00' }))).state).toBe('green')
    expect(await priceOf(db, 5)).toBe(300n)
    expect(await findings(db)).toEqual([])
  })
})

describe('a delivery', () => {
  test('shorter than its source declared is refused, and the next one brings everything', async () => {
    await hub.deliver(feedId, many(1, 3))
    const before = await contentDigest(db)
    hub.source(feedId, pagesOf(many(2, 6, { htj: '7.00' }), { declared: 6 }))
    const short = await hub.pull(feedId)
    expect([short.state, errorCode(short)]).toEqual(['failed', 'landing.short_delivery'])
    expect(differingParts(before, await contentDigest(db))).toEqual([])
    expect(await hub.deliver(feedId, many(2, 6, { htj: '7.00' }))).toMatchObject({
      state: 'green',
      batches: [{ new: 3n, changed: 2n, liveAfter: 6n }],
    })
    expect(await findings(db)).toEqual([])
  })

  test('that broke off goes on after the last page that was stored; then the source is asked for what came since', async () => {
    const rows = many(1, 10)
    const asked: number[] = []
    const script = (breaksAt: number | null) =>
      pagesOf(rows, {
        rowsPerPage: 2,
        before: (page) => {
          asked.push(page)
          if (page === breaksAt) throw new Error('the line broke')
        },
      })
    hub.source(feedId, script(3))
    expect((await hub.pull(feedId)).state).toBe('failed')
    hub.source(feedId, script(null))
    expect(await hub.pull(feedId)).toMatchObject({
      state: 'green',
      batches: [
        { fetched: 10n, new: 10n, repeated: 0n },
        { fetched: 10n, unchanged: 10n },
      ],
    })
    expect(asked).toEqual([0, 1, 2, 3, 3, 4, 0, 1, 2, 3, 4])
    expect(await findings(db)).toEqual([])
  })

  const dies = {
    rowsPerPage: 2,
    after: () => {
      throw new Error('killed')
    },
  }

  test('that died after its last page has landed nothing of its last gather, and is gone on with', async () => {
    hub.source(feedId, pagesOf(many(1, 4), dies))
    expect((await hub.pull(feedId)).state).toBe('failed')
    expect(await one(db, 'SELECT state AS x FROM batch')).toBe('landing')
    expect(await one(db, 'SELECT count(*) AS x FROM raw_version')).toBe(2n)
    hub.source(feedId, pagesOf(many(1, 4), { rowsPerPage: 2 }))
    expect(await hub.pull(feedId)).toMatchObject({
      state: 'green',
      batches: [
        { state: 'admitted', fetched: 4n, new: 4n, repeated: 0n },
        { fetched: 4n, unchanged: 4n },
      ],
    })
    expect(await findings(db)).toEqual([])
  })

  test('that an older hub left landed and unclosed is closed, not asked for again', async () => {
    hub.source(feedId, pagesOf(many(1, 4), dies))
    await hub.pull(feedId)
    await db.pipeline.query(`UPDATE batch SET state = 'landed'`)
    hub.source(feedId, pagesOf(many(1, 4)))
    expect(await hub.pull(feedId)).toMatchObject({
      state: 'green',
      batches: [
        { state: 'admitted', fetched: 2n, new: 2n },
        { fetched: 4n, new: 2n, unchanged: 2n },
      ],
    })
    expect(await findings(db)).toEqual([])
  })

  test('with too many rows that cannot be taken is held; released, the good rows go in and the others wait in quarantine', async () => {
    const broken = { ...numbered(9), htj: { amount: 1 } }
    const held = await hub.deliver(feedId, [...many(1, 3), broken])
    expect(held).toMatchObject({ state: 'held', batches: [{ quarantined: 1n, new: 3n }] })
    expect(held.batches[0]!.holdReason?.code).toBe('landing.hold_rejected')
    await releaseBatch(db, held.batches[0]!.batchId, 'test')
    await advance(hub)
    expect(await liveOf(db)).toBe(3n)
    expect(await one(db, 'SELECT code AS x FROM quarantine')).toBe('landing.row_invalid')
    expect(await findings(db)).toEqual([])
  })

  test('of a held kind that sends the same rows again finds them not yet admitted', async () => {
    const broken = { ...numbered(9), htj: { amount: 1 } }
    const held = await hub.deliver(feedId, [...many(1, 3), broken])
    expect(await hub.deliver(feedId, many(1, 4))).toMatchObject({
      state: 'green',
      batches: [{ new: 4n, liveAfter: 4n }],
    })
    await releaseBatch(db, held.batches[0]!.batchId, 'test')
    await advance(hub)
    expect(await liveOf(db)).toBe(4n)
    expect(await findings(db)).toEqual([])
  })
})

describe('versions of one record', () => {
  test('an older one by the source’s own order never stands over a newer one', async () => {
    await hub.deliver(feedId, [numbered(1, { htj: '5.00', gxsj: '2022-12-01 00:00:00' })])
    expect(await hub.deliver(feedId, [numbered(1, { htj: '4.00', gxsj: '2022-11-30 00:00:00' })])).toMatchObject({
      state: 'green',
      batches: [{ older: 1n }],
    })
    expect(await priceOf(db, 1)).toBe(500n)
  })

  test('of one delivery are all counted, and the last one stands', async () => {
    const rows = ['1.00', '2.00', '2.00', '3.00'].map((htj, i) =>
      numbered(1, { htj, gxsj: `2022-12-0${i + 1} 00:00:00` }),
    )
    expect(await hub.deliver(feedId, rows)).toMatchObject({
      state: 'green',
      batches: [{ fetched: 4n, new: 1n, changed: 2n, repeated: 1n, liveAfter: 1n }],
    })
    expect(await priceOf(db, 1)).toBe(300n)
    expect(await findings(db)).toEqual([])
  })

  test('a withdrawn one leaves no fact, a withdrawal again is unchanged, and it can come back', async () => {
    const withdrawing = scripted(db, (feed) =>
      feed.id === feedId ? ({ ...feed, isWithdrawn: (r: { bz?: unknown }) => r.bz === 'withdrawn' } as never) : feed,
    )
    await withdrawing.deliver(feedId, many(1, 2))
    const gone = numbered(1, { bz: 'withdrawn' })
    expect(await withdrawing.deliver(feedId, [gone])).toMatchObject({
      state: 'green',
      batches: [{ withdrawn: 1n, liveAfter: 1n }],
    })
    expect(await withdrawing.deliver(feedId, [gone])).toMatchObject({
      state: 'green',
      batches: [{ unchanged: 1n, liveAfter: 1n }],
    })
    expect(await priceOf(db, 1)).toBeNull()
    expect(await withdrawing.deliver(feedId, [numbered(1)])).toMatchObject({
      state: 'green',
      batches: [{ revived: 1n, liveAfter: 2n }],
    })
    expect(await withdrawing.deliver(feedId, [numbered(7, { bz: 'withdrawn' })])).toMatchObject({
      state: 'green',
      batches: [{ older: 1n, liveAfter: 2n }],
    })
    expect(await findings(db)).toEqual([])
  })
})

test('what a full delivery has seen is not lost when the server crashes', async () => {
  expect(await one(db, `SELECT relpersistence::text AS x FROM pg_class WHERE relname = 'seen_in_full'`)).toBe('p')
})
