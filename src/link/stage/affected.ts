/**
 * Which subjects news could tie otherwise: new ones, those whose parties, code, report or named record changed, those that a changed project could
 * claim or lose, and whatever follows any of them.
 */
import { nameKeyOf } from '../ties/tie.ts'
import { type FoundBefore, partyKeys } from './nodes.ts'
import { type Advance, byteas } from './scope.ts'

/** Steps that a reference may lead through: reading → account → installation → report → project. Longer chains and circles are not followed. */
export const stepsMax = 4

/** Kinds that no record names: references lead to all others that speak of a project. */
const neverNamed = ['invoice', 'powerReading', 'measurement', 'waterUse']

export interface TieNews {
  /** Subjects that nobody spoke of until now. */
  readonly fresh: readonly string[]
  /** Project records whose project changed. */
  readonly moved: readonly string[]
  /** Party texts whose link changed. */
  readonly relinked: readonly string[]
  /** Registrations that changed or are gone. */
  readonly registrations: readonly string[]
  /** What changed and gone project records were found by. */
  readonly foundBefore: FoundBefore
}

/** Subjects that a present fact speaks of ($1: those of this advance's facts, which are not tied yet). */
const isSpoken = `(s.subject_hash = ANY ($1::bytea[]) OR EXISTS (SELECT 1 FROM tie t WHERE t.subject_hash = s.subject_hash))`

interface PartyRow {
  readonly subject: string
  readonly seller: string | null
  readonly buyer: string | null
  readonly holder: string | null
  readonly registration: string | null
}

/** The taxpayer that a registration belongs to: the key that a party text linked to it has. */
const registrationKeys = async (a: Advance, ids: ReadonlySet<string>): Promise<Map<string, string>> => {
  const { rows } = await a.client.query<{ id: string; key: string }>(
    'SELECT registration_id AS id, taxpayer_id AS key FROM registration WHERE registration_id = ANY ($1)',
    [[...ids]],
  )
  return new Map(rows.map((r) => [r.id, r.key]))
}

/** Gives the subjects whose parties are new or linked otherwise their keys; returns these subjects. */
const linkSubjectParties = async (a: Advance, news: TieNews): Promise<string[]> => {
  const { rows } = await a.client.query<PartyRow>(
    `SELECT encode(subject_hash, 'hex') AS subject, encode(seller_hash, 'hex') AS seller, encode(buyer_hash, 'hex') AS buyer, encode(holder_hash, 'hex') AS holder, seller_registration AS registration
     FROM subject s WHERE kind <> 'record' AND (s.subject_hash = ANY ($1::bytea[]) OR s.seller_hash = ANY ($2::bytea[]) OR s.buyer_hash = ANY ($2::bytea[])
       OR s.holder_hash = ANY ($2::bytea[]) OR s.seller_registration = ANY ($3)) AND ${isSpoken}`,
    [byteas(news.fresh), byteas(news.relinked), news.registrations],
  )
  const texts = rows.flatMap((r) => [r.seller, r.buyer, r.holder].filter((t) => t !== null))
  const keyOf = await partyKeys(a.client, new Set(texts))
  const taxpayerOf = await registrationKeys(a, new Set(rows.flatMap((r) => r.registration ?? [])))
  const key = (text: string | null): string | null => (text === null ? null : (keyOf.get(text) ?? null))
  await a.client.query(
    `UPDATE subject s SET seller_key = t.seller, buyer_key = t.buyer, holder_key = t.holder FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[]) AS t (h, seller, buyer, holder)
     WHERE s.subject_hash = t.h AND (s.seller_key, s.buyer_key, s.holder_key) IS DISTINCT FROM (t.seller, t.buyer, t.holder)`,
    [
      byteas(rows.map((r) => r.subject)),
      rows.map((r) => key(r.seller) ?? taxpayerOf.get(r.registration ?? '') ?? null),
      rows.map((r) => key(r.buyer)),
      rows.map((r) => key(r.holder)),
    ],
  )
  return rows.map((r) => r.subject)
}

/** Pieces of the names that touched projects go by: a subject found by its name alone may be theirs now. */
const touchedNameKeys = async (a: Advance, before: FoundBefore['names']): Promise<string[]> => {
  const { rows } = await a.client.query<{ name: string; division: string | null }>(
    'SELECT DISTINCT r.name, r.division_code AS division FROM member_by_record m JOIN project_record r USING (key_hash) WHERE m.project_id = ANY ($1::bigint[])',
    [[...a.touched]],
  )
  return [...new Set([...before, ...rows].flatMap(({ name, division }) => nameKeyOf(name, division) ?? []))]
}

/** Records that others may name whose fact is another than before, and the subjects of either. */
const changedRecords = async (a: Advance): Promise<{ keys: string[]; subjects: string[] }> => {
  const { rows } = await a.client.query<{ key: string; subject: string }>(
    `SELECT encode(key_hash, 'hex') AS key, encode(subject_hash, 'hex') AS subject FROM fact WHERE kind <> ALL ($3) AND subject_hash IS NOT NULL AND known_from > $1 AND known_from <= $2
     UNION SELECT encode(key_hash, 'hex'), encode(subject_hash, 'hex') FROM fact_past WHERE kind <> ALL ($3) AND subject_hash IS NOT NULL AND known_to > $1 AND known_to <= $2`,
    [a.from, a.to, neverNamed],
  )
  return { keys: [...new Set(rows.map((r) => r.key))], subjects: [...new Set(rows.map((r) => r.subject))] }
}

/** Subjects that this advance's news could tie otherwise. */
const hitSubjects = async (a: Advance, news: TieNews): Promise<{ subject: string; isAbout: boolean }[]> => {
  const relinked = await linkSubjectParties(a, news)
  const changed = await changedRecords(a)
  const { rows } = await a.client.query<{ subject: string; isAbout: boolean }>(
    `WITH touched AS (SELECT unnest($3::bigint[]) AS project_id),
       members AS (SELECT r.owner_key, r.contractor_keys, r.project_code FROM touched JOIN member_by_record m USING (project_id) JOIN project_record r USING (key_hash)),
       keys AS (SELECT unnest($4::text[]) COLLATE "C" AS k UNION SELECT k FROM members CROSS JOIN LATERAL unnest(contractor_keys || owner_key) AS k WHERE k IS NOT NULL),
       codes AS (SELECT unnest($5::text[]) COLLATE "C" AS c UNION SELECT project_code FROM members WHERE project_code IS NOT NULL),
       hit AS (SELECT unnest($1::bytea[]) AS subject_hash
               UNION SELECT unnest($2::bytea[])
               UNION SELECT s.subject_hash FROM keys JOIN subject s ON s.seller_key = keys.k
               UNION SELECT s.subject_hash FROM keys JOIN subject s ON s.buyer_key = keys.k
               UNION SELECT s.subject_hash FROM keys JOIN subject s ON s.holder_key = keys.k
               UNION SELECT s.subject_hash FROM codes JOIN subject s ON s.project_code = codes.c
               UNION SELECT s.subject_hash FROM unnest($6::text[]) AS n (k) JOIN subject s ON s.name_key = n.k
               UNION SELECT t.subject_hash FROM touched JOIN tie t USING (project_id) JOIN subject s USING (subject_hash) WHERE s.kind <> 'record'
               UNION SELECT s.subject_hash FROM unnest($7::bytea[]) AS r (k) JOIN subject s ON s.ref_key_hash = r.k
               UNION SELECT s.subject_hash FROM unnest($8::bytea[]) AS c (h) JOIN subject o ON o.subject_hash = c.h JOIN subject s ON s.report_number = o.own_report)
     SELECT encode(s.subject_hash, 'hex') AS subject, s.kind = 'about' AS "isAbout" FROM hit JOIN subject s USING (subject_hash)`,
    [
      byteas(news.fresh),
      byteas(relinked),
      [...a.touched],
      news.foundBefore.keys,
      news.foundBefore.codes,
      await touchedNameKeys(a, news.foundBefore.names),
      byteas(new Set([...news.moved, ...changed.keys])),
      byteas(changed.subjects),
    ],
  )
  return rows
}

/** Who follows these: subjects that name one of their records, or their report. One statement for all of them, whatever the planner knows. */
const followersOf = async (a: Advance, subjects: readonly string[]): Promise<string[]> =>
  (
    await a.client.query<{ subject: string }>(
      `SELECT encode(s.subject_hash, 'hex') AS subject FROM unnest($1::bytea[]) AS c (h) JOIN fact x ON x.subject_hash = c.h JOIN subject s ON s.ref_key_hash = x.key_hash
       UNION SELECT encode(s.subject_hash, 'hex') FROM unnest($1::bytea[]) AS c (h) JOIN subject o ON o.subject_hash = c.h JOIN subject s ON s.report_number = o.own_report`,
      [byteas(subjects)],
    )
  ).rows.map((r) => r.subject)

const spoken = async (a: Advance, subjects: ReadonlySet<string>, fresh: readonly string[]): Promise<string[]> =>
  (
    await a.client.query<{ subject: string }>(
      `SELECT encode(s.subject_hash, 'hex') AS subject FROM unnest($2::bytea[]) AS x (h) JOIN subject s ON s.subject_hash = x.h WHERE ${isSpoken}`,
      [byteas(fresh), byteas(subjects)],
    )
  ).rows.map((r) => r.subject)

/** Subjects that this advance's news could tie otherwise, with all that follows them, as far as anybody is followed. */
export const affectedSubjects = async (a: Advance, news: TieNews): Promise<string[]> => {
  const hit = await hitSubjects(a, news)
  const all = new Set(hit.map((h) => h.subject))
  let frontier = hit.filter((h) => h.isAbout).map((h) => h.subject)
  const seen = new Set(frontier)
  for (let step = 0; step <= stepsMax && frontier.length > 0; step++) {
    const followers = await followersOf(a, frontier)
    frontier = followers.filter((subject) => !seen.has(subject))
    for (const subject of frontier) {
      seen.add(subject)
      all.add(subject)
    }
  }
  return all.size === 0 ? [] : spoken(a, all, news.fresh)
}

/** Whom each of these names, where that speaks of a project itself: by record, and by report. */
const namedBy = async (a: Advance, subjects: readonly string[]): Promise<{ subject: string; next: string }[]> =>
  (
    await a.client.query<{ subject: string; next: string }>(
      `SELECT encode(c.h, 'hex') AS subject, encode(f.subject_hash, 'hex') AS next FROM unnest($1::bytea[]) AS c (h) JOIN subject s ON s.subject_hash = c.h JOIN fact f ON f.key_hash = s.ref_key_hash
       WHERE f.subject_hash IS NOT NULL
       UNION SELECT encode(c.h, 'hex'), encode(o.subject_hash, 'hex') FROM unnest($1::bytea[]) AS c (h) JOIN subject s ON s.subject_hash = c.h JOIN subject o ON o.own_report = s.report_number
       WHERE EXISTS (SELECT 1 FROM fact f WHERE f.subject_hash = o.subject_hash)`,
      [byteas(subjects)],
    )
  ).rows

/**
 * How many steps each of these subjects is away from the end of what it names: 0, and absent here, is who names nobody whose own tie matters. Whoever is
 * further than `stepsMax`, as all in a circle are, follows nobody; it is told by `stepsMax + 1`.
 */
export const stepsOf = async (a: Advance, subjects: readonly string[]): Promise<Map<string, number>> => {
  const nexts = new Map<string, string[]>()
  let frontier: readonly string[] = subjects
  for (let step = 0; step <= stepsMax && frontier.length > 0; step++) {
    const found = await namedBy(a, frontier)
    for (const [subject, own] of Map.groupBy(found, (f) => f.subject))
      nexts.set(
        subject,
        own.map((f) => f.next),
      )
    frontier = [...new Set(found.map((f) => f.next))].filter((subject) => !nexts.has(subject))
  }
  return new Map(subjects.flatMap((subject) => (nexts.has(subject) ? [[subject, stepsFrom(nexts, subject, 0)]] : [])))
}

const stepsFrom = (nexts: ReadonlyMap<string, readonly string[]>, subject: string, walked: number): number => {
  const own = nexts.get(subject)
  if (own === undefined || walked > stepsMax) return walked
  return Math.max(...own.map((next) => stepsFrom(nexts, next, walked + 1)))
}
