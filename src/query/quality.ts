/** How complete, sound and timely what departments deliver is. Read from sums by day: nothing here goes near a raw version. */
import { z } from 'zod'
import type {
  FallenField,
  QualityAnswer,
  QualityDay,
  QualityField,
  QualityIssue,
  QualityQuery,
} from '#schemas/api/quality.ts'
import type { Queryable } from '../db/transaction.ts'
import { addDays, today } from '../kernel/clock.ts'
import { habitDeliveries, hasFallen } from './fill-habit.ts'
import { statement } from './statement.ts'

type Values = [string | null, string, string]
const inRange = '($1::text IS NULL OR feed = $1) AND day BETWEEN $2::date AND $3::date'
const figure = z.bigint().transform(Number)
/** A sum of bigint comes as numeric. */
const total = z.union([z.string(), z.bigint(), z.number()]).transform(Number)

const DayRow = z.object({
  feed: z.string(),
  day: z.string(),
  batches: figure,
  fetched: figure,
  quarantined: figure,
  declared: figure,
  read: figure,
  sound: figure,
  dated: figure,
  late_days: figure,
  within_week: figure,
  within_month: figure,
  within_quarter: figure,
  later: figure,
  ahead: figure,
  cells: total,
  filled: total,
  unknown_fields: figure,
  missing_fields: figure,
})
const days = statement<typeof DayRow, Values>(
  'quality_days',
  `SELECT d.feed, d.day::text AS day, d.batches, d.fetched, d.quarantined, d.declared, d.read, d.sound, d.dated, d.late_days, d.within_week, d.within_month, d.within_quarter, d.later, d.ahead,
     coalesce(f.cells, 0)::bigint AS cells, coalesce(f.filled, 0)::bigint AS filled, coalesce(f.unknown_fields, 0) AS unknown_fields, coalesce(f.missing_fields, 0) AS missing_fields
   FROM feed_day d LEFT JOIN (
     SELECT feed, day, sum(rows) FILTER (WHERE known) AS cells, sum(filled) FILTER (WHERE known) AS filled,
       count(*) FILTER (WHERE NOT known) AS unknown_fields, count(*) FILTER (WHERE known AND missing > 0) AS missing_fields
     FROM field_day WHERE ${inRange} GROUP BY feed, day) f ON f.feed = d.feed AND f.day = d.day
   WHERE ($1::text IS NULL OR d.feed = $1) AND d.day BETWEEN $2::date AND $3::date ORDER BY d.feed, d.day`,
  DayRow,
)

const FieldRow = z.object({
  feed: z.string(),
  field: z.string(),
  known: z.boolean(),
  rows: total,
  filled: total,
  blank: total,
  missing: total,
  faulty: total,
  read: total,
})
const fieldsMax = 1_000
const fields = statement<typeof FieldRow, Values>(
  'quality_fields',
  `SELECT x.feed, field, known, rows, filled, blank, missing, faulty, coalesce(r.read, 0)::bigint AS read FROM (
     SELECT feed, field, bool_or(known) AS known, sum(rows)::bigint AS rows, sum(filled)::bigint AS filled, sum(blank)::bigint AS blank, sum(missing)::bigint AS missing, sum(faulty)::bigint AS faulty
     FROM field_day WHERE ${inRange} GROUP BY feed, field) x
   LEFT JOIN (SELECT feed, sum(read) AS read FROM feed_day WHERE ${inRange} GROUP BY feed) r ON r.feed = x.feed
   ORDER BY faulty::float8 / greatest(r.read, 1) DESC, NOT known DESC, missing::float8 / greatest(rows, 1) DESC, filled::float8 / greatest(rows, 1), x.feed, field LIMIT ${fieldsMax}`,
  FieldRow,
)

const IssueRow = z.object({ feed: z.string(), pointer: z.string(), code: z.string(), rows: total })
const issues = statement<typeof IssueRow, Values>(
  'quality_issues',
  `SELECT feed, pointer, code, sum(rows)::bigint AS rows FROM issue_day WHERE ${inRange} GROUP BY feed, pointer, code ORDER BY sum(rows) DESC, feed, pointer, code LIMIT 200`,
  IssueRow,
)

const HabitRow = z.object({
  feed: z.string(),
  day: z.string(),
  field: z.string(),
  rows: figure,
  filled: figure,
  blank: figure,
  missing: figure,
  deliveries: figure,
  habit_rows: total,
  habit_filled: total,
  spread: z.number(),
})
// Of all feeds only the last day of each: the habit of a field is some thirty index entries, of every day of every feed it would be a million.
const belowHabit = statement<typeof HabitRow, [...Values]>(
  'quality_below_habit',
  `SELECT d.feed, d.day::text AS day, d.field, d.rows, d.filled, d.blank, d.missing, h.deliveries, h.rows AS habit_rows, h.filled AS habit_filled, h.spread
   FROM field_day d CROSS JOIN LATERAL (
     SELECT count(*) AS deliveries, coalesce(sum(p.rows), 0)::bigint AS rows, coalesce(sum(p.filled), 0)::bigint AS filled, coalesce(stddev_samp(p.filled::float8 / p.rows), 0) AS spread
     FROM (SELECT rows, filled FROM field_day e WHERE e.feed = d.feed AND e.field = d.field AND e.day < d.day AND e.rows > 0 ORDER BY e.day DESC LIMIT ${habitDeliveries.most}) p) h
   WHERE ($1::text IS NULL OR d.feed = $1) AND d.day BETWEEN $2::date AND $3::date AND d.known AND d.rows > 0
     AND ($1::text IS NOT NULL OR d.day = (SELECT max(l.day) FROM feed_day l WHERE l.feed = d.feed AND l.day <= $3::date AND l.fetched > 0))
     AND h.deliveries >= ${habitDeliveries.least} AND d.filled * h.rows < h.filled * d.rows`,
  HabitRow,
)

const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

const showDay = (row: z.output<typeof DayRow>): QualityDay => {
  const taken = row.fetched - row.quarantined
  return {
    feed: row.feed,
    day: row.day,
    batches: row.batches,
    rows: row.fetched,
    quarantined: row.quarantined,
    declared: row.declared,
    // Some deliveries of a day may declare and others not.
    completeness: shareOf(taken, Math.max(row.declared, row.fetched)),
    fill: shareOf(row.filled, row.cells),
    read: row.read,
    sound: row.sound,
    validity: shareOf(row.sound, row.read),
    dated: row.dated,
    lateDays: shareOf(row.late_days, row.dated),
    withinWeek: row.within_week,
    withinMonth: row.within_month,
    withinQuarter: row.within_quarter,
    later: row.later,
    ahead: row.ahead,
    unknownFields: row.unknown_fields,
    missingFields: row.missing_fields,
  }
}

// All rows are counted, but only versions that are new are read: what is wrong is a share of those.
const showField = ({ read, ...row }: z.output<typeof FieldRow>): QualityField => ({
  ...row,
  fill: shareOf(row.filled, row.rows),
  validity: shareOf(Math.max(0, read - row.faulty), read),
})

const fallOf = (f: FallenField): number => f.habit - (f.fill ?? 0)

const showFallen = (rows: readonly z.output<typeof HabitRow>[]): FallenField[] =>
  rows
    .filter((r) =>
      hasFallen(r, { rows: r.habit_rows, filled: r.habit_filled, deliveries: r.deliveries, spread: r.spread }),
    )
    .map(({ feed, day, field, rows: n, filled, blank, missing, deliveries, habit_rows, habit_filled }) => ({
      feed,
      day,
      field,
      rows: n,
      filled,
      blank,
      missing,
      fill: shareOf(filled, n),
      habit: habit_filled / habit_rows,
      deliveries,
    }))
    .sort((a, b) => fallOf(b) - fallOf(a) || (a.feed < b.feed ? -1 : a.feed > b.feed ? 1 : a.field < b.field ? -1 : 1))

const daysShown = 30

/** Days that a question means: up to today, thirty of them unless it says otherwise. */
export const qualityRange = (query: QualityQuery): { readonly from: string; readonly to: string } => {
  const to = query.to ?? today()
  return { from: query.from ?? addDays(to, 1 - daysShown), to }
}

/** Quality by feed and day, by field, and by code of issue over the days asked for. */
export const qualityOf = async (client: Queryable, query: QualityQuery): Promise<QualityAnswer> => {
  const { from, to } = qualityRange(query)
  const values: Values = [query.feed ?? null, from, to]
  const [dayRows, fieldRows, issueRows, habitRows] = await Promise.all([
    days(client, ...values),
    fields(client, ...values),
    issues(client, ...values),
    belowHabit(client, ...values),
  ])
  const issueItems: QualityIssue[] = issueRows
  return {
    from,
    to,
    fallen: showFallen(habitRows),
    days: dayRows.map(showDay),
    fields: fieldRows.map(showField),
    issues: issueItems,
  }
}
