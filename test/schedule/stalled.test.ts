/** A run without progress is ended and said, its connections are cut, and the next attempt goes on from what had landed. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { OpenSource } from '#connect'
import type { Database } from '../../src/db/database.ts'
import { transaction } from '../../src/db/transaction.ts'
import { importFeed, importFeeds } from '../../src/import.ts'
import { sleep } from '../../src/kernel/clock.ts'
import { startWatch, watched } from '../../src/kernel/watched.ts'
import { testDatabase } from '../support/database.ts'
import { section } from '../support/hand-fed.ts'
import { errorCode, pagesOf, type Scripted, scripted } from '../support/scripted.ts'

const feed = 'transport.sections'
const rows = Array.from({ length: 6 }, (_, i) => section({ htdbh: `TJ-${i}`, htbh: `HT-${i}` }))
const hang = () => new Promise<never>(() => undefined)
const stalledError = () => Object.assign(new Error('stalled'), { code: 'landing.stalled' })

describe('a watch', () => {
  test('cuts work that shows no progress, and lets work that does go on', async () => {
    const watch = startWatch({ afterMs: 60, error: stalledError })
    const busy = (async () => {
      for (let i = 0; i < 10; i++) {
        await sleep(20)
        watch.touch()
      }
      return 'done'
    })()
    expect(await watch.over(busy)).toBe('done')
    await expect(watch.over(hang())).rejects.toMatchObject({ code: 'landing.stalled' })
    expect(watch.signal.aborted).toBe(true)
    watch.stop()
  })
  test('asks whether there is progress that the work itself cannot tell of', async () => {
    let asked = 0
    const watch = startWatch({ afterMs: 30, error: stalledError, isMoving: async () => ++asked < 3 })
    await expect(watch.over(hang())).rejects.toMatchObject({ code: 'landing.stalled' })
    expect(asked).toBe(3)
    watch.stop()
  })
})

describe('on a database', () => {
  let db: Database
  let hub: Scripted
  let closed: number
  const runs = async () => (await db.pipeline.query('SELECT state, attempt, error FROM run ORDER BY started_at')).rows
  beforeEach(async () => {
    db = await testDatabase({ pipelineMax: 8 })
    closed = 0
    const source = { http: { troubles: () => [] }, close: async () => void closed++ } as unknown as OpenSource
    hub = { ...scripted(db), openSource: () => source }
  })
  afterEach(() => db.close())
  /** On a busy machine the stages alone take a while, so only those that are to stall have a short limit. */
  const pull = (stallAfterMs: number, runId?: string) =>
    importFeed({ ...hub, stallAfterMs }, { feed: hub.feeds.get(feed)!, actor: 'test', ...(runId ? { runId } : {}) })

  test('a source that hangs: the run ends with its code, what had landed stays, the next attempt brings the rest', async () => {
    hub.source(feed, pagesOf(rows, { rowsPerPage: 2, before: (page) => (page === 2 ? hang() : undefined) }))
    const report = await pull(1_500, 'run_slot')
    expect([report.state, errorCode(report), closed]).toEqual(['failed', 'landing.stalled', 1])
    expect(report.findings.map((f) => [f.kind, f.code])).toEqual([['stopped', 'landing.stalled']])
    let first: unknown
    hub.source(feed, (request) => {
      first ??= request.resume
      return pagesOf(rows, { rowsPerPage: 2 })(request)
    })
    expect((await pull(60_000, 'run_slot')).state).toBe('green')
    expect(first).toBeGreaterThan(0)
    expect(await runs()).toEqual([{ state: 'green', attempt: 2, error: null }])
    expect((await db.pipeline.query('SELECT count(*)::int AS n FROM record')).rows).toEqual([{ n: 6 }])
  })

  test('one that is slow and goes on is left alone', async () => {
    hub.source(feed, pagesOf(rows, { rowsPerPage: 1, before: () => sleep(900) }))
    expect((await pull(5_000)).state).toBe('green')
  })

  test('a transaction that waits for a lock is cut at the server, so that nothing of the run holds on to anything', async () => {
    const blocker = await db.owner().connect()
    await blocker.query('BEGIN')
    await blocker.query('LOCK TABLE record IN ACCESS EXCLUSIVE MODE')
    hub.source(feed, pagesOf(rows))
    const report = await pull(1_500)
    expect([report.state, errorCode(report)]).toEqual(['failed', 'landing.stalled'])
    for (let i = 0; i < 40; i++) {
      const { rows: waiting } = await blocker.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = current_database()`,
      )
      if (waiting[0]!.n === 0) break
      await sleep(50)
      expect(i).toBeLessThan(39)
    }
    await blocker.query('ROLLBACK')
    blocker.release()
    expect((await pull(60_000)).state).toBe('green')
  })

  test('of several feeds the one that hangs is ended, the others go through', async () => {
    hub.source(feed, () => ({ [Symbol.asyncIterator]: () => ({ next: hang }) }))
    hub.source('tax.invoices', pagesOf([]))
    const reports = await importFeeds(
      { ...hub, stallAfterMs: 4_000 },
      [feed, 'tax.invoices'].map((id) => ({ feed: hub.feeds.get(id)!, actor: 'test' })),
    )
    expect(reports.map((r) => [r.feed, r.state])).toEqual([
      [feed, 'failed'],
      ['tax.invoices', 'green'],
    ])
  })

  test('what was cut can begin no transaction', async () => {
    const watch = startWatch({ afterMs: 50, error: stalledError })
    const late = Promise.withResolvers<unknown>()
    const work = watched(watch, async () => {
      await sleep(300)
      await transaction(db.pipeline, async (client) => client.query('SELECT 1')).catch(late.resolve)
    })
    await expect(work).rejects.toMatchObject({ code: 'landing.stalled' })
    expect(await late.promise).toMatchObject({ code: 'landing.stalled' })
    watch.stop()
  })
})
