/** Imports that a person or another scheduler asks for: on record from the moment of the answer, and a rehearsal stays a rehearsal. */
import { beforeAll, expect, test } from 'vitest'
import { systemActor } from '../../src/access/actor.ts'
import type { Database } from '../../src/db/database.ts'
import { importFeeds } from '../../src/import.ts'
import { enqueueRuns } from '../../src/landing/run.ts'
import { rehearseAsRun } from '../../src/rehearsal.ts'
import { testDatabase } from '../support/database.ts'
import { handFed } from '../support/hand-fed.ts'

let db: Database

const run = async (runId: string) =>
  (await db.pipeline.query('SELECT state, kind, attempt, figures, error FROM run WHERE run_id = $1', [runId])).rows[0]

beforeAll(async () => {
  db = await testDatabase()
})

test('a run that was asked for stands as queued, with its audit row, before anything of it has begun', async () => {
  const [queued] = await enqueueRuns(db, ['development.approvals'], 'import', {}, systemActor)
  expect(await run(queued!.runId)).toMatchObject({ state: 'queued', kind: 'import', attempt: 0 })
  const { rows } = await db.pipeline.query(`SELECT subject FROM audit WHERE action = 'import.ask'`)
  expect(rows).toEqual([{ subject: 'development.approvals' }])
})

test('its first attempt is number one, and a source that is not there ends it with a code', async () => {
  const [queued] = await enqueueRuns(db, ['development.approvals'], 'import', {}, systemActor)
  const hub = handFed(db)
  const [report] = await importFeeds(hub, [
    {
      feed: hub.feeds.get('development.approvals')!,
      runId: queued!.runId,
      actor: 'test',
    },
  ])
  expect(report?.state).toBe('failed')
  expect(await run(queued!.runId)).toMatchObject({ state: 'failed', attempt: 1, error: { code: 'hub.internal' } })
})

test('a rehearsal that cannot reach its source fails as a rehearsal and opens no batch', async () => {
  const [queued] = await enqueueRuns(db, ['transport.sections'], 'rehearsal', {}, systemActor)
  const hub = handFed(db)
  await rehearseAsRun(hub, hub.feeds.get('transport.sections')!, queued!.runId, {})
  expect(await run(queued!.runId)).toMatchObject({ state: 'failed', kind: 'rehearsal' })
  expect((await db.pipeline.query('SELECT 1 FROM batch WHERE run_id = $1', [queued!.runId])).rowCount).toBe(0)
})
