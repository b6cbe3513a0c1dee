/** Messages on their way out: once each, the lateness before the recovery, tried again under the same id. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { setClock, setClockOffset } from '../../src/kernel/clock.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { type OutgoingMessage, sendMessages } from '../../src/schedule/messages.ts'
import { webhook } from '../../src/schedule/webhook.ts'
import { testDatabase } from '../support/database.ts'

let db: Database
let sent: string[]
const never = new AbortController().signal
const at = (text: string): Date => new Date(`2026-03-10T${text}Z`)
const note = async (message: OutgoingMessage): Promise<void> => void sent.push(message.messageId)
const store = (kind: 'late' | 'recovered', when: string, next: string | null = when) =>
  db.pipeline.query(
    `INSERT INTO message (message_id, feed, day, kind, body, created_at, next_try_at) VALUES ($1, 'a.b', '2026-03-10', $2, '{"zh":"逾期","en":"late"}', $3, $4)`,
    [`${kind}:a.b:2026-03-10`, kind, at(when), next === null ? null : at(next)],
  )
const send = (how = note, random = () => 0.5) => sendMessages(db, how, random, never)

beforeEach(async () => {
  db = await testDatabase()
  sent = []
  setClock(at('01:00:00'))
})
afterEach(async () => {
  setClockOffset(0)
  await db.close()
})

test('each goes out once, by whichever hub is first', async () => {
  await store('late', '00:59:00')
  await Promise.all([send(), send(), send()])
  await send()
  expect(sent).toEqual(['late:a.b:2026-03-10'])
})

test('the recovery waits for the lateness', async () => {
  await store('late', '00:58:00')
  await store('recovered', '00:59:00')
  await send()
  expect(sent).toEqual(['late:a.b:2026-03-10'])
  await send()
  expect(sent).toEqual(['late:a.b:2026-03-10', 'recovered:a.b:2026-03-10'])
})

test('a try that failed is made again under the same id, later each time, and given up after a day', async () => {
  await store('late', '00:59:00')
  const waits: number[] = []
  const broken = async (message: OutgoingMessage): Promise<void> => {
    await note(message)
    throw new Error('away')
  }
  for (let i = 0; i < 30; i++) {
    await send(broken)
    const { rows } = await db.pipeline.query<{ next_try_at: Date | null; last_error: string }>(
      'SELECT next_try_at, last_error FROM message',
    )
    if (rows[0]!.next_try_at === null) break
    const from = at('01:00:00').getTime() + waits.reduce((sum, wait) => sum + wait, 0)
    waits.push(rows[0]!.next_try_at.getTime() - from)
    setClock(rows[0]!.next_try_at)
  }
  expect(new Set(sent)).toEqual(new Set(['late:a.b:2026-03-10']))
  expect(sent).toHaveLength(24)
  expect(waits[3]! / waits[2]!).toBeCloseTo(2, 0)
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(12 * 3_600_000)
})

test('what a hub that died had taken is sent by the next one after a while, not before', async () => {
  await store('late', '00:59:00')
  const dying = send(() => new Promise(() => undefined))
  await new Promise((resolve) => setTimeout(resolve, 200))
  await send()
  expect(sent).toEqual([])
  setClock(at('01:02:30'))
  await send()
  expect(sent).toHaveLength(1)
  expect(dying).toBeInstanceOf(Promise)
})

test('without a receiver nothing is sent, then or later', async () => {
  await store('late', '00:59:00', null)
  await send()
  expect(sent).toEqual([])
})

let server: Server | undefined
afterEach(() => void server?.close())

const receive = async (status: number): Promise<{ url: Secret; got: { request: IncomingMessage; body: string }[] }> => {
  const got: { request: IncomingMessage; body: string }[] = []
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => (body += piece))
    request.on('end', () => {
      got.push({ request, body })
      response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end('x')
    })
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return { url: new Secret(`http://127.0.0.1:${(server.address() as AddressInfo).port}/robot?key=hidden`), got }
}

const message: OutgoingMessage = {
  messageId: 'late:a.b:2026-03-10',
  feed: 'a.b',
  day: '2026-03-10',
  kind: 'late',
  text: { zh: '逾期未报', en: 'late' },
  createdAt: '2026-03-10T01:00:00.000Z',
}

test('the receiver gets JSON, a key to tell repeats by, and the secret', async () => {
  const { url, got } = await receive(200)
  await webhook(url, new Secret('s3cret'))(message, never)
  expect(got[0]!.request.headers).toMatchObject({
    'idempotency-key': message.messageId,
    authorization: 'Bearer s3cret',
  })
  expect(JSON.parse(got[0]!.body)).toMatchObject({
    feed: 'a.b',
    kind: 'late',
    msgtype: 'text',
    text: { content: '【经纬】逾期未报' },
    message: { zh: '逾期未报', en: 'late' },
  })
})

test.each([
  [500, 'notify.refused'],
  [404, 'notify.refused'],
  [302, 'notify.unreachable'],
])('an answer %d is a failure that may be tried again, and its error holds no address', async (status, code) => {
  const { url } = await receive(status)
  const error = await webhook(url, null)(message, never).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code, retryable: true })
  expect(JSON.stringify(error) + String(error)).not.toContain('hidden')
})

test('a receiver that is not there', async () => {
  const error = await webhook(new Secret('http://127.0.0.1:1/?key=hidden'), null)(message, never).catch(
    (e: unknown) => e,
  )
  expect(error).toMatchObject({ code: 'notify.unreachable' })
})
