import { beforeAll, expect, test } from 'vitest'
import { Problem } from '../../schemas/api/problem.ts'
import { fromCanonicalJson } from '../../schemas/canonical/position.ts'
import type { Role } from '../../src/access/actor.ts'
import { documentedRoutes } from '../../src/http/routes/index.ts'
import { partyId } from '../../src/kernel/opaque-id.ts'
import { testDatabase } from '../support/database.ts'
import { createWorld, hash, type World } from './world.ts'

const db = await testDatabase()
let world: World
beforeAll(async () => {
  world = await createWorld(db)
})

const party = partyId.of(hash(102))

/** One good request for each documented route. */
const requests: Readonly<
  Record<string, { readonly path: string; readonly role?: Role; readonly body?: unknown; readonly status?: number }>
> = {
  whoami: { path: '/v1/whoami', role: 'auditor' },
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
  listSchedules: { path: '/v1/schedules', role: 'operator' },
  listQuarantine: { path: '/v1/quarantine', role: 'operator' },
  healthz: { path: '/healthz' },
  readyz: { path: '/readyz' },
}

test('there is a request here for every documented route', () => {
  expect(documentedRoutes.map((route) => route.id).sort()).toEqual(Object.keys(requests).sort())
})

test.each(
  documentedRoutes.map((route) => [route.id, route] as const),
)('%s answers as its schema says', async (id, route) => {
  const { path, role = 'steward', body, status = 200 } = requests[id]!
  const token = world.tokens[role]
  const response = body === undefined ? await world.get(path, token) : await world.post(path, body, token)
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
  const { path, body } = requests[id]!
  const response = body === undefined ? await world.get(path) : await world.post(path, body)
  expect(response.status).toBe(401)
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(response.headers.get('www-authenticate')).toContain('Bearer')
  expect(Problem.parse(await response.json()).code).toBe('http.unauthenticated')
})
