import { z } from 'zod'
import type { ScheduleItem, SourceItem } from '#schemas/api/import.ts'
import type { Queryable } from '../db/transaction.ts'
import { RunRow, runColumns, showRun } from './imports.ts'
import { statement } from './statement.ts'

/** What the hub's code declares of a feed. */
export interface DeclaredFeed {
  readonly id: string
  readonly title: string
  readonly department: string
  readonly mode: 'full' | 'increment'
  readonly cron: string
  readonly pulled: boolean
}

const StateRow = z.object({ feed: z.string(), live: z.bigint(), last_complete_at: z.date().nullable() })
const states = statement<typeof StateRow, []>(
  'feed_states',
  'SELECT feed, live, last_complete_at FROM feed_state',
  StateRow,
)

const CountRow = z.object({ feed: z.string(), rows: z.number() })
const held = statement<typeof CountRow, []>(
  'held_batches',
  `SELECT feed, count(*)::int AS rows FROM batch WHERE state IN ('held', 'queued') GROUP BY feed`,
  CountRow,
)
const quarantined = statement<typeof CountRow, []>(
  'open_quarantine',
  `SELECT feed, count(*)::int AS rows FROM quarantine WHERE state = 'open' GROUP BY feed`,
  CountRow,
)

const LastRunRow = RunRow.extend({ feed: z.string() })
const lastRuns = statement<typeof LastRunRow, [string[]]>(
  'last_runs',
  `SELECT w.feed, r.* FROM unnest($1::text[]) AS w (feed)
     CROSS JOIN LATERAL (SELECT ${runColumns} FROM run WHERE source = w.feed ORDER BY started_at DESC LIMIT 1) r`,
  LastRunRow,
)

const ZeroRow = z.object({ feed: z.string(), period: z.string(), reason: z.string().nullable(), at: z.date() })
const zeroReports = statement<typeof ZeroRow, [string[]]>(
  'last_zero_reports',
  `SELECT z.* FROM unnest($1::text[]) AS w (feed)
     CROSS JOIN LATERAL (SELECT feed, period, reason, at FROM zero_report WHERE feed = w.feed ORDER BY at DESC LIMIT 1) z`,
  ZeroRow,
)

/** Every declared feed with what it holds and how its last run went. */
export const listSources = async (client: Queryable, feeds: readonly DeclaredFeed[]): Promise<SourceItem[]> => {
  const [stateRows, heldRows, quarantineRows, runRows, zeroRows] = await Promise.all([
    states(client),
    held(client),
    quarantined(client),
    lastRuns(
      client,
      feeds.map((feed) => feed.id),
    ),
    zeroReports(
      client,
      feeds.map((feed) => feed.id),
    ),
  ])
  const state = new Map(stateRows.map((row) => [row.feed, row]))
  const heldBy = new Map(heldRows.map((row) => [row.feed, row.rows]))
  const quarantineBy = new Map(quarantineRows.map((row) => [row.feed, row.rows]))
  const lastRun = new Map(runRows.map((row) => [row.feed, row]))
  const lastZero = new Map(zeroRows.map((row) => [row.feed, row]))
  return feeds.map(({ id, ...feed }) => {
    const run = lastRun.get(id)
    const zero = lastZero.get(id)
    return {
      feed: id,
      ...feed,
      live: Number(state.get(id)?.live ?? 0n),
      lastCompleteAt: state.get(id)?.last_complete_at?.toISOString() ?? null,
      heldBatches: heldBy.get(id) ?? 0,
      openQuarantine: quarantineBy.get(id) ?? 0,
      lastRun: run ? showRun(run) : null,
      lastZeroReport: zero ? { period: zero.period, reason: zero.reason, receivedAt: zero.at.toISOString() } : null,
    }
  })
}

const ScheduleRow = z.object({
  source: z.string(),
  cron: z.string(),
  time_zone: z.string(),
  enabled: z.boolean(),
  catch_up: z.enum(['latest', 'all', 'none']),
  updated_at: z.date(),
  slot_at: z.date().nullable(),
  slot_state: z.string().nullable(),
})
const schedules = statement<typeof ScheduleRow, []>(
  'schedules',
  `SELECT s.source, s.cron, s.time_zone, s.enabled, s.catch_up, s.updated_at, l.slot_at, l.state AS slot_state FROM schedule s
     LEFT JOIN LATERAL (SELECT slot_at, state FROM slot WHERE slot.source = s.source ORDER BY slot_at DESC LIMIT 1) l ON true ORDER BY s.source`,
  ScheduleRow,
)

export const listSchedules = async (client: Queryable): Promise<ScheduleItem[]> =>
  (await schedules(client)).map((row) => ({
    source: row.source,
    cron: row.cron,
    timeZone: row.time_zone,
    enabled: row.enabled,
    catchUp: row.catch_up,
    updatedAt: row.updated_at.toISOString(),
    lastSlotAt: row.slot_at?.toISOString() ?? null,
    lastSlotState: row.slot_state,
  }))
