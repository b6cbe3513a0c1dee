/**
 * Names that the register of commerce knows, by organisation core: what a registration may be called by as well. Commerce often knows of a rename
 * before the tax register does, and keeps names that the tax register never had.
 */
import type { Enterprise, EnterpriseChange, Identifier } from '#schemas/canonical/index.ts'
import { copyRows } from '../../db/copy.ts'
import { cursorRows } from '../../db/cursor.ts'
import { foldName } from '../../normalise/values/index.ts'
import { type Advance, bytea, byteas, constants } from './scope.ts'

const commerceKinds = ['enterprise', 'enterpriseChange']
const chunkRows = 5_000

const coreOf = (code: Identifier | null): string | null => (code?.status === 'valid' ? code.core : null)

const namesOf = (fact: Enterprise | EnterpriseChange): (string | null)[] => {
  if (fact.kind === 'enterprise') return [fact.name, ...fact.formerNames.map((former) => former.name)]
  return fact.item === 'name' ? [fact.before, fact.after] : []
}

interface NameRow {
  readonly keyHash: string
  readonly core: string
  readonly name: string
}

const rowsOf = (keyHash: string, body: string): NameRow[] => {
  const fact = JSON.parse(body) as Enterprise | EnterpriseChange
  const core = coreOf(fact.code)
  if (core === null) return []
  const names = new Set(namesOf(fact).flatMap((name) => (name === null || name === '' ? [] : [foldName(name)])))
  return [...names].map((name) => ({ keyHash, core, name }))
}

/** Takes back what these records said; returns the cores that it was said of. */
const forget = async (a: Advance, keys: readonly string[]): Promise<string[]> =>
  (
    await a.client.query<{ core: string }>(
      `WITH gone AS (DELETE FROM commerce_name WHERE key_hash = ANY ($1::bytea[]) RETURNING core) SELECT DISTINCT core FROM gone`,
      [byteas(keys)],
    )
  ).rows.map((r) => r.core)

const goneKeys = async (a: Advance): Promise<string[]> =>
  (
    await a.client.query<{ key: string }>(
      `SELECT DISTINCT encode(p.key_hash, 'hex') AS key FROM fact_past p WHERE p.kind = ANY ($3) AND p.known_to > $1 AND p.known_to <= $2
         AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.key_hash = p.key_hash)`,
      [a.from, a.to, commerceKinds],
    )
  ).rows.map((r) => r.key)

/** Brings the names up to date with the facts of this advance; returns the cores whose names may be others now. */
export const updateCommerceNames = async (a: Advance): Promise<Set<string>> => {
  const gone = await goneKeys(a)
  const cores = new Set(gone.length > 0 ? await forget(a, gone) : [])
  const changed = cursorRows<{ key: string; body: string }>(
    a.client,
    'link_commerce',
    `SELECT encode(key_hash, 'hex') AS key, body FROM fact WHERE kind = ANY (${constants(commerceKinds)}) AND known_from > ${a.from} AND known_from <= ${a.to}`,
    chunkRows,
  )
  for await (const rows of changed) {
    const forgotten = await forget(
      a,
      rows.map((r) => r.key),
    )
    for (const core of forgotten) cores.add(core)
    const names = rows.flatMap((r) => rowsOf(r.key, r.body))
    for (const { core } of names) cores.add(core)
    await copyRows(
      a.client,
      'commerce_name (key_hash, core, name)',
      names.map((n) => [bytea(n.keyHash), n.core, n.name]),
    )
  }
  return cores
}
