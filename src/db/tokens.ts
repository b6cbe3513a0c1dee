/** Token rows (token × owner × scope), written and removed by owner: the server multiplies them out, so a text travels once and not once a row. */
import type pg from 'pg'
import { codeOf } from '../kernel/errors.ts'

/** Tokens and scopes hold no spaces; a scope may be empty. */
export interface OwnedTokens {
  readonly id: string | bigint
  readonly tokens: Iterable<string>
  readonly scopes: Iterable<string>
}

export interface TokenSet {
  readonly tokens: ReadonlySet<string>
  readonly scopes: ReadonlySet<string>
}

const without = (from: ReadonlySet<string>, taken: ReadonlySet<string>): string[] =>
  [...from].filter((item) => !taken.has(item))

/**
 * What leads from the token rows of before to those of now. Most news moves amounts and leaves names and places alone: then there is nothing to
 * write, where writing all rows anew was the greatest part of tracking.
 */
export const tokenChanges = (
  id: OwnedTokens['id'],
  before: TokenSet,
  now: TokenSet,
): { readonly gone: OwnedTokens[]; readonly fresh: OwnedTokens[] } => {
  const keptScopes = [...before.scopes].filter((scope) => now.scopes.has(scope))
  const steps = (from: TokenSet, to: TokenSet): OwnedTokens[] =>
    [
      { id, tokens: [...from.tokens], scopes: without(from.scopes, to.scopes) },
      { id, tokens: without(from.tokens, to.tokens), scopes: keptScopes },
    ].filter((step) => step.tokens.length > 0 && step.scopes.length > 0)
  return { gone: steps(before, now), fresh: steps(now, before) }
}

interface TokenTable {
  readonly name: 'project_token' | 'taxpayer_token'
  readonly owner: 'project_id' | 'registration_id'
  readonly ownerType: 'bigint' | 'text'
}

export const projectTokens: TokenTable = { name: 'project_token', owner: 'project_id', ownerType: 'bigint' }
export const taxpayerTokens: TokenTable = { name: 'taxpayer_token', owner: 'registration_id', ownerType: 'text' }

const expanded = (t: TokenTable): string =>
  `SELECT t.token, o.id, substr(s.scope, 2) FROM unnest($1::${t.ownerType}[], $2::text[], $3::text[]) AS o (id, tokens, scopes)
     CROSS JOIN LATERAL unnest(string_to_array(o.scopes, ' ')) AS s (scope) CROSS JOIN LATERAL unnest(string_to_array(o.tokens, ' ')) AS t (token)`

const columnsOf = (rows: readonly OwnedTokens[]): unknown[] => [
  rows.map((r) => r.id),
  rows.map((r) => [...r.tokens].join(' ')),
  // An empty scope is a scope: the bar keeps it from vanishing.
  rows.map((r) => Array.from(r.scopes, (scope) => `|${scope}`).join(' ')),
]

/**
 * Adds a row for each token of an owner in each of its scopes, inside the caller's transaction. In the order of the index, which is half the cost.
 * Rows that are there already (pieces were once cut otherwise) are left as they are.
 */
export const insertTokens = async (
  client: Pick<pg.ClientBase, 'query'>,
  table: TokenTable,
  rows: readonly OwnedTokens[],
): Promise<void> => {
  if (rows.length === 0) return
  const text = `INSERT INTO ${table.name} (token, ${table.owner}, scope) ${expanded(table)} ORDER BY t.token COLLATE "C"`
  const values = columnsOf(rows)
  await client.query('SAVEPOINT tokens')
  try {
    await client.query(text, values)
  } catch (error) {
    if (codeOf(error) !== '23505') throw error
    await client.query('ROLLBACK TO SAVEPOINT tokens')
    await client.query(`${text} ON CONFLICT DO NOTHING`, values)
  }
  await client.query('RELEASE SAVEPOINT tokens')
}

/** Removes exactly these rows. */
export const deleteTokens = async (
  client: Pick<pg.ClientBase, 'query'>,
  table: TokenTable,
  rows: readonly OwnedTokens[],
): Promise<void> => {
  if (rows.length === 0) return
  const text = `DELETE FROM ${table.name} p USING (${expanded(table)}) AS x (token, id, scope) WHERE p.token = x.token COLLATE "C" AND p.${table.owner} = x.id AND p.scope = x.scope COLLATE "C"`
  await client.query(text, columnsOf(rows))
}

/** Writes what `tokenChanges` found for many owners. */
export const applyTokenChanges = async (
  client: Pick<pg.ClientBase, 'query'>,
  table: TokenTable,
  changes: readonly ReturnType<typeof tokenChanges>[],
): Promise<void> => {
  await deleteTokens(
    client,
    table,
    changes.flatMap((c) => c.gone),
  )
  await insertTokens(
    client,
    table,
    changes.flatMap((c) => c.fresh),
  )
}
