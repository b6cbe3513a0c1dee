import { z } from 'zod'
import type { GridItem } from '#schemas/api/stats.ts'
import { divisionNames } from '#schemas/codes/divisions.ts'
import type { Queryable } from '../db/transaction.ts'
import { today } from '../kernel/clock.ts'
import { statement } from './statement.ts'

const Row = z.object({
  code: z.string(),
  name: z.string(),
  level: z.enum(['county', 'town', 'village', 'subgrid']),
  parent: z.string().nullable(),
  projects: z.number(),
  gap_fen: z.bigint(),
})

// `~` sorts behind every digit and capital under COLLATE "C", so [code, code~) holds the codes that start so.
const nodes = statement<typeof Row, [string | null, string]>(
  'grid_nodes',
  `SELECT g.code, g.name, g.level, g.parent, c.projects, c.gap_fen FROM grid_node g
     CROSS JOIN LATERAL (SELECT count(*)::int AS projects, coalesce(sum(l.gap_fen), 0)::bigint AS gap_fen FROM project_list l
       WHERE l.scope >= g.code AND l.scope < g.code || '~' AND l.shared_prefix < length(g.code)) c
   WHERE (g.parent = $1 OR $1::text IS NULL AND g.level = 'county') AND g.valid_from <= $2::date AND (g.valid_to IS NULL OR g.valid_to > $2::date)
   ORDER BY g.code LIMIT 2000`,
  Row,
)

const CountyRow = z.object({ code: z.string(), projects: z.number(), gap_fen: z.bigint() })
const counties = statement<typeof CountyRow, []>(
  'grid_counties_unset',
  `SELECT left(l.scope, 6) AS code, count(*)::int AS projects, coalesce(sum(l.gap_fen), 0)::bigint AS gap_fen FROM project_list l
   WHERE length(l.scope) >= 6 AND l.shared_prefix < 6 GROUP BY 1 ORDER BY 1`,
  CountyRow,
)

/** Until the city has entered its grid, the counties in which projects lie stand for it, by the national table's names. */
const countiesOfProjects = async (client: Queryable): Promise<GridItem[]> =>
  (await counties(client)).flatMap((row) => {
    const name = divisionNames.get(row.code)
    if (name === undefined) return []
    return [
      { code: row.code, name, level: 'county' as const, parent: null, projects: row.projects, gapFen: row.gap_fen },
    ]
  })

/** The grid nodes of today under a parent (null: counties), with the visible projects of each and their gap. */
export const listGrids = async (client: Queryable, parent: string | null): Promise<GridItem[]> => {
  const found = await nodes(client, parent, today())
  if (found.length === 0 && parent === null) return countiesOfProjects(client)
  return found.map(({ gap_fen, ...node }) => ({ ...node, gapFen: gap_fen }))
}
