import { z } from 'zod'
import { statement } from './statement.ts'

const Row = z.object({ name: z.string(), label: z.string(), value: z.number() })

/** Counts for the monitor: no names, no money, one statement over small tables. Runs are counted from the instant given. */
export const gauges = statement<typeof Row, [Date]>(
  'gauges',
  `SELECT 'live_records' AS name, feed AS label, live::float8 AS value FROM feed_state
   UNION ALL SELECT 'last_complete_timestamp_seconds', feed, extract(epoch FROM last_complete_at)::float8 FROM feed_state WHERE last_complete_at IS NOT NULL
   UNION ALL SELECT 'held_batches', feed, count(*)::float8 FROM batch WHERE state IN ('held', 'queued') GROUP BY feed
   UNION ALL SELECT 'stage_tick', stage, tick::float8 FROM stage_cursor
   UNION ALL SELECT 'truth_tick', '', tick::float8 FROM truth_clock
   UNION ALL SELECT 'runs_recent', state, count(*)::float8 FROM run WHERE started_at > $1 GROUP BY state
   ORDER BY name, label`,
  Row,
)

const ReadyRow = z.object({ tick: z.bigint() })
/** Answers where the database does. */
export const probe = statement<typeof ReadyRow, []>('probe', 'SELECT tick FROM truth_clock', ReadyRow)
