/** Which run is alive, which is lost, and which has been taken over. */
import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { importFeeds } from '../../src/import.ts'
import { sleep } from '../../src/kernel/clock.ts'
import { keepBeating, startRun } from '../../src/landing/run.ts'
import { testDatabase } from '../support/database.ts'
import { section } from '../support/hand-fed.ts'
import { errorCode, pagesOf, scripted } from '../support/scripted.ts'

const feedId = 'transport.sections'
let db: Database
beforeAll(async () => {
  db = await testDatabase()
})

const silence = (runId: string) =>
  db.pipeline.query(`UPDATE run SET beat_at = beat_at - interval '5 minutes' WHERE run_id = $1`, [runId])
const stateOf = async (runId: string) =>
  (await db.pipeline.query<{ state: string }>('SELECT state FROM run WHERE run_id = $1', [runId])).rows[0]?.state

test('a run that has been silent is ended by the next one of its source, one that beats is not', async () => {
  const silent = await startRun(db, { source: 'a.b', kind: 'load' })
  const working = await startRun(db, { source: 'a.b', kind: 'load' })
  const stop = keepBeating(db, working, 10)
  await silence(silent.runId)
  await silence(working.runId)
  for (let i = 0; i < 100; i++) {
    await sleep(10)
    const { rows } = await db.pipeline.query(
      "SELECT 1 FROM run WHERE run_id = $1 AND beat_at > now() - interval '1 minute'",
      [working.runId],
    )
    if (rows.length === 1) break
  }
  await startRun(db, { source: 'a.b', kind: 'load' })
  stop()
  expect([await stateOf(silent.runId), await stateOf(working.runId)]).toEqual(['failed', 'running'])
})

test('a feed that another hub is importing gives a report, and the importer goes on', async () => {
  const hub = scripted(db)
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  hub.source(
    feedId,
    pagesOf([section()], {
      before: () => {
        reached.resolve()
        return released.promise
      },
    }),
  )
  const first = hub.pull(feedId)
  await reached.promise
  const [second] = await importFeeds(hub, [{ feed: hub.feeds.get(feedId)!, actor: 'test', runId: 'run_second' }])
  expect([second!.state, errorCode(second!), await stateOf('run_second')]).toEqual(['failed', 'landing.busy', 'failed'])
  released.resolve()
  expect((await first).state).toBe('green')
})

test('an attempt that lost its run to another stops with landing.fenced and leaves what it had landed to be gone on with', async () => {
  const hub = scripted(db)
  const rows = [1, 2, 3, 4].map((n) => section({ htdbh: `FN-${n}` }))
  const { runId } = await startRun(db, { source: feedId, kind: 'import', runId: 'run_slot' })
  hub.source(
    feedId,
    pagesOf(rows, {
      rowsPerPage: 1,
      before: (page) => (page === 2 ? startRun(db, { source: feedId, kind: 'import', runId }) : undefined),
    }),
  )
  const lost = await hub.pull(feedId, { runId })
  expect([lost.state, errorCode(lost), await stateOf(runId)]).toEqual(['failed', 'landing.fenced', 'running'])
  hub.source(feedId, pagesOf(rows, { rowsPerPage: 1 }))
  expect(await hub.pull(feedId, { runId })).toMatchObject({
    state: 'green',
    batches: [{ fetched: 4n, new: 4n, repeated: 0n }, { unchanged: 4n }],
  })
})
