/** Subjects to projects: a section's measurements follow its record; invoices follow what their parties, project name and place say. */
import { canonicalJson } from '#schemas/canonical/position.ts'
import { copyRows } from '../../db/copy.ts'
import { pacer } from '../../kernel/turn.ts'
import { createProjectFinder, type InvoiceSubject, type ProjectCard } from '../invoices/tie.ts'
import { partyKeys } from './nodes.ts'
import { type Advance, bytea, byteas } from './scope.ts'

type Client = Advance['client']

interface Tie {
  readonly projectId: bigint | null
  readonly tier: number | null
  readonly score: number
  readonly reason: string
  readonly candidates: readonly unknown[]
}

export const tieColumns = 'subject_hash, project_id, tier, score, reason, candidates, known_from'
const saying = (t: Tie): string =>
  canonicalJson([t.projectId?.toString() ?? null, t.tier, t.score, t.reason, t.candidates])

/** Moves the ties of these subjects into the past and touches the projects that they led to. */
export const closeTies = async (a: Advance, subjects: readonly string[]): Promise<void> => {
  if (subjects.length === 0) return
  const { rows } = await a.client.query<{ project: bigint }>(
    `WITH closed AS (DELETE FROM tie WHERE subject_hash = ANY ($1::bytea[]) RETURNING *),
       past AS (INSERT INTO tie_past (${tieColumns}, known_to) SELECT ${tieColumns}, $2 FROM closed WHERE known_from < $2)
     SELECT DISTINCT project_id AS project FROM closed WHERE project_id IS NOT NULL`,
    [byteas(subjects), a.to],
  )
  for (const r of rows) a.touched.add(r.project)
}

const storeTies = async (a: Advance, ties: ReadonlyMap<string, Tie>): Promise<void> => {
  const { rows } = await a.client.query<Tie & { subject: string }>(
    `SELECT encode(subject_hash, 'hex') AS subject, project_id AS "projectId", tier, score, reason, candidates FROM tie WHERE subject_hash = ANY ($1::bytea[])`,
    [byteas(ties.keys())],
  )
  const present = new Map(rows.map((r) => [r.subject, r]))
  const changed = [...ties].filter(([subject, tie]) => {
    const old = present.get(subject)
    return old === undefined || saying(old) !== saying(tie)
  })
  for (const [, tie] of changed) if (tie.projectId !== null) a.touched.add(tie.projectId)
  await closeTies(
    a,
    changed.map(([s]) => s),
  )
  await copyRows(
    a.client,
    `tie (${tieColumns})`,
    changed.map(([s, t]) => [bytea(s), t.projectId, t.tier, t.score, t.reason, canonicalJson(t.candidates), a.to]),
  )
}

/** Subjects that a present fact speaks of ($1: those of this advance's facts, which are not tied yet). */
const isSpoken = `(s.subject_hash = ANY ($1::bytea[]) OR EXISTS (SELECT 1 FROM tie t WHERE t.subject_hash = s.subject_hash))`

/** Subjects that name a record follow that record's project: new ones, and those whose record moved. */
const tieToRecords = async (
  a: Advance,
  fresh: readonly string[],
  moved: readonly string[],
): Promise<Map<string, Tie>> => {
  const { rows } = await a.client.query<{ subject: string; project: bigint | null }>(
    `SELECT encode(s.subject_hash, 'hex') AS subject, m.project_id AS project FROM subject s LEFT JOIN member_by_record m ON m.key_hash = s.ref_key_hash
     WHERE s.kind = 'record' AND (s.subject_hash = ANY ($1::bytea[]) OR s.ref_key_hash = ANY ($2::bytea[])) AND ${isSpoken}`,
    [byteas(fresh), byteas(moved)],
  )
  return new Map(
    rows.map((r): [string, Tie] => [
      r.subject,
      {
        projectId: r.project,
        tier: null,
        score: r.project === null ? 0 : 1,
        reason: r.project === null ? 'record.unknown' : 'record.named',
        candidates: [],
      },
    ]),
  )
}

const linkSubjectParties = async (
  a: Advance,
  fresh: readonly string[],
  changedTexts: readonly string[],
): Promise<string[]> => {
  const { rows } = await a.client.query<{ subject: string; seller: string; buyer: string }>(
    `SELECT encode(subject_hash, 'hex') AS subject, encode(seller_hash, 'hex') AS seller, encode(buyer_hash, 'hex') AS buyer FROM subject s
     WHERE kind = 'invoice' AND (s.subject_hash = ANY ($1::bytea[]) OR s.seller_hash = ANY ($2::bytea[]) OR s.buyer_hash = ANY ($2::bytea[])) AND ${isSpoken}`,
    [byteas(fresh), byteas(changedTexts)],
  )
  const keyOf = await partyKeys(a.client, new Set(rows.flatMap((r) => [r.seller, r.buyer])))
  await a.client.query(
    `UPDATE subject s SET seller_key = t.seller, buyer_key = t.buyer FROM unnest($1::bytea[], $2::text[], $3::text[]) AS t (h, seller, buyer)
     WHERE s.subject_hash = t.h AND (s.seller_key, s.buyer_key) IS DISTINCT FROM (t.seller, t.buyer)`,
    [
      byteas(rows.map((r) => r.subject)),
      rows.map((r) => keyOf.get(r.seller) ?? null),
      rows.map((r) => keyOf.get(r.buyer) ?? null),
    ],
  )
  return rows.map((r) => r.subject)
}

const projectCards = async (client: Client): Promise<ProjectCard[]> => {
  const { rows } = await client.query<{
    project: bigint
    name: string
    owner: string | null
    contractors: string[]
    division: string | null
    on: string | null
  }>(
    `SELECT m.project_id AS project, r.name, r.owner_key AS owner, r.contractor_keys AS contractors, r.division_code AS division, r.on_text AS on
     FROM member_by_record m JOIN project_record r USING (key_hash) ORDER BY m.project_id, m.key_hash`,
  )
  const days = (all: typeof rows) => all.flatMap((r) => (r.on ? [r.on] : [])).sort()
  const unique = (values: (string | null)[]): string[] => [...new Set(values.filter((v) => v !== null))].sort()
  return [...Map.groupBy(rows, (r) => r.project)].map(([project, all]) => ({
    projectId: project.toString(),
    names: unique(all.map((r) => r.name)),
    ownerKeys: unique(all.map((r) => r.owner)),
    contractorKeys: unique(all.flatMap((r) => r.contractors)),
    divisionCodes: unique(all.map((r) => r.division)),
    firstOn: days(all)[0] ?? null,
    lastOn: days(all).at(-1) ?? null,
  }))
}

interface SubjectRow extends Omit<InvoiceSubject, 'firstOn' | 'lastOn'> {
  readonly subject: string
}

/**
 * Invoice subjects that news could tie otherwise: new or relinked ones, and all whose parties stand in a project that changed, or stood in it
 * before (`keysBefore`): where one of two projects is out, the other is the one.
 */
const affectedSubjects = async (
  a: Advance,
  relinked: readonly string[],
  keysBefore: readonly string[],
): Promise<SubjectRow[]> =>
  (
    await a.client.query<SubjectRow>(
      `WITH touched AS (SELECT unnest($2::bigint[]) AS project_id),
         keys AS (SELECT unnest($3::text[]) COLLATE "C" AS k UNION SELECT k FROM touched JOIN member_by_record m USING (project_id) JOIN project_record r USING (key_hash)
                  CROSS JOIN LATERAL unnest(r.contractor_keys || r.owner_key) AS k WHERE k IS NOT NULL),
         hit AS (SELECT unnest($1::bytea[]) AS subject_hash
                 UNION SELECT s.subject_hash FROM keys JOIN subject s ON s.seller_key = keys.k
                 UNION SELECT s.subject_hash FROM keys JOIN subject s ON s.buyer_key = keys.k
                 UNION SELECT t.subject_hash FROM touched JOIN tie t USING (project_id))
       SELECT encode(s.subject_hash, 'hex') AS subject, s.seller_key AS "sellerKey", s.buyer_key AS "buyerKey", s.project_name AS "projectName", s.place_text AS "placeText",
         s.division_code AS "divisionCode", s.report_number AS "reportNumber"
       FROM hit JOIN subject s USING (subject_hash) WHERE s.kind = 'invoice' AND ${isSpoken} ORDER BY s.project_name COLLATE "C", s.division_code, s.subject_hash`,
      [byteas(relinked), [...a.touched], keysBefore],
    )
  ).rows

/**
 * Ties what is new or affected. `moved` are the records whose project changed, `changedTexts` the party texts whose link did, `keysBefore` the
 * party keys that changed records carried before.
 */
export const updateTies = async (
  a: Advance,
  fresh: readonly string[],
  moved: readonly string[],
  changedTexts: readonly string[],
  keysBefore: readonly string[],
): Promise<void> => {
  await storeTies(a, await tieToRecords(a, fresh, moved))
  const relinked = await linkSubjectParties(a, fresh, changedTexts)
  const subjects = await affectedSubjects(a, relinked, keysBefore)
  if (subjects.length === 0) return
  const finder = createProjectFinder(await projectCards(a.client))
  const pace = pacer(200)
  const ties = new Map<string, Tie>()
  for (const s of subjects) {
    const { projectId, tier, score, reason, candidates } = finder.tie({ ...s, firstOn: null, lastOn: null })
    ties.set(s.subject, { projectId: projectId === null ? null : BigInt(projectId), tier, score, reason, candidates })
    await pace()
  }
  await storeTies(a, ties)
}
