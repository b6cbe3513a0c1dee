/** Who the new facts name: distinct party texts, and the mentions that use them. Facts pass by some thousand at a time. */
import { type Canonical, type PartyMention, projectKinds } from '#schemas/canonical/index.ts'
import { copyRows } from '../../db/copy.ts'
import { cursorRows } from '../../db/cursor.ts'
import { readFact } from '../../facts/columns.ts'
import { partiesOf, partyTextHash } from '../../facts/subject.ts'
import { type Advance, bytea, byteas, constants } from './scope.ts'
import { analyseWork } from './work.ts'

const factsAtOnce = 5_000

/** Distinct party texts of these facts. The place of a record is no evidence of where its parties sit, so it is left out. */
const partyTexts = (facts: Iterable<Canonical>): Map<string, PartyMention> => {
  const texts = new Map<string, PartyMention>()
  for (const fact of facts) {
    for (const mention of partiesOf(fact)) {
      const hash = partyTextHash(mention)
      if (!texts.has(hash)) texts.set(hash, mention)
    }
  }
  return texts
}

/**
 * Stores the texts of these facts that are new or that are read otherwise than before (a replay). To be resolved are these, and the ones that nobody
 * named lately, which have no link.
 */
export const storePartyTexts = async (a: Advance, facts: Iterable<Canonical>): Promise<void> => {
  const all = [...partyTexts(facts)]
  if (all.length === 0) return
  await a.client.query(
    `WITH said AS (SELECT * FROM unnest($2::bytea[], $3::text[], $4::jsonb[], $5::text[]) AS t (h, n, c, u)
       WHERE NOT EXISTS (SELECT FROM work_text w WHERE w.text_hash = t.h)),
     stored AS (
       INSERT INTO party (text_hash, name, code, site_unit, known_from) SELECT h, n, c, u, $1 FROM said ORDER BY h
       ON CONFLICT (text_hash) DO UPDATE SET name = EXCLUDED.name, code = EXCLUDED.code, site_unit = EXCLUDED.site_unit, known_from = EXCLUDED.known_from
         WHERE (party.name, party.code, party.site_unit) IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.code, EXCLUDED.site_unit)
       RETURNING text_hash)
     INSERT INTO work_text (text_hash, is_fresh)
     SELECT h, s.text_hash IS NOT NULL OR NOT EXISTS (SELECT FROM party_link l WHERE l.text_hash = said.h) FROM said LEFT JOIN stored s ON s.text_hash = said.h`,
    [
      a.to,
      all.map(([hash]) => bytea(hash)),
      all.map(([, mention]) => mention.name),
      all.map(([, mention]) => (mention.code ? JSON.stringify(mention.code) : null)),
      all.map(([, mention]) => mention.siteUnit),
    ],
  )
}

interface MentionFact {
  readonly key: string
  readonly feed: string
  readonly subject: string | null
  readonly fact: Canonical
}

/** Takes back the mentions of these records and notes the texts that they named. */
const forgetMentions = (a: Advance, keys: readonly string[]) =>
  a.client.query(
    `WITH replaced AS (DELETE FROM mention WHERE key_hash = ANY ($1::bytea[]) RETURNING text_hash)
     INSERT INTO work_unnamed (text_hash) SELECT DISTINCT text_hash FROM replaced`,
    [byteas(keys)],
  )

const copyMentions = (a: Advance, facts: readonly MentionFact[]) =>
  copyRows(
    a.client,
    'mention (key_hash, role, seq, text_hash, feed, subject_hash)',
    facts.flatMap((f) =>
      partiesOf(f.fact).map((p, seq) => [
        bytea(f.key),
        p.role,
        seq,
        bytea(partyTextHash(p)),
        f.feed,
        f.subject === null ? null : bytea(f.subject),
      ]),
    ),
  )

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

const kindsWithMentions: readonly string[] = [...projectKinds, ...partyKinds]

/** Mentions of records that are no longer held true. */
const forgetGone = (a: Advance) =>
  a.client.query(
    `WITH gone AS (SELECT DISTINCT p.key_hash FROM fact_past p WHERE p.kind = ANY ($3) AND p.known_to > $1 AND p.known_to <= $2
       AND NOT EXISTS (SELECT FROM fact f WHERE f.key_hash = p.key_hash)),
     replaced AS (DELETE FROM mention m USING gone WHERE m.key_hash = gone.key_hash RETURNING m.text_hash)
     INSERT INTO work_unnamed (text_hash) SELECT DISTINCT text_hash FROM replaced`,
    [a.from, a.to, kindsWithMentions],
  )

interface FactRow {
  readonly key: string
  readonly feed: string
  readonly subject: string | null
  readonly body: string
}

/** Mentions of the changed records, replaced whole, and their texts. */
export const storeMentions = async (a: Advance): Promise<void> => {
  await forgetGone(a)
  const changed = cursorRows<FactRow>(
    a.client,
    'link_mentions',
    `SELECT encode(key_hash, 'hex') AS key, feed, encode(subject_hash, 'hex') AS subject, body FROM fact
     WHERE kind = ANY (${constants(kindsWithMentions)}) AND known_from > ${a.from} AND known_from <= ${a.to}`,
    factsAtOnce,
  )
  for await (const rows of changed) {
    const facts = rows.map((r) => ({ key: r.key, feed: r.feed, subject: r.subject, fact: readFact(r.body) }))
    await forgetMentions(
      a,
      rows.map((r) => r.key),
    )
    await copyMentions(a, facts)
    await storePartyTexts(
      a,
      facts.map((f) => f.fact),
    )
  }
  await analyseWork(a.client, 'work_text')
}
