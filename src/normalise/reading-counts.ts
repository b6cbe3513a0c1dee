/**
 * What reading a batch tells of its quality, counted while each version is read and stored with it: how much was sound, which field was wrong with
 * which code, how long after the day it speaks of a record came. Then the batch's figures are added to those of its day.
 */
import type { PoolClient } from 'pg'
import type { VersionReading } from './read-version.ts'

interface IssueCount {
  readonly pointer: string
  readonly code: string
  rows: number
}

export interface ReadingCounts {
  /** @param eventOn the day it speaks of, where it tells how timely the delivery is: a correction of an old record is not late, nor is history */
  see(reading: VersionReading, eventOn: string | null): void
  store(client: PoolClient, batchId: bigint): Promise<void>
}

const dayMs = 86_400_000
const dayNumber = (day: string): number => Math.floor(Date.parse(day) / dayMs)

/** Days within which a record still counts as of a week, a month, a quarter. */
const bounds = { week: 7, month: 31, quarter: 92 } as const

/** @param receivedOn the day on which the delivery was opened, `YYYY-MM-DD` in Asia/Shanghai */
export const readingCounts = (receivedOn: string): ReadingCounts => {
  const received = dayNumber(receivedOn)
  const issues = new Map<string, IssueCount>()
  const late = { dated: 0, days: 0, week: 0, month: 0, quarter: 0, later: 0, ahead: 0 }
  let read = 0
  let sound = 0

  const note = (pointer: string, code: string): void => {
    const id = `${pointer} ${code}`
    const known = issues.get(id)
    if (known) known.rows++
    else issues.set(id, { pointer, code, rows: 1 })
  }

  const date = (eventOn: string): void => {
    const days = received - dayNumber(eventOn)
    late.dated++
    late.days += days
    if (days < 0) late.ahead++
    else if (days <= bounds.week) late.week++
    else if (days <= bounds.month) late.month++
    else if (days <= bounds.quarter) late.quarter++
    else late.later++
  }

  return {
    see: (reading, eventOn) => {
      read++
      if (reading.issues.length === 0) sound++
      else if (reading.issues.length === 1) note(reading.issues[0]!.pointer, reading.issues[0]!.code)
      // A field that is read twice by one map is wrong once.
      else for (const id of new Set(reading.issues.map((i) => `${i.pointer}\u0000${i.code}`))) note(...pair(id))
      if (eventOn !== null) date(eventOn)
    },
    store: async (client, batchId) => {
      await client.query(
        `INSERT INTO batch_reading (batch_id, read, sound, dated, late_days, within_week, within_month, within_quarter, later, ahead) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [batchId, read, sound, late.dated, late.days, late.week, late.month, late.quarter, late.later, late.ahead],
      )
      if (issues.size > 0) {
        await client.query(
          'INSERT INTO batch_issue (batch_id, pointer, code, rows) SELECT $1, p, c, n FROM unnest($2::text[], $3::text[], $4::bigint[]) AS t (p, c, n)',
          [
            batchId,
            [...issues.values()].map((i) => i.pointer),
            [...issues.values()].map((i) => i.code),
            [...issues.values()].map((i) => i.rows),
          ],
        )
      }
      await addToDay(client, batchId)
      if (issues.size > 0) await addIssuesToDay(client, batchId)
    },
  }
}

const pair = (id: string): [string, string] => {
  const [pointer = '', code = ''] = id.split('\u0000')
  return [pointer, code]
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

/** Adds a batch's figures to its feed's day. Once for each batch: in the transaction that reads it. */
const addToDay = async (client: PoolClient, batchId: bigint): Promise<void> => {
  await client.query(
    `INSERT INTO feed_day (feed, day, ${sums})
     SELECT b.feed, ${receivedDay('b.opened_at')}, 1, b.fetched, b.quarantined, coalesce(b.declared_rows, 0), b.new, b.changed,
       r.read, r.sound, r.dated, r.late_days, r.within_week, r.within_month, r.within_quarter, r.later, r.ahead
     FROM batch b JOIN batch_reading r ON r.batch_id = b.batch_id WHERE b.batch_id = $1
     ON CONFLICT (feed, day) DO UPDATE SET ${added('feed_day', sums)}`,
    [batchId],
  )
  // A field that only some gathers of the batch had is blank in the rows of the others.
  await client.query(
    `INSERT INTO field_day (feed, day, field, known, rows, filled, blank, missing, faulty)
     SELECT b.feed, ${receivedDay('b.opened_at')}, f.field, f.known, t.rows, f.filled, t.rows - f.filled, f.missing + t.rows - f.seen, coalesce(i.rows, 0)
     FROM batch b CROSS JOIN (SELECT sum(rows) AS rows FROM batch_fill WHERE batch_id = $1) t
     CROSS JOIN (
       SELECT u.field, bool_or(u.n <= g.known) AS known, sum(u.filled) AS filled, sum(u.missing) AS missing, sum(g.rows) AS seen
       FROM batch_fill g CROSS JOIN LATERAL unnest(g.fields, g.filled, g.missing) WITH ORDINALITY AS u (field, filled, missing, n) WHERE g.batch_id = $1 GROUP BY u.field) f
     LEFT JOIN (SELECT pointer, sum(rows) AS rows FROM batch_issue WHERE batch_id = $1 GROUP BY pointer) i ON i.pointer = '/' || replace(replace(f.field, '~', '~0'), '/', '~1')
     WHERE b.batch_id = $1
     ON CONFLICT (feed, field, day) DO UPDATE SET known = field_day.known OR EXCLUDED.known, ${added('field_day', 'rows, filled, blank, missing, faulty')}`,
    [batchId],
  )
}

const addIssuesToDay = async (client: PoolClient, batchId: bigint): Promise<void> => {
  await client.query(
    `INSERT INTO issue_day (feed, day, pointer, code, rows) SELECT b.feed, ${receivedDay('b.opened_at')}, i.pointer, i.code, i.rows FROM batch b JOIN batch_issue i ON i.batch_id = b.batch_id WHERE b.batch_id = $1
     ON CONFLICT (feed, day, pointer, code) DO UPDATE SET ${added('issue_day', 'rows')}`,
    [batchId],
  )
}
