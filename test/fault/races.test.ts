/** Two deliveries of one feed at the same time, a pull and a file: which version stands does not depend on which of them is admitted first. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkAll } from '../../src/check.ts'
import type { Database } from '../../src/db/database.ts'
import { type ImportReport, loadPages } from '../../src/import.ts'
import { recordKeyHash } from '../../src/kernel/record-key.ts'
import { testDatabase } from '../support/database.ts'
import { section } from '../support/hand-fed.ts'
import { pagesOf, type Rows, type Scripted, scripted } from '../support/scripted.ts'

const feedId = 'transport.sections'
let db: Database
beforeEach(async () => {
  db = await testDatabase({ pipelineMax: 8 })
})
afterEach(() => db.close())

const row = (n: number, day: number, htj: string) =>
  section({ htdbh: `TJ-${n}`, htj, gxsj: `2022-12-0${day} 00:00:00` })
const keyOf = (n: number) => recordKeyHash(feedId, ['JT2022-0001', `TJ-${n}`])

const load = (hub: Scripted, rows: Rows): Promise<ImportReport> =>
  loadPages(hub, hub.feeds.get(feedId)!, 'test', ['file'], pagesOf(rows)({} as never))

/** Lands `first` as the beginning of a pull, then a whole file, then the rest of the pull. */
const race = async (hub: Scripted, first: Rows, file: Rows, rest: Rows): Promise<ImportReport[]> => {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const before = (page: number) => {
    if (page !== first.length) return undefined
    reached.resolve()
    return released.promise
  }
  hub.source(feedId, pagesOf([...first, ...rest], { rowsPerPage: 1, before }))
  const pulled = hub.pull(feedId)
  await reached.promise
  // What stands before the gate is stored by now or within the moment that the file takes to open its delivery.
  await until(async () => (await stored()) === first.length)
  const loaded = await load(hub, file)
  released.resolve()
  return [await pulled, loaded]
}

const stored = async (): Promise<number> =>
  Number((await db.pipeline.query<{ n: bigint }>('SELECT count(*) AS n FROM raw_version')).rows[0]!.n)

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let i = 0; i < 500; i++) if (await holds()) return
  throw new Error('it did not come to pass')
}

const standing = async (n: number) =>
  (
    await db.pipeline.query<{ fact: bigint; same: boolean }>(
      `SELECT f.amount_fen AS fact, (f.batch_id, f.ord) = (r.batch_id, r.ord) AS same FROM fact f JOIN record r USING (key_hash) WHERE f.key_hash = decode($1, 'hex')`,
      [keyOf(n)],
    )
  ).rows[0]

const findings = async () => (await checkAll(db, 100)).checks.flatMap((c) => c.findings)

const withoutOrder = (feed: Parameters<NonNullable<Parameters<typeof scripted>[1]>>[0]) => {
  const { sourceOrder: _order, ...rest } = feed
  return rest
}

test('records that both bring are new once, and the figures close', async () => {
  const hub = scripted(db)
  const reports = await race(
    hub,
    [row(1, 1, '1.00'), row(2, 1, '1.00')],
    [row(2, 1, '1.00'), row(3, 1, '1.00')],
    [row(3, 1, '1.00'), row(4, 1, '1.00')],
  )
  expect(reports.map((r) => r.state)).toEqual(['green', 'green'])
  expect((await db.pipeline.query(`SELECT live FROM feed_state WHERE feed = '${feedId}'`)).rows).toEqual([{ live: 4n }])
  expect(await findings()).toEqual([])
})

test('the newer version by the source’s order stands: the file’s, though the pull is admitted after it', async () => {
  const reports = await race(scripted(db), [row(1, 1, '1.00')], [row(1, 2, '2.00')], [row(9, 1, '9.00')])
  expect(reports.map((r) => r.state)).toEqual(['green', 'green'])
  expect(await standing(1)).toEqual({ fact: 200n, same: true })
  expect(await findings()).toEqual([])
})

test('the newer version by the source’s order stands: the pull’s, though the file came after it', async () => {
  const reports = await race(scripted(db), [row(1, 2, '2.00')], [row(1, 1, '1.00')], [row(9, 1, '9.00')])
  expect(reports.map((r) => r.state)).toEqual(['green', 'green'])
  expect(await standing(1)).toEqual({ fact: 200n, same: true })
  expect(await findings()).toEqual([])
})

test('without an order of the source the version that landed last stands, and the fact is that of the head', async () => {
  const hub = scripted(db, withoutOrder)
  const reports = await race(hub, [row(1, 1, '1.00')], [row(1, 1, '2.00'), row(2, 1, '2.00')], [row(2, 1, '3.00')])
  expect(reports.map((r) => r.state)).toEqual(['green', 'green'])
  expect(await standing(1)).toEqual({ fact: 200n, same: true })
  expect(await standing(2)).toEqual({ fact: 300n, same: true })
  expect(await findings()).toEqual([])
})
