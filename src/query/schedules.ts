/** Schedules with their next runs, told by the function that fires them. */
import { z } from 'zod'
import type { ScheduleItem } from '#schemas/api/schedule.ts'
import type { Queryable } from '../db/transaction.ts'
import { now } from '../kernel/clock.ts'
import { nextSlots } from '../schedule/when/slots-between.ts'
import { statement } from './statement.ts'

const ScheduleRow = z.object({
  source: z.string(),
  cron: z.string(),
  time_zone: z.string(),
  enabled: z.boolean(),
  catch_up: z.enum(['latest', 'all', 'none']),
  catch_up_max: z.number(),
  looked_to: z.date().nullable(),
  updated_at: z.date(),
  slot_at: z.date().nullable(),
  slot_state: z.string().nullable(),
  missed: z.number(),
  missed_at: z.date().nullable(),
})
const schedules = statement<typeof ScheduleRow, [Date]>(
  'schedules',
  `SELECT s.source, s.cron, s.time_zone, s.enabled, s.catch_up, s.catch_up_max, s.looked_to, s.updated_at, l.slot_at, l.state AS slot_state, m.missed, m.missed_at
   FROM schedule s
     LEFT JOIN LATERAL (SELECT slot_at, state FROM slot WHERE slot.source = s.source ORDER BY slot_at DESC LIMIT 1) l ON true
     CROSS JOIN LATERAL (SELECT count(*)::int AS missed, max(slot_at) AS missed_at FROM slot WHERE slot.source = s.source AND slot.state = 'missed' AND slot.slot_at >= $1) m
   ORDER BY s.source`,
  ScheduleRow,
)

/** Missed slots of so many days are counted. */
const missedDays = 30

/** The next runs of a stored schedule; none where it is switched off. */
export const nextRunsOf = (
  row: Pick<z.output<typeof ScheduleRow>, 'cron' | 'time_zone' | 'enabled'>,
  count: number,
): string[] => (row.enabled ? nextSlots(row.cron, row.time_zone, now(), count).map((slot) => slot.toISOString()) : [])

/** Every stored schedule with its next runs, the last one and those that were missed. */
export const listSchedules = async (client: Queryable, next = 5): Promise<ScheduleItem[]> =>
  (await schedules(client, new Date(now().getTime() - missedDays * 86_400_000))).map((row) => ({
    source: row.source,
    cron: row.cron,
    timeZone: row.time_zone,
    enabled: row.enabled,
    catchUp: row.catch_up,
    catchUpMax: row.catch_up_max,
    updatedAt: row.updated_at.toISOString(),
    lastSlotAt: row.slot_at?.toISOString() ?? null,
    lastSlotState: row.slot_state,
    nextRuns: nextRunsOf(row, next),
    decidedTo: row.looked_to?.toISOString() ?? null,
    missed: { days: missedDays, slots: row.missed, lastAt: row.missed_at?.toISOString() ?? null },
  }))
