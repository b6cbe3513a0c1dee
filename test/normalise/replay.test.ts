/** A mapping that was mended, over what is stored: as if it had been so from the first day, whatever waits or dies in between. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AnyFeed } from '#connect'
import { checkAll } from '../../src/check.ts'
import type { Database } from '../../src/db/database.ts'
import { startRun } from '../../src/landing/run.ts'
import { decideReplay, planReplay } from '../../src/normalise/replay.ts'
import { advance } from '../../src/pipeline.ts'
import { testDatabase } from '../support/database.ts'
import { contentDigest, differingParts } from '../support/digest.ts'
import { canWithdraw, type HandFed, handFed, invoice, measurement, section, taxpayer } from '../support/hand-fed.ts'

const sections = 'transport.sections'

/** The mapping of the second version: it no longer reads the mark that departments put behind a name that changed. */
const mended = (feed: AnyFeed): AnyFeed => {
  const base = canWithdraw(feed)
  if (feed.id !== sections) return base
  const map = (r: never) =>
    base.map({ ...(r as object), xmmc: String((r as { xmmc: string }).xmmc).replace('（变更）', '') } as never)
  return { ...base, map, mapping: 2 }
}

const changedName = { xmmc: 'S312荥阳段改建工程（变更）', sgdw: '郑州栩爵建设工程有限公司' }
const deliverAll = async (hub: HandFed) => {
  await hub.deliver('tax.taxpayers', [taxpayer()])
  await hub.deliver(sections, [
    section(changedName),
    section({ ...changedName, htdbh: 'TJ-2' }),
    section({ htdbh: 'TJ-3' }),
  ])
  await hub.deliver('transport.measurements', [measurement()])
  await hub.deliver('tax.invoices', [invoice()])
  await hub.deliver(sections, [
    section({ ...changedName, htdbh: 'TJ-2', bz: 'withdrawn', gxsj: '2023-01-01 00:00:00' }),
  ])
}
const findings = async (db: Database) => (await checkAll(db, 100)).checks.flatMap((c) => c.findings)

let db: Database
let old: HandFed
let hub: HandFed
beforeEach(async () => {
  db = await testDatabase()
  old = handFed(db, canWithdraw)
  hub = handFed(db, mended)
})
afterEach(() => db.close())

const plan = async (): Promise<{ runId: string; planned: Awaited<ReturnType<typeof planReplay>> }> => {
  const { runId } = await startRun(db, { source: sections, kind: 'replay' })
  return { runId, planned: await planReplay(db, hub.feeds.get(sections)!, runId) }
}
const decide = async () => {
  const { runId, planned } = await plan()
  await decideReplay(db, hub.feeds.get(sections)!, runId, planned, 'test')
  return planned
}

test('facts, names, projects and positions are as if the mapping had always been so', async () => {
  await deliverAll(old)
  expect(await decide()).toMatchObject({ versions: 2, changed: 1, unchanged: 1, appear: 0, vanish: 0 })
  await advance(hub)
  expect(await findings(db)).toEqual([])
  const always = await testDatabase()
  await deliverAll(handFed(always, mended))
  const left = await contentDigest(db)
  const right = await contentDigest(always)
  // The mapping's number stands in the facts: the record that reads the same keeps the one it was read by.
  expect(differingParts(left, right).filter((part) => part !== 'facts')).toEqual([])
  await always.close()
})

test('the mapping of today over what it has read changes nothing, a version that it could not read included', async () => {
  const broken = (feed: AnyFeed): AnyFeed => ({
    ...feed,
    map: (r: never) => {
      if ((r as { htbh?: unknown }).htbh === 'broken') throw new Error('cannot be read')
      return feed.map(r)
    },
  })
  const reader = handFed(db, broken)
  await reader.deliver(sections, [section()])
  await reader.deliver(sections, [section({ htbh: 'broken', gxsj: '2023-01-01 00:00:00' })])
  expect(await planReplay(db, reader.feeds.get(sections)!)).toMatchObject({ versions: 1, unchanged: 1, vanish: 0 })
})

test('a record whose head a held delivery has moved is read again too, in the version that stands', async () => {
  await old.deliver(sections, [section(changedName)])
  const rejected = { ...section({ htdbh: 'TJ-9' }), htj: { amount: 1 } }
  const held = await old.deliver(sections, [
    section({ ...changedName, htj: '1.00', gxsj: '2023-01-01 00:00:00' }),
    rejected,
  ])
  expect(held.state).toBe('held')
  expect(await decide()).toMatchObject({ versions: 1, changed: 1 })
  await advance(hub)
  const { rows } = await db.pipeline.query('SELECT body::json->>$1 AS name, amount_fen AS fen, mapping FROM fact', [
    'name',
  ])
  expect(rows).toEqual([{ name: 'S312荥阳段改建工程', fen: 10_000_000_000n, mapping: 2 }])
})

test('what a delivery brought between plan and decision is left as it was read', async () => {
  await old.deliver(sections, [section(changedName)])
  const { runId, planned } = await plan()
  await hub.deliver(sections, [section({ ...changedName, htj: '2.00', gxsj: '2023-01-01 00:00:00' })])
  await decideReplay(db, hub.feeds.get(sections)!, runId, planned, 'test')
  await advance(hub)
  const { rows } = await db.pipeline.query('SELECT amount_fen AS fen, mapping FROM fact')
  expect(rows).toEqual([{ fen: 200n, mapping: 2 }])
  expect(await findings(db)).toEqual([])
})

test('a plan whose prepared rows were lost is refused by its code, and changes nothing', async () => {
  await old.deliver(sections, [section(changedName)])
  const { runId, planned } = await plan()
  await db.pipeline.query('DELETE FROM replay_stage')
  await expect(decideReplay(db, hub.feeds.get(sections)!, runId, planned, 'test')).rejects.toMatchObject({
    code: 'replay.incomplete',
  })
  expect(await findings(db)).toEqual([])
})

test('what a replay has prepared survives a crash of the server', async () => {
  const { rows } = await db.pipeline.query(
    `SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relnamespace = 'jingwei'::regnamespace`,
  )
  expect(rows).toEqual([])
})
