import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { section } from '../support/hand-fed.ts'
import { codeOf, pushWorld, receiptOf } from './world.ts'

const db = await testDatabase()
const world = await pushWorld(db)
afterAll(() => world.intake.drain())

const named = (key: string, rows: readonly unknown[], query = '') =>
  world.push(rows, { query, headers: { 'idempotency-key': key } })

const manyRows = (name: string, n: number) =>
  Array.from({ length: n }, (_, i) => section({ htdbh: `${name}-${i % 40}` }))

test.each([
  ['few', 3],
  ['many', 2_000],
])('a push of %s rows sent again under its key is answered with its first receipt', async (name, n) => {
  const rows = manyRows(name, n)
  const first = await named(`again-${name}`, rows)
  expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null])
  expect(first.headers.get('idempotency-life')).toBe('604800')
  const second = await named(`again-${name}`, rows)
  expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
  expect(await receiptOf(second)).toEqual(await receiptOf(first))
  const other = [...rows, section({ htdbh: 'other' })]
  expect(await codeOf(await named(`again-${name}`, other))).toEqual([422, 'push.key_reused'])
  expect(await codeOf(await named(`again-${name}`, rows, '?mode=atomic'))).toEqual([422, 'push.key_reused'])
})

test('a key belongs to its feed, and a refused push leaves it free', async () => {
  const faulty = [section({ htdbh: '' })]
  expect(await codeOf(await named('free', faulty, '?mode=atomic'))).toEqual([422, 'push.atomic_refused'])
  expect((await named('free', [section({ htdbh: 'free' })])).status).toBe(201)
})

test('while a push is under way its key answers 409', async () => {
  const { promise: isOpen, resolve: close } = Promise.withResolvers<void>()
  const body = new ReadableStream({
    start: async (controller) => {
      controller.enqueue(Buffer.from(JSON.stringify(section({ htdbh: 'slow' }))))
      await isOpen
      controller.close()
    },
  })
  const headers = { 'content-type': 'application/x-ndjson', 'idempotency-key': 'slow' }
  const slow = world.push(body, { headers })
  // The body is open until we close it, so the second request always meets the first.
  expect(await codeOf(await named('slow', [section()]))).toEqual([409, 'push.in_progress'])
  close()
  expect((await slow).status).toBe(201)
})

test('the same push under one key over two hubs is stored once', async () => {
  const second = await pushWorld(db)
  const rows = manyRows('hubs', 2_000)
  const headers = { 'idempotency-key': 'two-hubs' }
  const answers = await Promise.all([world.push(rows, { headers }), second.push(rows, { headers })])
  const receipts = await Promise.all(answers.map(receiptOf))
  expect(new Set(receipts.map((r) => r.receiptId)).size).toBe(1)
  await second.intake.drain()
})

test('a key is forgotten after seven days', async () => {
  await named('old', [section({ htdbh: 'old' })])
  await db.owner().query(`UPDATE idempotency SET at = at - interval '8 days' WHERE key = 'old'`)
  const again = await named('old', [section({ htdbh: 'new' })])
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, null])
})
