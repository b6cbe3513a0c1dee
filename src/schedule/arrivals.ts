/**
 * What each feed owes and what came of it. A source-day is due, and becomes arrived (a delivery that is complete, reconciled and reaches it), zero
 * (its department said that there is nothing), late, or excused. A delivery or report that comes later settles a late one. Backfills settle none.
 *
 * Messages are told here, in the transaction that finds a feed late or recovered: one for each, however many of its days are late meanwhile and however
 * many hubs look.
 */
import type { PoolClient } from 'pg'
import type { Database } from '../db/database.ts'
import { transaction } from '../db/transaction.ts'
import { now, today } from '../kernel/clock.ts'
import { type Incident, tellLate, tellRecovered } from './messages.ts'
import type { WorkingCalendar } from './when/calendar.ts'
import { type DueRule, isZeroSaid, type SourceDay, sourceDays, type ZeroSaid } from './when/due.ts'

export interface OwingFeed {
  readonly feed: string
  readonly title: string
  readonly rule: DueRule
}

interface OpenRow {
  readonly feed: string
  readonly day: string
  readonly every: DueRule['every']
  readonly due_at: Date
  readonly period_from: string
  readonly period_to: string
  readonly open_from: Date
  readonly state: 'due' | 'late'
}

export interface Settled {
  readonly late: readonly Incident[]
  readonly recovered: readonly Incident[]
}

interface LastDay {
  readonly feed: string
  /** Newest day up to today; null where the feed has none. */
  readonly past: string | null
  readonly open: string | null
}

const lastDays = async (client: PoolClient, feeds: readonly string[], on: string): Promise<Map<string, LastDay>> => {
  const { rows } = await client.query<LastDay>(
    `SELECT w.feed, (SELECT max(day) FROM source_day d WHERE d.feed = w.feed AND d.day <= $2) AS past,
       (SELECT min(day) FROM source_day d WHERE d.feed = w.feed AND d.state IN ('due', 'late')) AS open FROM unnest($1::text[]) AS w (feed)`,
    [feeds, on],
  )
  return new Map(rows.map((row) => [row.feed, row]))
}

/** The source-days of a feed that should be there, from its oldest open one on; of a feed that is new those whose time has not passed. */
const expectedOf = (owing: OwingFeed, calendar: WorkingCalendar, last: LastDay, at: Date): SourceDay[] => {
  const on = today(at)
  const since = [last.past, last.open, on].filter((day) => day !== null).sort()[0]!
  const days = sourceDays(owing.rule, calendar, dayBefore(since), on)
  return days.filter(
    (d) => (last.past === null ? d.dueAt > at : d.day > last.past) || (last.open !== null && d.day >= last.open),
  )
}

const dayBefore = (day: string): string => {
  const [year, month, dayOfMonth] = day.split('-').map(Number) as [number, number, number]
  return new Date(Date.UTC(year, month - 1, dayOfMonth - 1)).toISOString().slice(0, 10)
}

interface Expected {
  readonly feed: string
  readonly d: SourceDay
}

/** New ones come in, open ones follow a changed rule or calendar. */
const storeExpected = (client: PoolClient, expected: readonly Expected[]) =>
  client.query(
    `INSERT INTO source_day (feed, day, every, due_at, period_from, period_to, open_from, extract, needs_news, state, updated_at)
     SELECT f, d, e, u, a, b, o, x, n, 'due', $10 FROM unnest($1::text[], $2::date[], $3::text[], $4::timestamptz[], $5::date[], $6::date[], $7::timestamptz[], $8::text[], $9::bool[])
       AS t (f, d, e, u, a, b, o, x, n)
     ON CONFLICT (feed, day) DO UPDATE SET every = EXCLUDED.every, due_at = EXCLUDED.due_at, period_from = EXCLUDED.period_from, period_to = EXCLUDED.period_to,
       open_from = EXCLUDED.open_from, extract = EXCLUDED.extract, needs_news = EXCLUDED.needs_news, updated_at = EXCLUDED.updated_at
     WHERE source_day.state = 'due' AND (source_day.every, source_day.due_at, source_day.extract) IS DISTINCT FROM (EXCLUDED.every, EXCLUDED.due_at, EXCLUDED.extract)`,
    [
      expected.map((e) => e.feed),
      expected.map((e) => e.d.day),
      expected.map((e) => e.d.every),
      expected.map((e) => e.d.dueAt),
      expected.map((e) => e.d.periodFrom),
      expected.map((e) => e.d.periodTo),
      expected.map((e) => e.d.from),
      expected.map((e) => e.d.extract),
      expected.map((e) => e.d.needsNews),
      now(),
    ],
  )

/** Open days that nothing owes any more: those to come are forgotten, those that have begun are excused. */
const dropUnowed = async (client: PoolClient, expected: readonly Expected[], on: string): Promise<void> => {
  const kept = [expected.map((e) => e.feed), expected.map((e) => e.d.day)]
  const isUnowed = `state IN ('due', 'late') AND NOT EXISTS (SELECT FROM unnest($1::text[], $2::date[]) AS t (f, d) WHERE t.f = source_day.feed AND t.d = source_day.day)`
  await client.query(`DELETE FROM source_day WHERE ${isUnowed} AND state = 'due' AND day > $3`, [...kept, on])
  await client.query(
    `UPDATE source_day SET state = 'excused', settled_at = $3, reason = 'calendar', updated_at = $3 WHERE ${isUnowed}`,
    [...kept, now()],
  )
}

/**
 * Deliveries that settle open days. One that says which extract it reaches (`through` of its watermark) is held to that; any other to when it was
 * begun. One that a person released counts as whole. An empty answer settles a day on which the source owes an answer, and none on which it owes news. A row sent by hand or pushed is news.
 */
const settleByDelivery = (client: PoolClient) =>
  client.query(
    `UPDATE source_day s SET state = 'arrived', settled_at = c.at, run_id = c.run_id, rows = c.fetched, updated_at = $1
     FROM source_day d CROSS JOIN LATERAL (
       SELECT r.run_id, b.fetched, coalesce(r.finished_at, b.landed_at) AS at FROM batch b JOIN run r ON r.run_id = b.run_id
       WHERE b.feed = d.feed AND b.state = 'admitted' AND b.channel <> 'backfill' AND b.landed_at >= d.open_from
         AND (r.state = 'green' OR b.was_held) AND r.kind IN ('import', 'load', 'push')
         AND CASE WHEN b.watermark ? 'through' THEN b.watermark ->> 'through' >= d.extract
             ELSE b.opened_at >= d.open_from AND (b.fetched > 0 OR r.kind = 'import') AND (NOT d.needs_news OR b.new + b.changed + b.withdrawn + b.revived > 0) END
       ORDER BY b.landed_at, b.batch_id LIMIT 1) c
     WHERE d.state IN ('due', 'late') AND s.feed = d.feed AND s.day = d.day AND s.state = d.state`,
    [now()],
  )

const openRows = async (client: PoolClient): Promise<OpenRow[]> =>
  (
    await client.query<OpenRow>(
      `SELECT feed, day, every, due_at, period_from, period_to, open_from, state FROM source_day WHERE state IN ('due', 'late') ORDER BY feed, day`,
    )
  ).rows

interface ZeroRow extends ZeroSaid {
  readonly feed: string
  readonly reason: string | null
}

const zeroReportsFor = async (client: PoolClient, open: readonly OpenRow[]): Promise<ZeroRow[]> => {
  const earliest = open.map((row) => row.period_from.slice(0, 7)).sort()[0]
  if (earliest === undefined) return []
  const { rows } = await client.query<ZeroRow>(
    `SELECT feed, period, reason, at FROM zero_report WHERE feed = ANY ($1::text[]) AND period >= $2`,
    [[...new Set(open.map((row) => row.feed))], earliest],
  )
  return rows
}

const sourceDayOf = (row: OpenRow) => ({
  day: row.day,
  every: row.every,
  periodFrom: row.period_from,
  periodTo: row.period_to,
  from: row.open_from,
})

const settleByZero = async (client: PoolClient, open: readonly OpenRow[]): Promise<void> => {
  const said = await zeroReportsFor(client, open)
  const settled = open.flatMap((row) => {
    const own = said.filter(({ feed }) => feed === row.feed)
    if (own.length === 0 || !isZeroSaid(sourceDayOf(row), own)) return []
    const last = own.filter((z) => isZeroSaid(sourceDayOf(row), [z])).sort((a, b) => a.at.getTime() - b.at.getTime())[0]
    return [
      {
        row,
        at: last?.at ?? own.map((z) => z.at).sort((a, b) => b.getTime() - a.getTime())[0]!,
        reason: last?.reason ?? null,
      },
    ]
  })
  if (settled.length === 0) return
  await client.query(
    `UPDATE source_day s SET state = 'zero', settled_at = t.a, reason = t.r, rows = 0, updated_at = $5
     FROM unnest($1::text[], $2::date[], $3::timestamptz[], $4::text[]) AS t (f, d, a, r) WHERE s.feed = t.f AND s.day = t.d AND s.state IN ('due', 'late')`,
    [
      settled.map(({ row }) => row.feed),
      settled.map(({ row }) => row.day),
      settled.map(({ at }) => at),
      settled.map(({ reason }) => reason),
      now(),
    ],
  )
}

/** An import that is under way may yet settle the day: it is given this long before the day counts as late. */
const underWayMs = 30 * 60_000

const markLate = (client: PoolClient, at: Date) =>
  client.query(
    `UPDATE source_day d SET state = 'late', late_at = $1, updated_at = $1 WHERE state = 'due' AND due_at < $1
       AND NOT EXISTS (SELECT FROM slot s WHERE s.source = d.feed AND s.state IN ('sent', 'running') AND s.decided_at BETWEEN $2 AND $1)`,
    [at, new Date(at.getTime() - underWayMs)],
  )

/**
 * Brings the source-days of these feeds up to an instant and tells what is late and what has recovered. Resolves null where another hub is at it.
 */
export const settleDays = (
  db: Database,
  owing: readonly OwingFeed[],
  calendar: WorkingCalendar,
  at: Date,
  willSend: boolean,
): Promise<Settled | null> =>
  transaction(db.pipeline, async (client) => {
    const { rows } = await client.query<{ got: boolean }>(
      `SELECT pg_try_advisory_xact_lock(hashtextextended('jingwei arrivals', 0)) AS got`,
    )
    if (!rows[0]?.got) return null
    const on = today(at)
    const last = await lastDays(
      client,
      owing.map(({ feed }) => feed),
      on,
    )
    const expected = owing.flatMap((o) =>
      expectedOf(o, calendar, last.get(o.feed)!, at).map((d) => ({ feed: o.feed, d })),
    )
    await storeExpected(client, expected)
    await dropUnowed(client, expected, on)
    await settleByDelivery(client)
    await settleByZero(client, await openRows(client))
    await markLate(client, at)
    const titles = new Map(owing.map(({ feed, title }) => [feed, title]))
    return {
      late: await tellLate(client, titles, willSend),
      recovered: await tellRecovered(client, titles, willSend),
    }
  })
