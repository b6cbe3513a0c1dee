import { z } from 'zod'
import type { QuarantineItem } from '#schemas/api/import.ts'
import type { Role } from '../access/actor.ts'
import { payloadFor } from '../access/mask.ts'
import type { Queryable } from '../db/transaction.ts'
import { cursorKeys, type Page, pageOf, readCursor, writeCursor } from './page.ts'
import { statement } from './statement.ts'

const Row = z.object({
  quarantine_id: z.bigint(),
  feed: z.string(),
  batch_id: z.bigint(),
  source: z.string(),
  row: z.bigint(),
  code: z.string(),
  pointer: z.string(),
  expected: z.string(),
  message: z.object({ zh: z.string(), en: z.string() }),
  payload: z.string(),
  sealed: z.boolean(),
  state: z.enum(['open', 'replayed', 'dismissed']),
})
type Row = z.output<typeof Row>
const columns =
  'q.quarantine_id, q.feed, q.batch_id, q.source, q.row, q.code, q.pointer, q.expected, q.message, q.payload, q.sealed, q.state'
const payloadCharsMax = 4_000

const show = (role: Role, row: Row): QuarantineItem => ({
  id: row.quarantine_id.toString(),
  feed: row.feed,
  batchId: row.batch_id.toString(),
  source: row.source,
  row: Number(row.row),
  code: row.code,
  pointer: row.pointer,
  expected: row.expected,
  message: row.message,
  payload: row.sealed ? null : payloadFor(role, row.payload).slice(0, payloadCharsMax),
  sealed: row.sealed,
  state: row.state,
})

const page = statement<typeof Row, [string | null, string, string | null, string | null, number]>(
  'quarantine_page',
  `SELECT ${columns} FROM quarantine q
   WHERE ($1::text IS NULL OR q.feed = $1) AND q.state = $2 AND ($3::text IS NULL OR q.code = $3) AND ($4::bigint IS NULL OR q.quarantine_id < $4)
   ORDER BY q.quarantine_id DESC LIMIT $5`,
  Row,
)

export interface QuarantineQuestion {
  readonly feed?: string | undefined
  readonly state: 'open' | 'replayed' | 'dismissed'
  readonly code?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/** One page of rows that could not be taken in, newest first, values hidden by role. Throws `http.bad_cursor`. */
export const listQuarantine = async (
  client: Queryable,
  role: Role,
  query: QuarantineQuestion,
): Promise<Page<QuarantineItem>> => {
  const { cursor, limit, ...question } = query
  const after = readCursor(cursor, question, [cursorKeys.integer])
  const rows = await page(client, query.feed ?? null, query.state, query.code ?? null, after?.[0] ?? null, limit + 1)
  return pageOf(
    rows,
    limit,
    (row) => show(role, row),
    (row) => writeCursor(question, [row.quarantine_id]),
  )
}

const ofRun = statement<typeof Row, [string]>(
  'quarantine_of_run',
  `SELECT ${columns} FROM quarantine q JOIN batch b ON b.batch_id = q.batch_id WHERE b.run_id = $1 ORDER BY q.quarantine_id LIMIT 20`,
  Row,
)

export const quarantineOfRun = async (client: Queryable, role: Role, runId: string): Promise<QuarantineItem[]> =>
  (await ofRun(client, runId)).map((row) => show(role, row))
