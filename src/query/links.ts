/** Links of party texts to registrations: the queue of unsure ones, and why one stands as it does. */
import { z } from 'zod'
import type { Candidate, LinkAnswer, LinkItem, LinksQuery } from '#schemas/api/link.ts'
import type { Actor } from '../access/actor.ts'
import { addressFor, nameFor } from '../access/mask.ts'
import type { Queryable } from '../db/transaction.ts'
import { partyId, projectId, recordId } from '../kernel/opaque-id.ts'
import { cursorKeys, type Page, pageOf, readCursor, writeCursor } from './page.ts'
import { statement } from './statement.ts'

const Code = z.object({ scheme: z.string(), normalised: z.string() }).loose().nullable()

const Row = z.object({
  text_hash: z.instanceof(Buffer),
  name: z.string(),
  code: Code,
  site_unit: z.string().nullable(),
  decision: z.enum(['link', 'review', 'none']),
  registration_id: z.string().nullable(),
  registration_name: z.string().nullable(),
  score: z.number(),
  reason: z.string(),
  mentions: z.number(),
  information: z.number(),
})
type Row = z.output<typeof Row>

// Binary entropy of the score, times how many records hang on the answer: what a person's minute is worth.
const clamped = 'least(0.999999, greatest(0.000001, l.score))'
const information = `round((-(${clamped} * ln(${clamped}) + (1 - ${clamped}) * ln(1 - ${clamped})) / ln(2) * ln(2 + u.mentions))::numeric, 6)::float8`
const selectLink = `
  SELECT l.text_hash, p.name, p.code, p.site_unit, l.decision, l.registration_id, r.name AS registration_name, l.score, l.reason, u.mentions, ${information} AS information
  FROM party_link l JOIN party p ON p.text_hash = l.text_hash
    LEFT JOIN registration r ON r.registration_id = l.registration_id
    CROSS JOIN LATERAL (SELECT count(*)::int AS mentions FROM mention n WHERE n.text_hash = l.text_hash) u`

const queue = statement<typeof Row, [string, number | null, string | null, number]>(
  'links_queue',
  `SELECT * FROM (${selectLink} WHERE l.decision = $1) q
   WHERE $3::text IS NULL OR q.information < $2 OR q.information = $2 AND q.text_hash > decode($3, 'hex')
   ORDER BY q.information DESC, q.text_hash LIMIT $4`,
  Row,
)

const one = statement<typeof Row, [Buffer]>('link_by_party', `${selectLink} WHERE l.text_hash = $1`, Row)

/** The code as a page may show it: never an identity number. */
const codeShown = (code: Row['code']): string | null =>
  code === null || code.scheme === 'idCard' || /^\d{15}$|^\d{17}[\dX]$/.test(code.normalised)
    ? null
    : code.normalised || null

const show = (actor: Actor, row: Row): LinkItem => ({
  party: partyId.of(row.text_hash),
  name: nameFor(actor.role, row.name),
  code: codeShown(row.code),
  siteUnit: row.site_unit,
  decision: row.decision,
  registrationId: row.registration_id,
  registrationName: row.registration_name === null ? null : nameFor(actor.role, row.registration_name),
  score: row.score,
  reason: row.reason,
  mentions: row.mentions,
  information: row.information,
})

/** One page of links with a decision, most informative first. The reader's views show the parties of projects in sight. Throws `http.bad_cursor`. */
export const listLinks = async (client: Queryable, actor: Actor, query: LinksQuery): Promise<Page<LinkItem>> => {
  const question = { links: query.decision }
  const after = readCursor(query.cursor, question, [cursorKeys.real, cursorKeys.hash])
  const rows = await queue(
    client,
    query.decision,
    after?.[0] == null ? null : Number(after[0]),
    after?.[1] ?? null,
    query.limit + 1,
  )
  return pageOf(
    rows,
    query.limit,
    (row) => show(actor, row),
    (row) => writeCursor(question, [row.information, row.text_hash.toString('hex')]),
  )
}

export const findLinkItem = async (client: Queryable, actor: Actor, textHash: Buffer): Promise<LinkItem | null> => {
  const [row] = await one(client, textHash)
  return row ? show(actor, row) : null
}

/** The link that follows in the queue of unsure ones; null at its end. */
export const linkAfter = async (client: Queryable, actor: Actor, link: LinkItem): Promise<LinkItem | null> => {
  const hash = partyId.hashOf(link.party)?.toString('hex') ?? ''
  const [row] = await queue(client, 'review', link.information, hash, 1)
  return row ? show(actor, row) : null
}

const WhyRow = z.object({
  settings: z.number(),
  known_from: z.bigint(),
  evidence: z.array(z.unknown()),
  candidates: z.array(z.object({ registrationId: z.string(), score: z.number() })),
})
const why = statement<typeof WhyRow, [Buffer]>(
  'link_why',
  'SELECT settings, known_from, evidence, candidates FROM party_link WHERE text_hash = $1',
  WhyRow,
)

const CandidateRow = z.object({
  registration_id: z.string(),
  taxpayer_id: z.string(),
  name: z.string(),
  uscc: z.string().nullable(),
  status: z.string().nullable(),
  division_code: z.string().nullable(),
  address: z.string().nullable(),
  office_name: z.string().nullable(),
})
const candidates = statement<typeof CandidateRow, [string[]]>(
  'link_candidates',
  'SELECT registration_id, taxpayer_id, name, uscc, status, division_code, address, office_name FROM registration WHERE registration_id = ANY ($1)',
  CandidateRow,
)

const MentionRow = z.object({
  key_hash: z.instanceof(Buffer),
  feed: z.string(),
  role: z.string(),
  project_id: z.bigint().nullable(),
  project_name: z.string().nullable(),
})
const mentions = statement<typeof MentionRow, [Buffer]>(
  'link_mentions',
  `SELECT n.key_hash, n.feed, n.role, v.project_id, v.name AS project_name FROM mention n
     LEFT JOIN member_by_record m ON m.key_hash = n.key_hash
     LEFT JOIN tie t ON t.subject_hash = n.subject_hash
     LEFT JOIN LATERAL (SELECT l.project_id, l.name FROM project_list l WHERE l.project_id = coalesce(m.project_id, t.project_id) ORDER BY l.scope LIMIT 1) v ON true
   WHERE n.text_hash = $1 ORDER BY n.feed, n.key_hash, n.role, n.seq LIMIT 50`,
  MentionRow,
)

const JudgementRow = z.object({
  judgement_id: z.bigint(),
  verdict: z.enum(['positive', 'negative', 'unsure', 'undo']),
  registration_id: z.string().nullable(),
  undoes: z.bigint().nullable(),
  author: z.string(),
  reason: z.string(),
  at: z.date(),
  tick: z.bigint(),
})
const judgements = statement<typeof JudgementRow, [Buffer]>(
  'link_judgements',
  'SELECT judgement_id, verdict, registration_id, undoes, author, reason, at, tick FROM judgement WHERE text_hash = $1 ORDER BY judgement_id DESC LIMIT 100',
  JudgementRow,
)

const showCandidate = (
  actor: Actor,
  score: number,
  registrationId: string,
  row: z.output<typeof CandidateRow> | undefined,
): Candidate => ({
  registrationId,
  taxpayerId: row?.taxpayer_id ?? null,
  score,
  name: row ? nameFor(actor.role, row.name) : null,
  uscc: row?.uscc ?? null,
  status: row?.status ?? null,
  divisionCode: row?.division_code ?? null,
  address: addressFor(actor.role, row?.address ?? null),
  officeName: row?.office_name ?? null,
})

/** Why a link stands as it does: comparisons, candidates, where the text occurs, what people judged. Null where the actor may not see it. */
export const explainLink = async (client: Queryable, actor: Actor, textHash: Buffer): Promise<LinkAnswer | null> => {
  const [link, [reason], found, judged] = await Promise.all([
    findLinkItem(client, actor, textHash),
    why(client, textHash),
    mentions(client, textHash),
    judgements(client, textHash),
  ])
  if (!link || !reason) return null
  const known = new Map(
    (
      await candidates(
        client,
        reason.candidates.map((candidate) => candidate.registrationId),
      )
    ).map((row) => [row.registration_id, row]),
  )
  return {
    link,
    settings: reason.settings,
    knownFromTick: reason.known_from.toString(),
    evidence: reason.evidence,
    candidates: reason.candidates.map(({ registrationId, score }) =>
      showCandidate(actor, score, registrationId, known.get(registrationId)),
    ),
    mentions: found.map((row) => ({
      record: recordId.of(row.key_hash),
      feed: row.feed,
      role: row.role,
      project: row.project_id === null ? null : projectId.of(row.project_id),
      projectName: row.project_name,
    })),
    judgements: judged.map((row) => ({
      id: row.judgement_id.toString(),
      verdict: row.verdict,
      registrationId: row.registration_id,
      undoes: row.undoes?.toString() ?? null,
      author: row.author,
      reason: row.reason,
      at: row.at.toISOString(),
      tick: row.tick.toString(),
    })),
  }
}
