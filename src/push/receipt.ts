/** Receipts: what a partner was told of each row, kept so that it can be read again. */
import type { PoolClient } from 'pg'
import type { Database } from '../db/database.ts'
import type { RowFault } from '../landing/read-row.ts'
import {
  noCounts,
  outcomes,
  type PushMode,
  type PushOutcome,
  type Receipt,
  type RowAnswer,
  type Sender,
} from './types.ts'

const letters: Readonly<Record<PushOutcome, string>> = {
  new: 'n',
  changed: 'c',
  unchanged: 'u',
  older: 'o',
  withdrawn: 'w',
  repeated: 'r',
  quarantined: 'q',
}
const byLetter = new Map(outcomes.map((outcome) => [letters[outcome], outcome]))
const noKey = '0'.repeat(32)

export interface NewReceipt {
  readonly receiptId: string
  readonly sender: Sender
  readonly kind: Receipt['kind']
  readonly mode: PushMode
  readonly rows: number
  readonly counts: Readonly<Record<PushOutcome, number>>
}

export interface ReceiptPage {
  readonly receiptId: string
  readonly rows: readonly RowAnswer[]
}

/** Outcomes of rows as `receipt_page` holds them, a letter each. */
export const lettersOf = (rows: readonly RowAnswer[]): string => {
  let text = ''
  for (const { outcome } of rows) text += letters[outcome]
  return text
}

/** Keys of rows as `receipt_page` holds them, hex. */
export const keysText = (rows: readonly RowAnswer[]): string => {
  let text = ''
  for (const { keyHash } of rows) text += keyHash ?? noKey
  return text
}

const storable = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll('\u0000', '\ufffd').toWellFormed() : value

/** Faults as JSON that the database takes: they may quote what the sender wrote. */
export const faultsText = (faults: unknown): string => JSON.stringify(faults, storable)

/** Stores receipts; call it in the transaction that lands their rows. */
export const storeReceipts = async (
  client: PoolClient,
  feed: string,
  batchId: bigint,
  receivedAt: Date,
  receipts: readonly NewReceipt[],
): Promise<void> => {
  await client.query({
    name: 'push.receipts',
    text: `INSERT INTO receipt (receipt_id, feed, department, sender, kind, mode, batch_id, rows, counts, received_at)
      SELECT r, $1, d, s, k, m, $2, n, c, $3 FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[], $10::jsonb[]) AS t (r, d, s, k, m, n, c)`,
    values: [
      feed,
      batchId,
      receivedAt,
      receipts.map((r) => r.receiptId),
      receipts.map((r) => r.sender.department),
      receipts.map((r) => r.sender.id),
      receipts.map((r) => r.kind),
      receipts.map((r) => r.mode),
      receipts.map((r) => r.rows),
      receipts.map((r) => JSON.stringify(r.counts)),
    ],
  })
}

/** Stores the rows of receipts, a page for each; call it in the transaction that lands them. */
export const storeReceiptPages = async (
  client: PoolClient,
  batchId: bigint,
  pages: readonly ReceiptPage[],
): Promise<void> => {
  await client.query({
    name: 'push.receipt_pages',
    text: `INSERT INTO receipt_page (receipt_id, first_row, batch_id, outcomes, keys, faults)
      SELECT r, f, $1, o, decode(k, 'hex'), q FROM unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::jsonb[]) AS t (r, f, o, k, q)`,
    values: [
      batchId,
      pages.map((p) => p.receiptId),
      pages.map((p) => p.rows[0]?.row ?? 1),
      pages.map((p) => lettersOf(p.rows)),
      pages.map((p) => keysText(p.rows)),
      pages.map((p) => faultsText(p.rows.flatMap((r) => (r.fault ? [{ row: r.row, ...r.fault }] : [])))),
    ],
  })
}

interface ReceiptRow extends Omit<Receipt, 'counts'> {
  readonly counts: Partial<Record<PushOutcome, number>>
}

/** A receipt of this department; null where there is none, or it is another's. */
export const findReceipt = async (
  db: Pick<Database, 'pipeline'>,
  department: string,
  receiptId: string,
): Promise<Receipt | null> => {
  const { rows } = await db.pipeline.query<ReceiptRow>(
    `SELECT r.receipt_id AS "receiptId", r.feed, r.kind, r.mode, r.rows, r.counts, r.received_at AS "receivedAt",
       CASE b.state WHEN 'admitted' THEN 'admitted' WHEN 'refused' THEN 'refused' ELSE 'held' END AS state
     FROM receipt r JOIN batch b USING (batch_id) WHERE r.receipt_id = $1 AND r.department = $2`,
    [receiptId, department],
  )
  return rows[0] ? { ...rows[0], counts: { ...noCounts(), ...rows[0].counts } } : null
}

interface PageRow {
  readonly first_row: number
  readonly outcomes: string
  readonly keys: string
  readonly faults: readonly ({ readonly row: number } & RowFault)[]
}

const answersOf = (page: PageRow): RowAnswer[] => {
  const faults = new Map(page.faults.map(({ row, ...fault }) => [row, fault]))
  return Array.from({ length: page.outcomes.length }, (_, i) => {
    const key = page.keys.slice(i * 32, i * 32 + 32)
    const row = page.first_row + i
    return {
      row,
      outcome: byLetter.get(page.outcomes[i]!)!,
      keyHash: key === noKey ? null : key,
      fault: faults.get(row) ?? null,
    }
  })
}

/** Rows of a receipt after row `after`, at most `limit`. */
export const receiptRows = async (
  db: Pick<Database, 'pipeline'>,
  receiptId: string,
  after: number,
  limit: number,
): Promise<RowAnswer[]> => {
  const answers: RowAnswer[] = []
  const { rows } = await db.pipeline.query<PageRow>(
    `SELECT first_row, outcomes, encode(keys, 'hex') AS keys, faults FROM (
       SELECT 1 AS first_row, outcomes, keys, faults FROM receipt WHERE receipt_id = $1 AND outcomes IS NOT NULL
       UNION ALL SELECT first_row, outcomes, keys, faults FROM receipt_page WHERE receipt_id = $1) AS page
     WHERE first_row + length(outcomes) > $2 + 1 AND first_row <= $2 + $3 ORDER BY first_row`,
    [receiptId, after, limit],
  )
  for (const page of rows)
    for (const answer of answersOf(page)) if (answer.row > after && answers.length < limit) answers.push(answer)
  return answers
}

/** Pages of deliveries that were refused before there was a receipt: of a hub that died while a body came in. */
export const dropOrphanPages = (db: Pick<Database, 'pipeline'>) =>
  db.pipeline.query(
    `DELETE FROM receipt_page p USING batch b WHERE b.batch_id = p.batch_id AND b.state = 'refused'
       AND NOT EXISTS (SELECT FROM receipt r WHERE r.receipt_id = p.receipt_id)`,
  )
