/**
 * Subjects to projects, in this order: the record that it names, or what that record is tied to; the one project that carries its code; the project of
 * the cross-region report whose number it gives; else what its parties, project name and place say. Unsure subjects stay untied, with candidates.
 */
import { cursorRows } from '../../db/cursor.ts'
import { pacer } from '../../kernel/turn.ts'
import { createProjectFinder, type ProjectFinder, type TieSubject } from '../ties/tie.ts'
import { noteAffected, stepsMax } from './affected.ts'
import { type CardReader, cardReader } from './cards.ts'
import { type Advance, byteas } from './scope.ts'
import { type StoredTie, storeTies } from './tie-store.ts'
import { analyseGrown } from './work.ts'

interface Words extends TieSubject {
  readonly subject: string
  readonly kind: 'record' | 'about' | 'invoice'
  readonly hasRef: boolean
  readonly reportNumber: string | null
}

interface Ref {
  /** The named record speaks of a project. */
  readonly speaks: boolean
  /** Project of the named record, where that is a project record. */
  readonly member: bigint | null
  /** What the named record is tied to, where it speaks of a project itself. */
  readonly followed: bigint | null
  readonly score: number | null
}

interface Said extends Words {
  readonly ref: Ref | null
  /** Projects that carry its code, and those of the reports with its number. */
  readonly coded: readonly bigint[]
  readonly reported: readonly bigint[]
}

const wordsAtOnce = 10_000

/** Subjects that are `steps` steps from the end of what they name, in the order of the names that they give. */
const wordsAt = (a: Advance, steps: number) =>
  cursorRows<Words>(
    a.client,
    'link_ties',
    `SELECT encode(s.subject_hash, 'hex') AS subject, s.kind, s.ref_key_hash IS NOT NULL AS "hasRef", s.seller_key AS "sellerKey", s.buyer_key AS "buyerKey", s.holder_key AS "holderKey",
       s.project_name AS "projectName", s.name_key AS "nameKey", s.project_code AS "projectCode", s.division_code AS "divisionCode", s.place_text AS "placeText", s.on_text AS "on", s.report_number AS "reportNumber"
     FROM work_tie w JOIN subject s USING (subject_hash) WHERE w.steps = ${steps} ORDER BY s.project_name COLLATE "C", s.division_code, s.subject_hash`,
    wordsAtOnce,
  )

// Each of these asks once for all of a piece's subjects that name such a thing at all: most name none of them.
const refsOf = async (a: Advance, words: readonly Words[]): Promise<Map<string, Ref>> => {
  const { rows } = await a.client.query<Ref & { subject: string }>(
    `SELECT encode(s.subject_hash, 'hex') AS subject, f.subject_hash IS NOT NULL AS speaks, m.project_id AS member, t.project_id AS followed, t.score
     FROM unnest($1::bytea[]) AS x (h) JOIN subject s ON s.subject_hash = x.h LEFT JOIN member_by_record m ON m.key_hash = s.ref_key_hash LEFT JOIN fact f ON f.key_hash = s.ref_key_hash
       LEFT JOIN tie t ON t.subject_hash = f.subject_hash`,
    [byteas(words.flatMap((w) => (w.hasRef ? [w.subject] : [])))],
  )
  return new Map(rows.map((r) => [r.subject, r]))
}

const projectsByCode = async (a: Advance, words: readonly Words[]): Promise<Map<string, readonly bigint[]>> => {
  const { rows } = await a.client.query<{ code: string; projects: bigint[] }>(
    `SELECT r.project_code AS code, array_agg(DISTINCT m.project_id ORDER BY m.project_id) AS projects FROM project_record r JOIN member_by_record m USING (key_hash) WHERE r.project_code = ANY ($1) GROUP BY 1`,
    [[...new Set(words.flatMap((w) => w.projectCode ?? []))]],
  )
  return new Map(rows.map((r) => [r.code, r.projects]))
}

const projectsByReport = async (a: Advance, words: readonly Words[]): Promise<Map<string, readonly bigint[]>> => {
  const { rows } = await a.client.query<{ report: string; projects: bigint[] }>(
    `SELECT o.own_report AS report, array_agg(DISTINCT t.project_id ORDER BY t.project_id) AS projects FROM subject o JOIN tie t USING (subject_hash)
     WHERE o.own_report = ANY ($1) AND t.project_id IS NOT NULL GROUP BY 1`,
    [[...new Set(words.flatMap((w) => w.reportNumber ?? []))]],
  )
  return new Map(rows.map((r) => [r.report, r.projects]))
}

const saidBy = async (a: Advance, words: readonly Words[]): Promise<Said[]> => {
  const refs = await refsOf(a, words)
  const byCode = await projectsByCode(a, words)
  const byReport = await projectsByReport(a, words)
  return words.map((w) => ({
    ...w,
    ref: refs.get(w.subject) ?? null,
    coded: byCode.get(w.projectCode ?? '') ?? [],
    reported: byReport.get(w.reportNumber ?? '') ?? [],
  }))
}

const to = (projectId: bigint, score: number, reason: string): StoredTie => ({
  projectId,
  tier: null,
  score,
  reason,
  candidates: [],
})

/** What the subject names outright; null where that leads to no one project. */
const named = (s: Said, mayFollow: boolean): StoredTie | null => {
  const { ref } = s
  if (ref !== null && ref.member !== null) return to(ref.member, 1, 'record.named')
  if (mayFollow && ref !== null && ref.followed !== null) return to(ref.followed, ref.score ?? 0, 'record.followed')
  const [coded, otherCoded] = s.coded
  if (coded !== undefined && otherCoded === undefined) return to(coded, 0.99, 'code.named')
  const [reported, otherReported] = s.reported
  if (mayFollow && reported !== undefined && otherReported === undefined) return to(reported, 0.98, 'report.named')
  return null
}

const untiedRecord = (s: Said, mayFollow: boolean): StoredTie => ({
  projectId: null,
  tier: null,
  score: 0,
  reason: mayFollow ? (s.ref?.speaks ? 'record.untied' : 'record.unknown') : 'record.circular',
  candidates: [],
})

const found = (finder: ProjectFinder, s: Said): StoredTie => {
  const { projectId, tier, score, reason, candidates } = finder.tie(s)
  return {
    projectId: projectId === null ? null : BigInt(projectId),
    tier: s.kind === 'invoice' ? tier : null,
    score,
    reason: s.hasRef && reason === 'subject.empty' ? 'record.unknown' : reason,
    candidates,
  }
}

/** Invoices count towards a project by tier, however they were tied to it. */
const withTier = (finder: ProjectFinder, s: Said, tie: StoredTie): StoredTie =>
  s.kind === 'invoice' && tie.projectId !== null ? { ...tie, tier: finder.tierIn(tie.projectId.toString(), s) } : tie

const isFound = (s: Said, outright: StoredTie | null): boolean =>
  s.kind === 'invoice' || (s.kind === 'about' && outright === null)

const tieAll = async (a: Advance, words: readonly Words[], mayFollow: boolean, cards: CardReader): Promise<void> => {
  const said = (await saidBy(a, words)).map((s) => ({ s, outright: named(s, mayFollow) }))
  const asking = said.filter(({ s, outright }) => isFound(s, outright))
  const finder = await cards.finderFor(
    asking.flatMap(({ s, outright }) => (outright === null ? [s] : [])),
    asking.flatMap(({ outright }) => outright?.projectId ?? []),
  )
  const pace = pacer(200)
  const ties = new Map<string, StoredTie>()
  for (const { s, outright } of said) {
    if (!isFound(s, outright)) ties.set(s.subject, outright ?? untiedRecord(s, mayFollow))
    else ties.set(s.subject, outright === null ? found(finder, s) : withTier(finder, s, outright))
    await pace()
  }
  await storeTies(a, ties)
}

/**
 * Ties the subjects that this advance's news could tie otherwise. Whoever follows others comes after them; nobody's tie is asked for by those who
 * are as far from the end as it is, so a piece may be stored while the next is read.
 */
export const updateTies = async (a: Advance): Promise<void> => {
  await noteAffected(a)
  const cards = cardReader(a.client, createProjectFinder)
  for (const steps of [stepsMax + 1, ...Array(stepsMax + 1).keys()])
    for await (const words of wordsAt(a, steps)) {
      await tieAll(a, words, steps <= stepsMax, cards)
      await analyseGrown(a.client, 'tie')
    }
}
