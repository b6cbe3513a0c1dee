/** What the new facts speak of: subjects that many facts share, stored as they are first seen. */
import { copyRows } from '../../db/copy.ts'
import { cursorRows } from '../../db/cursor.ts'
import { readFact } from '../../facts/columns.ts'
import { type Subject, subjectOf } from '../../facts/subject.ts'
import { pacer } from '../../kernel/turn.ts'
import { nameKeyOf } from '../ties/tie.ts'
import { storePartyTexts } from './mentions.ts'
import { type Advance, bytea } from './scope.ts'
import { analyseWork } from './work.ts'

const subjectsAtOnce = 5_000

/** A replay may read the same words otherwise. */
const hasReplay = async (a: Advance): Promise<boolean> =>
  (
    await a.client.query<{ has: boolean }>(
      `SELECT EXISTS (SELECT FROM tick WHERE tick > $1 AND tick <= $2 AND kind = 'mapping') AS has`,
      [a.from, a.to],
    )
  ).rows[0]!.has

/**
 * One example fact for each subject that no present fact has spoken of until now: those have no tie. After a replay every subject that a changed
 * fact speaks of.
 */
const newSubjects = async (a: Advance) =>
  cursorRows<{ subject: string; body: string }>(
    a.client,
    'link_subjects',
    `SELECT encode(fresh.subject_hash, 'hex') AS subject, f.body FROM (
       SELECT DISTINCT ON (f.subject_hash) f.subject_hash, f.key_hash FROM fact f
       WHERE f.subject_hash IS NOT NULL AND f.known_from > ${a.from} AND f.known_from <= ${a.to}
         ${(await hasReplay(a)) ? '' : 'AND NOT EXISTS (SELECT FROM tie t WHERE t.subject_hash = f.subject_hash)'} ORDER BY f.subject_hash, f.key_hash) fresh
     JOIN fact f USING (key_hash)`,
    subjectsAtOnce,
  )

const subjectColumns =
  'subject_hash, kind, ref_key_hash, seller_hash, buyer_hash, holder_hash, seller_registration, project_code, project_name, place_text, division_code, on_text, report_number, own_report, name_key, known_from'
const byteaOrNull = (hex: string | null): string | null => (hex === null ? null : bytea(hex))

const subjectRow = (s: Subject, tick: bigint) => [
  bytea(s.hash),
  s.kind,
  byteaOrNull(s.refKey),
  byteaOrNull(s.seller),
  byteaOrNull(s.buyer),
  byteaOrNull(s.holder),
  s.registrationId,
  s.projectCode,
  s.projectName,
  s.placeText,
  s.divisionCode,
  s.on,
  s.reportNumber,
  s.ownReport,
  s.kind === 'about' && s.projectName !== null ? nameKeyOf(s.projectName, s.divisionCode) : null,
  tick,
]

/** Notes the new subjects, and stores the party texts that they name. */
export const takeSubjects = async (a: Advance): Promise<void> => {
  const pace = pacer(500)
  for await (const rows of await newSubjects(a)) {
    const facts = rows.map((r) => readFact(r.body))
    const fresh: (readonly (string | bigint | null)[])[] = []
    for (const fact of facts) {
      const said = subjectOf(fact)
      if (said !== null) fresh.push(subjectRow(said, a.to))
      await pace()
    }
    await copyRows(a.client, `work_subject (${subjectColumns})`, fresh)
    await storePartyTexts(a, facts)
  }
  await analyseWork(a.client, 'work_subject')
  await analyseWork(a.client, 'work_text')
}

/** What a party text stands for when records are compared: the taxpayer, else the organisation core, else the name. */
export const partyKey = `coalesce(CASE WHEN l.decision = 'link' THEN r.taxpayer_id END, CASE WHEN p.code->>'status' = 'valid' THEN p.code->>'core' END, p.name)`

const keyedParties = `(SELECT p.text_hash, ${partyKey} AS key FROM party p LEFT JOIN party_link l USING (text_hash) LEFT JOIN registration r ON r.registration_id = l.registration_id)`

/** Keys of a subject's parties beside `s`. Who is named by number alone is the taxpayer of that registration. */
const keyColumns = 'coalesce(sk.key, sr.taxpayer_id), bk.key, hk.key'
const keyJoins = `LEFT JOIN ${keyedParties} sk ON sk.text_hash = s.seller_hash LEFT JOIN ${keyedParties} bk ON bk.text_hash = s.buyer_hash
  LEFT JOIN ${keyedParties} hk ON hk.text_hash = s.holder_hash LEFT JOIN registration sr ON sr.registration_id = s.seller_registration`

/** Stores the new subjects with the keys of their parties, which are linked by now. One that was spoken of before is there already. */
export const storeSubjects = (a: Advance) =>
  a.client.query(
    `INSERT INTO subject (${subjectColumns}, seller_key, buyer_key, holder_key)
     SELECT ${subjectColumns
       .split(', ')
       .map((column) => `s.${column}`)
       .join(
         ', ',
       )}, ${keyColumns} FROM work_subject s ${keyJoins} ORDER BY s.subject_hash ON CONFLICT (subject_hash) DO NOTHING`,
  )

/** A subject that a present fact speaks of: it is tied, or it is one of this advance's, which are not tied yet. */
export const isSpoken = `(EXISTS (SELECT FROM work_subject w WHERE w.subject_hash = s.subject_hash) OR EXISTS (SELECT FROM tie t WHERE t.subject_hash = s.subject_hash))`

/** Notes as to be tied the subjects whose parties are linked otherwise now, or belong to a changed registration, and gives them their keys. */
export const relinkSubjects = async (a: Advance): Promise<void> => {
  await a.client.query(
    `INSERT INTO work_tie (subject_hash, round)
     SELECT s.subject_hash, CASE WHEN s.kind = 'about' THEN 0 END FROM (
       SELECT subject_hash FROM work_subject
       UNION SELECT s.subject_hash FROM work_relinked r JOIN subject s ON s.seller_hash = r.text_hash
       UNION SELECT s.subject_hash FROM work_relinked r JOIN subject s ON s.buyer_hash = r.text_hash
       UNION SELECT s.subject_hash FROM work_relinked r JOIN subject s ON s.holder_hash = r.text_hash
       UNION SELECT s.subject_hash FROM work_registration g JOIN subject s ON s.seller_registration = g.registration_id) x JOIN subject s USING (subject_hash)
     WHERE ${isSpoken} ON CONFLICT DO NOTHING`,
  )
  await a.client.query(
    `UPDATE subject o SET seller_key = k.seller, buyer_key = k.buyer, holder_key = k.holder
     FROM (SELECT s.subject_hash, ${keyColumns} FROM work_tie JOIN subject s USING (subject_hash) ${keyJoins} WHERE s.kind <> 'record' AND s.known_from < $1) AS k (subject_hash, seller, buyer, holder)
     WHERE o.subject_hash = k.subject_hash AND (o.seller_key, o.buyer_key, o.holder_key) IS DISTINCT FROM (k.seller, k.buyer, k.holder)`,
    // The new ones have theirs.
    [a.to],
  )
}
