/** The development commission's interface: OAuth2 client credentials, numbered JSON pages. */
import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { Hono } from 'hono'
import type { Fault, Faults } from '../faults.ts'
import { LastRows, mistimed, otherPayload, refusalOf, sendJson, statedTotal } from '../page-faults.ts'
import type { DatasetEntry, ProjectEntry } from '../world/entries.ts'
import type { Listed, World } from '../world/world.ts'
import { keyProjects } from './development-key-projects.ts'
import { progressReports } from './development-progress.ts'
import { firstFrom, isSame } from './page-cursor.ts'
import { say } from './say.ts'
import type { Row } from './wording.ts'

export interface DevelopmentOptions {
  readonly world: World
  readonly faults: Faults
  readonly now: () => number
  readonly clientId: string
  readonly secret: string
  readonly tokenLifetimeSeconds: number
  readonly rowsPerPage: number
}

const positive = (text: string | undefined, otherwise: number): number | null => {
  if (text === undefined || text === '') return otherwise
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null
}

type DevelopmentFeed = 'development.approvals' | 'development.progress' | 'development.key-projects'

const datasets = { 'development.progress': progressReports, 'development.key-projects': keyProjects } as const

const rowOf = (world: World, feed: DevelopmentFeed, { entry, updatedAt }: Listed): Row =>
  feed === 'development.approvals'
    ? say(world, entry as ProjectEntry, updatedAt).row
    : datasets[feed].say(world, entry as DatasetEntry, updatedAt).row

/** The list as it is given: a `lostHalf` fault forgets every second record. */
const listOf = (world: World, feed: DevelopmentFeed, fault: Fault | null): readonly Listed[] => {
  const list = world.list(feed)
  return fault === 'lostHalf' ? list.filter((_, i) => i % 2 === 0) : list
}

export const developmentRoutes = (options: DevelopmentOptions): Hono => {
  const { world, faults, now } = options
  const expiry = new Map<string, number>()
  const last = new LastRows()
  const app = new Hono()

  app.post('/oauth2/token', async (c) => {
    const form = new URLSearchParams(await c.req.text())
    if (form.get('grant_type') !== 'client_credentials') return c.json({ error: 'unsupported_grant_type' }, 400)
    if (
      !isSame(form.get('client_id') ?? '', options.clientId) ||
      !isSame(form.get('client_secret') ?? '', options.secret)
    )
      return c.json({ error: 'invalid_client' }, 401)
    const token = randomBytes(24).toString('base64url')
    for (const [old, until] of expiry) if (until <= now()) expiry.delete(old)
    expiry.set(token, now() + options.tokenLifetimeSeconds * 1_000)
    return c.json({ access_token: token, token_type: 'Bearer', expires_in: options.tokenLifetimeSeconds })
  })

  const pageOf = (c: Context, feed: DevelopmentFeed): Response => {
    const token = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    const refused = (): Response =>
      c.json({ code: '401', msg: '令牌无效或已过期' }, 401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' })
    if ((expiry.get(token) ?? 0) <= now()) return refused()
    const fault = faults.take(feed)
    if (fault === 'tokenExpired') {
      expiry.delete(token)
      return refused()
    }
    const refusal = refusalOf(c, fault)
    if (refusal) return refusal
    if (fault === 'envelopeError') return c.json({ code: '9001', msg: '数据准备中', data: null })
    const page = positive(c.req.query('page'), 1)
    const asked = positive(c.req.query('size'), 500)
    const from = c.req.query('updatedFrom') ?? ''
    if (page === null || asked === null || !/^(\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?)?$/.test(from))
      return c.json({ code: '1001', msg: '参数错误', data: null })
    const size = Math.min(asked, options.rowsPerPage)
    const all = listOf(world, feed, fault)
    const start = firstFrom(all, from)
    const offset = start + (page - 1) * size
    const said = all.slice(offset, offset + size).map((listed) => rowOf(world, feed, listed))
    const first = all[start]
    const doubled = fault === 'twoPayloads' && first !== undefined
    // The second payload is the very last row of the delivery.
    if (doubled && offset <= all.length && said.length < size) said.push(otherPayload(rowOf(world, feed, first), feed))
    const list = last.pass(feed, mistimed(said, fault, 'gxsj', world.today), fault)
    const total = statedTotal(all.length - start + (doubled ? 1 : 0), fault)
    return sendJson(c, { code: '0', msg: 'ok', data: { total, page, size, list } }, fault)
  }

  app.get('/api/v2/approvals', (c) => pageOf(c, 'development.approvals'))
  app.get('/api/v2/progress', (c) => pageOf(c, 'development.progress'))
  app.get('/api/v2/key-projects', (c) => pageOf(c, 'development.key-projects'))
  return app
}
