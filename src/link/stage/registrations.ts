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

const entryColumns = `registration_id AS "registrationId", uscc, core, name, former_names AS "formerNames", address, division_code AS "divisionCode", active`

/** What an advance did to the register. */
export interface RegisterNews {
  /** Registrations that are new or changed, as they are now. */
  readonly changed: RegistrationEntry[]
  /** Registrations that changed or are gone, as they were. */
  readonly before: RegistrationEntry[]
  /** Ids of those that are gone. */
  readonly removed: string[]
  /** Ids of those that belong to another taxpayer or office now. */
  readonly moved: string[]
}

type Replaced = RegistrationEntry & Pick<Row, 'scope' | 'taxpayerId'>

const entryOf = (r: RegistrationEntry): RegistrationEntry => ({
  registrationId: r.registrationId,
  uscc: r.uscc,
  core: r.core,
  name: r.name,
  formerNames: r.formerNames,
  address: r.address,
  divisionCode: r.divisionCode,
  active: r.active,
})

/** Puts these rows in the place of what the register says of them; returns what it said. */
const replaceRows = async (a: Advance, rows: readonly Row[], removedKeys: readonly string[]): Promise<Replaced[]> => {
  const { client } = a
  const ids = rows.map((r) => r.registrationId)
  const { rows: replaced } = await client.query<Replaced>(
    `DELETE FROM registration WHERE registration_id = ANY ($1) OR key_hash = ANY ($2::bytea[])
     RETURNING ${entryColumns}, scope, taxpayer_id AS "taxpayerId"`,
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
  return replaced
}

type NamedInScope = Pick<Replaced, 'registrationId' | 'name' | 'formerNames' | 'scope'>

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

const noteReplaced = (news: RegisterNews, replaced: readonly Replaced[], rows: readonly Row[]): void => {
  const now = new Map(rows.map((r) => [r.registrationId, r]))
  for (const old of replaced) {
    news.before.push(entryOf(old))
    const row = now.get(old.registrationId)
    if (row && (row.taxpayerId !== old.taxpayerId || row.scope !== old.scope)) news.moved.push(old.registrationId)
  }
}

/** Brings the register up to date with the facts of this advance. */
export const updateRegistrations = async (a: Advance): Promise<RegisterNews> => {
  const { rows: gone } = await a.client.query<{ key: string; registration_id: string }>(
    `SELECT encode(p.key_hash, 'hex') AS key, r.registration_id FROM fact_past p JOIN registration r USING (key_hash)
     WHERE p.kind = 'taxRegistration' AND p.known_to > $1 AND p.known_to <= $2 AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.key_hash = p.key_hash)`,
    [a.from, a.to],
  )
  const pace = pacer(500)
  const news: RegisterNews = { changed: [], before: [], removed: gone.map((g) => g.registration_id), moved: [] }
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
    noteReplaced(news, await replaceRows(a, rows, []), rows)
    for (const r of rows) news.changed.push(entryOf(r))
  }
  if (gone.length > 0) {
    const keys = gone.map((g) => g.key)
    noteReplaced(news, await replaceRows(a, [], keys), [])
  }
  return news
}

/** The whole register, as linking needs it, in an order that does not depend on arrival. */
export async function* registerEntries(client: Advance['client']): AsyncGenerator<RegistrationEntry> {
  let after = ''
  for (;;) {
    const { rows } = await client.query<RegistrationEntry>(
      `SELECT ${entryColumns}
       FROM registration WHERE registration_id > $1 ORDER BY registration_id LIMIT ${chunkRows}`,
      [after],
    )
    if (rows.length === 0) return
    yield* rows
    after = rows.at(-1)!.registrationId
  }
}
