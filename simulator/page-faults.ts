/** How an armed fault spoils an answer on its way out. */
import type { ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import iconv from 'iconv-lite'
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

  /** The rows to send: spoiled by the fault, or as they are. What is served again is what went out, spoiled as it was. */
  pass(feed: FeedId, rows: readonly Row[], fault: Fault | null): readonly Row[] {
    const previous = this.#rows.get(feed)
    const sent = spoiltRows(feed, rows, fault)
    this.#rows.set(feed, sent)
    return fault === 'repeatPage' && previous ? previous : sent
  }
}

const spoiltRows = (feed: FeedId, rows: readonly Row[], fault: Fault | null): readonly Row[] => {
  if (fault === 'shortTotal') return rows.slice(0, -1)
  if (fault === 'drift') return rows.map((row) => driftedRow(row, feed))
  return rows
}

/** A row that has lost a field and gained another. */
export const driftedRow = (row: Row, feed: FeedId): Row => {
  const { [driftedField(feed)]: _gone, ...rest } = row
  return { ...rest, kzxx: '01' }
}

/** Sends JSON; with a `cut` fault half of the body, then the line breaks; with `wrongEncoding` in GB18030 that says it is UTF-8. */
export const sendJson = (c: Context, body: unknown, fault: Fault | null): Response => {
  if (fault === 'wrongEncoding') {
    const bytes = new Uint8Array(iconv.encode(JSON.stringify(body), 'gb18030'))
    return c.body(bytes, 200, { 'content-type': 'application/json; charset=utf-8' })
  }
  const outgoing = (c.env as Partial<HttpBindings>).outgoing as ServerResponse | undefined
  if (fault !== 'cut' || !outgoing) return c.json(body as Record<string, unknown>)
  const bytes = Buffer.from(JSON.stringify(body))
  outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': String(bytes.length) })
  outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.destroy())
  return RESPONSE_ALREADY_SENT
}

/** The total that an answer states: less than there is where the fault says so. */
export const statedTotal = (total: number, fault: Fault | null): number =>
  fault === 'totalTooLow' ? Math.max(0, total - 1) : total

/** The same record with other contents: what `twoPayloads` adds to a delivery. */
export const otherPayload = (row: Row, feed: FeedId): Row => {
  const field = driftedField(feed)
  return { ...row, [field]: `${row[field] ?? ''}（另一版）` }
}

const shiftDay = (text: string, days: number): string =>
  new Date(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10) + text.slice(10)

const isDay = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}(?: |$)/.test(value)

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to.slice(0, 10)) - Date.parse(from.slice(0, 10))) / 86_400_000)

/** All dates of a row moved, so that its update time lies a year after `today`. */
const aYearAhead = (row: Row, updateTime: string, today: string): Row => {
  const updated = row[updateTime]
  if (!isDay(updated)) return row
  const days = daysBetween(updated, today) + 365
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, isDay(value) ? shiftDay(value, days) : value]),
  )
}

/** Rows whose times are wrong: a year ahead of the world's `today` (`futureDate`), or running backwards from the middle on (`clockStep`). */
export const mistimed = (
  rows: readonly Row[],
  fault: Fault | null,
  updateTime: string | null,
  today: string,
): readonly Row[] => {
  if (updateTime === null) return rows
  if (fault === 'futureDate') return rows.map((row) => aYearAhead(row, updateTime, today))
  if (fault !== 'clockStep') return rows
  return rows.map((row, i) => {
    const value = row[updateTime]
    return i * 2 < rows.length || !isDay(value) ? row : { ...row, [updateTime]: shiftDay(value, -1) }
  })
}
