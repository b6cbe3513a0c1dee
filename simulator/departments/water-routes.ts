/** The water bureau's exchange: an API key, pages of XML by opaque token, each naming the next. */
import type { Context } from 'hono'
import { Hono } from 'hono'
import { LastRows, mistimed, otherPayload, refusalOf, statedTotal } from '../page-faults.ts'
import type { ListedSource, RouteOptions } from '../source.ts'
import type { DatasetId } from '../world/entries.ts'
import { firstFrom, indexAfter, isSame, openCursor, sealCursor } from './page-cursor.ts'
import { waterSources } from './water.ts'
import { sendXml } from './water-xml.ts'

const paths: Readonly<Record<string, string>> = {
  'water.projects': '/gxjk/xm',
  'water.contracts': '/gxjk/ht',
  'water.progress': '/gxjk/jd',
  'water.permits': '/gxjk/qsxk',
  'water.usages': '/gxjk/qsl',
}

export const waterRoutes = (options: RouteOptions): Hono => {
  const { world, faults, now, secret } = options
  const last = new LastRows()
  const app = new Hono()

  const pageOf = (c: Context, source: ListedSource): Response => {
    const feed = source.feed as DatasetId
    if (!isSame(c.req.header('x-api-key') ?? '', secret))
      return sendXml(c, { code: '1401', message: '接口密钥无效' }, null, 401)
    const sealed = c.req.query('lp') ?? ''
    // A token can only have expired where one is sent: the fault waits for such a request.
    const fault = faults.take(feed, sealed === '' ? ['gone'] : [])
    if (fault === 'tokenExpired') return sendXml(c, { code: '1401', message: '接口密钥已停用' }, null, 401)
    const refusal = refusalOf(c, fault)
    if (refusal) return refusal
    if (fault === 'envelopeError') return sendXml(c, { code: '1500', message: '数据同步中，请稍后' }, null)
    const limit = c.req.query('hs') ?? '500'
    const given = sealed === '' ? null : openCursor(secret, sealed, feed, now())
    const since = c.req.query('qssj') ?? (given !== null && typeof given === 'object' ? given.since : '')
    if (
      given === 'invalid' ||
      !/^[1-9]\d{0,6}$/.test(limit) ||
      !/^(\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?)?$/.test(since)
    )
      return sendXml(c, { code: '1400', message: '参数错误' }, null)
    if (given === 'expired' || fault === 'gone') return sendXml(c, { code: '1410', message: '令牌已过期' }, null)
    const all = world.list(feed)
    const start = firstFrom(all, since)
    const from = given ? indexAfter(all, given) : start
    const page = all.slice(from, from + Math.min(Number(limit), options.rowsPerPage))
    const said = page.map(({ entry, updatedAt }) => source.say(world, entry, updatedAt).row)
    const [first] = said
    const extra = fault === 'twoPayloads' && first ? [otherPayload(first, feed)] : []
    const more = (given?.more ?? 0) + extra.length
    const end = page[page.length - 1]
    const next =
      end && from + page.length < all.length
        ? sealCursor(secret, {
            feed,
            since,
            afterTime: end.updatedAt,
            afterKey: end.sortKey,
            until: now() + options.cursorLifetimeSeconds * 1_000,
            ...(more > 0 ? { more } : {}),
          })
        : null
    const rows = last.pass(feed, mistimed([...said, ...extra], fault, source.updateTime, world.today), fault)
    const total = statedTotal(all.length - start + more, fault)
    return sendXml(c, { code: '0', message: '成功', total, rows, next }, fault)
  }

  for (const source of waterSources) app.get(paths[source.feed] ?? '', (c) => pageOf(c, source))
  return app
}
