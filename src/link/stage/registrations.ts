/** Tax registrations from facts to the register: the rows that parties are linked to. */
import type { PartialDate, TaxRegistration } from '#schemas/canonical/index.ts'
import { cursorRows } from '../../db/cursor.ts'
import { insertRows } from '../../db/insert.ts'
import { applyTokenChanges, type TokenSet, taxpayerTokens, tokenChanges } from '../../db/tokens.ts'
import { tokensOf } from '../../kernel/search-tokens.ts'
import { pacer } from '../../kernel/turn.ts'
import { foldName } from '../../normalise/values/index.ts'
import type { RegistrationEntry } from '../parties/types.ts'
import { updateCommerceNames } from './commerce-names.ts'
import { aliasedSince, otherNames } from './other-names.ts'
import { type Advance, bytea, byteas } from './scope.ts'

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
    otherNames: [] as readonly string[],
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

const entryColumns = `registration_id AS "registrationId", uscc, core, name, former_names || other_names AS "formerNames", address, division_code AS "divisionCode", active`

/** What an advance did to the register. Which registrations it was, and which moved, stands in `work_registration`. */
export interface RegisterNews {
  /** Registrations that are new or changed, as they are now. */
  readonly changed: RegistrationEntry[]
  /** Registrations that changed or are gone, as they were. */
  readonly before: RegistrationEntry[]
  /** Ids of those that are gone. */
  readonly removed: string[]
  /** So many changed that they are not told one by one: the lists above are empty. */
  isWide: boolean
}

/** More changes than these cost more to follow than everything costs to do again. */
const changesFollowedMax = 20_000

const noteEntries = (
  news: RegisterNews,
  changed: readonly RegistrationEntry[],
  before: readonly RegistrationEntry[],
): void => {
  news.isWide ||= news.changed.length + changed.length + news.before.length + before.length > changesFollowedMax
  if (news.isWide) {
    news.changed.length = 0
    news.before.length = 0
    return
  }
  news.changed.push(...changed)
  news.before.push(...before)
}

const noteIds = (a: Advance, ids: readonly string[], moved: readonly string[]) =>
  a.client.query(
    `INSERT INTO work_registration (registration_id, is_moved) SELECT DISTINCT i, i = ANY ($2) FROM unnest($1::text[]) AS t (i)
     ON CONFLICT (registration_id) DO UPDATE SET is_moved = work_registration.is_moved OR EXCLUDED.is_moved`,
    [ids, moved],
  )

type Replaced = RegistrationEntry & Pick<Row, 'scope' | 'taxpayerId'>

/** Names of commerce and of persons beside those that the tax register has itself. */
const withOtherNames = (row: Row, known: ReadonlyMap<string, readonly string[]>): Row => ({
  ...row,
  otherNames: (known.get(row.registrationId) ?? []).filter((n) => n !== row.name && !row.formerNames.includes(n)),
})

const entryOf = (r: RegistrationEntry & { readonly otherNames?: readonly string[] }): RegistrationEntry => ({
  registrationId: r.registrationId,
  uscc: r.uscc,
  core: r.core,
  name: r.name,
  formerNames: [...r.formerNames, ...(r.otherNames ?? [])],
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
    `registration (registration_id, taxpayer_id, key_hash, uscc, core, name, former_names, other_names, status, active, vat_scheme, division_code, address, office_code, office_name, officer_code, scope, known_from)`,
    rows.map((r) => [
      r.registrationId,
      r.taxpayerId,
      bytea(r.keyHash),
      r.uscc,
      r.core,
      r.name,
      r.formerNames,
      r.otherNames,
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

type NamedInScope = Pick<Replaced, 'registrationId' | 'name' | 'formerNames' | 'scope'> & {
  readonly otherNames?: readonly string[]
}

const nothing: TokenSet = { tokens: new Set(), scopes: new Set() }

const tokensOfAll = async (rows: readonly NamedInScope[]): Promise<Map<string, TokenSet>> => {
  const pace = pacer(100)
  const held = new Map<string, TokenSet>()
  for (const r of rows) {
    const tokens = new Set([r.name, ...r.formerNames, ...(r.otherNames ?? [])].flatMap((name) => tokensOf(name)))
    held.set(r.registrationId, { tokens, scopes: new Set([r.scope]) })
    await pace()
  }
  return held
}

/** Most changes of a registration leave its names and its office alone: its pieces then stay. */
const writeTokens = async (
  a: Advance,
  replaced: readonly NamedInScope[],
  rows: readonly NamedInScope[],
): Promise<void> => {
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

/** Notes what became of these rows: the replaced ones as they were, the others as they are. */
const noteRows = async (
  a: Advance,
  news: RegisterNews,
  replaced: readonly Replaced[],
  rows: readonly Row[],
): Promise<void> => {
  const now = new Map(rows.map((r) => [r.registrationId, r]))
  const moved = replaced.filter((old) => {
    const row = now.get(old.registrationId)
    return row !== undefined && (row.taxpayerId !== old.taxpayerId || row.scope !== old.scope)
  })
  noteEntries(news, rows.map(entryOf), replaced.map(entryOf))
  await noteIds(
    a,
    [...now.keys(), ...replaced.map((old) => old.registrationId)],
    moved.map((old) => old.registrationId),
  )
}

interface Renamed extends Replaced {
  readonly own: readonly string[]
  readonly otherNames: readonly string[]
}

/** Registrations of which commerce, or a person's alias, says other names now than the register has. */
const renameByOthers = async (
  a: Advance,
  cores: readonly string[],
  ids: readonly string[],
  news: RegisterNews,
): Promise<void> => {
  const { rows } = await a.client.query<Renamed>(
    `SELECT ${entryColumns}, scope, taxpayer_id AS "taxpayerId", former_names AS own, other_names AS "otherNames" FROM registration WHERE core = ANY ($1) OR registration_id = ANY ($2) ORDER BY registration_id`,
    [cores, ids],
  )
  const known = await otherNames(a.client, rows)
  const changed: { readonly before: Renamed; readonly otherNames: readonly string[] }[] = []
  for (const before of rows) {
    const names = known.get(before.registrationId) ?? []
    const others = names.filter((n) => n !== before.name && !before.own.includes(n))
    if (others.join('\u0000') !== before.otherNames.join('\u0000')) changed.push({ before, otherNames: others })
  }
  if (changed.length === 0) return
  await a.client.query(
    `UPDATE registration r SET other_names = t.names, known_from = $2 FROM jsonb_to_recordset($1::jsonb) AS t (id text, names text[]) WHERE r.registration_id = t.id`,
    [JSON.stringify(changed.map((c) => ({ id: c.before.registrationId, names: c.otherNames }))), a.to],
  )
  const after = changed.map(({ before, otherNames }) => ({ ...before, formerNames: [...before.own, ...otherNames] }))
  await writeTokens(
    a,
    changed.map((c) => ({ ...c.before, otherNames: [] })),
    after.map((r) => ({ ...r, otherNames: [] })),
  )
  noteEntries(
    news,
    after.map((r) => entryOf({ ...r, otherNames: [] })),
    changed.map(({ before }) => entryOf({ ...before, otherNames: [] })),
  )
  await noteIds(
    a,
    after.map((r) => r.registrationId),
    [],
  )
}

/** Brings the register up to date with the facts of this advance. */
export const updateRegistrations = async (a: Advance): Promise<RegisterNews> => {
  const cores = [...(await updateCommerceNames(a))]
  const { rows: gone } = await a.client.query<{ key: string; registration_id: string }>(
    `SELECT encode(p.key_hash, 'hex') AS key, r.registration_id FROM fact_past p JOIN registration r USING (key_hash)
     WHERE p.kind = 'taxRegistration' AND p.known_to > $1 AND p.known_to <= $2 AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.key_hash = p.key_hash)`,
    [a.from, a.to],
  )
  const pace = pacer(500)
  const news: RegisterNews = { changed: [], before: [], removed: gone.map((g) => g.registration_id), isWide: false }
  const changed = cursorRows<FactRow>(
    a.client,
    'link_registrations',
    `SELECT encode(key_hash, 'hex') AS key, body FROM fact WHERE kind = 'taxRegistration' AND known_from > ${a.from} AND known_from <= ${a.to} ORDER BY key_hash`,
    chunkRows,
  )
  for await (const facts of changed) {
    const read: Row[] = []
    for (const fact of facts) {
      read.push(toRow(a, fact))
      await pace()
    }
    const known = await otherNames(a.client, read)
    const rows = read.map((row) => withOtherNames(row, known))
    await noteRows(a, news, await replaceRows(a, rows, []), rows)
  }
  if (gone.length > 0) {
    const keys = gone.map((g) => g.key)
    await noteRows(a, news, await replaceRows(a, [], keys), [])
  }
  for (let i = 0; i < cores.length; i += chunkRows) await renameByOthers(a, cores.slice(i, i + chunkRows), [], news)
  const aliased = await aliasedSince(a)
  if (aliased.length > 0) await renameByOthers(a, [], aliased, news)
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
