/** The thread that imports, so that requests never wait: its runs end as any other's, and a thread that dies is replaced. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemActor } from '../../src/access/actor.ts'
import type { Hub } from '../../src/hub.ts'
import { enqueueRuns } from '../../src/landing/run.ts'
import { type Importer, startImporter } from '../../src/worker/importer.ts'
import { testUrl } from '../support/database-url.ts'
import { type Simulated, simulate } from '../support/simulated.ts'

let simulated: Simulated
let hub: Hub
let importer: Importer
let db: Hub['db']

beforeAll(async () => {
  simulated = await simulate({ clock: 'wall', today: new Date().toISOString().slice(0, 10) })
  hub = await simulated.hub(await testUrl())
  db = hub.db
  importer = await startImporter(hub)
})
afterAll(async () => {
  await importer.stop()
  await hub.close()
  await simulated.close()
})

const asked = async (kind: 'import' | 'rehearsal', feeds: readonly string[]) =>
  (await enqueueRuns(db, feeds, kind, {}, systemActor)).map(({ runId, source }) => ({
    feed: source,
    runId,
    actor: 'test',
  }))

test('an import in the thread ends green, with its figures in the run, while this thread goes on', async () => {
  const feeds = hub.feedList.map((feed) => feed.id)
  let turns = 0
  const ticking = setInterval(() => turns++, 5)
  const ended = await importer.run({ kind: 'import', runs: await asked('import', feeds) })
  clearInterval(ticking)
  expect(ended.map((e) => e.state)).toEqual(feeds.map(() => 'green'))
  expect(turns).toBeGreaterThan(5)
  const { rows } = await db.pipeline.query<{ projects: bigint }>('SELECT count(*) AS projects FROM position')
  expect(rows[0]?.projects).toBeGreaterThan(5n)
})

test('a rehearsal in the thread counts and stores nothing', async () => {
  const before = (await db.pipeline.query('SELECT count(*) AS n FROM batch')).rows[0]
  const [run] = await asked('rehearsal', ['transport.sections'])
  await importer.run({ kind: 'rehearse', runs: [run!] })
  expect((await db.pipeline.query('SELECT count(*) AS n FROM batch')).rows[0]).toEqual(before)
  expect(
    (await db.pipeline.query('SELECT state, figures FROM run WHERE run_id = $1', [run!.runId])).rows[0],
  ).toMatchObject({ state: 'green', figures: { feed: 'transport.sections' } })
})

test('a task for a feed that is not there fails with a code, and the next one is taken', async () => {
  const failed = importer.run({ kind: 'import', runs: [{ feed: 'no.such', runId: 'run_none', actor: 'test' }] })
  await expect(failed).rejects.toMatchObject({ code: 'import.unknown_source' })
  expect(await importer.run({ kind: 'advance' })).toEqual([])
})
