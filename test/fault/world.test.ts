/** A tiny world end to end: everything in, linked and tracked; then again, and a day on. And nobody's number stands in clear anywhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkAll } from '../../src/check.ts'
import type { Hub } from '../../src/hub.ts'
import { measureGrouping } from '../accept/grouping-truth.ts'
import { measureLinks } from '../accept/link-truth.ts'
import { testUrl } from '../support/database-url.ts'
import { contentDigest, differingParts } from '../support/digest.ts'
import { importEverything, notGreen, type Simulated, simulate } from '../support/simulated.ts'
import { newsOf, worldRows } from '../support/world-rows.ts'

let simulated: Simulated
let hub: Hub
beforeAll(async () => {
  simulated = await simulate({ size: 'tiny', seed: 5 })
  hub = await simulated.hub(await testUrl())
})
afterAll(async () => {
  await hub.close()
  await simulated.close()
})

const sum = (reports: Awaited<ReturnType<typeof importEverything>>, figure: 'new' | 'changed' | 'fetched') =>
  reports.reduce((total, r) => total + r.batches.reduce((n, b) => n + Number(b[figure]), 0), 0)
const findings = async () => (await checkAll(hub.db, 1_000)).checks.flatMap((c) => c.findings)

describe('a tiny world', () => {
  test('comes in whole: every feed green, every record a fact, every project tracked', async () => {
    const reports = await importEverything(hub)
    expect(notGreen(reports)).toEqual([])
    const rows = worldRows(simulated.simulator.world)
    for (const r of reports)
      expect([r.feed, Number(r.batches[0]!.new)]).toEqual([r.feed, rows[r.feed as keyof typeof rows].size])
    expect(await findings()).toEqual([])
  })

  test('is grouped and linked as it truly is', async () => {
    const { world } = simulated.simulator
    const grouping = await measureGrouping(hub.db, world)
    expect(grouping.unplaced).toBe(0)
    expect(grouping.records.precision).toBeGreaterThanOrEqual(0.98)
    expect(grouping.records.recall).toBeGreaterThanOrEqual(0.9)
    expect(grouping.tiesByFeed.get('transport.measurements')).toMatchObject({ recall: 1, precision: 1 })
    const links = await measureLinks(hub.db, world)
    expect(links.wrong).toBe(0)
    expect(links.recall).toBeGreaterThanOrEqual(0.9)
  })

  test('brings nothing when it is imported again', async () => {
    const before = await contentDigest(hub.db)
    const again = await importEverything(hub)
    expect([notGreen(again), sum(again, 'new'), sum(again, 'changed')]).toEqual([[], 0, 0])
    expect(differingParts(before, await contentDigest(hub.db))).toEqual([])
    expect(again.map((r) => r.stages?.positionsComputed)).toEqual(again.map(() => 0))
  })

  test('brings the news of a day, and nothing else', async () => {
    const before = worldRows(simulated.simulator.world)
    await simulated.advance(1)
    const after = worldRows(simulated.simulator.world)
    const reports = await importEverything(hub)
    expect(notGreen(reports)).toEqual([])
    for (const r of reports) {
      const feed = r.feed as keyof typeof after
      const news = newsOf(before[feed], after[feed])
      expect({ feed, new: sum([r], 'new'), changed: sum([r], 'changed') }).toEqual({
        feed,
        new: news.added.length,
        changed: news.changed.length,
      })
    }
    expect(await findings()).toEqual([])
  })
})

const secretFields = [
  'LXDH',
  'FDDBRSFZJHM',
  'NSRSBH',
  'YNSRSBH',
  'XSF_NSRSBH',
  'GMF_NSRSBH',
  'lxdh',
  'xmdwdm',
  'jsdwdm',
  'sgdwdm',
  'cqrzjhm',
  'cqrlxdh',
  'tyshxydm',
]

/** Identity numbers (of a region that never existed) and phones, wherever a department's row holds one. */
const secretsOf = (): Set<string> => {
  const found = new Set<string>()
  for (const rows of Object.values(worldRows(simulated.simulator.world))) {
    for (const text of rows.values()) {
      const row = JSON.parse(text) as Record<string, unknown>
      for (const field of secretFields) {
        const value = String(row[field] ?? '').trim()
        if (/^4199\d{13}[\dX]$/.test(value) || /^141\d{8}$/.test(value)) found.add(value)
      }
    }
  }
  return found
}

test('no identity number and no phone stands in clear in any text or byte column', async () => {
  const secrets = [...secretsOf()]
  expect(secrets.length).toBeGreaterThan(20)
  const { rows: columns } = await hub.db.owner().query<{ t: string; c: string; type: string }>(
    `SELECT format('%I.%I', n.nspname, k.relname) AS t, quote_ident(a.attname) AS c, format_type(a.atttypid, null) AS type FROM pg_class k
     JOIN pg_namespace n ON n.oid = k.relnamespace JOIN pg_attribute a ON a.attrelid = k.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE k.relkind = 'r' AND n.nspname = 'jingwei' AND format_type(a.atttypid, null) IN ('text', 'bytea', 'jsonb', 'json', 'text[]', 'character varying')`,
  )
  expect(columns.length).toBeGreaterThan(100)
  const clear: string[] = []
  for (const { t, c, type } of columns) {
    const text = type === 'bytea' ? `encode(${c}, 'escape')` : `${c}::text`
    const { rows } = await hub.db
      .owner()
      .query<{ secret: string }>(
        `SELECT s AS secret FROM unnest($1::text[]) AS s WHERE EXISTS (SELECT 1 FROM ${t} WHERE position(s in ${text}) > 0) LIMIT 3`,
        [secrets],
      )
    for (const r of rows) clear.push(`${t}.${c}: ${r.secret.slice(0, 4)}…`)
  }
  expect(clear).toEqual([])
})
