/** How an armed fault spoils an answer on its way out. */
import type { ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { driftedField, type Fault } from './faults.ts'
import type { FeedId } from './world/entries.ts'

type Row = Record<string, unknown>

/** An answer given before any rows are looked up, if the fault is of that kind. */
export const refusalOf = (c: Context, fault: Fault | null): Response | null => {
  switch (fault) {
    case '500':
      return c.json({ code: '500', msg: '系统繁忙，请稍后再试' }, 500)
    case '429':
      return c.json({ code: '429', msg: '请求过于频繁' }, 429, { 'Retry-After': '1' })
    case 'hang':
      // The socket stays open and nothing is ever written, until the caller gives up.
      return RESPONSE_ALREADY_SENT
    default:
      return null
  }
}

/** Remembers what each feed served last, for the fault that serves it again. */
export class LastRows {
  readonly #rows = new Map<FeedId, readonly Row[]>()

  /** The rows to send: spoiled by the fault, or as they are. */
  pass(feed: FeedId, rows: readonly Row[], fault: Fault | null): readonly Row[] {
    const previous = this.#rows.get(feed)
    this.#rows.set(feed, rows)
    if (fault === 'repeatPage' && previous) return previous
    if (fault === 'shortTotal') return rows.slice(0, -1)
    if (fault === 'drift') return rows.map((row) => driftedRow(row, feed))
    return rows
  }
}

/** A row that has lost a field and gained another. */
export const driftedRow = (row: Row, feed: FeedId): Row => {
  const { [driftedField(feed)]: _gone, ...rest } = row
  return { ...rest, kzxx: '01' }
}

/** Sends JSON; with a `cut` fault half of the body, then the line breaks. */
export const sendJson = (c: Context, body: unknown, fault: Fault | null): Response => {
  const outgoing = (c.env as Partial<HttpBindings>).outgoing as ServerResponse | undefined
  if (fault !== 'cut' || !outgoing) return c.json(body as Record<string, unknown>)
  const bytes = Buffer.from(JSON.stringify(body))
  outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': String(bytes.length) })
  outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.destroy())
  return RESPONSE_ALREADY_SENT
}
