/**
 * Subjects to projects, in this order: the record that it names, or what that record is tied to; the one project that carries its code; the project of
 * the cross-region report whose number it gives; else what its parties, project name and place say. Unsure subjects stay untied, with candidates.
 */
import { pacer } from '../../kernel/turn.ts'
import { createProjectFinder, type ProjectFinder, type TieSubject } from '../ties/tie.ts'
import { affectedSubjects, stepsMax, stepsOf, type TieNews } from './affected.ts'
import { projectCards } from './cards.ts'
import { type Advance, byteas } from './scope.ts'
import { type StoredTie, storeTies } from './tie-store.ts'

interface Said extends TieSubject {
  readonly subject: string
  readonly kind: 'record' | 'about' | 'invoice'
  /** It names a record; that record speaks of a project. */
  readonly hasRef: boolean
  readonly refSpeaks: boolean
  /** Project of the named record, where that is a project record. */
  readonly member: bigint | null
  /** What the named record is tied to, where it speaks of a project itself. */
  readonly followed: bigint | null
  readonly followedScore: number | null
  /** Projects that carry its code, and those of the reports with its number. */
  readonly coded: readonly bigint[]
  readonly reported: readonly bigint[]
}

const saidBy = async (a: Advance, subjects: readonly string[]): Promise<Said[]> =>
  (
    await a.client.query<Said>(
      `SELECT encode(s.subject_hash, 'hex') AS subject, s.kind, s.seller_key AS "sellerKey", s.buyer_key AS "buyerKey", s.holder_key AS "holderKey", s.project_name AS "projectName", s.name_key AS "nameKey",
         s.project_code AS "projectCode", s.division_code AS "divisionCode", s.place_text AS "placeText", s.on_text AS "on", s.ref_key_hash IS NOT NULL AS "hasRef", f.subject_hash IS NOT NULL AS "refSpeaks", m.project_id AS member, t.project_id AS followed, t.score AS "followedScore",
         CASE WHEN s.project_code IS NULL THEN '{}' ELSE ARRAY(SELECT DISTINCT x.project_id FROM project_record r JOIN member_by_record x USING (key_hash) WHERE r.project_code = s.project_code ORDER BY 1) END AS coded,
         CASE WHEN s.report_number IS NULL THEN '{}' ELSE ARRAY(SELECT DISTINCT x.project_id FROM subject o JOIN tie x USING (subject_hash) WHERE o.own_report = s.report_number AND x.project_id IS NOT NULL ORDER BY 1) END AS reported
       FROM subject s LEFT JOIN fact f ON f.key_hash = s.ref_key_hash LEFT JOIN member_by_record m ON m.key_hash = s.ref_key_hash LEFT JOIN tie t ON t.subject_hash = f.subject_hash
       WHERE s.subject_hash = ANY ($1::bytea[]) ORDER BY s.project_name COLLATE "C", s.division_code, s.subject_hash`,
      [byteas(subjects)],
    )
  ).rows

const to = (projectId: bigint, score: number, reason: string): StoredTie => ({
  projectId,
  tier: null,
  score,
  reason,
  candidates: [],
})

/** What the subject names outright; null where that leads to no one project. */
const named = (s: Said, mayFollow: boolean): StoredTie | null => {
  if (s.member !== null) return to(s.member, 1, 'record.named')
  if (mayFollow && s.followed !== null) return to(s.followed, s.followedScore ?? 0, 'record.followed')
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
  reason: mayFollow ? (s.refSpeaks ? 'record.untied' : 'record.unknown') : 'record.circular',
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

const tieAll = async (
  a: Advance,
  subjects: readonly string[],
  mayFollow: boolean,
  finderOf: () => Promise<ProjectFinder>,
): Promise<void> => {
  const pace = pacer(200)
  const ties = new Map<string, StoredTie>()
  for (const s of await saidBy(a, subjects)) {
    const outright = named(s, mayFollow)
    if (s.kind === 'record') ties.set(s.subject, outright ?? untiedRecord(s, mayFollow))
    else if (outright !== null && s.kind === 'about') ties.set(s.subject, outright)
    else {
      const finder = await finderOf()
      ties.set(s.subject, outright === null ? found(finder, s) : withTier(finder, s, outright))
    }
    await pace()
  }
  await storeTies(a, ties)
}

/** Ties what is new or affected: who follows nobody first, then who follows those, step by step. */
export const updateTies = async (a: Advance, news: TieNews): Promise<void> => {
  const subjects = await affectedSubjects(a, news)
  if (subjects.length === 0) return
  const steps = await stepsOf(a, subjects)
  let finder: Promise<ProjectFinder> | null = null
  const finderOf = (): Promise<ProjectFinder> => (finder ??= projectCards(a.client).then(createProjectFinder))
  const bySteps = Map.groupBy(subjects, (subject) => steps.get(subject) ?? 0)
  const refused = bySteps.get(stepsMax + 1)
  if (refused) await tieAll(a, refused, false, finderOf)
  for (let step = 0; step <= stepsMax; step++) {
    const own = bySteps.get(step)
    if (own) await tieAll(a, own, true, finderOf)
  }
}
