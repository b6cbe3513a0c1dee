import { z } from 'zod'
import type { SourceItem } from '#schemas/api/import.ts'
import type { Queryable } from '../db/transaction.ts'
import { today } from '../kernel/clock.ts'
import { currentArrivals, newestMessages } from './arrivals.ts'
import { RunRow, runColumns, showRun } from './imports.ts'
import { listSchedules } from './schedules.ts'
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

/** Every declared feed with what it holds, how its last run went, what it owes today and when it is pulled next. */
export const listSources = async (client: Queryable, feeds: readonly DeclaredFeed[]): Promise<SourceItem[]> => {
  const ids = feeds.map((feed) => feed.id)
  const [stateRows, heldRows, quarantineRows, runRows, zeroRows, arrivals, messages, schedules] = await Promise.all([
    states(client),
    held(client),
    quarantined(client),
    lastRuns(client, ids),
    zeroReports(client, ids),
    currentArrivals(client, ids, today()),
    newestMessages(client, ids),
    listSchedules(client, 2),
  ])
  const state = new Map(stateRows.map((row) => [row.feed, row]))
  const heldBy = new Map(heldRows.map((row) => [row.feed, row.rows]))
  const quarantineBy = new Map(quarantineRows.map((row) => [row.feed, row.rows]))
  const lastRun = new Map(runRows.map((row) => [row.feed, row]))
  const nextRuns = new Map(schedules.map((schedule) => [schedule.source, schedule.nextRuns]))
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
      today: arrivals.get(id) ?? null,
      nextRuns: nextRuns.get(id) ?? [],
      lastMessage: messages.get(id) ?? null,
    }
  })
}
