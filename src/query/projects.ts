/** The list of projects. One row for each project × grid node carries the scope, so row security is a range test (decision 17). */
import { z } from 'zod'
import type { ProjectSummary, ProjectsQuery } from '#schemas/api/project.ts'
import { LifecycleStage } from '#schemas/canonical/position.ts'
import type { Actor } from '../access/actor.ts'
import { nameFor } from '../access/mask.ts'
import type { Queryable } from '../db/transaction.ts'
import { projectId } from '../kernel/opaque-id.ts'
import { queryTokens } from '../kernel/search-tokens.ts'
import { cursorKeys, type Page, pageOf, readCursor, writeCursor } from './page.ts'
import { type ListScope, listScope } from './scope.ts'
import { Conditions, statement } from './statement.ts'

const Row = z.object({
  project_id: z.bigint(),
  scope: z.string(),
  name: z.string(),
  project_code: z.string().nullable(),
  division_code: z.string().nullable(),
  owner_name: z.string().nullable(),
  contractor_names: z.string(),
  stage: LifecycleStage,
  departments: z.number(),
  contract_fen: z.bigint().nullable(),
  work_done_fen: z.bigint().nullable(),
  receivable_fen: z.bigint().nullable(),
  net_invoiced_fen: z.bigint(),
  gap_fen: z.bigint(),
  last_event_on: z.string().nullable(),
})
type Row = z.output<typeof Row>

const columns = Object.keys(Row.shape)
  .map((column) => `l.${column}`)
  .join(', ')

interface Order {
  readonly by: string
  /** Rows after the cursor's row; the keys are text. */
  readonly after: (placeholders: readonly string[]) => string
  readonly keys: readonly RegExp[]
  readonly keysOf: (row: Row) => readonly (string | bigint | null)[]
}

const orders: Readonly<Record<ProjectsQuery['sort'], Order>> = {
  gap: {
    by: 'l.gap_fen DESC, l.project_id',
    after: ([gap, id]) =>
      `(l.gap_fen < ${gap}::bigint OR l.gap_fen = ${gap}::bigint AND l.project_id > ${id}::bigint) AND l.gap_fen <= ${gap}::bigint`,
    keys: [cursorKeys.integer, cursorKeys.integer],
    keysOf: (row) => [row.gap_fen, row.project_id],
  },
  updated: {
    by: `coalesce(l.last_event_on, '0001-01-01') DESC, l.project_id`,
    after: ([on, id]) => {
      const day = `coalesce(${on}::date, '0001-01-01')`
      return `(coalesce(l.last_event_on, '0001-01-01') < ${day} OR coalesce(l.last_event_on, '0001-01-01') = ${day} AND l.project_id > ${id}::bigint)`
    },
    keys: [cursorKeys.day, cursorKeys.integer],
    keysOf: (row) => [row.last_event_on, row.project_id],
  },
  name: {
    by: 'l.name COLLATE "C", l.project_id',
    after: ([name, id]) => `(l.name COLLATE "C", l.project_id) > (${name}::text, ${id}::bigint)`,
    keys: [cursorKeys.text, cursorKeys.integer],
    keysOf: (row) => [row.name, row.project_id],
  },
}

/** Equality on a token is leakproof; a shorter query is a range of tokens. */
const tokenCondition = (conditions: Conditions, token: string): string => {
  const match = token.endsWith('*')
    ? `t.token >= ${conditions.value(token.slice(0, -1))} AND t.token < ${conditions.value(`${token.slice(0, -1)}\u{10FFFF}`)}`
    : `t.token = ${conditions.value(token)}`
  return `EXISTS (SELECT FROM project_token t WHERE ${match} AND t.project_id = l.project_id AND t.scope = l.scope)`
}

const addFilters = (conditions: Conditions, query: ProjectsQuery): void => {
  if (query.stage !== undefined) conditions.and(`l.stage = ${conditions.value(query.stage)}`)
  if (query.gapMinFen !== undefined) conditions.and(`l.gap_fen >= ${conditions.value(query.gapMinFen)}`)
  if (query.contractor !== undefined) {
    // The pieces narrow it down by index, the text decides.
    for (const token of queryTokens(query.contractor)) conditions.and(tokenCondition(conditions, token))
    conditions.and(`strpos(l.contractor_names, ${conditions.value(query.contractor)}) > 0`)
  }
  if (query.taxpayerId !== undefined) {
    conditions.and(`l.project_id IN (
      SELECT m.project_id FROM registration r JOIN party_link p ON p.registration_id = r.registration_id AND p.decision = 'link'
        JOIN mention n ON n.text_hash = p.text_hash JOIN member_by_record m ON m.key_hash = n.key_hash
      WHERE r.taxpayer_id = ${conditions.value(query.taxpayerId)})`)
  }
  if (query.department !== undefined) {
    const from = conditions.value(`${query.department}.`)
    const to = conditions.value(`${query.department}/`)
    // The tax extracts reach a project by ties, every other department by records that are members of it.
    const invoices =
      query.department === 'tax'
        ? ' OR EXISTS (SELECT FROM tie i WHERE i.project_id = l.project_id AND i.tier IS NOT NULL)'
        : ''
    conditions.and(`(EXISTS (SELECT FROM member_by_project m JOIN project_record r ON r.key_hash = m.key_hash
      WHERE m.project_id = l.project_id AND r.feed >= ${from} AND r.feed < ${to})${invoices})`)
  }
}

const addScope = (conditions: Conditions, scope: ListScope): void => {
  conditions.and(
    `l.scope >= ${conditions.value(scope.from)} AND l.scope < ${conditions.value(scope.to)} AND l.shared_prefix < ${conditions.value(scope.prefixLength)}`,
  )
}

export const showProject = (actor: Actor, row: Row): ProjectSummary => ({
  id: projectId.of(row.project_id),
  name: row.name,
  projectCode: row.project_code,
  divisionCode: row.division_code,
  ownerName: row.owner_name === null ? null : nameFor(actor.role, row.owner_name),
  // As the list joins them (src/track/list.ts): a contractor may be a person.
  contractorNames: row.contractor_names
    .split('、')
    .map((name) => nameFor(actor.role, name))
    .join('、'),
  stage: row.stage,
  departments: row.departments,
  contractFen: row.contract_fen,
  workDoneFen: row.work_done_fen,
  receivableFen: row.receivable_fen,
  netInvoicedFen: row.net_invoiced_fen,
  gapFen: row.gap_fen,
  lastEventOn: row.last_event_on,
})

const empty: Page<ProjectSummary> = { items: [], nextCursor: null }

/**
 * One page of the projects an actor may see that fit the query, each project once. Search words are all required.
 * Throws `http.bad_cursor`.
 */
export const listProjects = async (
  client: Queryable,
  actor: Actor,
  query: ProjectsQuery,
): Promise<Page<ProjectSummary>> => {
  const { cursor, limit, ...question } = query
  const order = orders[query.sort]
  const after = readCursor(cursor, question, order.keys)
  const scope = listScope(actor, query.division)
  if (scope === null) return empty
  const conditions = new Conditions()
  addScope(conditions, scope)
  addFilters(conditions, query)
  if (query.q) {
    const tokens = queryTokens(query.q)
    if (tokens.length === 0) return empty
    for (const token of tokens) conditions.and(tokenCondition(conditions, token))
  }
  if (after) conditions.and(order.after(after.map((key) => conditions.value(key))))
  const rowsAsked = conditions.value(limit + 1)
  const text = `SELECT ${columns} FROM project_list l WHERE ${conditions.text} ORDER BY ${order.by} LIMIT ${rowsAsked}`
  // Words differ by orders of magnitude in how many projects they hit, so a search is planned with its values.
  const name =
    query.q || query.contractor ? null : `projects ${query.sort} ${shapeOf(query)} ${after ? 'next' : 'first'}`
  const rows = await statement(name, text, Row)(client, ...conditions.values)
  return pageOf(
    rows,
    limit,
    (row) => showProject(actor, row),
    (row) => writeCursor(question, order.keysOf(row)),
  )
}

const shapeOf = (query: ProjectsQuery): string =>
  [query.stage, query.gapMinFen, query.contractor, query.taxpayerId, query.department]
    .map((filter) => (filter === undefined ? '-' : 'x'))
    .join('') + (query.department === 'tax' ? 't' : '')

const projectsByIds = statement<typeof Row, [bigint[], number]>(
  'projects_by_ids',
  `SELECT DISTINCT ON (l.project_id) ${columns} FROM project_list l WHERE l.project_id = ANY ($1) ORDER BY l.project_id, l.scope LIMIT $2`,
  Row,
)

/** The summaries of given projects, as far as the actor may see them. */
export const projectSummaries = async (
  client: Queryable,
  actor: Actor,
  ids: readonly bigint[],
): Promise<ProjectSummary[]> =>
  (await projectsByIds(client, [...ids], ids.length)).map((row) => showProject(actor, row))
