/** A range fetched again, beside the live state: it moves no watermark, proves nothing gone, and what is newer stays on top. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { backfillFeed, rangeOf } from '../../src/backfill.ts'
import type { PullRequest } from '../../src/connect/feed.ts'
import type { Database } from '../../src/db/database.ts'
import { setClock, setClockOffset } from '../../src/kernel/clock.ts'
import { rehearseFeed } from '../../src/rehearsal.ts'
import { testDatabase } from '../support/database.ts'
import { invoice, section } from '../support/hand-fed.ts'
import { pagesOf, type Scripted, scripted } from '../support/scripted.ts'

const feedId = 'transport.sections'
let db: Database
let hub: Scripted
const feedState = async () =>
  (
    await db.pipeline.query('SELECT watermark, last_complete_at, live::int AS live FROM feed_state WHERE feed = $1', [
      feedId,
    ])
  ).rows[0]
const feed = () => hub.feeds.get(feedId)!
const newer = section({ htdbh: 'TJ-1', htj: '200000000.00', gxsj: '2026-03-09 09:00:00' })
const older = section({ htdbh: 'TJ-1', htj: '100000000.00', gxsj: '2026-02-01 09:00:00' })
const lost = section({ htdbh: 'TJ-2', gxsj: '2026-02-01 09:00:00' })

beforeEach(async () => {
  db = await testDatabase({ pipelineMax: 8 })
  hub = scripted(db)
  setClock('2026-03-10T04:00:00+08:00')
  hub.source(feedId, pagesOf([newer], { watermark: '2026-03-09 09:00:00' }))
  await hub.pull(feedId)
  setClock('2026-03-10T10:00:00+08:00')
})
afterEach(async () => {
  setClockOffset(0)
  await db.close()
})

const backfill = (asked: Parameters<typeof rangeOf>[1], byDay = false, id = feedId) =>
  backfillFeed(hub, { feed: hub.feeds.get(id)!, actor: 'test', range: rangeOf(hub.feeds.get(id)!, asked), byDay })

test('what was lost comes in, what is newer stays, and the next import starts where it would have', async () => {
  const before = await feedState()
  hub.source(feedId, pagesOf([older, lost], { watermark: '2026-02-01 09:00:00' }))
  const report = await backfill({ since: '2026-02-01', until: '2026-02-03' })
  expect([report.state, report.batches[0]]).toEqual([
    'green',
    expect.objectContaining({ new: 1n, older: 1n, changed: 0n }),
  ])
  expect(await feedState()).toEqual({ ...before, live: 2 })
  let request: PullRequest | undefined
  hub.source(feedId, (asked) => {
    request = asked
    return pagesOf([])(asked)
  })
  await hub.pull(feedId)
  expect(request?.since).toBe('2026-03-09 09:00:00')
  const { rows } = await db.pipeline.query(
    `SELECT kind, request->>'since' AS since FROM run ORDER BY started_at, kind DESC`,
  )
  expect(rows).toEqual([
    { kind: 'import', since: null },
    { kind: 'backfill', since: '2026-02-01' },
    { kind: 'import', since: null },
  ])
})

test('a full feed proves nothing gone by a range', async () => {
  hub = scripted(db, (f) => (f.id === feedId ? { ...f, mode: 'full' } : f))
  hub.source(feedId, pagesOf([lost]))
  const report = await backfill({ since: '2026-02-01', until: '2026-02-03' })
  expect(report.batches[0]).toMatchObject({ mode: 'increment', absent: 0n, new: 1n })
})

test('day by day: each day is a delivery, and the run says how far it is', async () => {
  const asked: string[] = []
  let progress: unknown
  hub.source(feedId, async function* (request) {
    asked.push(`${request.since}..${request.until}`)
    // Told beside the work, so a moment later.
    progress = await vi.waitFor(
      async () => {
        const { rows } = await db.pipeline.query(`SELECT progress FROM run WHERE kind = 'backfill'`)
        expect(rows[0]?.progress).toMatchObject({ day: request.since })
        return rows[0].progress as unknown
      },
      { timeout: 5_000 },
    )
    yield* pagesOf([section({ htdbh: `TJ-${request.since}` })])(request)
  })
  const report = await backfill({ since: '2026-03-08' }, true)
  expect(asked).toEqual(['2026-03-08..2026-03-08', '2026-03-09..2026-03-09', '2026-03-10..undefined'])
  expect(report.batches.map((b) => [b.state, b.new])).toEqual([
    ['admitted', 1n],
    ['admitted', 1n],
    ['admitted', 1n],
  ])
  expect(progress).toMatchObject({ slice: 3, slices: 3, day: '2026-03-10' })
  const { rows } = await db.pipeline.query(`SELECT progress FROM run WHERE kind = 'backfill'`)
  expect(rows).toEqual([{ progress: { pages: 3, rows: 3, slice: 3, slices: 3, day: '2026-03-10' } }])
})

test('a day that fails leaves the days before it', async () => {
  hub.source(feedId, async function* (request) {
    if (request.since === '2026-03-09') throw new Error('away')
    yield* pagesOf([lost])(request)
  })
  const report = await backfill({ since: '2026-03-08', until: '2026-03-09' }, true)
  expect(report.state).toBe('failed')
  expect(await feedState()).toMatchObject({ live: 2 })
})

test('beside a live import of the same feed', async () => {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  hub.source(feedId, async function* (request) {
    if (request.until === undefined) yield* pagesOf([section({ htdbh: 'TJ-9' })], { watermark: 'live' })(request)
    else {
      reached.resolve()
      await released.promise
      yield* pagesOf([older, lost])(request)
    }
  })
  const running = backfill({ since: '2026-02-01', until: '2026-02-03' })
  await reached.promise
  expect((await hub.pull(feedId)).state).toBe('green')
  released.resolve()
  expect((await running).state).toBe('green')
  expect(await feedState()).toMatchObject({ live: 3, watermark: 'live' })
})

test('a dry run says what it would bring and changes nothing', async () => {
  hub.source(feedId, pagesOf([older, lost]))
  const before = await feedState()
  const range = rangeOf(feed(), { since: '2026-02-01', until: '2026-02-03' })
  expect(await rehearseFeed(hub, feed(), { range })).toEqual({
    feed: feedId,
    range: { since: '2026-02-01', until: '2026-02-03', days: 3 },
    counts: expect.objectContaining({ fetched: 2, new: 1, older: 1 }),
  })
  expect(await feedState()).toEqual(before)
  expect((await db.pipeline.query(`SELECT 1 FROM batch WHERE channel = 'backfill'`)).rowCount).toBe(0)
})

describe('a range', () => {
  test.each([
    [{ until: '2026-03-01' }, 'import.bad_range'],
    [{ since: '2026-03-11' }, 'import.bad_range'],
    [{ since: '2026-03-02', until: '2026-03-01' }, 'import.bad_range'],
    [{ since: '2026-03-01', until: '2026-03-12' }, 'import.bad_range'],
    [{ since: '2026-02-07' }, 'import.range_too_long'],
    [{ since: '2026-03-01', daysMax: 9 }, 'import.range_too_long'],
  ])('%j is refused with %s', (asked, code) => {
    expect(() => rangeOf(feed(), asked)).toThrow(expect.objectContaining({ code }))
  })
  test('too long a one says what to do', () => {
    expect(() => rangeOf(feed(), { since: '2026-01-01' })).toThrow(
      /69 days, at most 31 at once: split it, or allow more by --days-max 69/,
    )
    expect(rangeOf(feed(), { since: '2026-01-01', daysMax: 69 })).toEqual({
      since: '2026-01-01',
      until: null,
      days: 69,
    })
  })
  test('of a feed whose versions bear no order ends today, and takes its turn with the live import', async () => {
    const invoices = hub.feeds.get('tax.invoices')!
    expect(() => rangeOf(invoices, { since: '2026-03-01', until: '2026-03-05' })).toThrow(
      expect.objectContaining({ code: 'import.unordered_range' }),
    )
    hub.source('tax.invoices', pagesOf([invoice()]))
    expect((await backfill({ since: '2026-03-01' }, false, 'tax.invoices')).state).toBe('green')
  })
})
