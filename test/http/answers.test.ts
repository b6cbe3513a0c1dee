import { afterAll, beforeAll, expect, test } from 'vitest'
import { Problem } from '../../schemas/api/problem.ts'
import { fromCanonicalJson } from '../../schemas/canonical/position.ts'
import { type Role, systemActor } from '../../src/access/actor.ts'
import { issueApiKey } from '../../src/access/api-keys.ts'
import { documentedRoutes } from '../../src/http/routes/index.ts'
import { partyId, recordId } from '../../src/kernel/opaque-id.ts'
import { createIntake, type Intake } from '../../src/push/intake.ts'
import { testDatabase } from '../support/database.ts'
import { handFed, section } from '../support/hand-fed.ts'
import { createWorld, hash, type World } from './world.ts'

const db = await testDatabase()
let world: World
let partnerKey: string
let intake: Intake
beforeAll(async () => {
  intake = createIntake({ ...handFed(db), advance: async () => undefined })
  world = await createWorld(db, { intake })
  // The world was written with numbers of its own; what is pushed goes on behind them.
  await db.owner().query('ALTER TABLE batch ALTER COLUMN batch_id RESTART WITH 100; UPDATE truth_clock SET tick = 2')
  const key = { department: 'transport', feed: null, name: 'test', expiresAt: null }
  partnerKey = (await issueApiKey(db, key, systemActor)).key
  const pushed = await world.post('/v1/feeds/transport.sections/records', [section()], partnerKey)
  const receipt = (await pushed.json()) as { receiptId: string; rows: { recordId: string }[] }
  requests.getReceipt = { path: `/v1/receipts/${receipt.receiptId}`, role: 'partner' }
  requests.withdrawRecord = {
    path: `/v1/feeds/transport.sections/records/${receipt.rows[0]!.recordId}`,
    role: 'partner',
    method: 'DELETE',
  }
})
afterAll(() => intake.drain())

const party = partyId.of(hash(102))

/** One good request for each documented route. */
interface GoodRequest {
  readonly path: string
  readonly role?: Role
  readonly body?: unknown
  readonly status?: number
  readonly method?: 'DELETE'
}
const requests: Record<string, GoodRequest> = {
  whoami: { path: '/v1/whoami', role: 'auditor' },
  pushRecords: {
    path: '/v1/feeds/transport.sections/records',
    role: 'partner',
    body: [section({ htdbh: 'TJ-2' })],
    status: 201,
  },
  getReceipt: { path: `/v1/receipts/rcpt_${'0'.repeat(16)}`, role: 'partner' },
  withdrawRecord: { path: '/v1/feeds/transport.sections/records/r_0', role: 'partner', method: 'DELETE' },
  reportZero: {
    path: '/v1/feeds/transport.sections/zero-report',
    role: 'partner',
    body: { period: '2026-01' },
    status: 201,
  },
  listProjects: { path: '/v1/projects?q=金水' },
  getProject: { path: '/v1/projects/P1' },
  getTimeline: { path: '/v1/projects/P1/timeline' },
  getPosition: { path: '/v1/projects/P1/position?asOf=2026-01-20' },
  listInvoices: { path: '/v1/projects/P1/invoices' },
  searchTaxpayers: { path: '/v1/taxpayers/search', body: { name: '测试甲' } },
  getTaxpayer: { path: '/v1/taxpayers/tx_1' },
  listLinks: { path: '/v1/links?decision=review' },
  getLink: { path: `/v1/links/${party}` },
  judgeLink: {
    path: `/v1/links/${party}/judgement`,
    body: { verdict: 'positive', registrationId: 'REG1', reason: '电话核实' },
    status: 201,
  },
  explainPair: { path: `/v1/projects/P1/pair?record=${recordId.of(hash(1))}&other=${recordId.of(hash(2))}` },
  listNeighbours: { path: '/v1/projects/P1/neighbours' },
  mergeProjects: { path: '/v1/projects/P1/merge', body: { other: 'P2', reason: '同一项目' }, status: 201 },
  splitProject: {
    path: '/v1/projects/P1/split?dryRun=true',
    body: { records: [recordId.of(hash(2))], reason: '混入' },
  },
  listActs: { path: '/v1/acts' },
  getAct: { path: '/v1/acts/1' },
  answerAct: { path: '/v1/acts/1/answer?dryRun=true', body: { answer: 'confirmed', reason: '同意' } },
  undoAct: { path: '/v1/acts/1/undo', body: { reason: '有误' }, status: 201 },
  endAlias: { path: '/v1/aliases/1/end', body: { reason: '不再使用' } },
  listGrids: { path: '/v1/grids', role: 'leader' },
  statsByDivision: { path: '/v1/stats/by-division', role: 'leader' },
  statsByStage: { path: '/v1/stats/by-stage', role: 'leader' },
  statsByDepartment: { path: '/v1/stats/by-department', role: 'leader' },
  statsByMonth: { path: '/v1/stats/by-month?from=2019-01', role: 'leader' },
  listImports: { path: '/v1/imports', role: 'operator' },
  startImport: { path: '/v1/imports', role: 'operator', body: { source: 'transport.sections' }, status: 202 },
  getImport: { path: '/v1/imports/run_a', role: 'operator' },
  decideHold: { path: '/v1/batches/2/hold', role: 'operator', body: { decision: 'release', reason: '已与交通局核对' } },
  listSources: { path: '/v1/sources', role: 'operator' },
  listSchedules: { path: '/v1/schedules?next=3', role: 'operator' },
  listArrivals: { path: '/v1/arrivals?state=late', role: 'operator' },
  excuseArrival: {
    path: '/v1/arrivals/transport.sections/2026-01-21/excuse',
    role: 'operator',
    body: { reason: '系统停机维护' },
  },
  listMessages: { path: '/v1/messages', role: 'operator' },
  listQuarantine: { path: '/v1/quarantine', role: 'operator' },
  getQuality: { path: '/v1/quality?feed=transport.sections', role: 'operator' },
  healthz: { path: '/healthz' },
  readyz: { path: '/readyz' },
}

const send = async ({ path, body, method }: GoodRequest, token?: string): Promise<Response> => {
  if (body !== undefined) return world.post(path, body, token)
  if (method === undefined) return world.get(path, token)
  return world.app.request(path, { method, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
}

test('there is a request here for every documented route', () => {
  expect(documentedRoutes.map((route) => route.id).sort()).toEqual(Object.keys(requests).sort())
})

test.each(
  documentedRoutes.map((route) => [route.id, route] as const),
)('%s answers as its schema says', async (id, route) => {
  const { role = 'steward', status = 200, ...request } = requests[id]!
  const response = await send(request, role === 'partner' ? partnerKey : world.tokens[role])
  const text = await response.text()
  expect(response.status, text).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  const parsed = route.answer!.safeParse(fromCanonicalJson(text))
  expect(parsed.error?.issues ?? []).toEqual([])
  // Nothing that the document does not name.
  expect(Object.keys(parsed.data as object).sort()).toEqual(Object.keys(JSON.parse(text) as object).sort())
})

test.each(
  documentedRoutes.filter((route) => route.roles !== null).map((route) => [route.id] as const),
)('%s without a token answers a problem', async (id) => {
  const response = await send(requests[id]!)
  expect(response.status).toBe(401)
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(response.headers.get('www-authenticate')).toContain('Bearer')
  expect(Problem.parse(await response.json()).code).toBe('http.unauthenticated')
})
