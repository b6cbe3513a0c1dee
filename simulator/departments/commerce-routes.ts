/** The register of commerce's interface: streams by sequence number, one line of JSON each and a trailer behind them. */
import type { ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { Hono } from 'hono'
import iconv from 'iconv-lite'
import type { Fault } from '../fault-kinds.ts'
import { driftedRow, mistimed, refusalOf } from '../page-faults.ts'
import type { RouteOptions } from '../source.ts'
import { type EnterpriseLog, enterpriseLog } from '../world/enterprise-log.ts'
import type { FeedId } from '../world/entries.ts'
import { sayChange, sayRegistration } from './commerce.ts'
import { isSame } from './page-cursor.ts'
import type { Row } from './wording.ts'

type StreamFeed = 'commerce.registrations' | 'commerce.changes'

interface Stream {
  /** Number before the first line that is still there, and number of the last. */
  readonly base: number
  readonly head: number
  readonly say: (seq: number) => Row
}

const contentType = 'application/x-ndjson; charset=utf-8'

/** Sends the text: whole, half of it, or in the wrong encoding. */
const send = (c: Context, text: string, fault: Fault | null): Response => {
  if (fault === 'wrongEncoding')
    return c.body(new Uint8Array(iconv.encode(text, 'gb18030')), 200, { 'content-type': contentType })
  const outgoing = (c.env as Partial<HttpBindings>).outgoing as ServerResponse | undefined
  if (fault !== 'cut' || !outgoing) return c.body(text, 200, { 'content-type': contentType })
  // A stream states no length: half of it looks like an answer that is shorter.
  outgoing.writeHead(200, { 'content-type': contentType })
  outgoing.end(text.slice(0, Math.floor(text.length / 2)))
  return RESPONSE_ALREADY_SENT
}

const spoilt = (rows: readonly Row[], feed: FeedId, fault: Fault | null, today: string): readonly Row[] => {
  switch (fault) {
    case 'shortTotal':
      return rows.slice(0, -1)
    case 'drift':
      return rows.map((row) => driftedRow(row, feed))
    default:
      return mistimed(rows, fault, 'gxsj', today)
  }
}

export const commerceRoutes = (options: RouteOptions): Hono => {
  const { world, faults } = options
  const app = new Hono()
  const last = new Map<StreamFeed, readonly Row[]>()

  const streamOf = (feed: StreamFeed, log: EnterpriseLog): Stream =>
    feed === 'commerce.changes'
      ? { base: 0, head: log.changes.length, say: (seq) => sayChange(world, log, seq) }
      : {
          base: log.base,
          head: log.head,
          say: (seq) => {
            const { index, day } = log.line(seq)
            return sayRegistration(world, log, index, day, seq)
          },
        }

  const answer = (c: Context, feed: StreamFeed): Response => {
    if (!isSame(c.req.header('x-api-key') ?? '', options.secret))
      return c.json({ error: 'unauthorized', message: '密钥无效' }, 401)
    const fault = faults.take(feed)
    if (fault === 'tokenExpired') return c.json({ error: 'unauthorized', message: '密钥已失效' }, 401)
    const refusal = refusalOf(c, fault)
    if (refusal) return refusal
    const after = c.req.query('after') ?? '0'
    const limit = c.req.query('limit') ?? '500'
    if (!/^\d{1,15}$/.test(after) || !/^[1-9]\d{0,6}$/.test(limit))
      return c.json({ error: 'bad_request', message: '参数错误' }, 400)
    const stream = streamOf(feed, enterpriseLog(world))
    if (fault === 'gone' || (Number(after) !== 0 && Number(after) < stream.base))
      return c.json({ error: 'compacted', message: '该序号已压缩，请从 0 读取' }, 410)
    const from = Math.max(Number(after), stream.base)
    const through = Math.max(from, Math.min(stream.head, from + Math.min(Number(limit), options.rowsPerPage)))
    const rows = Array.from({ length: through - from }, (_, i) => stream.say(from + 1 + i))
    const again = fault === 'repeatPage' ? last.get(feed) : undefined
    const sent = spoilt(rows, feed, fault, world.today)
    last.set(feed, sent)
    const count = fault === 'totalTooLow' ? Math.max(0, rows.length - 1) : rows.length
    const trailer = { end: true, from, through, count, head: stream.head }
    const lines = [...(again ?? sent), trailer].map((line) => `${JSON.stringify(line)}\n`)
    return send(c, lines.join(''), fault)
  }

  app.get('/stream/registrations', (c) => answer(c, 'commerce.registrations'))
  app.get('/stream/changes', (c) => answer(c, 'commerce.changes'))
  return app
}
