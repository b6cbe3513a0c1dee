import { afterAll, expect, test } from 'vitest'
import { checkAll } from '../../src/check.ts'
import { testDatabase } from '../support/database.ts'
import { section } from '../support/hand-fed.ts'
import { pushWorld, type ReceiptJson, receiptOf } from './world.ts'

const db = await testDatabase()
const world = await pushWorld(db)
afterAll(() => world.intake.drain())

const count = async (sql: string): Promise<number> => (await db.owner().query<{ n: number }>(sql)).rows[0]!.n

test('two hundred single pushes at once share few transactions, and each is there exactly once', async () => {
  const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => world.push([section({ htdbh: `S-${n}` })])))
  const receipts: ReceiptJson[] = await Promise.all(answers.map(receiptOf))
  expect(answers.map((a) => a.status)).toEqual(Array(200).fill(201))
  expect(new Set(receipts.map((r) => r.receiptId)).size).toBe(200)
  expect(new Set(receipts.map((r) => r.rows[0]!.recordId)).size).toBe(200)
  expect(await count('SELECT count(*)::int AS n FROM raw_version')).toBe(200)
  expect(await count('SELECT count(*)::int AS n FROM receipt')).toBe(200)
  expect(await count('SELECT count(*)::int AS n FROM batch')).toBeLessThan(20)
})

test('the same record pushed many times at once is new for one sender and unchanged for the others', async () => {
  const row = section({ htdbh: 'same' })
  const receipts = await Promise.all(Array.from({ length: 50 }, async () => receiptOf(await world.push([row]))))
  const outcomes = receipts.map((r) => r.rows[0]!.outcome).sort()
  expect(outcomes).toEqual(['new', ...Array(49).fill('unchanged')])
})

test('small pushes, large ones and withdrawals of the same records leave one clean set', async () => {
  const rows = Array.from({ length: 1_200 }, (_, n) => section({ htdbh: `M-${n % 150}`, htj: `${n % 150}.00` }))
  const first = await receiptOf(await world.push(rows.slice(0, 150)))
  const work = [
    ...Array.from({ length: 3 }, () => world.push(rows)),
    ...rows.slice(0, 60).map((row) => world.push([row])),
    ...first.rows
      .slice(0, 20)
      .map((row) => world.send('DELETE', `/v1/feeds/transport.sections/records/${row.recordId}`)),
  ]
  const statuses = (await Promise.all(work)).map((answer) => answer.status)
  expect(statuses.filter((status) => status >= 300)).toEqual([])
  await world.intake.drain()
  const { checks } = await checkAll(db, 200)
  expect(checks.flatMap((check) => check.findings)).toEqual([])
  expect(await count(`SELECT count(*)::int AS n FROM run WHERE kind = 'push' AND state <> 'green'`)).toBe(0)
})
