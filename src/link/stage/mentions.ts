/** Who the new facts name: distinct party texts, and the mentions that use them. */
import { type Canonical, type PartyMention, type ProjectRecord, projectKinds } from '#schemas/canonical/index.ts'
import { copyRows } from '../../db/copy.ts'
import { readFact } from '../../facts/columns.ts'
import { partiesOf, partyTextHash } from '../../facts/subject.ts'
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
    `SELECT encode(key_hash, 'hex') AS key, feed, body FROM fact WHERE kind = ANY ($3) AND known_from > $1 AND known_from <= $2 ORDER BY key_hash`,
    [a.from, a.to, projectKinds],
  )
  const { rows: gone } = await a.client.query<{ key: string }>(
    `SELECT DISTINCT encode(p.key_hash, 'hex') AS key FROM fact_past p WHERE p.kind = ANY ($3) AND p.known_to > $1 AND p.known_to <= $2
       AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.key_hash = p.key_hash)`,
    [a.from, a.to, projectKinds],
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

/** Distinct party texts of these facts. The place of a record is no evidence of where its parties sit, so it is left out. */
export const partyTexts = (
  facts: Iterable<Canonical>,
  texts = new Map<string, PartyText>(),
): Map<string, PartyText> => {
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

interface MentionFact {
  readonly keyHash: string
  readonly feed: string
  readonly subjectHash: string | null
  readonly fact: Canonical
}

/** Takes back the mentions of these records; returns the texts that they named. */
const forgetMentions = async (a: Advance, keys: readonly string[]): Promise<string[]> =>
  (
    await a.client.query<{ text: string }>(
      `WITH replaced AS (DELETE FROM mention WHERE key_hash = ANY ($1::bytea[]) RETURNING text_hash) SELECT DISTINCT encode(text_hash, 'hex') AS text FROM replaced`,
      [byteas(keys)],
    )
  ).rows.map((r) => r.text)

const copyMentions = (a: Advance, facts: readonly MentionFact[]) =>
  copyRows(
    a.client,
    'mention (key_hash, role, seq, text_hash, feed, subject_hash)',
    facts.flatMap((f) =>
      partiesOf(f.fact).map((p, seq) => [
        bytea(f.keyHash),
        p.role,
        seq,
        bytea(partyTextHash(p)),
        f.feed,
        f.subjectHash === null ? null : bytea(f.subjectHash),
      ]),
    ),
  )

/** Mentions of the changed project records, replaced whole. Returns the texts that they named before. */
export const storeMentions = async (
  a: Advance,
  facts: readonly ProjectFact[],
  gone: readonly string[],
): Promise<string[]> => {
  const before = await forgetMentions(a, [...facts.map((f) => f.keyHash), ...gone])
  await copyMentions(
    a,
    facts.map((f) => ({ ...f, subjectHash: null })),
  )
  return before
}

/** Kinds beside project records whose parties are kept as mentions. Invoices are named by their subject, meter readings by their account. */
const partyKinds = [
  'completion',
  'investment',
  'landSupply',
  'fundPayment',
  'observation',
  'waterPermit',
  'powerAccount',
  'powerInstallation',
  'enterprise',
  'companySeal',
  'crossRegionReport',
  'officerEntry',
] as const satisfies readonly Canonical['kind'][]

const chunkRows = 5_000

/** Records of those kinds that are no longer held true. */
const gonePartyKeys = async (a: Advance): Promise<string[]> =>
  (
    await a.client.query<{ key: string }>(
      `SELECT DISTINCT encode(p.key_hash, 'hex') AS key FROM fact_past p WHERE p.kind = ANY ($3) AND p.known_to > $1 AND p.known_to <= $2
         AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.key_hash = p.key_hash)`,
      [a.from, a.to, partyKinds],
    )
  ).rows.map((r) => r.key)

/** Mentions of the changed records of all other kinds, some thousand at a time; their texts are added to `texts`. Returns the texts named before. */
export const storeOtherMentions = async (a: Advance, texts: Map<string, PartyText>): Promise<string[]> => {
  const gone = await gonePartyKeys(a)
  const before = new Set(gone.length > 0 ? await forgetMentions(a, gone) : [])
  let after = bytea('')
  for (;;) {
    const { rows } = await a.client.query<{ key: string; feed: string; subject: string | null; body: string }>(
      `SELECT encode(key_hash, 'hex') AS key, feed, encode(subject_hash, 'hex') AS subject, body FROM fact
       WHERE kind = ANY ($3) AND known_from > $1 AND known_from <= $2 AND key_hash > $4 ORDER BY key_hash LIMIT ${chunkRows}`,
      [a.from, a.to, partyKinds, after],
    )
    if (rows.length === 0) return [...before]
    after = bytea(rows.at(-1)!.key)
    const facts = rows.map((r) => ({ keyHash: r.key, feed: r.feed, subjectHash: r.subject, fact: readFact(r.body) }))
    partyTexts(
      facts.map((f) => f.fact),
      texts,
    )
    const keys = facts.map((f) => f.keyHash)
    for (const text of await forgetMentions(a, keys)) before.add(text)
    await copyMentions(a, facts)
  }
}
