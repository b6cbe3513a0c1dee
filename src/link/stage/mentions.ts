/** Who the new facts name: distinct party texts, the mentions that use them, and the subjects that many facts share. */
import type { Canonical, Invoice, PartyMention, ProjectRecord } from '#schemas/canonical/index.ts'
import { copyRows } from '../../db/copy.ts'
import { readFact } from '../../facts/columns.ts'
import { partyTextHash } from '../../facts/subject.ts'
import { pacer } from '../../kernel/turn.ts'
import { type Advance, bytea, byteas } from './scope.ts'

export interface PartyText {
  readonly textHash: string
  readonly mention: PartyMention
}

export interface ProjectFact {
  readonly keyHash: string
  readonly feed: string
  readonly fact: ProjectRecord
}

/** Project records of this advance, and the keys of those that are gone. */
export const changedProjectFacts = async (a: Advance): Promise<{ present: ProjectFact[]; gone: string[] }> => {
  const { rows } = await a.client.query<{ key: string; feed: string; body: string }>(
    `SELECT encode(key_hash, 'hex') AS key, feed, body FROM fact WHERE kind IN ('approval', 'contract', 'award') AND known_from > $1 AND known_from <= $2 ORDER BY key_hash`,
    [a.from, a.to],
  )
  const { rows: gone } = await a.client.query<{ key: string }>(
    `SELECT DISTINCT encode(p.key_hash, 'hex') AS key FROM fact_past p WHERE p.kind IN ('approval', 'contract', 'award') AND p.known_to > $1 AND p.known_to <= $2
       AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.key_hash = p.key_hash)`,
    [a.from, a.to],
  )
  return {
    present: rows.map((r) => ({ keyHash: r.key, feed: r.feed, fact: readFact(r.body) as ProjectRecord })),
    gone: gone.map((g) => g.key),
  }
}

/** Present facts of given project records. */
export const projectFacts = async (client: Advance['client'], keyHashes: readonly string[]): Promise<ProjectFact[]> => {
  const { rows } = await client.query<{ key: string; feed: string; body: string }>(
    `SELECT encode(key_hash, 'hex') AS key, feed, body FROM fact WHERE key_hash = ANY ($1::bytea[]) ORDER BY key_hash`,
    [byteas(keyHashes)],
  )
  return rows.map((r) => ({ keyHash: r.key, feed: r.feed, fact: readFact(r.body) as ProjectRecord }))
}

export interface NewSubject {
  readonly subjectHash: string
  readonly fact: Canonical
}

/**
 * One example fact for each subject that no present fact has spoken of until now: those have no tie. After a replay, which may read the same words
 * otherwise, every subject that a changed fact speaks of.
 */
export const newSubjects = async (a: Advance): Promise<NewSubject[]> => {
  const { rows } = await a.client.query<{ subject: string; body: string }>(
    `WITH replayed AS (SELECT EXISTS (SELECT 1 FROM tick WHERE tick > $1 AND tick <= $2 AND kind = 'mapping') AS has_replay),
     fresh AS (
       SELECT DISTINCT ON (f.subject_hash) f.subject_hash, f.key_hash FROM fact f
       WHERE f.subject_hash IS NOT NULL AND f.known_from > $1 AND f.known_from <= $2
         AND ((SELECT has_replay FROM replayed) OR NOT EXISTS (SELECT 1 FROM tie t WHERE t.subject_hash = f.subject_hash)) ORDER BY f.subject_hash, f.key_hash)
     SELECT encode(fresh.subject_hash, 'hex') AS subject, f.body FROM fresh JOIN fact f USING (key_hash)`,
    [a.from, a.to],
  )
  const pace = pacer(1_000)
  const subjects: NewSubject[] = []
  for (const r of rows) {
    subjects.push({ subjectHash: r.subject, fact: readFact(r.body) })
    await pace()
  }
  return subjects
}

const partiesOf = (fact: Canonical): readonly PartyMention[] =>
  fact.kind === 'invoice' ? [fact.seller, fact.buyer] : 'parties' in fact ? fact.parties : []

/** Distinct party texts of these facts. The place of a record is no evidence of where its parties sit, so it is left out. */
export const partyTexts = (facts: Iterable<Canonical>): Map<string, PartyText> => {
  const texts = new Map<string, PartyText>()
  for (const fact of facts) {
    for (const mention of partiesOf(fact)) {
      const textHash = partyTextHash(mention)
      if (!texts.has(textHash)) texts.set(textHash, { textHash, mention })
    }
  }
  return texts
}

/**
 * Stores texts that are new or that are read otherwise than before (a replay). Returns those to resolve: these, and the ones that nobody named
 * lately, which have no link.
 */
export const storePartyTexts = async (a: Advance, texts: ReadonlyMap<string, PartyText>): Promise<Set<string>> => {
  const all = [...texts.values()]
  const { rows } = await a.client.query<{ text: string }>(
    `WITH said AS (SELECT * FROM unnest($2::bytea[], $3::text[], $4::jsonb[], $5::text[]) AS t (h, n, c, u)),
     stored AS (
       INSERT INTO party (text_hash, name, code, site_unit, known_from) SELECT h, n, c, u, $1 FROM said ORDER BY h
       ON CONFLICT (text_hash) DO UPDATE SET name = EXCLUDED.name, code = EXCLUDED.code, site_unit = EXCLUDED.site_unit, known_from = EXCLUDED.known_from
         WHERE (party.name, party.code, party.site_unit) IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.code, EXCLUDED.site_unit)
       RETURNING text_hash)
     SELECT encode(text_hash, 'hex') AS text FROM stored
     UNION SELECT encode(h, 'hex') FROM said WHERE NOT EXISTS (SELECT 1 FROM party_link l WHERE l.text_hash = said.h)`,
    [
      a.to,
      all.map((t) => bytea(t.textHash)),
      all.map((t) => t.mention.name),
      all.map((t) => (t.mention.code ? JSON.stringify(t.mention.code) : null)),
      all.map((t) => t.mention.siteUnit),
    ],
  )
  return new Set(rows.map((r) => r.text))
}

/** Mentions of the changed project records, replaced whole. Returns the texts that they named before. */
export const storeMentions = async (
  a: Advance,
  facts: readonly ProjectFact[],
  gone: readonly string[],
): Promise<string[]> => {
  const { rows: before } = await a.client.query<{ text: string }>(
    `WITH replaced AS (DELETE FROM mention WHERE key_hash = ANY ($1::bytea[]) RETURNING text_hash) SELECT DISTINCT encode(text_hash, 'hex') AS text FROM replaced`,
    [byteas([...facts.map((f) => f.keyHash), ...gone])],
  )
  await copyRows(
    a.client,
    'mention (key_hash, role, seq, text_hash, feed)',
    facts.flatMap((f) =>
      f.fact.parties.map((p, seq) => [bytea(f.keyHash), p.role, seq, bytea(partyTextHash(p)), f.feed]),
    ),
  )
  return before.map((r) => r.text)
}

/** Subjects as they are first seen; their parties' keys follow once the parties are linked. One that was spoken of before is there already. */
export const storeSubjects = async (
  a: Advance,
  subjects: readonly NewSubject[],
  refKey: (fact: Canonical) => string | null,
): Promise<void> => {
  const { rows } = await a.client.query<{ subject: string }>(
    `SELECT encode(subject_hash, 'hex') AS subject FROM subject WHERE subject_hash = ANY ($1::bytea[])`,
    [byteas(subjects.map((s) => s.subjectHash))],
  )
  const known = new Set(rows.map((r) => r.subject))
  await copyRows(
    a.client,
    'subject (subject_hash, kind, ref_key_hash, seller_hash, buyer_hash, project_name, place_text, division_code, report_number, known_from)',
    subjects.flatMap(({ subjectHash, fact }) => {
      if (known.has(subjectHash)) return []
      const ref = refKey(fact)
      if (ref !== null) return [[bytea(subjectHash), 'record', bytea(ref), null, null, null, null, null, null, a.to]]
      const i = fact as Invoice
      return [
        [
          bytea(subjectHash),
          'invoice',
          null,
          bytea(partyTextHash(i.seller)),
          bytea(partyTextHash(i.buyer)),
          i.projectName,
          i.place.text,
          i.place.divisionCode,
          i.reportNumber,
          a.to,
        ],
      ]
    }),
  )
}
