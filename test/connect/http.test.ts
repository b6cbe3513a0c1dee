import { createServer, type Server } from 'node:net'
import { delay, HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { oauth2 } from '../../src/connect/auth.ts'
import { defineDepartment, openSource } from '../../src/connect/department.ts'
import { createHttpClient, type HttpOptions, queryText } from '../../src/connect/http.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { codeOfError } from './support.ts'

const upstream = setupServer()
beforeAll(() => upstream.listen({ onUnhandledFrame: 'error' }))
afterEach(() => upstream.resetHandlers())
afterAll(() => upstream.close())

const base = 'http://department.test/api'
const client = (options: Partial<HttpOptions> = {}) =>
  createHttpClient({ department: 'demo', baseUrl: base, waitMs: 1, attemptTimeoutMs: 2_000, ...options })
const signal = () => new AbortController().signal
const get = (options: Partial<HttpOptions> = {}) =>
  client(options).send({ path: '/rows', signal: signal() }, ({ text }) => text)

/** Answers with these in turn; the last one stays. Counts the requests. */
const inTurn = (...answers: (() => Response | Promise<Response>)[]) => {
  let n = 0
  upstream.use(http.get(`${base}/rows`, () => (answers[Math.min(n++, answers.length - 1)] ?? HttpResponse.error)()))
  return () => n
}
const status =
  (code: number, headers: Record<string, string> = {}) =>
  () =>
    new HttpResponse('no', { status: code, headers })
const ok = () => HttpResponse.text('ok')

describe('a request', () => {
  it('is tried again after 503 and after a broken line, and then succeeds', async () => {
    const asked = inTurn(status(503), HttpResponse.error, status(503), ok)
    expect(await get()).toBe('ok')
    expect(asked()).toBe(4)
  })

  it('waits as long as Retry-After says', async () => {
    inTurn(status(429, { 'retry-after': '1' }), ok)
    const begun = performance.now()
    expect(await get()).toBe('ok')
    expect(performance.now() - begun).toBeGreaterThanOrEqual(990)
  })

  it('does not begin a wait longer than its budget', async () => {
    const asked = inTurn(status(429, { 'retry-after': '600' }), ok)
    expect(await codeOfError(get({ budgetMs: 500 }))).toBe('connect.rate_limited')
    expect(asked()).toBe(1)
  })

  it.each([
    [400, 'connect.refused', 1],
    [404, 'connect.refused', 1],
    [401, 'connect.unauthorized', 1],
    [408, 'connect.server_error', 3],
    [500, 'connect.server_error', 3],
  ])('that is answered with %i ends with %s after %i attempts', async (code, error, attempts) => {
    const asked = inTurn(status(code))
    expect(await codeOfError(get({ attemptsMax: 3 }))).toBe(error)
    expect(asked()).toBe(attempts)
  })

  it('whose token is not given in time ends with a timeout, and is tried again', async () => {
    let asked = 0
    upstream.use(
      http.post(`${base}/token`, async () => {
        asked++
        await delay('infinite')
      }),
    )
    const credentials = { clientId: 'hub', secret: new Secret('demo') }
    const auth: HttpOptions['auth'] = (own) =>
      oauth2(credentials, (body, until) =>
        own.send({ path: '/token', method: 'POST', body, authenticated: false, signal: until }, ({ text }) => text),
      )
    expect(await codeOfError(get({ auth, attemptTimeoutMs: 60, attemptsMax: 2 }))).toBe('connect.timeout')
    expect(asked).toBe(2)
  })

  it('that hangs ends with a timeout', async () => {
    inTurn(async () => {
      await delay('infinite')
      return ok()
    })
    expect(await codeOfError(get({ attemptTimeoutMs: 60, attemptsMax: 1 }))).toBe('connect.timeout')
  })

  it('is not repeated where it is a POST', async () => {
    let n = 0
    upstream.use(
      http.post(`${base}/rows`, () => {
        n++
        return new HttpResponse(null, { status: 503 })
      }),
    )
    const work = client().send({ method: 'POST', path: '/rows', body: '{}', signal: signal() }, ({ text }) => text)
    expect(await codeOfError(work)).toBe('connect.server_error')
    expect(n).toBe(1)
  })

  it('stops at once when the run is cancelled', async () => {
    inTurn(async () => {
      await delay('infinite')
      return ok()
    })
    const cancel = new AbortController()
    const work = client().send({ path: '/rows', signal: cancel.signal }, ({ text }) => text)
    setTimeout(() => cancel.abort(new Error('cancelled')), 20)
    await expect(work).rejects.toThrow('cancelled')
  })

  it('refuses a body that is larger than allowed, declared or not', async () => {
    inTurn(() => HttpResponse.text('x'.repeat(5_000)))
    expect(await codeOfError(get({ bodyBytesMax: 1_000 }))).toBe('connect.body_too_large')
  })

  it('reads GB18030 by its charset and refuses bytes that are not in the declared one', async () => {
    const gbk = new Uint8Array([0xd6, 0xa3, 0xd6, 0xdd])
    inTurn(() => HttpResponse.arrayBuffer(gbk.buffer, { headers: { 'content-type': 'application/json; charset=gbk' } }))
    expect(await get()).toBe('郑州')
    inTurn(() => HttpResponse.arrayBuffer(gbk.buffer, { headers: { 'content-type': 'application/json' } }))
    expect(await codeOfError(get())).toBe('connect.wrong_encoding')
  })

  it('opens the circuit after failures in a row and lets one through after the pause', async () => {
    const asked = inTurn(status(503))
    const one = client({ attemptsMax: 1, breaker: { failuresMax: 2, openMs: 40 } })
    const go = () => codeOfError(one.send({ path: '/rows', signal: signal() }, ({ text }) => text))
    expect([await go(), await go(), await go()]).toEqual([
      'connect.server_error',
      'connect.server_error',
      'connect.circuit_open',
    ])
    expect(asked()).toBe(2)
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect([await go(), await go()]).toEqual(['connect.server_error', 'connect.circuit_open'])
  })

  it('keeps its pace', async () => {
    inTurn(ok)
    const one = client({ pacingMs: 30 })
    const begun = performance.now()
    await Promise.all([1, 2, 3].map(() => one.send({ path: '/rows', signal: signal() }, ({ text }) => text)))
    expect(performance.now() - begun).toBeGreaterThanOrEqual(59)
  })

  it('does not let a secret into its error', async () => {
    const secret = new Secret('very-secret-value')
    inTurn(() => new HttpResponse(`bad key ${secret.reveal()}`, { status: 400 }))
    const error = await get().catch((thrown: unknown) => thrown)
    expect(JSON.stringify((error as { context: unknown }).context)).not.toContain(secret.reveal())
  })
})

describe('a body that is cut off', () => {
  const servers: Server[] = []
  afterAll(() => {
    for (const server of servers) server.close()
  })
  const rawServer = (answer: string): Promise<string> =>
    new Promise((resolve) => {
      const server = createServer((socket) => {
        socket.on('error', () => {})
        socket.once('data', () => socket.end(answer))
      })
      servers.push(server)
      server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`))
    })

  it('by its length is told as cut', async () => {
    upstream.close()
    const baseUrl = await rawServer('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"rows":[')
    expect(await codeOfError(get({ baseUrl, attemptsMax: 2 }))).toBe('connect.cut_body')
    upstream.listen({ onUnhandledFrame: 'error' })
  })

  it('and a line nobody listens on are different errors', async () => {
    upstream.close()
    expect(await codeOfError(get({ baseUrl: 'http://127.0.0.1:1', attemptsMax: 1 }))).toBe('connect.unreachable')
    upstream.listen({ onUnhandledFrame: 'error' })
  })
})

describe('a department with OAuth2', () => {
  const department = defineDepartment({
    id: 'demo',
    title: '演示单位',
    auth: { kind: 'oauth2', tokenPath: '/token' },
    pacingMs: 0,
    contact: '',
    dueTime: '08:30',
  })
  const settings = { baseUrl: base, clientId: 'hub', secret: new Secret('demo-secret-1') }
  /** Tokens t1, t2, …; only the newest is accepted. */
  const withTokens = (expiresIn: number) => {
    let issued = 0
    let refused = 0
    let revoked = false
    upstream.use(
      http.post(`${base}/token`, async ({ request }) => {
        expect(Object.fromEntries(new URLSearchParams(await request.text()))).toEqual({
          grant_type: 'client_credentials',
          client_id: 'hub',
          client_secret: 'demo-secret-1',
        })
        revoked = false
        return HttpResponse.json({ access_token: `t${++issued}`, token_type: 'Bearer', expires_in: expiresIn })
      }),
      http.get(`${base}/rows`, ({ request }) => {
        if (!revoked && request.headers.get('authorization') === `Bearer t${issued}`) return ok()
        refused++
        return new HttpResponse(null, { status: 401 })
      }),
    )
    return {
      issued: () => issued,
      refused: () => refused,
      revoke: () => {
        revoked = true
      },
    }
  }
  const ask = (source: ReturnType<typeof openSource>) =>
    source.http.send({ path: '/rows', signal: signal() }, ({ text }) => text)

  it('fetches one token for many requests', async () => {
    const tokens = withTokens(600)
    const source = openSource(department, settings)
    await Promise.all([ask(source), ask(source), ask(source)])
    expect(tokens.issued()).toBe(1)
  })

  it('renews a token before it ends', async () => {
    const tokens = withTokens(0.1)
    const source = openSource(department, settings)
    await ask(source)
    await new Promise((resolve) => setTimeout(resolve, 120))
    await ask(source)
    expect([tokens.issued(), tokens.refused()]).toEqual([2, 0])
  })

  it('renews once after a 401 and then gives up', async () => {
    const tokens = withTokens(600)
    const source = openSource(department, settings)
    await ask(source)
    tokens.revoke()
    expect(await ask(source)).toBe('ok')
    expect([tokens.issued(), tokens.refused()]).toEqual([2, 1])
    upstream.use(http.get(`${base}/rows`, () => new HttpResponse(null, { status: 401 })))
    expect(await codeOfError(ask(source))).toBe('connect.unauthorized')
    expect(tokens.issued()).toBe(3)
  })

  it('says which credential its configuration lacks', () => {
    expect(() => openSource(department, { baseUrl: base, clientId: 'hub' })).toThrow(
      expect.objectContaining({ code: 'connect.not_configured' }),
    )
  })
})

describe('the query', () => {
  it('is sorted by name and percent-encoded once', () => {
    expect(queryText({ since: '2024-01-01 00:00:00', limit: 5, cursor: null, a: "郑'*" })).toBe(
      'a=%E9%83%91%27%2A&limit=5&since=2024-01-01%2000%3A00%3A00',
    )
  })
})
