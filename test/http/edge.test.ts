import { beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { defaultHttpSettings } from '../../src/http/deps.ts'
import { setClockOffset } from '../../src/kernel/clock.ts'
import { createLogger } from '../../src/kernel/log.ts'
import { testDatabase } from '../support/database.ts'
import { createWorld, type World } from './world.ts'

const db = await testDatabase()
let world: World
beforeAll(async () => {
  world = await createWorld(db)
})

const codeOf = async (response: Response): Promise<string> => ((await response.json()) as { code: string }).code

describe('problems', () => {
  test.each([
    [undefined, '没有找到，或不在您的管辖范围内'],
    ['en', 'not found, or outside your scope'],
    ['en-GB;q=0.5, zh-CN', '没有找到，或不在您的管辖范围内'],
    ['fr', '没有找到，或不在您的管辖范围内'],
  ])('speak the language of Accept-Language %s', async (language, title) => {
    const response = await world.get(
      '/v1/projects/P77',
      world.tokens.steward,
      language ? { 'accept-language': language } : {},
    )
    expect(await response.json()).toMatchObject({ title, status: 404, type: 'urn:jingwei:problem:http.not_found' })
  })

  test('say what was expected in the reader’s language', async () => {
    const read = async (language: string) =>
      (
        (await (
          await world.get('/v1/projects?limit=500', world.tokens.steward, { 'accept-language': language })
        ).json()) as { errors: { message: string }[] }
      ).errors[0]?.message
    expect([await read('zh'), await read('en')]).toEqual([
      expect.stringContaining('200'),
      expect.stringContaining('200'),
    ])
    expect(await read('zh')).toMatch(/\p{Script=Han}/u)
    expect(await read('en')).not.toMatch(/\p{Script=Han}/u)
  })

  test('of ours tell nothing of their cause', async () => {
    const broken = await createWorldWithBrokenVerb()
    const response = await broken.post('/v1/imports', { source: 'tax.invoices' }, broken.tokens.operator)
    const text = await response.text()
    expect([response.status, JSON.parse(text).code]).toEqual([500, 'http.internal'])
    expect(text).not.toContain('connection string')
    expect(broken.logged.join()).toContain('connection string')
    expect(broken.logged.join()).toContain(JSON.parse(text).requestId)
  })

  test('a path that does not exist and a method that does not fit are told apart', async () => {
    expect(await codeOf(await world.get('/v1/nothing', world.tokens.steward))).toBe('http.not_found')
    const response = await world.app.request('/v1/projects', { method: 'DELETE' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect((await world.app.request('/v1/imports', { method: 'PUT' })).headers.get('allow')).toBe('GET, HEAD, POST')
  })
})

const createWorldWithBrokenVerb = async (): Promise<World> => {
  const other = await testDatabaseOnce()
  return createWorld(other, {
    verbs: {
      startImport: () => Promise.reject(new Error('connection string postgresql://secret')),
      act: () => Promise.reject(new Error('no')),
      answer: () => Promise.reject(new Error('no')),
      endAlias: () => Promise.reject(new Error('no')),
      decideHold: () => Promise.reject(new Error('no')),
      excuseDay: () => Promise.reject(new Error('no')),
    },
  })
}
const second = await testDatabase()
const testDatabaseOnce = async () => second

describe('bodies', () => {
  test.each([
    ['no JSON', '{', {}, 400, 'http.bad_json'],
    ['JSON that is no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), {}, 400, 'http.bad_json'],
    ['another media type', '{}', { 'content-type': 'text/plain' }, 415, 'http.not_json'],
    ['too much', 'x'.repeat(1_100_000), {}, 413, 'http.too_large'],
  ])('%s is refused', async (_, body, headers, status, code) => {
    const response = await world.app.request('/v1/imports', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${world.tokens.operator}`, ...headers },
    })
    expect([response.status, await codeOf(response)]).toEqual([status, code])
  })
})

describe('reads', () => {
  test('carry an ETag and answer 304 to it', async () => {
    const first = await world.get('/v1/projects/P1', world.tokens.steward)
    const etag = first.headers.get('etag')!
    const again = await world.get('/v1/projects/P1', world.tokens.steward, { 'if-none-match': etag })
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
    expect((await world.get('/v1/projects/P1', world.tokens.officer, { 'if-none-match': etag })).status).toBe(200)
  })

  test('answer HEAD like GET without a body', async () => {
    const response = await world.app.request('/v1/projects/P1', {
      method: 'HEAD',
      headers: { authorization: `Bearer ${world.tokens.steward}` },
    })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  test('stand in the audit trail when the answer is there', async () => {
    await world.get('/v1/projects/P1/invoices?limit=3', world.tokens.officer)
    const { rows } = await db
      .owner()
      .query(`SELECT role, subject, detail FROM audit WHERE action = 'listInvoices' ORDER BY audit_id DESC LIMIT 1`)
    expect(rows).toEqual([{ role: 'officer', subject: 'P1', detail: { limit: 3 } }])
  })

  test('are not answered when the trail cannot be written', async () => {
    await db.owner().query('REVOKE INSERT ON audit FROM jingwei_pipeline')
    try {
      expect((await world.get('/v1/projects/P1', world.tokens.officer)).status).toBe(500)
    } finally {
      await db.owner().query('GRANT INSERT ON audit TO jingwei_pipeline')
    }
  })
})

describe('every answer', () => {
  test.each([
    ['/v1/projects'],
    ['/healthz'],
    ['/nothing'],
    ['/login'],
    ['/docs'],
  ])('%s carries its id and closes what browsers may do', async (path) => {
    const { headers } = await world.get(path, world.tokens.steward)
    expect(headers.get('x-request-id')).toMatch(/^req_/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('keeps the id of the caller where it is a plain one', async () => {
    expect(
      (await world.get('/healthz', undefined, { 'x-request-id': 'trace-12345' })).headers.get('x-request-id'),
    ).toBe('trace-12345')
    expect(
      (await world.get('/healthz', undefined, { 'x-request-id': '<script>alert(1)</script>' })).headers.get(
        'x-request-id',
      ),
    ).toMatch(/^req_/)
  })

  test('is one line in the log, without the token or what was searched', async () => {
    world.logged.length = 0
    await world.get('/v1/projects?q=%E9%87%91%E6%B0%B4', world.tokens.officer)
    const lines = world.logged.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      event: 'request',
      route: 'listProjects',
      method: 'GET',
      status: 200,
      role: 'officer',
      requestId: expect.stringMatching(/^req_/),
    })
    expect(world.logged.join()).not.toMatch(/金水|jw_/)
  })
})

describe('quotas', () => {
  test('are told on every answer to someone known', async () => {
    const { headers } = await world.get('/v1/whoami', world.tokens.partner)
    expect(headers.get('ratelimit-policy')).toBe('"actor";q=60000;w=60')
    expect(headers.get('ratelimit')).toMatch(/^"actor";r=59\d\d\d;t=\d+$/)
  })

  test('stop who asks too often, each actor apart, and let go after the window', async () => {
    const small = await createLimited()
    const statuses: number[] = []
    for (let n = 0; n < 4; n++) statuses.push((await small.get('/v1/whoami', small.tokens.officer)).status)
    expect(statuses).toEqual([200, 200, 200, 429])
    const refused = await small.get('/v1/whoami', small.tokens.officer)
    expect([await codeOf(refused), Number(refused.headers.get('retry-after')) > 0]).toEqual([
      'http.too_many_requests',
      true,
    ])
    expect((await small.get('/v1/whoami', small.tokens.steward)).status).toBe(200)
    setClockOffset(61_000)
    try {
      expect((await small.get('/v1/whoami', small.tokens.officer)).status).toBe(200)
    } finally {
      setClockOffset(0)
    }
  })

  test('stop who tries tokens', async () => {
    const small = await createLimited()
    for (let n = 0; n < 120; n++) await small.get('/v1/whoami', `jw_${String(n).padStart(32, '0')}`)
    expect((await small.get('/v1/whoami', `jw_${'z'.repeat(32)}`)).status).toBe(429)
    // Behind a proxy everyone has one address: what others try must not lock out who has a valid token.
    expect((await small.get('/v1/whoami', small.tokens.officer)).status).toBe(200)
  })
})

const third = await testDatabase()
let thirdWorld: World | null = null

/** An app with a quota of three a minute, its windows its own. */
const createLimited = async (): Promise<World> => {
  thirdWorld ??= await createWorld(third)
  const app = createApp({
    db: third,
    log: createLogger('silent', () => undefined),
    settings: {
      region: { code: '410100', name: '' },
      isDemo: false,
      sessionKey: Buffer.alloc(32),
      ...defaultHttpSettings,
      requestsPerMinute: 3,
    },
    feeds: [],
    verbs: thirdWorld.verbs,
    positionOn: async () => null,
    blindIndex: () => '00',
  })
  return {
    ...thirdWorld,
    app,
    get: async (path, token) => app.request(path, { headers: token ? { authorization: `Bearer ${token}` } : {} }),
  }
}

test('readiness follows the hub and the database', async () => {
  expect((await world.get('/readyz')).status).toBe(200)
  const draining = await createDraining()
  expect(await codeOf(await draining)).toBe('http.unavailable')
})

const createDraining = async (): Promise<Response> =>
  createApp({
    db,
    log: createLogger('silent', () => undefined),
    settings: {
      region: { code: '410100', name: '' },
      isDemo: false,
      sessionKey: Buffer.alloc(32),
      ...defaultHttpSettings,
    },
    feeds: [],
    verbs: world.verbs,
    positionOn: async () => null,
    blindIndex: () => '00',
    isReady: () => false,
  }).request('/readyz')

test('metrics are Prometheus text and name no one', async () => {
  await world.get('/v1/projects', world.tokens.steward)
  const response = await world.get('/metrics')
  const text = await response.text()
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  expect(text).toContain('jingwei_http_requests_total{route="listProjects",method="GET",status="200"}')
  expect(text).toContain('jingwei_live_records{of="transport.sections"} 4')
  expect(text).toMatch(/jingwei_http_request_duration_seconds_bucket\{route="listProjects",le="\+Inf"\} \d+/)
  for (const line of text.trim().split('\n'))
    expect(line).toMatch(/^(# TYPE [a-z_]+ (counter|gauge|histogram)|[a-z_]+(\{[^}]*\})? -?[\d.e+-]+)$/)
})

describe('operations', () => {
  test('a run shows its reconciliation worked out, its quarantine masked, its drift', async () => {
    const run = (await (await world.get('/v1/imports/run_a', world.tokens.operator)).json()) as {
      batches: Record<string, unknown>[]
      quarantine: { payload: string | null }[]
      drift: unknown[]
    }
    expect(run.batches[0]).toMatchObject({ closes: true, agrees: true, balances: true, facts: 4, issues: 1 })
    expect(run.batches[1]).toMatchObject({ state: 'held', closes: true, agrees: false, balances: null })
    expect(run.quarantine.map((item) => item.payload)).toEqual(['{"htj":"***","xmmc":"***"}', null])
    expect(run.drift).toEqual([{ feed: 'transport.sections', field: 'xinzd', kind: 'unknown', rows: 5 }])
  })

  test('a steward reads the raw row, sealed ones stay sealed', async () => {
    const { items } = (await (
      await world.get('/v1/quarantine?feed=transport.sections', world.tokens.steward)
    ).json()) as { items: { payload: string }[] }
    expect(items[0]?.payload).toContain('abc')
    const sealed = (await (await world.get('/v1/quarantine?feed=tax.taxpayers', world.tokens.steward)).json()) as {
      items: { payload: string | null }[]
    }
    expect(sealed.items[0]?.payload).toBeNull()
  })

  test('runs are paged newest first', async () => {
    const first = (await (await world.get('/v1/imports?limit=1', world.tokens.operator)).json()) as {
      items: { runId: string }[]
      nextCursor: string
    }
    const next = (await (
      await world.get(`/v1/imports?limit=1&cursor=${first.nextCursor}`, world.tokens.operator)
    ).json()) as typeof first
    expect([first.items[0]?.runId, next.items[0]?.runId, next.nextCursor]).toEqual(['run_b', 'run_a', null])
  })

  test('starting one passes the request on', async () => {
    const response = await world.post(
      '/v1/imports',
      { source: 'all', since: '2026-01-01', dryRun: true },
      world.tokens.operator,
    )
    expect([response.status, await response.json()]).toEqual([202, { runIds: ['run_new'], dryRun: true }])
    const { rows } = await db
      .owner()
      .query(`SELECT role, detail FROM audit WHERE action = 'startImport' ORDER BY audit_id DESC LIMIT 1`)
    expect(rows).toEqual([{ role: 'operator', detail: { source: 'all', since: '2026-01-01', dryRun: true } }])
    expect(world.calls.at(-1)).toEqual({
      verb: 'startImport',
      input: { source: 'all', since: '2026-01-01', dryRun: true },
    })
  })

  test.each([
    [{ source: '' }],
    [{ source: 'x', since: '2026-13-01' }],
    [{ source: 'x', since: '2026-02-01', until: '2026-01-01' }],
    [{ source: 'x', dryrun: true }],
  ])('%j is refused', async (body) => {
    expect(await codeOf(await world.post('/v1/imports', body, world.tokens.operator))).toBe('http.bad_input')
  })
})

test('figures count each project once and hold no names', async () => {
  const read = async (path: string) => (await world.get(path, world.tokens.leader)).json()
  expect(await read('/v1/stats/by-stage')).toMatchObject({ total: { projects: 2, gapFen: '6000000000', withGap: 1 } })
  expect(await read('/v1/stats/by-division')).toMatchObject({
    items: [
      { division: '410105', name: '金水区', projects: 1 },
      { division: '410122', name: '中牟县', projects: 1 },
    ],
  })
  expect(await read('/v1/stats/by-department')).toEqual({
    items: [
      { department: 'development', projects: 2, records: 2 },
      { department: 'tax', projects: 1, records: 3 },
      { department: 'transport', projects: 1, records: 2 },
    ],
  })
  expect(await read('/v1/stats/by-month?from=2020-12&to=2021-03')).toEqual({
    items: [
      { month: '2020-12', approvals: 0, awards: 0, contracts: 0, invoices: 1, netInvoicedFen: '6000000000' },
      { month: '2021-03', approvals: 0, awards: 0, contracts: 0, invoices: 1, netInvoicedFen: '4000000000' },
    ],
  })
  expect(await read('/v1/grids')).toMatchObject({
    items: [
      { code: '410105', projects: 1, gapFen: '6000000000' },
      { code: '410122', projects: 1 },
    ],
  })
  expect(await read('/v1/grids?parent=410105')).toMatchObject({ items: [{ code: '410105001', projects: 0 }] })
})
