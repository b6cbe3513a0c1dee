/** A push refused before its body was read to the end: its sender, still sending, must find the answer and not a closed connection. */
import { Agent, request } from 'node:http'
import { afterAll, expect, test } from 'vitest'
import { listen } from '../../src/http/listen.ts'
import { testDatabase } from '../support/database.ts'
import { section } from '../support/hand-fed.ts'
import { pushWorld } from './world.ts'

const db = await testDatabase()
const world = await pushWorld(db)
const server = await listen(world.app, { host: '127.0.0.1', port: 0 })
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
afterAll(async () => {
  agent.destroy()
  await server.close()
  await world.intake.drain()
})

interface Answer {
  readonly status: number
  readonly code: string | undefined
  readonly connection: string | undefined
}

const push = (body: Buffer, headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request(
      {
        agent,
        port: server.port,
        method: 'POST',
        path: '/v1/feeds/transport.sections/records',
        headers: {
          authorization: `Bearer ${world.transport}`,
          'content-type': 'application/json',
          'content-length': body.length,
          ...headers,
        },
      },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.once('error', reject)
        answer.once('end', () => {
          const { code } = JSON.parse(Buffer.concat(parts).toString()) as { code?: string }
          resolve({ status: answer.statusCode ?? 0, code, connection: answer.headers.connection })
        })
      },
    )
    asked.once('error', reject)
    asked.end(body)
  })

const megabyte = 1_048_576
const broken = Buffer.concat([Buffer.from('[{"a":1} '), Buffer.alloc(megabyte / 2, 'x')])
const sound = Buffer.from(JSON.stringify([section({ htdbh: 'after' })]))

test.each([
  ['its type', broken, { 'content-type': 'text/csv' }, 415, 'push.unsupported_type'],
  ['its beginning', broken, {}, 400, 'push.bad_body'],
  ['its key', broken, { authorization: 'Bearer jwkey_unknown' }, 401, 'http.unauthenticated'],
])('for %s: the answer comes, and the connection goes on', async (_, body, headers, status, code) => {
  const answers = [await push(body, headers as Record<string, string>), await push(sound)]
  expect(answers.map((a) => [a.status < 300 ? 200 : a.status, a.code])).toEqual([
    [status, code],
    [200, undefined],
  ])
})

test('a long rest is not waited for: the answer says that the connection ends', async () => {
  const long = Buffer.alloc(32 * megabyte, 'x')
  const answer = await push(long, { 'content-type': 'text/csv' }).catch((error: unknown) => error)
  // A sender that only writes may see the end of the connection before it reads.
  if (!(answer instanceof Error)) expect(answer).toMatchObject({ status: 415, connection: 'close' })
  expect((await push(sound)).status).toBeLessThan(300)
})
