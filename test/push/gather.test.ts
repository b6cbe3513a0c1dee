/** The one statement that stores a gather of small pushes must mean what landing means: it is held against landing itself. */
import { afterAll, describe, expect, test } from 'vitest'
import type { AnyFeed } from '#connect'
import { checkAll } from '../../src/check.ts'
import { type HubError, isHubError } from '../../src/kernel/errors.ts'
import { newId } from '../../src/kernel/ids.ts'
import { openBatch } from '../../src/landing/batch.ts'
import { noFill } from '../../src/landing/fill.ts'
import { land } from '../../src/landing/land.ts'
import { createRowReader } from '../../src/landing/read-row.ts'
import { startRun } from '../../src/landing/run.ts'
import { advance } from '../../src/pipeline.ts'
import { settlePushRuns } from '../../src/push/settle.ts'
import { type SmallResult, storeGather } from '../../src/push/store-gather.ts'
import type { SmallPush } from '../../src/push/types.ts'
import { testDatabase } from '../support/database.ts'
import { approval, canWithdraw, handFed, section } from '../support/hand-fed.ts'
import { runSeed, seededRandom } from '../support/random.ts'

const seed = runSeed(11)
const db = await testDatabase()
const hub = handFed(db, canWithdraw)
const reference = await testDatabase()
const referenceHub = handFed(reference, canWithdraw)
const feedOf = (id: string): AnyFeed => hub.feeds.get(id)!
const sections = feedOf('transport.sections')

const pushOf = (feed: AnyFeed, rows: readonly unknown[], key: string | null = null): SmallPush => {
  const receiptId = newId('rcpt')
  const reader = createRowReader(feed, hub.keyring.blind)
  return {
    receiptId,
    sender: { id: 'key_test', department: feed.department },
    mode: 'partial',
    idempotency: key === null ? null : { key, fingerprint: 'ab'.repeat(32) },
    rows: rows.map((row, i) => {
      const at = { source: receiptId, row: i + 1 }
      return { read: reader.read({ text: JSON.stringify(row), at }), at }
    }),
    shapes: reader.takeShapes(),
  }
}

const wordsOf = (result: SmallResult | undefined): string[] =>
  result && 'answers' in result ? result.answers.map((answer) => answer.outcome) : ['known']

const store = async (feed: AnyFeed, ...pushes: readonly SmallPush[]): Promise<string[][]> => {
  const results = await storeGather(hub, feed, pushes)
  return pushes.map((push) => wordsOf(results.get(push)))
}

const bring = async (): Promise<unknown[]> => {
  await advance(hub)
  await settlePushRuns(db)
  return (await checkAll(db, 1_000)).checks.flatMap((check) => check.findings)
}
afterAll(async () => expect(await bring()).toEqual([]))

const state = `SELECT encode(r.key_hash, 'hex') AS key, encode(r.content_hash, 'hex') AS content, r.source_order, r.live,
    (SELECT string_agg(v.op::text, '' ORDER BY v.batch_id, v.ord) FROM raw_version v WHERE v.key_hash = r.key_hash) AS ops,
    (SELECT live FROM feed_state s WHERE s.feed = r.feed) AS live_in_all
  FROM record r WHERE r.feed = 'transport.sections' ORDER BY r.key_hash`

const fill = `SELECT f.rows, f.fields, f.filled, f.missing, f.known FROM batch_fill f JOIN batch b USING (batch_id) WHERE b.feed = 'transport.sections' ORDER BY b.batch_id`

test(`rows in any order, versions older, changed, taken back and brought again, come to what landing makes of them (seed ${seed})`, async () => {
  const random = seededRandom(seed)
  const pick = (n: number): number => Math.floor(random() * n)
  for (let gather = 0; gather < 40; gather++) {
    const rows = Array.from({ length: 1 + pick(12) }, () =>
      section({
        htdbh: pick(20) === 0 ? '' : `R-${pick(8)}`,
        htj: `${pick(3)}.00`,
        gxsj: `2025-01-0${1 + pick(4)} 00:00:00`,
        bz: pick(6) === 0 ? 'withdrawn' : '',
      }),
    )
    const [own = []] = await store(sections, pushOf(sections, rows))
    const figures = await referenceHub.land('transport.sections', rows)
    const counts = Object.fromEntries([...Map.groupBy(own, (word) => word)].map(([word, all]) => [word, all.length]))
    const expected = ['new', 'changed', 'unchanged', 'older', 'withdrawn', 'repeated', 'quarantined'] as const
    const told = (word: (typeof expected)[number]): number => counts[word] ?? 0
    // Landing says "repeated" of what this very delivery brought; a receipt says so of what this very push had before.
    expect(expected.map((word) => [word, word === 'unchanged' || word === 'repeated' ? 0 : told(word)])).toEqual(
      expected.map((word) => [word, word === 'unchanged' || word === 'repeated' ? 0 : Number(figures[word])]),
    )
    expect(told('unchanged') + told('repeated')).toBe(Number(figures.unchanged + figures.repeated))
  }
  expect((await db.owner().query(state)).rows).toEqual((await reference.owner().query(state)).rows)
  expect((await db.owner().query(fill)).rows).toEqual((await reference.owner().query(fill)).rows)
})

describe('heads that are not as assumed', () => {
  test('of a delivery that is not admitted do not count, whatever it has moved', async () => {
    await store(sections, pushOf(sections, [section({ htdbh: 'open', htj: '1.00' })]))
    const run = await startRun(db, { source: sections.id, kind: 'load' })
    const { batchId } = await openBatch(db, sections, run, { mode: 'increment', ownBatch: true })
    const moving = pushOf(sections, [section({ htdbh: 'open', htj: '2.00' }), section({ htdbh: 'only there' })])
    const target = { feed: sections, batchId, mode: 'increment' as const, ...run, keyring: hub.keyring }
    const rest = {
      drift: [],
      fill: noFill,
      resume: null,
      isLast: false,
      watermark: null,
      declaredRows: null,
      declaredFen: null,
    }
    await land(db, target, { rows: moving.rows, ...rest })
    expect(
      await store(
        sections,
        pushOf(sections, [section({ htdbh: 'open', htj: '1.00' }), section({ htdbh: 'only there' })]),
      ),
    ).toEqual([['unchanged', 'new']])
    // Nobody goes on with it: the next gather has it refused first.
    await db.owner().query(`UPDATE run SET state = 'failed' WHERE run_id = $1`, [run.runId])
    expect(await store(sections, pushOf(sections, [section({ htdbh: 'open', htj: '3.00' })]))).toEqual([['changed']])
    const { rows } = await db.owner().query('SELECT state FROM batch WHERE batch_id = $1', [batchId])
    expect(rows).toEqual([{ state: 'refused' }])
  })

  test('moved by others at the same time leave each row new for one of them', async () => {
    const rows = Array.from({ length: 30 }, (_, n) => section({ htdbh: `race-${n}` }))
    const words = await Promise.all(Array.from({ length: 4 }, () => store(sections, pushOf(sections, rows))))
    expect(words.flat(2).filter((word) => word === 'new')).toHaveLength(30)
    expect(words.flat(2).filter((word) => word === 'unchanged')).toHaveLength(90)
  })

  test('that never hold still are an answer too: busy', async () => {
    const restless = {
      ...hub,
      db: {
        pipeline: {
          query: async () => ({ rows: [{ answer: 'heads', detail: {} }] }),
        } as unknown as typeof db.pipeline,
      },
    }
    const push = pushOf(sections, [section({ htdbh: 'restless' })])
    const error = await storeGather(restless, sections, [push]).catch((thrown: unknown) => thrown)
    expect(isHubError(error) && (error as HubError).code).toBe('push.busy')
  })
})

test('a name used before leaves its push out and takes in the others of the gather', async () => {
  const once = pushOf(sections, [section({ htdbh: 'named-1' })], 'once')
  expect(await store(sections, once)).toEqual([['new']])
  const again = pushOf(sections, [section({ htdbh: 'named-2' })], 'once')
  const other = pushOf(sections, [section({ htdbh: 'named-3' })])
  expect(await store(sections, again, other)).toEqual([['known'], ['new']])
  expect(await store(sections, pushOf(sections, [section({ htdbh: 'named-2' })]))).toEqual([['new']])
})

test('personal data of sound and of faulty rows is sealed before it is stored', async () => {
  const approvals = feedOf('development.approvals')
  const rows = [approval({ slbh: 'SL-P', lxr: '欧阳某某' }), { ...approval({ slbh: '' }), lxr: '欧阳某某' }]
  expect(await store(approvals, pushOf(approvals, rows))).toEqual([['new', 'quarantined']])
  const { rows: texts } = await db
    .owner()
    .query<{ text: string }>(
      `SELECT payload AS text FROM raw_version WHERE feed = $1 UNION ALL SELECT payload FROM quarantine WHERE feed = $1`,
      [approvals.id],
    )
  expect(texts).toHaveLength(2)
  expect(texts.map(({ text }) => text).join()).not.toContain('欧阳')
})

test('a row that cannot be stored as it is does not stop its neighbours', async () => {
  const odd = pushOf(sections, [{ a: '\ud800\u0000' }, 7, section({ htdbh: 'neighbour' })])
  expect(await store(sections, odd)).toEqual([['quarantined', 'quarantined', 'new']])
})
