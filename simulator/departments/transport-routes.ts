/** The transport bureau's interface: signed requests, opaque cursors. */
import { createHash, createHmac } from 'node:crypto'
import type { Context } from 'hono'
import { Hono } from 'hono'
import type { Faults } from '../faults.ts'
import { LastRows, mistimed, otherPayload, refusalOf, sendJson, statedTotal } from '../page-faults.ts'
import type { DatasetEntry, ProjectEntry } from '../world/entries.ts'
import type { Listed, World } from '../world/world.ts'
import { firstFrom, indexAfter, isSame, openCursor, sealCursor } from './page-cursor.ts'
import { say } from './say.ts'
import { transportProjects } from './transport-projects.ts'
import type { Row } from './wording.ts'

export interface TransportOptions {
  readonly world: World
  readonly faults: Faults
  readonly now: () => number
  readonly clientId: string
  readonly secret: string
  readonly cursorLifetimeSeconds: number
  readonly rowsPerPage: number
}

type TransportFeed = 'transport.projects' | 'transport.sections' | 'transport.measurements'

const driftSeconds = 300

/** Query as it was sent, its parts sorted by name. */
const sortedQuery = (url: string): string => {
  const query = url.split('?')[1]?.split('#')[0] ?? ''
  const nameOf = (part: string): string => part.split('=')[0] ?? ''
  return query === ''
    ? ''
    : query
        .split('&')
        .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0))
        .join('&')
}

export const signatureOf = (
  secret: string,
  parts: { method: string; path: string; query: string; timestamp: string; nonce: string; body: string },
): string => {
  const digest = createHash('sha256').update(parts.body).digest('hex')
  return createHmac('sha256', secret)
    .update([parts.method, parts.path, parts.query, parts.timestamp, parts.nonce, digest].join('\n'))
    .digest('hex')
}

const rowOf = (world: World, feed: TransportFeed, { entry, updatedAt }: Listed): Row =>
  feed === 'transport.projects'
    ? transportProjects.say(world, entry as DatasetEntry, updatedAt).row
    : say(world, entry as ProjectEntry, updatedAt).row

export const transportRoutes = (options: TransportOptions): Hono => {
  const { world, faults, now } = options
  const nonces = new Map<string, number>()
  const last = new LastRows()
  const app = new Hono()

  const refuseUnsigned = async (c: Context): Promise<string | null> => {
    const timestamp = c.req.header('x-timestamp') ?? ''
    const nonce = c.req.header('x-nonce') ?? ''
    if (!isSame(c.req.header('x-app-id') ?? '', options.clientId)) return '应用标识无效'
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now() / 1_000 - Number(timestamp)) > driftSeconds)
      return '时间戳超出允许范围'
    const url = c.req.url.replace(/^https?:\/\/[^/]+/, '')
    const expected = signatureOf(options.secret, {
      method: c.req.method,
      path: url.split('?')[0] ?? '',
      query: sortedQuery(url),
      timestamp,
      nonce,
      body: await c.req.text(),
    })
    if (!isSame(c.req.header('x-signature') ?? '', expected)) return '签名错误'
    if (nonce === '' || (nonces.get(nonce) ?? 0) > now()) return '随机数为空或重复'
    if (nonces.size > 100_000) for (const [old, until] of nonces) if (until <= now()) nonces.delete(old)
    nonces.set(nonce, now() + driftSeconds * 2_000)
    return null
  }

  const pageOf = async (c: Context, feed: TransportFeed): Promise<Response> => {
    const refused = await refuseUnsigned(c)
    if (refused) return c.json({ error: 'unauthorized', message: refused }, 401)
    // A cursor can only have expired where one is sent: the fault waits for such a request.
    const fault = faults.take(feed, c.req.query('cursor') ? [] : ['gone'])
    if (fault === 'tokenExpired') return c.json({ error: 'unauthorized', message: '应用已停用' }, 401)
    const refusal = refusalOf(c, fault)
    if (refusal) return refusal
    const limit = c.req.query('limit') ?? '500'
    const sealed = c.req.query('cursor') ?? ''
    const given = sealed === '' ? null : openCursor(options.secret, sealed, feed, now())
    const since = c.req.query('since') ?? (given !== null && typeof given === 'object' ? given.since : '')
    if (
      given === 'invalid' ||
      !/^[1-9]\d{0,6}$/.test(limit) ||
      !/^(\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?)?$/.test(since)
    )
      return c.json({ error: 'bad_request', message: '参数错误' }, 400)
    if (given === 'expired' || fault === 'gone') return c.json({ error: 'cursor_expired', message: '游标已过期' }, 410)
    const all = world.list(feed)
    const start = firstFrom(all, since)
    const from = given ? indexAfter(all, given) : start
    const page = all.slice(from, from + Math.min(Number(limit), options.rowsPerPage))
    const said = page.map((listed) => rowOf(world, feed, listed))
    const [first] = said
    const extra = fault === 'twoPayloads' && first ? [otherPayload(first, feed)] : []
    const more = (given?.more ?? 0) + extra.length
    const end = page[page.length - 1]
    const nextCursor =
      end && from + page.length < all.length
        ? sealCursor(options.secret, {
            feed,
            since,
            afterTime: end.updatedAt,
            afterKey: end.sortKey,
            until: now() + options.cursorLifetimeSeconds * 1_000,
            ...(more > 0 ? { more } : {}),
          })
        : null
    const rows = last.pass(feed, mistimed([...said, ...extra], fault, 'gxsj', world.today), fault)
    return sendJson(c, { total: statedTotal(all.length - start + more, fault), rows, nextCursor }, fault)
  }

  app.get('/open/v1/projects', (c) => pageOf(c, 'transport.projects'))
  app.get('/open/v1/sections', (c) => pageOf(c, 'transport.sections'))
  app.get('/open/v1/measurements', (c) => pageOf(c, 'transport.measurements'))
  return app
}
