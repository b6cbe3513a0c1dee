/** Taxpayers: one code can have several registrations; row security shows those whose office lies in the actor's scope. */
import { z } from 'zod'
import type { RegistrationItem, TaxpayerAnswer, TaxpayerHits, TaxpayerSearch } from '#schemas/api/taxpayer.ts'
import type { Actor } from '../access/actor.ts'
import { maskAddress, maskPersonName, maySee } from '../access/mask.ts'
import type { Queryable } from '../db/transaction.ts'
import { queryTokens } from '../kernel/search-tokens.ts'
import { projectSummaries } from './projects.ts'
import { Conditions, statement } from './statement.ts'

const Row = z.object({
  registration_id: z.string(),
  taxpayer_id: z.string(),
  uscc: z.string().nullable(),
  name: z.string(),
  former_names: z.array(z.string()),
  status: z.string().nullable(),
  active: z.boolean(),
  vat_scheme: z.string().nullable(),
  division_code: z.string().nullable(),
  address: z.string().nullable(),
  office_code: z.string().nullable(),
  office_name: z.string().nullable(),
  officer_code: z.string().nullable(),
})
type Row = z.output<typeof Row>

const columns = Object.keys(Row.shape)
  .map((column) => `r.${column}`)
  .join(', ')

/** A registration without a social credit code and with a person's shape of name is a natural person's. */
const isPerson = (row: Row): boolean =>
  row.uscc === null && /^[\p{Script=Han}·•]{2,6}$/u.test(row.name) && !/[司厂院所局店社站]$/u.test(row.name)

const show = (actor: Actor, row: Row): RegistrationItem => {
  const hidesPerson = isPerson(row) && !maySee(actor.role, 'personName')
  const nameOf = (name: string) => (hidesPerson ? maskPersonName(name) : name)
  const hidesAddress = row.address !== null && (hidesPerson || !maySee(actor.role, 'address'))
  return {
    registrationId: row.registration_id,
    name: nameOf(row.name),
    formerNames: row.former_names.map(nameOf),
    uscc: row.uscc,
    status: row.status,
    active: row.active,
    vatScheme: row.vat_scheme,
    divisionCode: row.division_code,
    address: hidesAddress ? maskAddress(row.address ?? '') : row.address,
    officeCode: row.office_code,
    officeName: row.office_name,
    officerCode: row.officer_code,
  }
}

const registrationsOf = statement<typeof Row, [string]>(
  'taxpayer_registrations',
  `SELECT ${columns} FROM registration r WHERE r.taxpayer_id = $1 ORDER BY r.active DESC, r.registration_id LIMIT 200`,
  Row,
)

const projectsMax = 200
const ParticipationRow = z.object({ project_id: z.bigint(), roles: z.array(z.string()) })
// Row security shows the registrations; what the taxpayer does in other registrations shows only where those are seen too.
const participation = statement<typeof ParticipationRow, [string, number]>(
  'taxpayer_projects',
  `SELECT m.project_id, array_agg(DISTINCT n.role ORDER BY n.role) AS roles
   FROM registration r JOIN party_link p ON p.registration_id = r.registration_id AND p.decision = 'link'
     JOIN mention n ON n.text_hash = p.text_hash JOIN member_by_record m ON m.key_hash = n.key_hash
   WHERE r.taxpayer_id = $1 AND EXISTS (SELECT FROM project_list l WHERE l.project_id = m.project_id)
   GROUP BY m.project_id ORDER BY m.project_id DESC LIMIT $2`,
  ParticipationRow,
)

/** A taxpayer's registrations and the projects it takes part in; null where the actor sees none of its registrations. */
export const findTaxpayer = async (
  client: Queryable,
  actor: Actor,
  taxpayerId: string,
): Promise<TaxpayerAnswer | null> => {
  const [registrations, projects] = await Promise.all([
    registrationsOf(client, taxpayerId),
    participation(client, taxpayerId, projectsMax + 1),
  ])
  if (registrations.length === 0) return null
  const shown = projects.slice(0, projectsMax)
  const summaries = new Map(
    (
      await projectSummaries(
        client,
        actor,
        shown.map((row) => row.project_id),
      )
    ).map((summary) => [summary.id, summary]),
  )
  return {
    id: taxpayerId,
    registrations: registrations.map((row) => show(actor, row)),
    projects: shown.flatMap((row) => {
      const project = summaries.get(`P${row.project_id}`)
      return project ? [{ project, roles: row.roles }] : []
    }),
    projectsTruncated: projects.length > projectsMax,
  }
}

const byName = async (client: Queryable, name: string, rows: number): Promise<Row[]> => {
  const tokens = queryTokens(name)
  if (tokens.length === 0) return []
  const conditions = new Conditions()
  for (const token of tokens) {
    const match = token.endsWith('*')
      ? `t.token >= ${conditions.value(token.slice(0, -1))} AND t.token < ${conditions.value(`${token.slice(0, -1)}\u{10FFFF}`)}`
      : `t.token = ${conditions.value(token)}`
    conditions.and(`EXISTS (SELECT FROM taxpayer_token t WHERE ${match} AND t.registration_id = r.registration_id)`)
  }
  const exact = conditions.value(name)
  const text = `SELECT ${columns} FROM registration r WHERE ${conditions.text}
    ORDER BY r.name = ${exact} DESC, ${exact} = ANY (r.former_names) DESC, r.active DESC, length(r.name), r.registration_id LIMIT ${conditions.value(rows)}`
  return statement(null, text, Row)(client, ...conditions.values)
}

const byCode = statement<typeof Row, [string, string, string | null, number]>(
  'taxpayers_by_code',
  `SELECT ${columns} FROM registration r WHERE r.uscc = $1 OR r.registration_id = $1
   UNION SELECT ${columns} FROM registration r JOIN taxpayer x ON x.taxpayer_id = r.taxpayer_id WHERE x.code_blind = decode($3, 'hex')
   UNION SELECT ${columns} FROM registration r WHERE length($2) = 9 AND r.core = $2
   ORDER BY active DESC, registration_id LIMIT $4`,
  Row,
)

/** A code as typed: full-width folded, spaces and hyphens gone, capitals. */
const cleanCode = (code: string): string =>
  code
    .normalize('NFKC')
    .replace(/[\s\u200b-]/g, '')
    .toUpperCase()

/** The nine-character core in what was typed: alone, in a social credit code, or at the end of a 15-digit tax number (domain.md 1.2–1.4). */
const coreIn = (code: string): string =>
  code.length === 9 ? code : code.length === 18 ? '' : code.length === 15 ? code.slice(6) : ''

/**
 * Registrations by code or by name, the actor's scope only. A code is compared in clear with organisations' codes and as a blind index with
 * natural persons', whose numbers are nowhere in clear.
 */
export const searchTaxpayers = async (
  client: Queryable,
  actor: Actor,
  search: TaxpayerSearch,
  blindIndex: (code: string) => string,
): Promise<TaxpayerHits> => {
  const code = search.code === undefined ? null : cleanCode(search.code)
  const rows =
    code === null
      ? await byName(client, search.name ?? '', search.limit + 1)
      : await byCode(client, code, coreIn(code), blindIndex(code), search.limit + 1)
  return {
    items: rows.slice(0, search.limit).map((row) => ({ id: row.taxpayer_id, registration: show(actor, row) })),
    truncated: rows.length > search.limit,
  }
}
