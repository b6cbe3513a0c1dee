/** Two hubs on one database (decision 15): one slot is sent once, one import runs at a time, and a job the queue gives up on too early changes nothing. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkAll } from '../../src/check.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { sleep } from '../../src/kernel/clock.ts'
import { type Scheduler, startScheduler } from '../../src/schedule/scheduler.ts'
import { asSuperuser, testAccess, testDatabase } from '../support/database.ts'
import { contentDigest, differingParts } from '../support/digest.ts'
import { section } from '../support/hand-fed.ts'
import { pagesOf, type Scripted, scripted } from '../support/scripted.ts'

const feedId = 'transport.sections'
const slotAt = new Date('2026-03-10T02:00:00+08:00')
const rows = Array.from({ length: 20 }, (_, i) => section({ htdbh: `TJ-${i}`, htbh: `HT-${i}` }))

let db: Database
let other: Database
let schedulers: Scheduler[]
beforeEach(async () => {
  db = await testDatabase({ pipelineMax: 10 })
  const pool = { connectionsMax: 10, statementTimeoutMs: 60_000 }
  other = openDatabase(testAccess(db.name), { pipeline: pool, reader: pool })
  schedulers = []
})
afterEach(async () => {
  await Promise.all(schedulers.map((s) => s.stop()))
  await other.close()
  await db.close()
})

/** A hub with its own pools whose schedule never fires by itself. */
const startHub = async (own: Database, hub: Scripted, jobExpiresInSeconds: number): Promise<Scheduler> => {
  const scheduler = await startScheduler({
    db: own,
    feeds: [...hub.feeds.values()].filter((feed) => feed.id === feedId),
    schedules: {
      [feedId]: { cron: '0 0 29 2 *', timeZone: 'Asia/Shanghai', enabled: true, catchUp: 'latest', catchUpMax: 24 },
    },
    importFeed: async (feed, run) => (await hub.pull(feed.id, run)).state === 'green',
    jobExpiresInSeconds,
  })
  schedulers.push(scheduler)
  return scheduler
}

const slots = async () =>
  (await db.pipeline.query<{ state: string; attempt: number }>('SELECT state, attempt FROM slot')).rows
const runs = async () =>
  (await db.pipeline.query<{ state: string; attempt: number }>(`SELECT state, attempt FROM run ORDER BY started_at`))
    .rows

const until = async (holds: () => Promise<boolean> | boolean, seconds = 30): Promise<void> => {
  for (let i = 0; i < seconds * 20; i++) {
    if (await holds()) return
    await sleep(50)
  }
  throw new Error('it did not come to pass')
}

const expectLandedOnce = async (): Promise<void> => {
  const { rows: counted } = await db.pipeline.query<{ versions: bigint; records: bigint; admitted: bigint }>(
    `SELECT (SELECT count(*) FROM raw_version) AS versions, (SELECT count(*) FROM record) AS records, (SELECT count(*) FROM batch WHERE state = 'admitted') AS admitted`,
  )
  expect(counted[0]).toEqual({ versions: 20n, records: 20n, admitted: 1n })
  expect((await checkAll(db, 100)).checks.flatMap((c) => c.findings)).toEqual([])
}

test('a slot that both hubs fire is sent once and runs once', async () => {
  const [a, b] = [scripted(db), scripted(other)]
  let pulls = 0
  for (const hub of [a, b]) hub.source(feedId, pagesOf(rows, { before: () => void pulls++ }))
  const [first, second] = [await startHub(db, a, 3_600), await startHub(other, b, 3_600)]
  const fired = await Promise.all([first.fire(feedId, slotAt), second.fire(feedId, slotAt), first.fire(feedId, slotAt)])
  expect(fired.filter(Boolean)).toHaveLength(1)
  await until(async () => (await slots())[0]?.state === 'done')
  expect(pulls).toBe(1)
  expect([await slots(), await runs()]).toEqual([[{ state: 'done', attempt: 1 }], [{ state: 'green', attempt: 1 }]])
  await expectLandedOnce()
})

/** The queue's own supervision of jobs, now rather than in a minute, and its retry at once. */
const expireJobs = async (scheduler: Scheduler): Promise<string[]> => {
  await sleep(1_200)
  await scheduler.boss.supervise()
  await asSuperuser(`UPDATE pgboss.job SET start_after = now() WHERE state = 'retry'`, db.name)
  return (await asSuperuser('SELECT state FROM pgboss.job', db.name)).rows.map((r) => String(r.state))
}

test('a job that expires while its import still runs is turned away, and the slot runs once', async () => {
  const [a, b] = [scripted(db), scripted(other)]
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let pulls = 0
  const script = pagesOf(rows, {
    rowsPerPage: 5,
    before: (page) => {
      pulls += page === 0 ? 1 : 0
      if (page !== 2) return undefined
      reached.resolve()
      return released.promise
    },
  })
  for (const hub of [a, b]) hub.source(feedId, script)
  const [first] = [await startHub(db, a, 1), await startHub(other, b, 1)]
  await first.fire(feedId, slotAt)
  await reached.promise
  expect(await expireJobs(first)).toEqual(['retry'])
  // The second attempt takes the slot, finds the feed busy and fails; the first one goes on undisturbed.
  await until(async () => (await slots())[0]!.attempt === 2)
  released.resolve()
  await until(async () => (await slots())[0]?.state === 'done')
  await asSuperuser(`UPDATE pgboss.job SET start_after = now() WHERE state = 'retry'`, db.name)
  await until(
    async () =>
      (await asSuperuser(`SELECT 1 FROM pgboss.job WHERE state IN ('created', 'retry', 'active')`, db.name))
        .rowCount === 0,
  )
  expect(pulls).toBe(1)
  expect(await runs()).toEqual([{ state: 'green', attempt: 1 }])
  expect((await slots())[0]!.state).toBe('done')
  await expectLandedOnce()
})

test('two hubs that import the same feed at once: one does, the other is told so, and the content is that of one import', async () => {
  const [a, b] = [scripted(db), scripted(other)]
  for (const hub of [a, b]) hub.source(feedId, pagesOf(rows, { rowsPerPage: 3, before: () => sleep(5) }))
  const outcomes = await Promise.allSettled([a.pull(feedId), b.pull(feedId)])
  const green = outcomes.flatMap((o) => (o.status === 'fulfilled' ? [o.value.state] : []))
  const refused = outcomes.flatMap((o) => (o.status === 'rejected' ? [(o.reason as { code: string }).code] : []))
  expect([green, refused]).toEqual([['green'], ['landing.busy']])
  const before = await contentDigest(db)
  await a.pull(feedId)
  expect(differingParts(before, await contentDigest(db))).toEqual([])
})
