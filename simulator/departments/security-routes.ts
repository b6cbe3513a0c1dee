/** The bureau's gateway: signed requests, two a second, numbered pages in sealed answers. */
import type { Context } from 'hono'
import { Hono } from 'hono'
import iconv from 'iconv-lite'
import type { Fault } from '../fault-kinds.ts'
import { LastRows, refusalOf, sendJson } from '../page-faults.ts'
import type { RouteOptions } from '../source.ts'
import type { DatasetEntry } from '../world/entries.ts'
import type { Listed } from '../world/world.ts'
import { firstFrom, isSame } from './page-cursor.ts'
import { type SealedAnswer, sealAnswer, signatureOf } from './security-envelope.ts'
import { securityRentals, securitySeals } from './security-sources.ts'
import type { Row } from './wording.ts'

type SecurityFeed = 'security.rentals' | 'security.seals'

const windowMs = 1_000
const driftSeconds = 300

/** Counts the requests of the last second. */
const createLimiter = (now: () => number, requests: number) => {
  let recent: number[] = []
  return (): { readonly allowed: boolean; readonly headers: Record<string, string> } => {
    const at = now()
    recent = recent.filter((time) => at - time < windowMs)
    const allowed = recent.length < requests
    if (allowed) recent.push(at)
    const resetSeconds = Math.max(1, Math.ceil(((recent[0] ?? at) + windowMs - at) / 1_000))
    const headers = {
      'RateLimit-Limit': String(requests),
      'RateLimit-Remaining': String(requests - recent.length),
      'RateLimit-Reset': String(resetSeconds),
    }
    return { allowed, headers: allowed ? headers : { ...headers, 'Retry-After': String(resetSeconds) } }
  }
}

const sortedQuery = (url: string): string =>
  (url.split('?')[1] ?? '')
    .split('&')
    .sort((a, b) => ((a.split('=')[0] ?? '') < (b.split('=')[0] ?? '') ? -1 : 1))
    .join('&')

/** Why a request is refused, null where its signature is right and its nonce new. */
const createGuard = (options: RouteOptions) => {
  const nonces = new Map<string, number>()
  return async (c: Context): Promise<string | null> => {
    const timestamp = c.req.header('x-timestamp') ?? ''
    const nonce = c.req.header('x-nonce') ?? ''
    if (!isSame(c.req.header('x-app-id') ?? '', options.clientId)) return '应用标识无效'
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(options.now() / 1_000 - Number(timestamp)) > driftSeconds)
      return '时间戳超出允许范围'
    const url = c.req.url.replace(/^https?:\/\/[^/]+/, '')
    const path = url.split('?')[0] ?? ''
    const parts = { method: c.req.method, path, query: sortedQuery(url), timestamp, nonce, body: await c.req.text() }
    if (!isSame(c.req.header('x-signature') ?? '', signatureOf(options.secret, parts))) return '签名错误'
    if (!/^[0-9a-f]{32}$/.test(nonce) || (nonces.get(nonce) ?? 0) > options.now()) return '随机数无效或重复'
    if (nonces.size > 10_000) for (const [old, until] of nonces) if (until <= options.now()) nonces.delete(old)
    nonces.set(nonce, options.now() + driftSeconds * 2_000)
    return null
  }
}

const shiftedTime = (time: unknown, days: number): unknown =>
  typeof time === 'string'
    ? new Date(Date.parse(`${time.replace(' ', 'T')}Z`) + days * 86_400_000)
        .toISOString()
        .slice(0, 19)
        .replace('T', ' ')
    : time

/** A field in which two accounts of one record differ. */
const changed: Record<SecurityFeed, Row> = {
  'security.rentals': { jzrs: '9' },
  'security.seals': { barq: '2001-01-01' },
}

/** Rows whose contents a fault has spoiled; the other kinds are about the answer. */
const spoiled = (feed: SecurityFeed, rows: readonly Row[], fault: Fault | null): readonly Row[] => {
  if (fault === 'futureDate') return rows.map((row) => ({ ...row, gxsj: shiftedTime(row.gxsj, 365) }))
  if (fault === 'clockStep') return rows.map((row) => ({ ...row, gxsj: shiftedTime(row.gxsj, -1) }))
  const [first] = rows
  // The last row gives way to a second account of the first.
  if (fault === 'twoPayloads' && first && rows.length > 1) return [...rows.slice(0, -1), { ...first, ...changed[feed] }]
  return rows
}

const sayOf = { 'security.rentals': securityRentals.say, 'security.seals': securitySeals.say }

export const securityRoutes = (options: RouteOptions): Hono => {
  const { world, faults } = options
  const limiter = createLimiter(options.now, options.requestsPerSecond)
  const refuse = createGuard(options)
  const last = new LastRows()
  /** The last page that was given as asked for: a stuck cache gives it again and again, its number included. */
  const lastPage = new Map<SecurityFeed, { readonly page: number; readonly rows: readonly Row[] }>()
  const lastAnswer = new Map<SecurityFeed, SealedAnswer>()
  const app = new Hono()

  const pageOf = (feed: SecurityFeed, list: readonly Listed<DatasetEntry>[], c: Context, fault: Fault | null) => {
    const page = c.req.query('page') ?? '1'
    const asked = c.req.query('size') ?? '500'
    const since = c.req.query('since') ?? ''
    const isFine =
      [page, asked].every((n) => /^[1-9]\d{0,8}$/.test(n)) && /^(\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?)?$/.test(since)
    if (!isFine) return { code: '1001', msg: '参数错误', total: 0, rows: [] }
    if (fault === 'envelopeError') return { code: '9001', msg: '数据准备中', total: 0, rows: [] }
    const size = Math.min(Number(asked), options.rowsPerPage)
    const start = firstFrom(list, since)
    const offset = start + (Number(page) - 1) * size
    const rows = list
      .slice(offset, offset + size)
      .map(({ entry, updatedAt }) => sayOf[feed](world, entry, updatedAt).row)
    const total = list.length - start
    const stuck = fault === 'repeatPage' ? lastPage.get(feed) : undefined
    const given = stuck ?? { page: Number(page), rows: last.pass(feed, spoiled(feed, rows, fault), fault) }
    if (!stuck) lastPage.set(feed, given)
    return {
      code: '0',
      msg: 'ok',
      total: fault === 'totalTooLow' ? Math.max(0, total - 1) : total,
      page: given.page,
      size,
      rows: given.rows,
    }
  }

  /** The envelope as it goes out; a fault breaks its mark, its key, its text or gives the one of the request before. */
  const enveloped = (feed: SecurityFeed, answer: unknown, fault: Fault | null): SealedAnswer => {
    const text = JSON.stringify(answer)
    const plain = fault === 'wrongEncoding' ? iconv.encode(text, 'gb18030') : Buffer.from(text)
    const sealed = sealAnswer(fault === 'wrongKey' ? `${options.secret} of last year` : options.secret, plain)
    const before = lastAnswer.get(feed)
    lastAnswer.set(feed, sealed)
    if (fault === 'replay' && before) return before
    return fault === 'badDigest' ? { ...sealed, mac: sealed.mac.replace(/^./, (c) => (c === '0' ? '1' : '0')) } : sealed
  }

  const serve = async (feed: SecurityFeed, c: Context): Promise<Response> => {
    const refused = await refuse(c)
    if (refused) return c.json({ code: '401', msg: refused }, 401)
    const { allowed, headers } = limiter()
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    if (!allowed) return c.json({ code: '429', msg: '请求过于频繁' }, 429)
    const fault = faults.take(feed)
    if (fault === 'tokenExpired') return c.json({ code: '401', msg: '应用密钥已轮换' }, 401)
    const refusal = refusalOf(c, fault)
    if (refusal) return refusal
    const page = pageOf(feed, world.list(feed), c, fault)
    return sendJson(c, enveloped(feed, { nonce: c.req.header('x-nonce'), ...page }, fault), fault)
  }

  app.get('/gateway/v1/rentals', (c) => serve('security.rentals', c))
  app.get('/gateway/v1/seals', (c) => serve('security.seals', c))
  return app
}
