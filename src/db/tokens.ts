/** Token rows (token × owner × scope), written and removed by owner: the server multiplies them out, so a text travels once and not once a row. */
import type pg from 'pg'

/** Tokens and scopes hold no spaces; a scope may be empty. */
export interface OwnedTokens {
  readonly id: string | bigint
  readonly tokens: Iterable<string>
  readonly scopes: Iterable<string>
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

/** Adds a row for each token of an owner in each of its scopes. None of them may be there yet. */
export const insertTokens = async (
  client: Pick<pg.ClientBase, 'query'>,
  table: TokenTable,
  rows: readonly OwnedTokens[],
): Promise<void> => {
  if (rows.length === 0) return
  const text = `INSERT INTO ${table.name} (token, ${table.owner}, scope) ${expanded(table)}`
  await client.query(text, columnsOf(rows))
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
