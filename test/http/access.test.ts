import type { HttpBindings } from '@hono/node-server'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Role, roles } from '../../src/access/actor.ts'
import { allRoutes } from '../../src/http/app.ts'
import { partyId, recordId } from '../../src/kernel/opaque-id.ts'
import { testDatabase } from '../support/database.ts'
import { createWorld, hash, type World } from './world.ts'

const db = await testDatabase()
let world: World
beforeAll(async () => {
  world = await createWorld(db)
})

const pathParams: Readonly<Record<string, string>> = {
  projectId: 'P1',
  taxpayerId: 'tx_1',
  party: partyId.of(hash(102)),
  runId: 'run_a',
  batchId: '2',
  file: 'console.css',
  feed: 'transport.sections',
  day: '2026-01-21',
  receiptId: `rcpt_${'0'.repeat(16)}`,
  recordId: recordId.of(hash(2)),
  actId: '1',
  aliasId: '1',
}

const send = (route: (typeof allRoutes)[number], token: string | null): Promise<Response> => {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => pathParams[name] ?? '')
  const headers: Record<string, string> = {
    'content-type': route.isForm ? 'application/x-www-form-urlencoded' : 'application/json',
  }
  if (token !== null) headers.authorization = `Bearer ${token}`
  // From an address of its own: one that fails at every route in turn would soon not be heard.
  const from = { incoming: { socket: { remoteAddress: route.id } } } as unknown as HttpBindings
  return Promise.resolve(
    world.app.request(
      path,
      {
        method: route.method.toUpperCase(),
        headers,
        ...(route.method === 'post' ? { body: route.isForm ? 'a=b' : '{}' } : {}),
      },
      from,
    ),
  )
}

/** Staff pages and tax facts that these must never reach, whatever the table says. */
const never: Readonly<Partial<Record<Role, RegExp>>> = {
  partner:
    /^\/v1\/(?!whoami|feeds|receipts)|^\/(projects|taxpayers|links|acts|aliases|figures|imports|batches|schedules|arrivals)/,
  leader:
    /^\/v1\/(projects|taxpayers|links|acts|aliases|imports|sources|schedules|arrivals|messages|quarantine|batches)|^\/(projects|taxpayers|links|acts|aliases|imports|batches|schedules|arrivals)/,
  auditor: /^\/v1\/(?!whoami)|^\/(projects|taxpayers|links|acts|aliases|figures|imports|batches|schedules|arrivals)/,
  securityAdmin:
    /^\/v1\/(?!whoami)|^\/(projects|taxpayers|links|acts|aliases|figures|imports|batches|schedules|arrivals)/,
  systemAdmin:
    /^\/v1\/(projects|taxpayers|links|acts|aliases|stats|quarantine)|^\/(projects|taxpayers|links|acts|aliases|figures)/,
  operator: /^\/v1\/(projects|taxpayers|links|acts|aliases|stats)|^\/(projects|taxpayers|links|acts|aliases|figures)/,
}

describe.each(allRoutes.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_, route) => {
  test.each(roles.map((role) => [role] as const))('as %s is open or refused as the table says', async (role) => {
    const { status } = await send(route, world.tokens[role])
    // A wrong token in the login form is refused by the form, not by the table.
    if (route.id === 'page.logIn') expect(status).toBe(400)
    else if (route.roles === null || route.roles.includes(role)) expect([401, 403, 500]).not.toContain(status)
    else expect(status).toBe(403)
    if (never[role]?.test(route.path)) expect(status).toBe(403)
  })

  test('without a token is refused unless it is open', async () => {
    const { status, headers } = await send(route, null)
    if (route.roles === null) expect([403, 500]).not.toContain(status)
    else if (route.contentType === 'text/html' && route.method === 'get')
      expect([status, headers.get('location')?.slice(0, 6)]).toEqual([303, '/login'])
    else expect(status).toBe(401)
  })

  test('with an unknown token is refused unless it is open', async () => {
    const { status } = await send(route, `jw_${'0'.repeat(32)}`)
    if (route.roles !== null) expect([401, 303]).toContain(status)
  })
})

test('a body is not read before the caller is known', async () => {
  const response = await world.app.request('/v1/taxpayers/search', {
    method: 'POST',
    body: 'not json',
    headers: { 'content-type': 'text/plain' },
  })
  expect(response.status).toBe(401)
})

test('a refusal stands in the audit trail', async () => {
  await world.get('/v1/projects/P1', world.tokens.leader)
  const { rows } = await db
    .owner()
    .query(`SELECT role, subject FROM audit WHERE action = 'denied getProject' AND role = 'leader' LIMIT 1`)
  expect(rows).toEqual([{ role: 'leader', subject: 'P1' }])
})
