/** Acts of people on links and projects: proposals that wait for another person, and what was done to a project. */
import { z } from 'zod'
import type { ActItem, ActsQuery } from '#schemas/api/act.ts'
import type { Actor } from '../access/actor.ts'
import { nameFor } from '../access/mask.ts'
import type { Queryable } from '../db/transaction.ts'
import { partyId, projectId, recordId } from '../kernel/opaque-id.ts'
import { cursorKeys, type Page, pageOf, readCursor, writeCursor } from './page.ts'
import { statement } from './statement.ts'

const Effect = z
  .object({ movedFen: z.string(), secondPerson: z.array(z.enum(['amount', 'scope', 'wide'])) })
  .loose()
  .nullable()

const Row = z.object({
  act_id: z.bigint(),
  verb: z.enum(['confirm', 'reject', 'doubt', 'merge', 'split', 'undo']),
  text_hash: z.instanceof(Buffer).nullable(),
  party_name: z.string().nullable(),
  registration_id: z.string().nullable(),
  registration_name: z.string().nullable(),
  key_hashes: z.array(z.instanceof(Buffer)),
  undoes: z.bigint().nullable(),
  author: z.string(),
  author_name: z.string(),
  reason: z.string(),
  settings: z.number(),
  digest: z.string(),
  effect: Effect,
  is_proposal: z.boolean(),
  is_undone: z.boolean(),
  at: z.date(),
  answer: z.enum(['confirmed', 'declined', 'withdrawn']).nullable(),
  answer_author: z.string().nullable(),
  answer_author_name: z.string().nullable(),
  answer_reason: z.string().nullable(),
  answer_at: z.date().nullable(),
  projects: z.array(z.object({ id: z.string(), name: z.string() })),
})
type Row = z.output<typeof Row>

const recordsShown = 50

/** Records as projects in sight: where they lie now. */
const projectsOf = `SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('id', v.project_id::text, 'name', v.name)), '[]') FROM (
    SELECT k FROM unnest(a.key_hashes) AS k LIMIT ${recordsShown}) x JOIN member_by_record m ON m.key_hash = x.k JOIN project_list v ON v.project_id = m.project_id`

const select = `SELECT a.act_id, a.verb, a.text_hash, p.name AS party_name, r.registration_id, g.name AS registration_name, a.key_hashes[1:${recordsShown}] AS key_hashes, a.undoes, a.author, a.author_name, a.reason,
    a.settings, encode(a.evidence_digest, 'hex') AS digest, a.effect, a.is_proposal, a.at, n.answer, n.author AS answer_author, n.author_name AS answer_author_name, n.reason AS answer_reason, n.at AS answer_at,
    EXISTS (SELECT FROM judgement j JOIN judgement u ON u.undoes = j.judgement_id WHERE j.act_id = a.act_id) AS is_undone, (${projectsOf}) AS projects
  FROM act a LEFT JOIN act_answer n USING (act_id) LEFT JOIN party p ON p.text_hash = a.text_hash
    CROSS JOIN LATERAL (SELECT a.input->>'registrationId' AS registration_id) r LEFT JOIN registration g ON g.registration_id = r.registration_id`

const page = statement<typeof Row, [boolean, string | null, bigint | null, number]>(
  'acts_page',
  `${select} WHERE ($1 IS FALSE OR a.is_proposal AND n.answer IS NULL)
     AND ($2::bigint IS NULL OR a.key_hashes && (SELECT array_agg(m.key_hash) FROM member_by_project m WHERE m.project_id = $2))
     AND ($3::bigint IS NULL OR a.act_id < $3) ORDER BY a.act_id DESC LIMIT $4`,
  Row,
)
const one = statement<typeof Row, [bigint]>('act_by_id', `${select} WHERE a.act_id = $1`, Row)

const stateOf = (row: Row): ActItem['state'] => {
  if (row.is_undone) return 'undone'
  if (!row.is_proposal) return 'standing'
  return row.answer === null ? 'open' : row.answer
}

const show = (actor: Actor, row: Row): ActItem => ({
  id: row.act_id.toString(),
  verb: row.verb,
  state: stateOf(row),
  undoes: row.undoes?.toString() ?? null,
  party: row.text_hash && partyId.of(row.text_hash),
  partyName: row.party_name === null ? null : nameFor(actor.role, row.party_name),
  registrationId: row.registration_id,
  registrationName: row.registration_name === null ? null : nameFor(actor.role, row.registration_name),
  projects: row.projects.map(({ id, name }) => ({ id: projectId.of(BigInt(id)), name })),
  records: row.key_hashes.map((key) => recordId.of(key)),
  author: row.author,
  authorName: row.author_name,
  reason: row.reason,
  settings: row.settings,
  digest: row.digest,
  movedFen: row.effect === null ? null : BigInt(row.effect.movedFen),
  secondPerson: row.effect?.secondPerson ?? [],
  at: row.at.toISOString(),
  answer:
    row.answer === null
      ? null
      : {
          author: row.answer_author ?? '',
          authorName: row.answer_author_name ?? '',
          reason: row.answer_reason ?? '',
          at: row.answer_at?.toISOString() ?? '',
        },
})

/** Acts in sight, the newest first. Throws `http.bad_cursor`. */
export const listActs = async (client: Queryable, actor: Actor, query: ActsQuery): Promise<Page<ActItem>> => {
  const question = { acts: query.state, project: query.project ?? null }
  const after = readCursor(query.cursor, question, [cursorKeys.integer])
  const rows = await page(
    client,
    query.state === 'open',
    query.project === undefined ? null : (projectId.numberOf(query.project) ?? 0n).toString(),
    after?.[0] == null ? null : BigInt(after[0]),
    query.limit + 1,
  )
  return pageOf(
    rows,
    query.limit,
    (row) => show(actor, row),
    (row) => writeCursor(question, [row.act_id]),
  )
}

/** One act; null where the actor may not see it. */
export const findAct = async (client: Queryable, actor: Actor, id: bigint): Promise<ActItem | null> => {
  const [row] = await one(client, id)
  return row ? show(actor, row) : null
}
