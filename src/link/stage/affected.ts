/**
 * Which subjects news could tie otherwise: new ones, those whose parties, code, report or named record changed, those that a changed project could
 * claim or lose, and whatever follows any of them. They are noted in `work_tie`, each with how far it is from the end of what it names.
 */
import type { Advance } from './scope.ts'
import { isSpoken, relinkSubjects } from './subjects.ts'
import { analyseWork } from './work.ts'

/** Steps that a reference may lead through: reading → account → installation → report → project. Longer chains and circles are not followed. */
export const stepsMax = 4

/** Kinds that no record names: references lead to all others that speak of a project. */
const neverNamed = ['invoice', 'powerReading', 'measurement', 'waterUse']

/** Adds what `hit` finds. Who was found without a need to ask for its followers is asked in `round` now, if there is one. */
const noteHits = (a: Advance, hit: string, values: readonly unknown[] = []) =>
  a.client.query(
    `INSERT INTO work_tie (subject_hash, round) ${hit} ON CONFLICT (subject_hash) DO UPDATE SET round = EXCLUDED.round WHERE work_tie.round IS NULL AND EXCLUDED.round IS NOT NULL`,
    [...values],
  )

const roundOf = `CASE WHEN s.kind = 'about' THEN 0 END`

/** Subjects that name a record whose fact is another than before, or whose project is, and those that name the report that such a fact is. */
const noteNaming = (a: Advance) =>
  noteHits(
    a,
    `WITH changed AS (
       SELECT key_hash, subject_hash FROM fact WHERE kind <> ALL ($3) AND subject_hash IS NOT NULL AND known_from > $1 AND known_from <= $2
       UNION SELECT key_hash, subject_hash FROM fact_past WHERE kind <> ALL ($3) AND subject_hash IS NOT NULL AND known_to > $1 AND known_to <= $2),
     hit AS (
       SELECT s.subject_hash FROM (SELECT key_hash FROM work_moved UNION SELECT key_hash FROM changed) r JOIN subject s ON s.ref_key_hash = r.key_hash
       UNION SELECT s.subject_hash FROM changed c JOIN subject o USING (subject_hash) JOIN subject s ON s.report_number = o.own_report)
     SELECT subject_hash, ${roundOf} FROM hit JOIN subject s USING (subject_hash) WHERE ${isSpoken}`,
    [a.from, a.to, neverNamed],
  )

/** Subjects that a project which changed could claim or lose: by the keys of parties, the code, the piece of the name, and what is tied to it. */
const noteClaimed = (a: Advance) =>
  noteHits(
    a,
    `WITH moving AS (SELECT unnest($1::bigint[]) AS project_id),
       members AS (SELECT r.owner_key, r.contractor_keys, r.project_code, r.name_key FROM moving JOIN member_by_record m USING (project_id) JOIN project_record r USING (key_hash)),
       keys AS (SELECT value AS k FROM work_found_by WHERE kind = 'key' UNION SELECT k FROM members CROSS JOIN LATERAL unnest(contractor_keys || owner_key) AS k WHERE k IS NOT NULL),
       codes AS (SELECT value AS c FROM work_found_by WHERE kind = 'code' UNION SELECT project_code FROM members WHERE project_code IS NOT NULL),
       names AS (SELECT value AS n FROM work_found_by WHERE kind = 'name' UNION SELECT name_key FROM members WHERE name_key IS NOT NULL),
       hit AS (SELECT s.subject_hash FROM keys JOIN subject s ON s.seller_key = keys.k
               UNION SELECT s.subject_hash FROM keys JOIN subject s ON s.buyer_key = keys.k
               UNION SELECT s.subject_hash FROM keys JOIN subject s ON s.holder_key = keys.k
               UNION SELECT s.subject_hash FROM codes JOIN subject s ON s.project_code = codes.c
               UNION SELECT s.subject_hash FROM names JOIN subject s ON s.name_key = names.n
               UNION SELECT t.subject_hash FROM moving JOIN tie t USING (project_id) JOIN subject s USING (subject_hash) WHERE s.kind <> 'record')
     SELECT subject_hash, ${roundOf} FROM hit JOIN subject s USING (subject_hash) WHERE ${isSpoken}`,
    [[...a.touched]],
  )

/** Who follows those of a round, by the record or the report that they are: noted for the next one. Returns how many there are. */
const noteFollowers = async (a: Advance, round: number): Promise<number> =>
  (
    await noteHits(
      a,
      `SELECT subject_hash, $1::int + 1 FROM (
         SELECT s.subject_hash FROM work_tie w JOIN fact x USING (subject_hash) JOIN subject s ON s.ref_key_hash = x.key_hash WHERE w.round = $1
         UNION SELECT s.subject_hash FROM work_tie w JOIN subject o USING (subject_hash) JOIN subject s ON s.report_number = o.own_report WHERE w.round = $1) f
       JOIN subject s USING (subject_hash) WHERE ${isSpoken}`,
      [round],
    )
  ).rowCount ?? 0

/** Whom each of `from` names, where that speaks of a project itself: by record, and by report. */
const namedBy = (from: string): string =>
  `SELECT c.origin, f.subject_hash AS at_hash FROM ${from} c JOIN subject s ON s.subject_hash = c.at JOIN fact f ON f.key_hash = s.ref_key_hash WHERE f.subject_hash IS NOT NULL
   UNION SELECT c.origin, o.subject_hash FROM ${from} c JOIN subject s ON s.subject_hash = c.at JOIN subject o ON o.own_report = s.report_number
   WHERE EXISTS (SELECT FROM fact f WHERE f.subject_hash = o.subject_hash)`

/**
 * How many steps each noted subject is away from the end of what it names: 0 for who names nobody whose own tie matters. Whoever is further than
 * `stepsMax`, as all in a circle are, follows nobody; it is told by `stepsMax + 1`.
 */
const countSteps = async (a: Advance): Promise<void> => {
  for (let step = 1; step <= stepsMax + 1; step++) {
    const from =
      step === 1
        ? '(SELECT subject_hash AS origin, subject_hash AS at FROM work_tie)'
        : `(SELECT subject_hash AS origin, at_hash AS at FROM work_walk WHERE step = ${step - 1})`
    const { rowCount } = await a.client.query(
      `INSERT INTO work_walk (subject_hash, at_hash, step) SELECT origin, at_hash, ${step} FROM (${namedBy(from)}) n`,
    )
    if (!rowCount) break
    await analyseWork(a.client, 'work_walk')
    await a.client.query(
      `UPDATE work_tie w SET steps = ${step} FROM (SELECT DISTINCT subject_hash FROM work_walk WHERE step = ${step}) x WHERE x.subject_hash = w.subject_hash`,
    )
  }
}

/** Notes the subjects that this advance's news could tie otherwise, with all that follows them, as far as anybody is followed. */
export const noteAffected = async (a: Advance): Promise<void> => {
  await relinkSubjects(a)
  await noteNaming(a)
  await noteClaimed(a)
  await analyseWork(a.client, 'work_tie')
  for (let round = 0; round <= stepsMax; round++) if ((await noteFollowers(a, round)) === 0) break
  await countSteps(a)
  await analyseWork(a.client, 'work_tie')
}
