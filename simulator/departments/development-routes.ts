/** The development commission's interface: OAuth2 client credentials, numbered JSON pages. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import type { Faults } from '../faults.ts'
import { LastRows, refusalOf, sendJson } from '../page-faults.ts'
import type { World } from '../world/world.ts'
import { say } from './say.ts'

export interface DevelopmentOptions {
  readonly world: World
  readonly faults: Faults
  readonly now: () => number
  readonly clientId: string
  readonly secret: string
  readonly tokenLifetimeSeconds: number
  readonly rowsPerPage: number
}

/** Equal in time that does not tell where two texts differ. */
export const isSame = (a: string, b: string): boolean => {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

const positive = (text: string | undefined, otherwise: number): number | null => {
  if (text === undefined || text === '') return otherwise
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null
}

export const developmentRoutes = (options: DevelopmentOptions): Hono => {
  const { world, faults, now } = options
  const feed = 'development.approvals'
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

  app.get('/api/v2/approvals', (c) => {
    const token = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    if ((expiry.get(token) ?? 0) <= now())
      return c.json({ code: '401', msg: '令牌无效或已过期' }, 401, {
        'WWW-Authenticate': 'Bearer error="invalid_token"',
      })
    const fault = faults.take(feed)
    const refusal = refusalOf(c, fault)
    if (refusal) return refusal
    if (fault === 'envelopeError') return c.json({ code: '9001', msg: '数据准备中', data: null })
    const page = positive(c.req.query('page'), 1)
    const asked = positive(c.req.query('size'), 500)
    const from = c.req.query('updatedFrom') ?? ''
    if (page === null || asked === null || !/^(\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?)?$/.test(from))
      return c.json({ code: '1001', msg: '参数错误', data: null })
    const size = Math.min(asked, options.rowsPerPage)
    const all = world.list(feed)
    const start = firstFrom(all, from)
    const offset = start + (page - 1) * size
    const rows = all.slice(offset, offset + size).map(({ entry, updatedAt }) => say(world, entry, updatedAt).row)
    return sendJson(
      c,
      { code: '0', msg: 'ok', data: { total: all.length - start, page, size, list: last.pass(feed, rows, fault) } },
      fault,
    )
  })
  return app
}

/** Index of the first item that was updated at `from` or later, in a list ordered by update time. */
export const firstFrom = (list: readonly { readonly updatedAt: string }[], from: string): number => {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[middle]?.updatedAt ?? '') < from) low = middle + 1
    else high = middle
  }
  return low
}
