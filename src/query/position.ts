/** One project's position: as it is, as it was known on a day, and why its records are one project. */
import { z } from 'zod'
import type { ProjectAnswer } from '#schemas/api/project.ts'
import { fromCanonicalJson, type Position } from '#schemas/canonical/position.ts'
import type { TaxLadder } from '#schemas/canonical/tax-ladder.ts'
import { type Actor, isInScope } from '../access/actor.ts'
import { addressFor, nameFor } from '../access/mask.ts'
import type { Queryable } from '../db/transaction.ts'
import { endOfDay } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { projectId } from '../kernel/opaque-id.ts'
import { edgesOfProject } from './edges.ts'
import { statement } from './statement.ts'

const PositionRow = z.object({ known_from: z.bigint(), changes_on: z.string().nullable(), body: z.string() })
export type PositionRow = z.output<typeof PositionRow>

export const positionNow = statement<typeof PositionRow, [bigint]>(
  'position_now',
  'SELECT known_from, changes_on, body FROM position WHERE project_id = $1',
  PositionRow,
)

const AsOfRow = z.object({
  tick: z.bigint(),
  known_from: z.bigint().nullable(),
  changes_on: z.string().nullable(),
  body: z.string().nullable(),
})
export type AsOfRow = z.output<typeof AsOfRow>

// The last tick by the instant, and the position that was known then: one way to the database for both.
const asOf = statement<typeof AsOfRow, [bigint, Date]>(
  'position_as_of',
  `SELECT t.tick, k.known_from, k.changes_on, k.body FROM (SELECT tick FROM tick WHERE at <= $2 ORDER BY at DESC, tick DESC LIMIT 1) t
   LEFT JOIN LATERAL (
     SELECT known_from, changes_on, body FROM position WHERE project_id = $1 AND known_from <= t.tick
     UNION ALL SELECT known_from, changes_on, body FROM position_past WHERE project_id = $1 AND known_from <= t.tick AND known_to > t.tick LIMIT 1) k ON true`,
  AsOfRow,
)

const instantOf = (day: string | null): Date => (day === null ? new Date(8.64e15) : endOfDay(day))

const FloorRow = z.object({ day: z.string() })
const floor = statement<typeof FloorRow, []>(
  'as_of_floor',
  `SELECT day::text AS day FROM retention_state WHERE task = 'past' AND day IS NOT NULL`,
  FloorRow,
)

/** Refuses a day of which part of what was known is no longer kept: half an answer would look like a whole one. HubError `project.as_of_dropped`. */
const requireKept = async (client: Queryable, day: string | null): Promise<void> => {
  const kept = day === null ? undefined : (await floor(client))[0]?.day
  if (day === null || kept === undefined || day >= kept) return
  throw new HubError({
    code: 'project.as_of_dropped',
    publicMessage: {
      zh: `${kept} 之前的历史状态已超过保留期，不能再还原`,
      en: `what was known before ${kept} is past its retention and can no longer be shown`,
    },
    context: { day, kept },
  })
}

/** What was known of a project at the end of a day in Asia/Shanghai (null: now). Null before the first tick; no body where it was not known. */
export const positionAsOf = async (client: Queryable, id: bigint, day: string | null): Promise<AsOfRow | null> => {
  await requireKept(client, day)
  return (await asOf(client, id, instantOf(day)))[0] ?? null
}

const TickRow = z.object({ tick: z.bigint() })
const lastTickBy = statement<typeof TickRow, [Date]>(
  'tick_by_instant',
  'SELECT tick FROM tick WHERE at <= $1 ORDER BY at DESC, tick DESC LIMIT 1',
  TickRow,
)

/** The last tick at the end of a day in Asia/Shanghai (decision 10), or the last of all; 0 before the first. */
export const tickAsOf = async (client: Queryable, day: string | null): Promise<bigint> => {
  await requireKept(client, day)
  return (await lastTickBy(client, instantOf(day)))[0]?.tick ?? 0n
}

const ListedRow = z.object({ scope: z.string(), reason: z.enum(['site', 'inCharge', 'supervising']) })
const listed = statement<typeof ListedRow, [bigint]>(
  'project_listed',
  'SELECT scope, reason FROM project_list WHERE project_id = $1 ORDER BY scope',
  ListedRow,
)

/** The grid nodes through which the actor sees the project; empty where it may not see it. */
export const visibleDivisions = (client: Queryable, id: bigint) => listed(client, id)

const MergeRow = z.object({ merged_into: z.bigint() })
const mergedInto = statement<typeof MergeRow, [bigint]>(
  'project_merged_into',
  `WITH RECURSIVE way AS (
     SELECT $1::bigint AS id, 0 AS steps
     UNION ALL SELECT n.merged_into, way.steps + 1 FROM way
       CROSS JOIN LATERAL (SELECT merged_into FROM project_merge g WHERE g.project_id = way.id ORDER BY tick DESC LIMIT 1) n WHERE way.steps < 50)
   SELECT w.id AS merged_into FROM (SELECT id FROM way WHERE id <> $1 ORDER BY steps DESC LIMIT 1) w
   WHERE EXISTS (SELECT FROM project_list l WHERE l.project_id = w.id)`,
  MergeRow,
)

/** Where a project went that was found to be another one; null where it did not, or where the actor may not see that one. */
export const mergedProject = async (client: Queryable, id: bigint): Promise<bigint | null> =>
  (await mergedInto(client, id))[0]?.merged_into ?? null

const maskTax = (actor: Actor, tax: TaxLadder): TaxLadder => ({
  ...tax,
  contractors: tax.contractors.map((c) => ({ ...c, name: nameFor(actor.role, c.name) })),
  contracts: tax.contracts.map((c) => ({ ...c, parties: c.parties.map((name) => nameFor(actor.role, name)) })),
})

/** A position as a role may read it: natural persons' names and addresses by need. */
export const maskPosition = (actor: Actor, position: Position): Position => ({
  ...position,
  placeText: addressFor(actor.role, position.placeText),
  parties: position.parties.map((party) => ({ ...party, name: nameFor(actor.role, party.name) })),
  sections: position.sections.map((section) => ({
    ...section,
    contractors: section.contractors.map((name) => nameFor(actor.role, name)),
  })),
  tax: position.tax && maskTax(actor, position.tax),
})

/** A position as it was stored; those of before the other departments say nothing of land, investment and lists, older ones nothing of tax. */
const storedPosition = (body: string): Position => {
  const stored = fromCanonicalJson<Position>(body)
  return {
    ...stored,
    sections: stored.sections.map((section) => ({ ...section, kind: section.kind ?? 'contract' })),
    ladder: {
      ...stored.ladder,
      retentionBp: stored.ladder.retentionBp ?? null,
      receivedFen: stored.ladder.receivedFen ?? null,
    },
    tax: stored.tax ?? null,
    listedYears: stored.listedYears ?? [],
    land: stored.land ?? [],
    investment: stored.investment ?? null,
  }
}

export const readPositionFor = (actor: Actor, body: string): Position => maskPosition(actor, storedPosition(body))

/** A project's page; null where the actor may not see it or it is none. */
export const findProject = async (client: Queryable, actor: Actor, id: bigint): Promise<ProjectAnswer | null> => {
  const [row, divisions, links] = await Promise.all([
    positionNow(client, id),
    visibleDivisions(client, id),
    edgesOfProject(client, actor, id),
  ])
  if (!row[0] || divisions.length === 0) return null
  return {
    id: projectId.of(id),
    position: readPositionFor(actor, row[0].body),
    knownFromTick: row[0].known_from.toString(),
    asOf: null,
    on: null,
    changesOn: row[0].changes_on,
    divisions: divisions
      .filter(({ scope }) => isInScope(actor, scope))
      .map(({ scope, reason }) => ({ code: scope, reason })),
    links,
  }
}
