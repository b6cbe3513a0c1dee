/** Retention drops what nothing needs any more, says so in the audit, and never what a replay, a promised day or a waiting delivery needs. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sealAudit, verifyAudit } from '../../src/access/seal-audit.ts'
import { checkAll } from '../../src/check.ts'
import type { Database } from '../../src/db/database.ts'
import { addDays, now, setClock, setClockOffset, startOfDay } from '../../src/kernel/clock.ts'
import type { RetentionPolicy } from '../../src/kernel/config.ts'
import { RetentionSchema } from '../../src/kernel/config-schema.ts'
import { recordKeyHash } from '../../src/kernel/record-key.ts'
import { refuseBatch, releaseBatch } from '../../src/landing/hold.ts'
import { planReplay } from '../../src/normalise/replay.ts'
import { advance } from '../../src/pipeline.ts'
import { positionAsOf, tickAsOf } from '../../src/query/position.ts'
import { type RetentionReport, type RetentionTask, runRetention } from '../../src/retention/run.ts'
import { testDatabase } from '../support/database.ts'
import { contentDigest } from '../support/digest.ts'
import { canWithdraw, type HandFed, handFed, section } from '../support/hand-fed.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const feed = 'transport.sections'
const firstDay = '2023-01-02'
const why = { code: 'landing.refused_by_person', message: { zh: '不采用', en: 'not wanted' }, found: '', bound: '' }
const defaults = RetentionSchema.parse({})
const policy = (over: Partial<RetentionPolicy> = {}): RetentionPolicy => ({ ...defaults, ...over })

let db: Database
let hub: HandFed
beforeEach(async () => {
  db = await testDatabase()
  hub = handFed(db, canWithdraw)
  on(firstDay)
})
afterEach(async () => {
  setClockOffset(0)
  await db.close()
})

const on = (day: string) => setClock(`${day}T10:00:00+08:00`)
const priced = (price: number, day: string, over: Record<string, unknown> = {}) =>
  section({ htj: `${price}.00`, gxsj: `${day} 09:00:00`, ...over })
const rowsOf = async <T extends Record<string, unknown>>(sql: string, ...values: unknown[]): Promise<T[]> =>
  (await db.owner().query<T>(sql, values)).rows
const key = (htdbh = 'TJ-1') => `\\x${recordKeyHash(feed, ['JT2022-0001', htdbh])}`
const bytesKept = async (htdbh = 'TJ-1'): Promise<boolean[]> =>
  (
    await rowsOf<{ kept: boolean }>(
      'SELECT payload IS NOT NULL AS kept FROM raw_version WHERE key_hash = $1::bytea ORDER BY batch_id, ord',
      key(htdbh),
    )
  ).map((r) => r.kept)
const dropped = (report: RetentionReport, task: RetentionTask) => report.tasks.find((t) => t.task === task)!.rows
const findings = async () => (await checkAll(db, 1_000)).checks.flatMap((c) => c.findings)
const retain = (over: Partial<RetentionPolicy> = {}, dryRun = false) =>
  runRetention(db, policy(over), now(), { dryRun })

describe('raw bytes', () => {
  test('of a version go so long after a newer one came, and the head stays whole', async () => {
    await hub.deliver(feed, [priced(1, '2023-01-02')])
    on('2023-02-01')
    await hub.deliver(feed, [priced(2, '2023-02-01')])
    on('2023-06-01')
    await hub.deliver(feed, [priced(3, '2023-06-01')])
    on('2023-06-10')
    const before = await contentDigest(db)
    const planned = await retain({ supersededBytesDays: 100 }, true)
    expect(dropped(planned, 'supersededBytes')).toBe(1n)
    expect(await bytesKept()).toEqual([true, true, true])
    const report = await retain({ supersededBytesDays: 100 })
    expect(report.tasks).toEqual(planned.tasks)
    expect(await bytesKept()).toEqual([false, true, true])
    expect((await planReplay(db, hub.feeds.get(feed)!)).unchanged).toBe(1)
    expect(await findings()).toEqual([])
    expect((await contentDigest(db)).total).toBe(before.total)
    expect(
      await rowsOf(`SELECT actor, subject, detail->>'rows' AS rows FROM audit WHERE action = 'retention.drop'`),
    ).toEqual([{ actor: 'retention', subject: 'batch 2', rows: '1' }])
    // Once dropped there is nothing more to do, and the next day goes on from there.
    expect(dropped(await retain({ supersededBytesDays: 100 }), 'supersededBytes')).toBe(0n)
    on('2023-09-20')
    expect(dropped(await retain({ supersededBytesDays: 100 }), 'supersededBytes')).toBe(1n)
    expect(await bytesKept()).toEqual([false, false, true])
  })

  test('stay while a delivery waits that a person may turn away', async () => {
    await hub.deliver(feed, [priced(1, '2023-01-02')])
    on('2023-02-01')
    await hub.deliver(feed, [priced(2, '2023-02-01')])
    const strict = handFed(db, (f) => ({ ...f, expect: { ...f.expect, rejectedShareMax: 0 } }))
    const held = await strict.deliver(feed, [priced(3, '2023-02-02'), section({ htdbh: 'TJ-9', htj: { amount: 1 } })])
    expect(held.state).toBe('held')
    on('2024-06-01')
    expect(dropped(await retain(), 'supersededBytes')).toBe(0n)
    await refuseBatch(db, held.batches[0]!.batchId, why, 'test')
    await advance(hub)
    expect((await planReplay(db, hub.feeds.get(feed)!)).unchanged).toBe(1)
    expect(await findings()).toEqual([])
  })

  test('of heads and facts are there after any history of deliveries, holds and withdrawals', async () => {
    const step = fc.record({
      section: fc.constantFrom('A', 'B', 'C'),
      price: fc.integer({ min: 1, max: 4 }),
      act: fc.constantFrom('deliver', 'deliver', 'withdraw', 'hold', 'release', 'refuse'),
      days: fc.integer({ min: 0, max: 50 }),
    })
    let n = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
        n++
        let day = firstDay
        const held: bigint[] = []
        const strict = handFed(db, (f) => ({ ...canWithdraw(f), expect: { ...f.expect, rejectedShareMax: 0 } }))
        for (const { section: name, price, act, days } of steps) {
          day = addDays(day, days)
          on(day)
          const row = priced(price, day, {
            xmbh: `X${n}`,
            htdbh: name,
            ...(act === 'withdraw' ? { bz: 'withdrawn' } : {}),
          })
          if (act === 'release' || act === 'refuse') {
            const batch = held.shift()
            if (batch === undefined) continue
            if (act === 'release') await releaseBatch(db, batch, 'test')
            else await refuseBatch(db, batch, why, 'test')
            await advance(hub)
          } else if (act === 'hold') {
            const report = await strict.deliver(feed, [row, section({ htdbh: `bad${n}`, htj: { amount: 1 } })])
            held.push(report.batches[0]!.batchId)
          } else await hub.deliver(feed, [row])
          await retain({ supersededBytesDays: 30 })
        }
        for (const batch of held) {
          await refuseBatch(db, batch, why, 'test')
          await advance(hub)
        }
        on(addDays(day, 400))
        const before = await contentDigest(db, ['heads', 'facts', 'versions'])
        await retain({ supersededBytesDays: 30 })
        expect(await contentDigest(db, ['heads', 'facts', 'versions'])).toEqual(before)
        expect(
          await rowsOf(
            `SELECT 1 FROM record r JOIN raw_version v ON v.key_hash = r.key_hash AND v.batch_id = r.batch_id AND v.ord = r.ord WHERE r.live AND v.payload IS NULL
             UNION ALL SELECT 1 FROM fact f JOIN raw_version v ON v.key_hash = f.key_hash AND v.batch_id = f.batch_id AND v.ord = f.ord WHERE v.payload IS NULL`,
          ),
        ).toEqual([])
        const plan = await planReplay(db, hub.feeds.get(feed)!)
        expect([plan.changed, plan.appear, plan.vanish]).toEqual([0, 0, 0])
      }),
      { seed, numRuns: 12, verbose: 1 },
    )
    expect(await findings()).toEqual([])
  }, 180_000)
})

describe('what was held before', () => {
  const history = async () => {
    await hub.deliver(feed, [priced(1, '2023-01-02')])
    on('2023-02-01')
    await hub.deliver(feed, [priced(2, '2023-02-01')])
    on('2023-06-01')
    await hub.deliver(feed, [priced(3, '2023-06-01')])
    on('2023-08-01')
  }
  const asOf = (day: string) => positionAsOf(db.pipeline, 1n, day)

  test('goes so far back as no page promises, and a day before that is refused rather than half answered', async () => {
    await history()
    const shown = await Promise.all(['2023-04-20', '2023-05-31', '2023-06-02'].map(asOf))
    const early = await asOf('2023-01-15')
    expect(early?.body).not.toBeNull()
    expect(dropped(await retain({ asOfDays: 120 }, true), 'past')).toBeGreaterThan(0n)
    expect(await asOf('2023-01-15')).toEqual(early)
    await retain({ asOfDays: 120 })
    expect(await Promise.all(['2023-04-20', '2023-05-31', '2023-06-02'].map(asOf))).toEqual(shown)
    await expect(asOf('2023-01-15')).rejects.toMatchObject({ code: 'project.as_of_dropped' })
    await expect(tickAsOf(db.pipeline, '2023-01-15')).rejects.toMatchObject({ code: 'project.as_of_dropped' })
    expect(await rowsOf('SELECT count(*)::int AS n FROM fact_past')).toEqual([{ n: 1 }])
    expect(await findings()).toEqual([])
  })

  test('goes as a whole partition where all of it is that old', async () => {
    await history()
    await db.owner().query('UPDATE truth_clock SET tick = 20000')
    await hub.deliver(feed, [priced(4, '2023-08-01')])
    on('2024-06-01')
    await hub.deliver(feed, [priced(5, '2024-06-01')])
    const partitions = async () =>
      (
        await rowsOf<{ name: string }>(
          `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'jingwei.fact_past'::regclass ORDER BY 1`,
        )
      ).map((r) => r.name.replace('jingwei.', ''))
    expect(await partitions()).toEqual(['fact_past_0', 'fact_past_1'])
    await retain({ asOfDays: 120 })
    expect(await partitions()).toEqual(['fact_past_1'])
    expect(
      await rowsOf(`SELECT subject FROM audit WHERE action = 'retention.drop' AND subject = 'fact_past_0'`),
    ).toHaveLength(1)
    on('2024-07-01')
    await hub.deliver(feed, [priced(6, '2024-07-01')])
    expect(await findings()).toEqual([])
  })
})

describe('papers', () => {
  test('of ended deliveries and receipts go; open quarantine and waiting deliveries keep theirs', async () => {
    const lax = handFed(db, (f) => ({ ...f, expect: { ...f.expect, rejectedShareMax: 1 } }))
    await lax.deliver(feed, [
      priced(1, '2023-01-02'),
      section({ htdbh: 'TJ-8', htj: { a: 1 } }),
      section({ htdbh: 'TJ-9', htj: { a: 1 } }),
    ])
    await db.owner().query(`UPDATE quarantine SET state = 'dismissed' WHERE quarantine_id = 1`)
    await db
      .owner()
      .query(
        `INSERT INTO receipt (receipt_id, feed, department, sender, kind, mode, batch_id, rows, counts, received_at) VALUES ('rc_1', $1, 'transport', 'k', 'records', 'partial', 1, 1, '{}', $2)`,
        [feed, startOfDay(firstDay)],
      )
    await db
      .owner()
      .query(
        `INSERT INTO receipt_page (receipt_id, first_row, batch_id, outcomes, keys, faults) VALUES ('rc_1', 1, 1, 'n', '', '[]')`,
      )
    on('2023-12-01')
    await hub.deliver(feed, [priced(2, '2023-12-01')])
    const over = { batchPagesDays: 100, receiptsDays: 183, closedQuarantineDays: 100, qualityBatchDays: 100 }
    const planned = await retain(over, true)
    const report = await retain(over)
    expect(report.tasks).toEqual(planned.tasks)
    expect(await rowsOf('SELECT batch_id::int AS b FROM batch_page')).toEqual([{ b: 2 }])
    expect(await rowsOf('SELECT 1 FROM receipt UNION ALL SELECT 1 FROM receipt_page')).toEqual([])
    expect(await rowsOf(`SELECT state, payload <> '' AS kept FROM quarantine ORDER BY quarantine_id`)).toEqual([
      { state: 'dismissed', kept: false },
      { state: 'open', kept: true },
    ])
    expect(await rowsOf('SELECT batch_id::int AS b FROM batch_fill')).toEqual([{ b: 2 }])
    expect(await rowsOf('SELECT day::text AS day FROM feed_day ORDER BY 1')).toEqual([
      { day: firstDay },
      { day: '2023-12-01' },
    ])
    expect(await findings()).toEqual([])
  })
})

describe('the audit', () => {
  const sealAll = async () => {
    const deadline = performance.now() + 20_000
    while ((await verifyAudit(db.pipeline)).unsealed > 0n && performance.now() < deadline) await sealAudit(db.pipeline)
  }
  test('keeps its chain when old rows go, and what is left cannot be altered unseen', async () => {
    await hub.deliver(feed, [priced(1, '2023-01-02')])
    await sealAll()
    const old = (await verifyAudit(db.pipeline)).rows
    on('2024-01-01')
    await hub.deliver(feed, [priced(2, '2024-01-01')])
    await sealAll()
    const head = (await verifyAudit(db.pipeline)).head
    expect(dropped(await retain({ auditDays: 200 }, true), 'audit')).toBe(old)
    expect(dropped(await retain({ auditDays: 200 }), 'audit')).toBe(old)
    const after = await verifyAudit(db.pipeline)
    expect(after).toMatchObject({ ok: true, dropped: old, head })
    expect(await rowsOf(`SELECT 1 FROM audit WHERE at < '2023-06-01'`)).toEqual([])
    expect(
      await rowsOf(`SELECT subject FROM audit WHERE action = 'retention.drop' AND subject = 'audit'`),
    ).toHaveLength(1)
    await sealAll()
    await db.owner().query(`UPDATE audit SET subject = 'x' WHERE at > '2023-12-01' AND action = 'batch.admit'`)
    expect(await verifyAudit(db.pipeline)).toMatchObject({ ok: false, firstBad: { reason: 'rowsDiffer' } })
  })

  test('is kept six months whatever a policy says, and the configuration refuses less', async () => {
    await hub.deliver(feed, [priced(1, '2023-01-02')])
    await sealAll()
    on('2023-06-01')
    expect(dropped(await retain({ auditDays: 1 }), 'audit')).toBe(0n)
    expect(RetentionSchema.safeParse({ auditDays: 182 }).success).toBe(false)
    expect(defaults.auditDays).toBeGreaterThanOrEqual(366)
  })

  test('of the pipeline may not drop anything itself', async () => {
    for (const sql of [
      'SELECT forget_superseded(1, 0, 1)',
      `SELECT drop_audit_rows('1'::xid8, 1)`,
      'DELETE FROM receipt',
      'DELETE FROM fact_past',
      `INSERT INTO audit_dropped VALUES (1, '1', 1, '', '2020-01-01')`,
      `UPDATE retention_state SET tick = 1`,
    ])
      await expect(db.pipeline.query(sql), sql).rejects.toMatchObject({ code: '42501' })
  })
})
