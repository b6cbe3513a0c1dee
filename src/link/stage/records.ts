/** Project records of an advance: those that changed, those that are gone, and those that news about others reaches. */
import { type ProjectRecord, projectKinds } from '#schemas/canonical/index.ts'
import { readFact } from '../../facts/columns.ts'
import { type Advance, byteas } from './scope.ts'
import { analyseWork } from './work.ts'

export interface ProjectFact {
  readonly keyHash: string
  readonly feed: string
  readonly fact: ProjectRecord
}

/** Notes the project records of this advance, and those that are no longer held true. */
export const takeRecords = async (a: Advance): Promise<void> => {
  await a.client.query(
    `INSERT INTO work_record (key_hash, state)
     SELECT key_hash, 'present' FROM fact WHERE kind = ANY ($3) AND known_from > $1 AND known_from <= $2
     UNION ALL SELECT DISTINCT p.key_hash, 'gone' FROM fact_past p WHERE p.kind = ANY ($3) AND p.known_to > $1 AND p.known_to <= $2
       AND NOT EXISTS (SELECT FROM fact f WHERE f.key_hash = p.key_hash)`,
    [a.from, a.to, projectKinds],
  )
  await analyseWork(a.client, 'work_record')
}

/** Project records that name a party whose link changed: their keys, and so perhaps their project, are not what they were. */
export const takeRecordsNaming = (a: Advance) =>
  a.client.query(
    `INSERT INTO work_record (key_hash, state) SELECT DISTINCT m.key_hash, 'other' FROM work_relinked JOIN mention m USING (text_hash) JOIN project_record USING (key_hash)
     ON CONFLICT DO NOTHING`,
  )

/** Present facts of given project records, in the order of their keys. */
export const projectFacts = async (client: Advance['client'], keyHashes: readonly string[]): Promise<ProjectFact[]> => {
  const { rows } = await client.query<{ key: string; feed: string; body: string }>(
    `SELECT encode(key_hash, 'hex') AS key, feed, body FROM fact WHERE key_hash = ANY ($1::bytea[]) ORDER BY key_hash`,
    [byteas(keyHashes)],
  )
  return rows.map((r) => ({ keyHash: r.key, feed: r.feed, fact: readFact(r.body) as ProjectRecord }))
}
