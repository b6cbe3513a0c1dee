/** Ties as they are stored: what says the same as before is left alone, what it replaces goes into the past, and both projects are touched. */
import { canonicalJson } from '#schemas/canonical/position.ts'
import { copyRows } from '../../db/copy.ts'
import { type Advance, bytea, byteas } from './scope.ts'

export interface StoredTie {
  readonly projectId: bigint | null
  readonly tier: number | null
  readonly score: number
  readonly reason: string
  readonly candidates: readonly unknown[]
}

export const tieColumns = 'subject_hash, project_id, tier, score, reason, candidates, known_from'

const saying = (t: StoredTie): string =>
  canonicalJson([t.projectId?.toString() ?? null, t.tier, t.score, t.reason, t.candidates])

/** Moves the ties of these subjects into the past and touches the projects that they led to. */
export const closeTies = async (a: Advance, subjects: readonly string[]): Promise<void> => {
  if (subjects.length === 0) return
  const { rows } = await a.client.query<{ project: bigint }>(
    `WITH closed AS (DELETE FROM tie WHERE subject_hash = ANY ($1::bytea[]) RETURNING *),
       past AS (INSERT INTO tie_past (${tieColumns}, known_to) SELECT ${tieColumns}, $2 FROM closed WHERE known_from < $2)
     SELECT DISTINCT project_id AS project FROM closed WHERE project_id IS NOT NULL`,
    [byteas(subjects), a.to],
  )
  for (const r of rows) a.touched.add(r.project)
}

export const storeTies = async (a: Advance, ties: ReadonlyMap<string, StoredTie>): Promise<void> => {
  const { rows } = await a.client.query<StoredTie & { subject: string }>(
    `SELECT encode(subject_hash, 'hex') AS subject, project_id AS "projectId", tier, score, reason, candidates FROM tie WHERE subject_hash = ANY ($1::bytea[])`,
    [byteas(ties.keys())],
  )
  const present = new Map(rows.map((r) => [r.subject, r]))
  const changed = [...ties].filter(([subject, tie]) => {
    const old = present.get(subject)
    return old === undefined || saying(old) !== saying(tie)
  })
  for (const [, tie] of changed) if (tie.projectId !== null) a.touched.add(tie.projectId)
  await closeTies(
    a,
    changed.map(([s]) => s),
  )
  await copyRows(
    a.client,
    `tie (${tieColumns})`,
    changed.map(([s, t]) => [bytea(s), t.projectId, t.tier, t.score, t.reason, canonicalJson(t.candidates), a.to]),
  )
}
