/**
 * What nobody says any more: subjects whose last fact was replaced or withdrawn lose their tie, party texts that nobody names lose their link.
 * A tie or a link thus stands for something that a present fact says; what was said before stays in the past tables, the words themselves in
 * `subject` and `party`.
 */
import { linkColumns } from './party-links.ts'
import type { Advance } from './scope.ts'
import { closeTies } from './tie-store.ts'
import { hasWork } from './work.ts'

/** Subjects of facts closed in this advance that no present fact speaks of. The texts that they name are noted. */
const silentSubjects = async (a: Advance): Promise<string[]> =>
  (
    await a.client.query<{ subject: string }>(
      `WITH closed AS (SELECT DISTINCT subject_hash FROM fact_past WHERE subject_hash IS NOT NULL AND known_to > $1 AND known_to <= $2),
       silent AS (SELECT s.subject_hash, s.seller_hash, s.buyer_hash FROM closed JOIN subject s USING (subject_hash)
         WHERE NOT EXISTS (SELECT FROM fact f WHERE f.subject_hash = closed.subject_hash)),
       named AS (INSERT INTO work_unnamed (text_hash) SELECT t FROM silent CROSS JOIN LATERAL (VALUES (seller_hash), (buyer_hash)) AS v (t) WHERE t IS NOT NULL)
       SELECT encode(subject_hash, 'hex') AS subject FROM silent`,
      [a.from, a.to],
    )
  ).rows.map((r) => r.subject)

/** Of the texts that changed records named before, those that neither a record nor the subject of a present fact names now. */
const closeUnnamed = (a: Advance) =>
  a.client.query(
    `WITH unnamed AS (
       SELECT DISTINCT u.text_hash FROM work_unnamed u WHERE NOT EXISTS (SELECT FROM work_text w WHERE w.text_hash = u.text_hash)
         AND NOT EXISTS (SELECT FROM mention m WHERE m.text_hash = u.text_hash)
         AND NOT EXISTS (SELECT FROM subject s JOIN tie t USING (subject_hash) WHERE s.seller_hash = u.text_hash)
         AND NOT EXISTS (SELECT FROM subject s JOIN tie t USING (subject_hash) WHERE s.buyer_hash = u.text_hash)),
     closed AS (DELETE FROM party_link l USING unnamed WHERE l.text_hash = unnamed.text_hash RETURNING l.*)
     INSERT INTO party_link_past (${linkColumns}, known_to) SELECT ${linkColumns}, $1 FROM closed WHERE known_from < $1`,
    [a.to],
  )

/** Closes what nothing says any more. */
export const closeUnspoken = async (a: Advance): Promise<void> => {
  await closeTies(a, await silentSubjects(a))
  if (await hasWork(a.client, 'work_unnamed')) await closeUnnamed(a)
}
