/** The list read model: one row for each project × grid node that sees it (decision 17), and the pieces search finds it by. */
import type { PoolClient } from 'pg'
import type { Position } from '#schemas/canonical/position.ts'
import { insertRows } from '../db/insert.ts'
import { applyTokenChanges, projectTokens, type TokenSet, tokenChanges } from '../db/tokens.ts'
import { tokensOf } from '../kernel/search-tokens.ts'

export interface Tracked {
  readonly projectId: bigint
  readonly position: Position
}

interface ScopeRow {
  readonly scope: string
  readonly reason: 'site' | 'inCharge'
  readonly sharedPrefix: number
}

const commonPrefix = (a: string, b: string): number => {
  let n = 0
  while (n < a.length && a[n] === b[n]) n++
  return n
}

/**
 * Scopes of one project in order, each with the length of prefix it shares with the one before: under any prefix longer than that it is the row
 * that stands for the project. A project with no known place is the city's own.
 */
export const scopeRows = (sites: readonly string[], inCharge: readonly string[], city: string): ScopeRow[] => {
  const reasons = new Map<string, 'site' | 'inCharge'>()
  for (const scope of inCharge) reasons.set(scope, 'inCharge')
  for (const scope of sites.length > 0 ? sites : [city]) reasons.set(scope, 'site')
  const scopes = [...reasons.keys()].sort()
  return scopes.map((scope, i) => ({
    scope,
    reason: reasons.get(scope)!,
    sharedPrefix: i === 0 ? -1 : commonPrefix(scope, scopes[i - 1]!),
  }))
}

const officeScopes = async (client: PoolClient, tracked: readonly Tracked[]): Promise<Map<string, string>> => {
  const ids = [...new Set(tracked.flatMap((t) => t.position.parties.flatMap((p) => p.registrationId ?? [])))]
  const { rows } = await client.query<{ id: string; scope: string }>(
    'SELECT registration_id AS id, scope FROM registration WHERE registration_id = ANY ($1)',
    [ids],
  )
  return new Map(rows.map((r) => [r.id, r.scope]))
}

const listRow = (t: Tracked, s: ScopeRow) => {
  const { position: p } = t
  const names = (role: string) => p.parties.filter((x) => x.role === role).map((x) => x.name)
  return [
    s.scope,
    t.projectId,
    s.sharedPrefix,
    s.reason,
    p.name,
    p.projectCodes[0] ?? null,
    p.divisionCodes[0] ?? null,
    names('owner')[0] ?? null,
    [...new Set(names('contractor'))].join('、'),
    p.stage,
    p.departments.length,
    p.ladder.contractFen,
    p.ladder.workDoneFen,
    p.ladder.receivableFen,
    p.ladder.netInvoicedFen,
    p.ladder.gapFen ?? 0n,
    p.lastEventOn === null ? null : `${p.lastEventOn}-01-01`.slice(0, 10),
  ]
}

/** What a project is found by. */
export type FoundBy = Pick<Position, 'name' | 'otherNames' | 'projectCodes' | 'documentNumbers' | 'parties'>

const tokensOfProject = (p: FoundBy): Set<string> =>
  new Set(
    [
      p.name,
      ...p.otherNames,
      ...p.projectCodes,
      ...p.documentNumbers,
      ...new Set(p.parties.map((x) => x.name)),
    ].flatMap((text) => tokensOf(text)),
  )

/** Scopes under which these projects are listed now, each with its reason (`410105/site`), by project. */
const listedScopes = async (client: PoolClient, ids: readonly bigint[]): Promise<Map<bigint, string[]>> => {
  const { rows } = await client.query<{ id: bigint; scopes: string[] }>(
    `SELECT project_id AS id, array_agg(scope || '/' || reason) AS scopes FROM project_list WHERE project_id = ANY ($1::bigint[]) GROUP BY 1`,
    [ids],
  )
  return new Map(rows.map((r) => [r.id, r.scopes]))
}

/** Positions as they were stored before, by project; a project that had none is absent. */
export type PositionsBefore = ReadonlyMap<bigint, FoundBy>

const nothing: TokenSet = { tokens: new Set(), scopes: new Set() }

const writeTokens = (
  client: PoolClient,
  now: ReadonlyMap<bigint, TokenSet>,
  before: PositionsBefore,
  scopesBefore: ReadonlyMap<bigint, readonly string[]>,
): Promise<void> => {
  const heldBefore = (id: bigint): TokenSet => {
    const position = before.get(id)
    return position
      ? {
          tokens: tokensOfProject(position),
          scopes: new Set(scopesBefore.get(id)?.map((s) => s.slice(0, s.indexOf('/')))),
        }
      : nothing
  }
  const ids = new Set([...before.keys(), ...now.keys()])
  return applyTokenChanges(
    client,
    projectTokens,
    [...ids].map((id) => tokenChanges(id, heldBefore(id), now.get(id) ?? nothing)),
  )
}

interface Listed {
  readonly t: Tracked
  readonly scopes: readonly ScopeRow[]
}

/** Where each project is seen: the counties of its sites, and of the offices in charge of its parties as the register has them today. */
const withScopes = async (client: PoolClient, tracked: readonly Tracked[], city: string): Promise<Listed[]> => {
  const offices = await officeScopes(client, tracked)
  return tracked.map((t) => {
    const inCharge = t.position.parties
      .flatMap((p) => (p.registrationId ? (offices.get(p.registrationId) ?? []) : []))
      .filter((s) => s !== '')
    return { t, scopes: scopeRows([...new Set(t.position.divisionCodes.map((d) => d.slice(0, 6)))], inCharge, city) }
  })
}

/**
 * Of projects whose position is what it was, those that others are to see now: a taxpayer's office in charge changes without a word of the
 * position changing.
 */
export const seenElsewhere = async (
  client: PoolClient,
  unchanged: readonly Tracked[],
  city: string,
): Promise<Tracked[]> => {
  const now = await withScopes(client, unchanged, city)
  const before = await listedScopes(
    client,
    unchanged.map((t) => t.projectId),
  )
  const text = (scopes: readonly string[]): string => [...scopes].sort().join(' ')
  return now
    .filter(
      ({ t, scopes }) => text(before.get(t.projectId) ?? []) !== text(scopes.map((s) => `${s.scope}/${s.reason}`)),
    )
    .map(({ t }) => t)
}

/** Replaces the rows of these projects; `gone` have none any more. */
export const writeList = async (
  client: PoolClient,
  tracked: readonly Tracked[],
  gone: readonly bigint[],
  city: string,
  before: PositionsBefore,
): Promise<void> => {
  const ids = [...tracked.map((t) => t.projectId), ...gone]
  const scopesBefore = await listedScopes(client, ids)
  await client.query('DELETE FROM project_list WHERE project_id = ANY ($1::bigint[])', [ids])
  const listed = await withScopes(client, tracked, city)
  await insertRows(
    client,
    'project_list (scope, project_id, shared_prefix, reason, name, project_code, division_code, owner_name, contractor_names, stage, departments, contract_fen, work_done_fen, receivable_fen, net_invoiced_fen, gap_fen, last_event_on)',
    listed.flatMap(({ t, scopes }) => scopes.map((s) => listRow(t, s))),
  )
  const held = listed.map(({ t, scopes }): [bigint, TokenSet] => [
    t.projectId,
    { tokens: tokensOfProject(t.position), scopes: new Set(scopes.map((s) => s.scope)) },
  ])
  await writeTokens(client, new Map(held), before, scopesBefore)
}
