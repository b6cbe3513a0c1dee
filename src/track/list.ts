/** The list read model: one row for each project × grid node that sees it (decision 17), and the pieces search finds it by. */
import type { PoolClient } from 'pg'
import type { Position } from '#schemas/canonical/position.ts'
import { insertRows } from '../db/insert.ts'
import { deleteTokens, insertTokens, type OwnedTokens, projectTokens } from '../db/tokens.ts'
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

/** Scopes under which these projects are listed now, by project. */
const listedScopes = async (client: PoolClient, ids: readonly bigint[]): Promise<Map<bigint, string[]>> => {
  const { rows } = await client.query<{ id: bigint; scopes: string[] }>(
    `SELECT project_id AS id, array_agg(scope::text) AS scopes FROM project_list WHERE project_id = ANY ($1::bigint[]) GROUP BY 1`,
    [ids],
  )
  return new Map(rows.map((r) => [r.id, r.scopes]))
}

const without = (from: ReadonlySet<string>, taken: ReadonlySet<string>): string[] =>
  [...from].filter((item) => !taken.has(item))
const intersection = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] => [...a].filter((item) => b.has(item))

/**
 * What leads from the token rows of before to those of now. Most news moves amounts and leaves names and places alone: then there is nothing to
 * write, where writing all rows anew was the greatest part of tracking.
 */
export const tokenChanges = (
  id: bigint,
  before: { readonly tokens: ReadonlySet<string>; readonly scopes: ReadonlySet<string> },
  now: { readonly tokens: ReadonlySet<string>; readonly scopes: ReadonlySet<string> },
): { readonly gone: OwnedTokens[]; readonly fresh: OwnedTokens[] } => {
  const keptScopes = intersection(before.scopes, now.scopes)
  const steps = (from: typeof before, to: typeof now): OwnedTokens[] =>
    [
      { id, tokens: [...from.tokens], scopes: without(from.scopes, to.scopes) },
      { id, tokens: without(from.tokens, to.tokens), scopes: keptScopes },
    ].filter((step) => step.tokens.length > 0 && step.scopes.length > 0)
  return { gone: steps(before, now), fresh: steps(now, before) }
}

/** Positions as they were stored before, by project; a project that had none is absent. */
export type PositionsBefore = ReadonlyMap<bigint, FoundBy>

const writeTokens = async (
  client: PoolClient,
  listed: readonly { readonly t: Tracked; readonly scopes: readonly ScopeRow[] }[],
  before: PositionsBefore,
  scopesBefore: ReadonlyMap<bigint, readonly string[]>,
): Promise<void> => {
  const changes = listed.map(({ t, scopes }) => {
    const old = before.get(t.projectId)
    return tokenChanges(
      t.projectId,
      { tokens: old ? tokensOfProject(old) : new Set(), scopes: new Set(scopesBefore.get(t.projectId)) },
      { tokens: tokensOfProject(t.position), scopes: new Set(scopes.map((s) => s.scope)) },
    )
  })
  await deleteTokens(
    client,
    projectTokens,
    changes.flatMap((c) => c.gone),
  )
  await insertTokens(
    client,
    projectTokens,
    changes.flatMap((c) => c.fresh),
  )
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
  if (gone.length > 0) await client.query('DELETE FROM project_token WHERE project_id = ANY ($1::bigint[])', [gone])
  const offices = await officeScopes(client, tracked)
  const listed = tracked.map((t) => {
    const inCharge = t.position.parties
      .flatMap((p) => (p.registrationId ? (offices.get(p.registrationId) ?? []) : []))
      .filter((s) => s !== '')
    return { t, scopes: scopeRows([...new Set(t.position.divisionCodes.map((d) => d.slice(0, 6)))], inCharge, city) }
  })
  await insertRows(
    client,
    'project_list (scope, project_id, shared_prefix, reason, name, project_code, division_code, owner_name, contractor_names, stage, departments, contract_fen, work_done_fen, receivable_fen, net_invoiced_fen, gap_fen, last_event_on)',
    listed.flatMap(({ t, scopes }) => scopes.map((s) => listRow(t, s))),
  )
  await writeTokens(client, listed, before, scopesBefore)
}
