/** Tax registrations from facts to the register: the rows that parties are linked to. */
import type { PartialDate, TaxRegistration } from '#schemas/canonical/index.ts'
import { insertRows } from '../../db/insert.ts'
import { applyTokenChanges, type TokenSet, taxpayerTokens, tokenChanges } from '../../db/tokens.ts'
import { tokensOf } from '../../kernel/search-tokens.ts'
import { pacer } from '../../kernel/turn.ts'
import { foldName } from '../../normalise/values/index.ts'
import type { RegistrationEntry } from '../parties/types.ts'
import { type Advance, bytea, byteas } from './scope.ts'

export interface RegistrationRow {
  readonly registrationId: string
  readonly taxpayerId: string
  readonly keyHash: string
  readonly uscc: string | null
  readonly core: string | null
  readonly name: string
  readonly formerNames: string[]
  readonly active: boolean
  readonly address: string | null
  readonly divisionCode: string | null
}

/** Office codes are `1` + six digits of the division + four of the office; anything else counts as the city's (domain.md 0.3). */
const officeScope = (officeCode: string | null, divisionCode: string | null): string =>
  officeCode && /^1\d{10}$/.test(officeCode) ? officeCode.slice(1, 7) : (divisionCode?.slice(0, 6) ?? '')

const inactive = new Set(['cancelled', 'pendingCancel'])

/** The taxpayer's opaque id, the same for every registration under one code; without a code a registration stands alone. */
const taxpayerIdOf = (a: Advance, r: TaxRegistration): { taxpayerId: string; blind: string | null } => {
  const code = r.code?.core ?? r.code?.normalised ?? null
  const blind = r.codeBlind ?? (code === null ? null : a.keyring.blind(JSON.stringify(code)))
  return { taxpayerId: `t_${(blind ?? a.keyring.blind(`registration ${r.registrationId}`)).slice(0, 20)}`, blind }
}

interface FactRow {
  readonly key: string
  readonly body: string
}

const toRow = (a: Advance, fact: FactRow) => {
  const r = JSON.parse(fact.body) as TaxRegistration
  const { taxpayerId, blind } = taxpayerIdOf(a, r)
  return {
    registrationId: r.registrationId,
    taxpayerId,
    blind,
    keyHash: fact.key,
    uscc: r.code?.normalised ?? null,
    core: r.code?.core ?? r.formerCode?.core ?? null,
    name: foldName(r.name),
    formerNames: r.formerNames.map(foldName),
    status: r.status,
    active: !inactive.has(r.status ?? ''),
    vatScheme: r.vatScheme,
    divisionCode: r.place.divisionCode,
    address: r.address,
    officeCode: r.officeInCharge.code,
    officeName: r.officeInCharge.name,
    officerCode: r.taxOfficer,
    scope: officeScope(r.officeInCharge.code, r.place.divisionCode),
    registeredOn: r.registeredOn as PartialDate | null,
  }
}
type Row = ReturnType<typeof toRow>

const replaceRows = async (a: Advance, rows: readonly Row[], removedKeys: readonly string[]): Promise<void> => {
  const { client } = a
  const ids = rows.map((r) => r.registrationId)
  const { rows: replaced } = await client.query<NamedInScope>(
    `DELETE FROM registration WHERE registration_id = ANY ($1) OR key_hash = ANY ($2::bytea[])
     RETURNING registration_id AS "registrationId", name, former_names AS "formerNames", scope`,
    [ids, byteas(removedKeys)],
  )
  await client.query(
    `INSERT INTO taxpayer (taxpayer_id, code_blind, first_tick) SELECT DISTINCT ON (t) t, decode(b, 'hex'), $3 FROM unnest($1::text[], $2::text[]) AS x (t, b) ORDER BY t ON CONFLICT DO NOTHING`,
    [rows.map((r) => r.taxpayerId), rows.map((r) => r.blind), a.to],
  )
  await insertRows(
    client,
    `registration (registration_id, taxpayer_id, key_hash, uscc, core, name, former_names, status, active, vat_scheme, division_code, address, office_code, office_name, officer_code, scope, known_from)`,
    rows.map((r) => [
      r.registrationId,
      r.taxpayerId,
      bytea(r.keyHash),
      r.uscc,
      r.core,
      r.name,
      r.formerNames,
      r.status,
      r.active,
      r.vatScheme,
      r.divisionCode,
      r.address,
      r.officeCode,
      r.officeName,
      r.officerCode,
      r.scope,
      a.to,
    ]),
  )
  await writeTokens(a, replaced, rows)
}

type NamedInScope = Pick<Row, 'registrationId' | 'name' | 'formerNames' | 'scope'>

const nothing: TokenSet = { tokens: new Set(), scopes: new Set() }

const tokensOfAll = async (rows: readonly NamedInScope[]): Promise<Map<string, TokenSet>> => {
  const pace = pacer(100)
  const held = new Map<string, TokenSet>()
  for (const r of rows) {
    const tokens = new Set([r.name, ...r.formerNames].flatMap((name) => tokensOf(name)))
    held.set(r.registrationId, { tokens, scopes: new Set([r.scope]) })
    await pace()
  }
  return held
}

/** Most changes of a registration leave its names and its office alone: its pieces then stay. */
const writeTokens = async (a: Advance, replaced: readonly NamedInScope[], rows: readonly Row[]): Promise<void> => {
  const before = await tokensOfAll(replaced)
  const now = await tokensOfAll(rows)
  const ids = new Set([...before.keys(), ...now.keys()])
  await applyTokenChanges(
    a.client,
    taxpayerTokens,
    [...ids].map((id) => tokenChanges(id, before.get(id) ?? nothing, now.get(id) ?? nothing)),
  )
}

const chunkRows = 5_000

/**
 * Brings the register up to date with the facts of this advance. Returns the registrations that changed in what linking looks at, and the ids
 * of those that are gone.
 */
export const updateRegistrations = async (a: Advance): Promise<{ changed: RegistrationEntry[]; removed: string[] }> => {
  const { rows: gone } = await a.client.query<{ key: string; registration_id: string }>(
    `SELECT encode(p.key_hash, 'hex') AS key, r.registration_id FROM fact_past p JOIN registration r USING (key_hash)
     WHERE p.kind = 'taxRegistration' AND p.known_to > $1 AND p.known_to <= $2 AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.key_hash = p.key_hash)`,
    [a.from, a.to],
  )
  const pace = pacer(500)
  const changed: RegistrationEntry[] = []
  let after = bytea('')
  for (;;) {
    const { rows: facts } = await a.client.query<FactRow>(
      `SELECT encode(key_hash, 'hex') AS key, body FROM fact WHERE kind = 'taxRegistration' AND known_from > $1 AND known_from <= $2 AND key_hash > $3 ORDER BY key_hash LIMIT ${chunkRows}`,
      [a.from, a.to, after],
    )
    if (facts.length === 0) break
    after = bytea(facts.at(-1)!.key)
    const rows: Row[] = []
    for (const fact of facts) {
      rows.push(toRow(a, fact))
      await pace()
    }
    await replaceRows(a, rows, [])
    for (const r of rows)
      changed.push({
        registrationId: r.registrationId,
        uscc: r.uscc,
        core: r.core,
        name: r.name,
        formerNames: r.formerNames,
        address: r.address,
        divisionCode: r.divisionCode,
        active: r.active,
      })
  }
  if (gone.length > 0)
    await replaceRows(
      a,
      [],
      gone.map((g) => g.key),
    )
  return { changed, removed: gone.map((g) => g.registration_id) }
}

/** The whole register, as linking needs it, in an order that does not depend on arrival. */
export async function* registerEntries(client: Advance['client']): AsyncGenerator<RegistrationEntry> {
  let after = ''
  for (;;) {
    const { rows } = await client.query<RegistrationEntry>(
      `SELECT registration_id AS "registrationId", uscc, core, name, former_names AS "formerNames", address, division_code AS "divisionCode", active
       FROM registration WHERE registration_id > $1 ORDER BY registration_id LIMIT ${chunkRows}`,
      [after],
    )
    if (rows.length === 0) return
    yield* rows
    after = rows.at(-1)!.registrationId
  }
}
