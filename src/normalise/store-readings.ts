/**
 * Stores what reading batches told of their quality, and adds it to the figures of their days. Once for each batch: in the transaction that reads it.
 * Several batches go in together, since most deliveries of a day are small.
 */
import type { PoolClient } from 'pg'
import { prepared } from '../db/prepared.ts'
import type { BatchReading } from './reading-counts.ts'

export interface StoredReading extends BatchReading {
  readonly batchId: bigint
  /** Whether any row came: only such batches say something of fields. */
  readonly hasRows: boolean
}

/** The day of a batch, as text: `day` in the statements below. */
export const receivedDay = (column: string): string => `(${column} AT TIME ZONE 'Asia/Shanghai')::date`

const sums =
  'batches, fetched, quarantined, declared, new, changed, read, sound, dated, late_days, within_week, within_month, within_quarter, later, ahead'
const added = (table: string, columns: string): string =>
  columns
    .split(', ')
    .map((column) => `${column} = ${table}.${column} + EXCLUDED.${column}`)
    .join(', ')

const insertReadings = prepared(
  'normalise.readings',
  `INSERT INTO batch_reading (batch_id, read, sound, dated, late_days, within_week, within_month, within_quarter, later, ahead)
   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])`,
)

const addToDays = prepared(
  'normalise.feed_day',
  `INSERT INTO feed_day (feed, day, ${sums})
   SELECT b.feed, ${receivedDay('b.opened_at')}, count(*), sum(b.fetched), sum(b.quarantined), sum(coalesce(b.declared_rows, 0)), sum(b.new), sum(b.changed),
     sum(r.read), sum(r.sound), sum(r.dated), sum(r.late_days), sum(r.within_week), sum(r.within_month), sum(r.within_quarter), sum(r.later), sum(r.ahead)
   FROM batch b JOIN batch_reading r ON r.batch_id = b.batch_id WHERE b.batch_id = ANY ($1::bigint[]) GROUP BY 1, 2 ORDER BY 1, 2
   ON CONFLICT (feed, day) DO UPDATE SET ${added('feed_day', sums)}`,
)

// A field that only some gathers of a batch had is blank in the rows of the others.
const addToFields = prepared(
  'normalise.field_day',
  `INSERT INTO field_day (feed, day, field, known, rows, filled, blank, missing, faulty)
   SELECT b.feed, ${receivedDay('b.opened_at')}, f.field, bool_or(f.known), sum(t.rows), sum(f.filled), sum(t.rows - f.filled), sum(f.missing + t.rows - f.seen), sum(coalesce(i.rows, 0))
   FROM batch b CROSS JOIN LATERAL (SELECT sum(rows) AS rows FROM batch_fill WHERE batch_id = b.batch_id) t
   CROSS JOIN LATERAL (
     SELECT u.field, bool_or(u.n <= g.known) AS known, sum(u.filled) AS filled, sum(u.missing) AS missing, sum(g.rows) AS seen
     FROM batch_fill g CROSS JOIN LATERAL unnest(g.fields, g.filled, g.missing) WITH ORDINALITY AS u (field, filled, missing, n) WHERE g.batch_id = b.batch_id GROUP BY u.field) f
   LEFT JOIN LATERAL (SELECT sum(rows) AS rows FROM batch_issue WHERE batch_id = b.batch_id AND pointer = '/' || replace(replace(f.field, '~', '~0'), '/', '~1')) i ON true
   WHERE b.batch_id = ANY ($1::bigint[]) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
   ON CONFLICT (feed, field, day) DO UPDATE SET known = field_day.known OR EXCLUDED.known, ${added('field_day', 'rows, filled, blank, missing, faulty')}`,
)

const storeIssues = async (client: PoolClient, readings: readonly StoredReading[]): Promise<void> => {
  const issues = readings.flatMap(({ batchId, issues }) => issues.map((issue) => ({ batchId, ...issue })))
  await client.query(
    'INSERT INTO batch_issue (batch_id, pointer, code, rows) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[])',
    [issues.map((i) => i.batchId), issues.map((i) => i.pointer), issues.map((i) => i.code), issues.map((i) => i.rows)],
  )
}

const addIssuesToDays = (client: PoolClient, batchIds: readonly bigint[]) =>
  client.query(
    `INSERT INTO issue_day (feed, day, pointer, code, rows)
     SELECT b.feed, ${receivedDay('b.opened_at')}, i.pointer, i.code, sum(i.rows) FROM batch b JOIN batch_issue i ON i.batch_id = b.batch_id
     WHERE b.batch_id = ANY ($1::bigint[]) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
     ON CONFLICT (feed, day, pointer, code) DO UPDATE SET ${added('issue_day', 'rows')}`,
    [batchIds],
  )

/** Stores these readings inside the caller's transaction. */
export const storeReadings = async (client: PoolClient, readings: readonly StoredReading[]): Promise<void> => {
  const column = (of: (reading: StoredReading) => bigint | number) => readings.map(of)
  await client.query(
    insertReadings(
      column((r) => r.batchId),
      column((r) => r.read),
      column((r) => r.sound),
      column((r) => r.late.dated),
      column((r) => r.late.days),
      column((r) => r.late.week),
      column((r) => r.late.month),
      column((r) => r.late.quarter),
      column((r) => r.late.later),
      column((r) => r.late.ahead),
    ),
  )
  const withIssues = readings.filter((r) => r.issues.length > 0)
  if (withIssues.length > 0) await storeIssues(client, withIssues)
  await client.query(addToDays(readings.map((r) => r.batchId)))
  const withRows = readings.filter((r) => r.hasRows)
  if (withRows.length > 0) await client.query(addToFields(withRows.map((r) => r.batchId)))
  if (withIssues.length > 0)
    await addIssuesToDays(
      client,
      withIssues.map((r) => r.batchId),
    )
}
