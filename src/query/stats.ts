/** Figures over all visible projects, each counted once. Divisions count projects by site, never by who pays where (domain.md 0.3). */
import { z } from 'zod'
import { divisionNames } from '#schemas/codes/divisions.ts'
import type { Actor } from '../access/actor.ts'
import type { Queryable } from '../db/transaction.ts'
import { type ListScope, listScope } from './scope.ts'
import { statement } from './statement.ts'

const figureColumns = `count(*)::int AS projects, coalesce(sum(contract_fen), 0)::bigint AS contract_fen, coalesce(sum(work_done_fen), 0)::bigint AS work_done_fen,
  coalesce(sum(receivable_fen), 0)::bigint AS receivable_fen, coalesce(sum(net_invoiced_fen), 0)::bigint AS net_invoiced_fen,
  coalesce(sum(gap_fen), 0)::bigint AS gap_fen, count(*) FILTER (WHERE gap_fen > 0)::int AS with_gap`

const figureFields = {
  projects: z.number(),
  contract_fen: z.bigint(),
  work_done_fen: z.bigint(),
  receivable_fen: z.bigint(),
  net_invoiced_fen: z.bigint(),
  gap_fen: z.bigint(),
  with_gap: z.number(),
}
const Figures = z.object(figureFields)

export const showFigures = (row: z.output<typeof Figures>) => ({
  projects: row.projects,
  contractFen: row.contract_fen,
  workDoneFen: row.work_done_fen,
  receivableFen: row.receivable_fen,
  netInvoicedFen: row.net_invoiced_fen,
  gapFen: row.gap_fen,
  withGap: row.with_gap,
})

export type ShownFigures = ReturnType<typeof showFigures>

/** The sum of figures that count each project once. */
export const sumOfFigures = (items: readonly ShownFigures[]): ShownFigures => {
  const sumFen = (of: (item: ShownFigures) => bigint) => items.reduce((sum, item) => sum + of(item), 0n)
  return {
    projects: items.reduce((sum, item) => sum + item.projects, 0),
    contractFen: sumFen((item) => item.contractFen),
    workDoneFen: sumFen((item) => item.workDoneFen),
    receivableFen: sumFen((item) => item.receivableFen),
    netInvoicedFen: sumFen((item) => item.netInvoicedFen),
    gapFen: sumFen((item) => item.gapFen),
    withGap: items.reduce((sum, item) => sum + item.withGap, 0),
  }
}

type ScopeValues = [string, string]
const inRange = 'l.scope >= $1 AND l.scope < $2'

const DivisionRow = Figures.extend({ division: z.string(), name: z.string().nullable() })
const divisionFigures = statement<typeof DivisionRow, [...ScopeValues, number]>(
  'stats_by_division',
  // Of several site rows of a project under one prefix the first stands for it; that a row is the first of all rows under it is stored.
  `WITH site AS (
     SELECT left(l.scope, $3) AS division, ${figureColumns} FROM project_list l
     WHERE ${inRange} AND l.reason = 'site' AND (l.shared_prefix < $3 OR NOT EXISTS (
       SELECT FROM project_list e WHERE e.project_id = l.project_id AND e.reason = 'site' AND e.scope < l.scope AND left(e.scope, $3) = left(l.scope, $3)))
     GROUP BY 1)
   SELECT site.*, (SELECT g.name FROM grid_node g WHERE g.code = division AND g.valid_to IS NULL ORDER BY g.valid_from DESC LIMIT 1) AS name
   FROM site ORDER BY division`,
  DivisionRow,
)

const StageRow = Figures.extend({ stage: z.string() })
const stageFigures = statement<typeof StageRow, [...ScopeValues, number]>(
  'stats_by_stage',
  `SELECT stage, ${figureColumns} FROM project_list l WHERE ${inRange} AND l.shared_prefix < $3 GROUP BY stage ORDER BY stage`,
  StageRow,
)

const DepartmentRow = z.object({ department: z.string(), projects: z.number(), records: z.number() })
const departmentFigures = statement<typeof DepartmentRow, [...ScopeValues, number]>(
  'stats_by_department',
  `WITH seen AS MATERIALIZED (SELECT project_id FROM project_list l WHERE ${inRange} AND l.shared_prefix < $3)
   SELECT split_part(f.feed, '.', 1) AS department, count(DISTINCT f.project_id)::int AS projects, count(*)::int AS records
   FROM seen JOIN project_feed f ON f.project_id = seen.project_id GROUP BY 1 ORDER BY department`,
  DepartmentRow,
)

const MonthRow = z.object({
  month: z.string(),
  approvals: z.number(),
  awards: z.number(),
  contracts: z.number(),
  invoices: z.number(),
  net_invoiced_fen: z.bigint(),
})
const monthFigures = statement<typeof MonthRow, [...ScopeValues, number, string | null, string | null]>(
  'stats_by_month',
  `WITH seen AS MATERIALIZED (SELECT project_id FROM project_list l WHERE ${inRange} AND l.shared_prefix < $3)
   SELECT to_char(event_on, 'YYYY-MM') AS month, count(*) FILTER (WHERE kind = 'approval')::int AS approvals, count(*) FILTER (WHERE kind = 'award')::int AS awards,
     count(*) FILTER (WHERE kind = 'contract')::int AS contracts, count(*) FILTER (WHERE kind = 'invoice')::int AS invoices, coalesce(sum(net_fen), 0)::bigint AS net_invoiced_fen
   FROM seen JOIN project_event e ON e.project_id = seen.project_id WHERE event_on IS NOT NULL AND ($4::text IS NULL OR event_on >= ($4 || '-01')::date) AND ($5::text IS NULL OR event_on < ($5 || '-01')::date + interval '1 month')
   GROUP BY 1 ORDER BY 1`,
  MonthRow,
)

/** Nothing where the division lies outside the actor's scope. */
const within = async <T>(
  actor: Actor,
  division: string | undefined,
  read: (scope: ListScope) => Promise<T[]>,
): Promise<T[]> => {
  const scope = listScope(actor, division)
  return scope === null ? [] : read(scope)
}

const levelLengths = { county: 6, town: 9, village: 12 } as const
export type StatsLevel = keyof typeof levelLengths

export const statsByDivision = async (
  client: Queryable,
  actor: Actor,
  division: string | undefined,
  level: StatsLevel,
) =>
  (await within(actor, division, (scope) => divisionFigures(client, scope.from, scope.to, levelLengths[level]))).map(
    (row) => ({
      division: row.division,
      name: row.name ?? divisionNames.get(row.division) ?? null,
      ...showFigures(row),
    }),
  )

export const statsByStage = async (client: Queryable, actor: Actor, division: string | undefined) =>
  (await within(actor, division, (scope) => stageFigures(client, scope.from, scope.to, scope.prefixLength))).map(
    (row) => ({ stage: row.stage, ...showFigures(row) }),
  )

export const statsByDepartment = (client: Queryable, actor: Actor, division: string | undefined) =>
  within(actor, division, (scope) => departmentFigures(client, scope.from, scope.to, scope.prefixLength))

/** Months are `YYYY-MM`, both ends included. Net invoiced is tier 1, taxable, tax-inclusive, red invoices negative. */
export const statsByMonth = async (
  client: Queryable,
  actor: Actor,
  division: string | undefined,
  from: string | null,
  to: string | null,
) =>
  (
    await within(actor, division, (scope) => monthFigures(client, scope.from, scope.to, scope.prefixLength, from, to))
  ).map(({ net_invoiced_fen, ...row }) => ({
    ...row,
    netInvoicedFen: net_invoiced_fen,
  }))
