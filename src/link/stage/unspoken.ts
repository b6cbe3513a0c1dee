/**
 * What nobody says any more: subjects whose last fact was replaced or withdrawn lose their tie, party texts that nobody names lose their link.
 * A tie or a link thus stands for something that a present fact says; what was said before stays in the past tables, the words themselves in
 * `subject` and `party`.
 */
import { closeLinks } from './party-links.ts'
import { type Advance, byteas } from './scope.ts'
import { closeTies } from './tie-store.ts'

interface Silent {
  readonly subject: string
  readonly seller: string | null
  readonly buyer: string | null
}

/** Subjects of facts closed in this advance that no present fact speaks of. */
const silentSubjects = async (a: Advance): Promise<Silent[]> =>
  (
    await a.client.query<Silent>(
      `WITH closed AS (SELECT DISTINCT subject_hash FROM fact_past WHERE subject_hash IS NOT NULL AND known_to > $1 AND known_to <= $2)
       SELECT encode(s.subject_hash, 'hex') AS subject, encode(s.seller_hash, 'hex') AS seller, encode(s.buyer_hash, 'hex') AS buyer
       FROM closed JOIN subject s USING (subject_hash) WHERE NOT EXISTS (SELECT 1 FROM fact f WHERE f.subject_hash = closed.subject_hash)`,
      [a.from, a.to],
    )
  ).rows

/** Of these texts, those that neither a project record nor the subject of a present fact names. */
const unnamed = async (a: Advance, texts: ReadonlySet<string>): Promise<string[]> =>
  (
    await a.client.query<{ text: string }>(
      `SELECT encode(x.h, 'hex') AS text FROM unnest($1::bytea[]) AS x (h) WHERE NOT EXISTS (SELECT 1 FROM mention m WHERE m.text_hash = x.h)
         AND NOT EXISTS (SELECT 1 FROM subject s JOIN tie t USING (subject_hash) WHERE s.seller_hash = x.h)
         AND NOT EXISTS (SELECT 1 FROM subject s JOIN tie t USING (subject_hash) WHERE s.buyer_hash = x.h)`,
      [byteas(texts)],
    )
  ).rows.map((r) => r.text)

/**
 * Closes what nothing says any more.
 * @param namedBefore texts that the changed records named before this advance
 * @param namedNow texts that this advance's facts name
 */
export const closeUnspoken = async (
  a: Advance,
  namedBefore: readonly string[],
  namedNow: ReadonlySet<string>,
): Promise<void> => {
  const silent = await silentSubjects(a)
  await closeTies(
    a,
    silent.map((s) => s.subject),
  )
  const candidates = new Set([...namedBefore, ...silent.flatMap((s) => [s.seller, s.buyer].filter((t) => t !== null))])
  for (const text of namedNow) candidates.delete(text)
  if (candidates.size > 0) await closeLinks(a, await unnamed(a, candidates))
}
