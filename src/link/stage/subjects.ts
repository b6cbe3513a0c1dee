/** What the new facts speak of: subjects that many facts share, stored as they are first seen. */
import type { Canonical } from '#schemas/canonical/index.ts'
import { copyRows } from '../../db/copy.ts'
import { readFact } from '../../facts/columns.ts'
import { type Subject, subjectOf } from '../../facts/subject.ts'
import { pacer } from '../../kernel/turn.ts'
import { nameKeyOf } from '../ties/tie.ts'
import { type Advance, bytea, byteas } from './scope.ts'

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

/** Subjects as they are first seen; their parties' keys follow once the parties are linked. One that was spoken of before is there already. */
export const storeSubjects = async (a: Advance, subjects: readonly NewSubject[]): Promise<void> => {
  const { rows } = await a.client.query<{ subject: string }>(
    `SELECT encode(subject_hash, 'hex') AS subject FROM subject WHERE subject_hash = ANY ($1::bytea[])`,
    [byteas(subjects.map((s) => s.subjectHash))],
  )
  const known = new Set(rows.map((r) => r.subject))
  await copyRows(
    a.client,
    `subject (${subjectColumns})`,
    subjects.flatMap(({ subjectHash, fact }) => {
      const said = known.has(subjectHash) ? null : subjectOf(fact)
      return said === null ? [] : [subjectRow(said, a.to)]
    }),
  )
}
