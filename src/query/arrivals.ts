/** Source-days and messages, as they stand. */
import { z } from 'zod'
import {
  type ArrivalItem,
  ArrivalItem as ArrivalSchema,
  type ArrivalsQuery,
  type MessageItem,
  type MessagesQuery,
} from '#schemas/api/schedule.ts'
import type { Queryable } from '../db/transaction.ts'
import { cursorKeys, type Page, pageOf, readCursor, writeCursor } from './page.ts'
import { statement } from './statement.ts'

const ArrivalRow = z.object({
  feed: z.string(),
  day: z.string(),
  every: ArrivalSchema.shape.every,
  state: ArrivalSchema.shape.state,
  due_at: z.date(),
  period_from: z.string(),
  period_to: z.string(),
  late_at: z.date().nullable(),
  settled_at: z.date().nullable(),
  run_id: z.string().nullable(),
  rows: z.bigint().nullable(),
  reason: z.string().nullable(),
})
type ArrivalRow = z.output<typeof ArrivalRow>
const arrivalColumns =
  'd.feed, d.day, d.every, d.state, d.due_at, d.period_from, d.period_to, d.late_at, d.settled_at, d.run_id, d.rows, d.reason'

const showArrival = (row: ArrivalRow): ArrivalItem => ({
  feed: row.feed,
  day: row.day,
  every: row.every,
  state: row.state,
  dueAt: row.due_at.toISOString(),
  periodFrom: row.period_from,
  periodTo: row.period_to,
  lateAt: row.late_at?.toISOString() ?? null,
  settledAt: row.settled_at?.toISOString() ?? null,
  runId: row.run_id,
  rows: row.rows === null ? null : Number(row.rows),
  reason: row.reason,
})

type Text = string | null
const arrivals = statement<typeof ArrivalRow, [Text, Text, Text, Text, Text, Text, number]>(
  'arrivals',
  `SELECT ${arrivalColumns} FROM source_day d
   WHERE ($1::text IS NULL OR d.feed = $1) AND ($2::text IS NULL OR d.state = $2) AND ($3::date IS NULL OR d.day >= $3) AND ($4::date IS NULL OR d.day <= $4)
     AND ($5::date IS NULL OR d.day < $5 OR d.day = $5 AND d.feed > $6)
   ORDER BY d.day DESC, d.feed LIMIT $7`,
  ArrivalRow,
)

/** One page of source-days, newest first. Throws `http.bad_cursor`. */
export const listArrivals = async (client: Queryable, query: ArrivalsQuery): Promise<Page<ArrivalItem>> => {
  const { cursor, limit, ...question } = query
  const after = readCursor(cursor, question, [cursorKeys.day, cursorKeys.text])
  const { feed = null, state = null, from = null, to = null } = question
  const rows = await arrivals(client, feed, state, from, to, after?.[0] ?? null, after?.[1] ?? null, limit + 1)
  return pageOf(rows, limit, showArrival, (row) => writeCursor(question, [row.day, row.feed]))
}

const current = statement<typeof ArrivalRow, [string[], string]>(
  'current_arrivals',
  `SELECT ${arrivalColumns} FROM unnest($1::text[]) AS w (feed)
     CROSS JOIN LATERAL (SELECT * FROM source_day s WHERE s.feed = w.feed
       ORDER BY s.day <= $2 DESC, CASE WHEN s.day <= $2 THEN $2::date - s.day ELSE s.day - $2::date END LIMIT 1) d`,
  ArrivalRow,
)

/** The newest source-day of each feed up to a day; of one that has none yet the first to come. */
export const currentArrivals = async (
  client: Queryable,
  feeds: readonly string[],
  on: string,
): Promise<ReadonlyMap<string, ArrivalItem>> =>
  new Map((await current(client, [...feeds], on)).map((row) => [row.feed, showArrival(row)]))

const MessageRow = z.object({
  message_id: z.string(),
  feed: z.string(),
  day: z.string(),
  kind: z.enum(['late', 'recovered']),
  body: z.object({ zh: z.string(), en: z.string() }),
  created_at: z.date(),
  sent_at: z.date().nullable(),
  attempts: z.number(),
  next_try_at: z.date().nullable(),
  last_error: z.string().nullable(),
})
type MessageRow = z.output<typeof MessageRow>
const messageColumns =
  'm.message_id, m.feed, m.day, m.kind, m.body, m.created_at, m.sent_at, m.attempts, m.next_try_at, m.last_error'

const showMessage = (row: MessageRow): MessageItem => ({
  messageId: row.message_id,
  feed: row.feed,
  day: row.day,
  kind: row.kind,
  text: row.body,
  createdAt: row.created_at.toISOString(),
  sentAt: row.sent_at?.toISOString() ?? null,
  attempts: row.attempts,
  willRetry: row.next_try_at !== null,
  lastError: row.last_error,
})

const PagedMessageRow = MessageRow.extend({ cursor_micros: z.bigint() })
const micros = '(extract(epoch FROM m.created_at) * 1000000)::bigint'
const messages = statement<typeof PagedMessageRow, [Text, Text, Text, number]>(
  'messages',
  `SELECT ${messageColumns}, ${micros} AS cursor_micros FROM message m
   WHERE ($1::text IS NULL OR m.feed = $1) AND ($3::text IS NULL OR ${micros} < $2::bigint OR ${micros} = $2::bigint AND m.message_id > $3)
   ORDER BY m.created_at DESC, m.message_id LIMIT $4`,
  PagedMessageRow,
)

/** One page of messages, newest first. Throws `http.bad_cursor`. */
export const listMessages = async (client: Queryable, query: MessagesQuery): Promise<Page<MessageItem>> => {
  const { cursor, limit, ...question } = query
  const after = readCursor(cursor, question, [cursorKeys.integer, cursorKeys.text])
  const rows = await messages(client, query.feed ?? null, after?.[0] ?? null, after?.[1] ?? null, limit + 1)
  return pageOf(rows, limit, showMessage, (row) => writeCursor(question, [row.cursor_micros, row.message_id]))
}

const lastMessages = statement<typeof MessageRow, [string[]]>(
  'last_messages',
  `SELECT ${messageColumns} FROM unnest($1::text[]) AS w (feed)
     CROSS JOIN LATERAL (SELECT * FROM message o WHERE o.feed = w.feed ORDER BY o.created_at DESC, o.kind DESC LIMIT 1) m`,
  MessageRow,
)

/** The newest message of each feed. */
export const newestMessages = async (
  client: Queryable,
  feeds: readonly string[],
): Promise<ReadonlyMap<string, MessageItem>> =>
  new Map((await lastMessages(client, [...feeds])).map((row) => [row.feed, showMessage(row)]))
