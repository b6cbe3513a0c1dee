/**
 * The hub's region and the county level of its grid, stored when the hub opens. Only what is missing is written: a node that the city has renamed,
 * dated or closed stays as the city left it. Towns and villages come with the city's own list.
 */
import { scopeRange, systemActor } from '../access/actor.ts'
import type { Database } from '../db/database.ts'
import { countiesOf } from './nodes.ts'

export interface HubRegion {
  /** Six digits, as configured. */
  readonly code: string
  readonly name: string
}

const missing = {
  name: 'grid_missing',
  text: `SELECT w.code FROM unnest($1::text[]) AS w (code) WHERE NOT EXISTS (SELECT FROM grid_node g WHERE g.code = w.code COLLATE "C")`,
}
const isStored = {
  name: 'region_stored',
  text: `SELECT FROM region WHERE code = $1 AND name = $2 AND scope_from = $3 AND scope_to = $4`,
}

const dateOf = (day: string): Date => new Date(`${day}T00:00:00Z`)

/** Idempotent, also for several hubs at once. Returns the codes added by this call. */
export const loadGrid = async (db: Pick<Database, 'pipeline' | 'singleRow'>, region: HubRegion): Promise<string[]> => {
  const counties = countiesOf(region.code)
  const { from, to } = scopeRange(region.code.replace(/(?:00)+$/, ''))
  const [lacking, stored] = [
    await db.pipeline.query<{ code: string }>({ ...missing, values: [counties.map((node) => node.code)] }),
    await db.pipeline.query({ ...isStored, values: [region.code, region.name, from, to] }),
  ]
  if (lacking.rows.length === 0 && stored.rowCount === 1) return []
  // Loaded when there is work: a command that finds all in place need not wait for the client.
  const [{ prismaOf }, { auditRowThrough }] = await Promise.all([
    import('../db/prisma.ts'),
    import('../access/audit.ts'),
  ])
  const codes = lacking.rows.map((row) => row.code).sort()
  const nodes = counties
    .filter((node) => codes.includes(node.code))
    .map(({ validFrom, validTo, ...node }) => ({
      ...node,
      level: 'county',
      parent: region.code,
      validFrom: dateOf(validFrom),
      validTo: validTo === null ? null : dateOf(validTo),
    }))
  const row = { code: region.code, name: region.name, scopeFrom: from, scopeTo: to }
  await prismaOf(db).$transaction(async (tx) => {
    // One region a hub: row security asks whether an actor sees all of it.
    if ((await tx.region.updateMany({ data: row })).count === 0)
      await tx.region.createMany({ data: [row], skipDuplicates: true })
    const { count } = await tx.gridNode.createMany({ data: nodes, skipDuplicates: true })
    await auditRowThrough(tx, {
      actor: systemActor,
      action: 'grid.load',
      subject: region.code,
      detail: { codes, added: count },
    })
  })
  return codes
}
