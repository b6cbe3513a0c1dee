/** Links of party texts to registrations: the queue of unsure ones, and why one stands as it does. */
import { z } from 'zod'
import type { Candidate, LinkAnswer, LinkItem, LinksQuery } from '#schemas/api/link.ts'
import type { Actor } from '../access/actor.ts'
import { addressFor, nameFor } from '../access/mask.ts'
import type { Queryable } from '../db/transaction.ts'
import { sm3 } from '../kernel/cipher.ts'
import { partyId, projectId, recordId } from '../kernel/opaque-id.ts'
import { shownText } from '../link/verbs/shown.ts'
import { aliasesOf } from './aliases.ts'
import { changesOf, foundBy } from './link-why.ts'
import { cursorKeys, type Page, pageOf, readCursor, writeCursor } from './page.ts'
import { listScope } from './scope.ts'
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
  projects: z.number(),
  contract_fen: z.bigint(),
  information: z.number(),
})
type Row = z.output<typeof Row>

/** Projects that the asked texts stand in: as parties of records, of what is tied to them, of their invoices. */
const stands = `
  SELECT n.text_hash, m.project_id FROM asked JOIN mention n USING (text_hash) JOIN member_by_record m USING (key_hash)
  UNION SELECT n.text_hash, t.project_id FROM asked JOIN mention n USING (text_hash) JOIN tie t USING (subject_hash)
  UNION SELECT s.seller_hash, t.project_id FROM asked JOIN subject s ON s.seller_hash = asked.text_hash JOIN tie t USING (subject_hash)
  UNION SELECT s.buyer_hash, t.project_id FROM asked JOIN subject s ON s.buyer_hash = asked.text_hash JOIN tie t USING (subject_hash)
  UNION SELECT s.holder_hash, t.project_id FROM asked JOIN subject s ON s.holder_hash = asked.text_hash JOIN tie t USING (subject_hash)`

// What a person's minute is worth: how unsure the answer is (binary entropy; a question that is asked again counts in full), times how many projects
// and how much money hang on it.
const clamped = 'least(0.999999, greatest(0.000001, l.score))'
const entropy = `CASE WHEN l.reason LIKE 'judgement.%' THEN 1 ELSE -(${clamped} * ln(${clamped}) + (1 - ${clamped}) * ln(1 - ${clamped})) / ln(2) END`
const information = `round((${entropy} * ln(2 + coalesce(h.projects, 0)) / ln(2) * ln(2 + coalesce(h.contract_fen, 0) / 1000000.0) / ln(2))::numeric, 6)::float8`
/**
 * @param which condition on the links that are asked for
 * @param within condition on the rows of the list through which a project counts
 */
const selectLinks = (which: string, within: string) => `
  WITH asked AS MATERIALIZED (SELECT l.* FROM party_link l WHERE ${which}),
    stakes AS (SELECT d.text_hash, count(*)::int AS projects, coalesce(sum(d.fen), 0)::bigint AS contract_fen FROM (
      SELECT x.text_hash, v.project_id, max(v.contract_fen) AS fen FROM (${stands}) x JOIN project_list v ON v.project_id = x.project_id WHERE ${within} GROUP BY x.text_hash, v.project_id) d GROUP BY d.text_hash),
    said AS (SELECT n.text_hash, count(*)::int AS mentions FROM asked JOIN mention n USING (text_hash) GROUP BY n.text_hash)
  SELECT l.text_hash, p.name, p.code, p.site_unit, l.decision, l.registration_id, r.name AS registration_name, l.score, l.reason, coalesce(u.mentions, 0) AS mentions,
    coalesce(h.projects, 0) AS projects, coalesce(h.contract_fen, 0)::bigint AS contract_fen, ${information} AS information
  FROM asked l JOIN party p ON p.text_hash = l.text_hash LEFT JOIN registration r ON r.registration_id = l.registration_id
    LEFT JOIN said u ON u.text_hash = l.text_hash LEFT JOIN stakes h ON h.text_hash = l.text_hash`

const queue = statement<
  typeof Row,
  [string, number | null, string | null, number, string | null, string | null, string | null]
>(
  'links_queue',
  `SELECT * FROM (${selectLinks('l.decision = $1 AND ($5::text IS NULL OR l.reason = $5)', '$6::text IS NULL OR v.scope >= $6 AND v.scope < $7')}) q
   WHERE ($6::text IS NULL OR q.projects > 0) AND ($3::text IS NULL OR q.information < $2 OR q.information = $2 AND q.text_hash > decode($3, 'hex'))
   ORDER BY q.information DESC, q.text_hash LIMIT $4`,
  Row,
)

const one = statement<typeof Row, [Buffer]>('link_by_party', selectLinks('l.text_hash = $1', 'true'), Row)

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
  projects: row.projects,
  contractFen: row.contract_fen,
  information: row.information,
})

/** A question to the queue: what decides which rows there are, and so belongs to a cursor. */
export type QueueFilter = Pick<LinksQuery, 'decision' | 'reason' | 'division'>

/** Rows of the queue after one of them; none where the division lies outside the actor's scope. */
const queueAfter = async (
  client: Queryable,
  actor: Actor,
  { decision, reason, division }: QueueFilter,
  after: { readonly information: number; readonly hash: string } | null,
  limit: number,
): Promise<Row[]> => {
  const scope = division === undefined ? null : listScope(actor, division)
  if (division !== undefined && scope === null) return []
  return queue(
    client,
    decision,
    after?.information ?? null,
    after?.hash ?? null,
    limit,
    reason ?? null,
    scope?.from ?? null,
    scope?.to ?? null,
  )
}

/** One page of links with a decision, most informative first. The reader's views show the parties of projects in sight. Throws `http.bad_cursor`. */
export const listLinks = async (client: Queryable, actor: Actor, query: LinksQuery): Promise<Page<LinkItem>> => {
  const question = { links: query.decision, reason: query.reason ?? null, division: query.division ?? null }
  const keys = readCursor(query.cursor, question, [cursorKeys.real, cursorKeys.hash])
  const after = keys?.[0] == null ? null : { information: Number(keys[0]), hash: keys[1] ?? '' }
  const rows = await queueAfter(client, actor, query, after, query.limit + 1)
  return pageOf(
    rows,
    query.limit,
    (row) => show(actor, row),
    (row) => writeCursor(question, [row.information, row.text_hash.toString('hex')]),
  )
}

const ReasonRow = z.object({ reason: z.string(), links: z.number() })
const reasons = statement<typeof ReasonRow, [string]>(
  'links_by_reason',
  'SELECT reason, count(*)::int AS links FROM party_link WHERE decision = $1 GROUP BY reason ORDER BY links DESC, reason',
  ReasonRow,
)

/** How many links with a decision stand for which reason, in sight of the actor of this connection. */
export const linkReasons = (client: Queryable, decision: LinksQuery['decision']) => reasons(client, decision)

export const findLinkItem = async (client: Queryable, actor: Actor, textHash: Buffer): Promise<LinkItem | null> => {
  const [row] = await one(client, textHash)
  return row ? show(actor, row) : null
}

/** The link that follows in a queue; null at its end. */
export const linkAfter = async (
  client: Queryable,
  actor: Actor,
  link: LinkItem,
  filter: QueueFilter = { decision: 'review' },
): Promise<LinkItem | null> => {
  const hash = partyId.hashOf(link.party)?.toString('hex') ?? ''
  const [row] = await queueAfter(client, actor, filter, { information: link.information, hash }, 1)
  return row ? show(actor, row) : null
}

const WhyRow = z.object({
  settings: z.number(),
  known_from: z.bigint(),
  evidence: z.array(z.unknown()),
  candidates: z.array(z.object({ registrationId: z.string(), score: z.number() })),
  shown: z.string(),
  judgement_id: z.bigint().nullable(),
  link_from: z.number().nullable(),
  review_from: z.number().nullable(),
})
const why = statement<typeof WhyRow, [Buffer]>(
  'link_why',
  `SELECT l.settings, l.known_from, l.evidence, l.candidates, ${shownText} AS shown, l.judgement_id, g.link_from, g.review_from
   FROM party_link l LEFT JOIN link_settings g ON g.version = l.settings WHERE l.text_hash = $1`,
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

const rejection = (link: LinkItem, judgementId: bigint | null, judged: readonly z.output<typeof JudgementRow>[]) => {
  const said = judged.find((j) => j.judgement_id === judgementId)
  return link.reason === 'judgement.reopened' && said
    ? { author: said.author, reason: said.reason, at: said.at.toISOString() }
    : null
}

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
  const likeliest = link.registrationId ?? reason.candidates[0]?.registrationId ?? null
  return {
    link,
    digest: sm3(reason.shown),
    foundBy: foundBy(link.reason, reason.evidence),
    change: changesOf(link, reason, { linkFrom: reason.link_from, reviewFrom: reason.review_from }),
    rejectedBefore: rejection(link, reason.judgement_id, judged),
    aliases: likeliest === null ? [] : await aliasesOf(client, likeliest),
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
