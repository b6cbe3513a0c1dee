/** A project's timeline: every fact that speaks of it as an event, in one lane for each department. */
import { z } from 'zod'
import type { TimelineEvent, TimelineLane } from '#schemas/api/project.ts'
import type { Actor } from '../access/actor.ts'
import type { Queryable } from '../db/transaction.ts'
import { recordId } from '../kernel/opaque-id.ts'
import { eventKind, Words } from './event-kinds.ts'
import { statement } from './statement.ts'

export const eventsMax = 2_000

const FactRow = z.object({
  key_hash: z.instanceof(Buffer),
  feed: z.string(),
  kind: z.string(),
  event_on: z.string().nullable(),
  amount_fen: z.bigint().nullable(),
  class: z.string().nullable(),
  body: z.string(),
})
type FactRow = z.output<typeof FactRow>

// A fact speaks of a project as its member, through a record that is its member, or through its subject's tie.
const factsOfProject = statement<typeof FactRow, [bigint, number]>(
  'project_facts',
  `WITH about AS (
     SELECT s.subject_hash FROM member_by_project m JOIN subject s ON s.ref_key_hash = m.key_hash WHERE m.project_id = $1
     UNION SELECT subject_hash FROM tie WHERE project_id = $1),
   found AS (
     SELECT f.key_hash FROM member_by_project m JOIN fact f ON f.key_hash = m.key_hash WHERE m.project_id = $1
     UNION SELECT f.key_hash FROM about JOIN fact f ON f.subject_hash = about.subject_hash)
   SELECT f.key_hash, f.feed, f.kind, f.event_on, f.amount_fen, f.class, f.body FROM found JOIN fact f ON f.key_hash = found.key_hash
   ORDER BY f.event_on DESC NULLS LAST, f.key_hash LIMIT $2`,
  FactRow,
)

const DateField = z.object({ value: z.string(), precision: z.enum(['day', 'month', 'year']) })

const precisionOf = (words: Words, dates: readonly string[], on: string | null): TimelineEvent['precision'] => {
  if (on === null) return null
  for (const field of dates) {
    const date = DateField.safeParse(words[field])
    if (date.success && on.startsWith(date.data.value)) return date.data.precision
  }
  return 'day'
}

const eventOf = (actor: Actor, row: FactRow): TimelineEvent => {
  const words = Words.parse(JSON.parse(row.body))
  const { weight, title, dates } = eventKind(row.kind)
  return {
    record: recordId.of(row.key_hash),
    feed: row.feed,
    department: row.feed.split('.')[0] ?? row.feed,
    kind: row.kind,
    on: row.event_on,
    precision: precisionOf(words, dates, row.event_on),
    title: title(words, actor).trim() || row.kind,
    amountFen: row.amount_fen,
    weight: row.class === 'void' ? 0.1 : weight,
    voided: row.class === 'void',
  }
}

/** The lanes in the order in which a project passes through them; departments not named here follow by name. */
export const laneOrder = [
  'development',
  'resources',
  'housing',
  'tendering',
  'water',
  'transport',
  'power',
  'commerce',
  'security',
  'finance',
  'town',
  'tax',
]

const rank = (department: string): string => {
  const at = laneOrder.indexOf(department)
  return at < 0 ? `z${department}` : String(at).padStart(2, '0')
}

export interface Timeline {
  readonly lanes: TimelineLane[]
  readonly events: number
  readonly truncated: boolean
}

/** All events of a project by department, each lane in order of time; at most `eventsMax`, the latest kept. The caller checks that the actor sees the project. */
export const readTimeline = async (client: Queryable, actor: Actor, id: bigint): Promise<Timeline> => {
  const rows = await factsOfProject(client, id, eventsMax + 1)
  const events = rows.slice(0, eventsMax).map((row) => eventOf(actor, row))
  const lanes = [...Map.groupBy(events, (event) => event.department)]
    .sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
    .map(([department, own]) => ({
      department,
      events: own.reverse(),
      undated: own.filter((event) => event.on === null).length,
    }))
  return { lanes, events: events.length, truncated: rows.length > eventsMax }
}
