/**
 * What a database holds, by natural keys: equal digests mean equal content, whatever the order of arrival, the crashes and the ids on the way.
 * Left out are queue, runs, attempts, surrogate ids and ticks, and payloads (sealing is randomised; the content hash stands for them).
 */
import { createHash } from 'node:crypto'
import type { Database } from '../../src/db/database.ts'

const hex = (column: string): string => `encode(${column}, 'hex')`
const rowText = (...columns: readonly string[]): string =>
  columns.map((c) => `coalesce((${c})::text, '∅')`).join(` || '|' || `)

/** A project by its smallest member, the same however it was numbered. */
const named = `named AS MATERIALIZED (SELECT project_id, min(${hex('key_hash')} COLLATE "C") AS project FROM member_by_project GROUP BY 1)`

/** Each part as a statement that gives lines; their order is made by the digest. */
const parts = {
  // As the admitted world has them: a head that a waiting delivery moved is the admitted version below it.
  heads: `SELECT ${rowText('r.feed', hex('r.key_hash'), hex('h.content_hash'), 'h.live')} AS line FROM record r JOIN batch b USING (batch_id) CROSS JOIN LATERAL (
      SELECT r.content_hash, r.live WHERE b.state = 'admitted'
      UNION ALL (SELECT v.content_hash, v.op NOT IN ('w', 'a') FROM raw_version v JOIN batch a ON a.batch_id = v.batch_id AND a.state = 'admitted'
        WHERE b.state <> 'admitted' AND v.key_hash = r.key_hash ORDER BY v.batch_id DESC, v.ord DESC LIMIT 1)) h`,
  live: `SELECT ${rowText('feed', 'live')} AS line FROM feed_state`,
  versions: `SELECT v.feed || '|' || ${hex('v.key_hash')} || '|' || string_agg(v.op::text || ${hex('v.content_hash')}, ',' ORDER BY b.admitted_tick, v.ord) AS line
    FROM raw_version v JOIN batch b ON b.batch_id = v.batch_id AND b.state = 'admitted' GROUP BY v.feed, v.key_hash`,
  quarantine: `SELECT ${rowText('q.feed', 'q.source', 'q.row', 'q.code', 'q.pointer', 'q.state')} AS line FROM quarantine q JOIN batch b ON b.batch_id = q.batch_id AND b.state = 'admitted'`,
  facts: `SELECT ${rowText(hex('key_hash'), 'feed', 'kind', 'mapping', hex('subject_hash'), 'event_on', 'amount_fen', 'class', 'body')} AS line FROM fact`,
  issues: `SELECT ${rowText(hex('key_hash'), 'seq', 'feed', 'pointer', 'code', 'raw')} AS line FROM issue`,
  registrations: `SELECT ${rowText('registration_id', 'taxpayer_id', 'uscc', 'name', 'former_names', 'other_names', 'status', 'address', 'scope')} AS line FROM registration`,
  parties: `SELECT ${rowText(hex('key_hash'), 'role', 'seq', hex('text_hash'), hex('subject_hash'))} AS line FROM mention`,
  links: `SELECT ${rowText(hex('text_hash'), 'decision', 'registration_id', 'reason', 'round(score::numeric, 6)')} AS line FROM party_link`,
  edges: `SELECT ${rowText(hex('a'), hex('b'), 'veto', 'rule', 'round(weight::numeric, 6)')} AS line FROM edge`,
  projects: `SELECT string_agg(${hex('key_hash')}, ',' ORDER BY key_hash) AS line FROM member_by_project GROUP BY project_id`,
  membership: `WITH ${named} SELECT ${hex('m.key_hash')} || '|' || n.project AS line FROM member_by_record m JOIN named n USING (project_id)`,
  ties: `WITH ${named} SELECT ${rowText(hex('subject_hash'), 'n.project', 'tier', 'reason', 'round(score::numeric, 6)')} AS line FROM tie LEFT JOIN named n USING (project_id)`,
  positions: `WITH ${named} SELECT ${rowText('n.project', 'p.changes_on', 'p.rules', 'p.body')} AS line FROM position p LEFT JOIN named n USING (project_id)`,
  list: `WITH ${named} SELECT ${rowText('n.project', 'l.scope', 'shared_prefix', 'reason', 'name', 'project_code', 'owner_name', 'contractor_names', 'stage', 'departments', 'contract_fen', 'work_done_fen', 'receivable_fen', 'net_invoiced_fen', 'gap_fen', 'last_event_on')} AS line
    FROM project_list l LEFT JOIN named n USING (project_id)`,
  tokens: `WITH ${named} SELECT ${rowText('n.project', 't.token', 't.scope')} AS line FROM project_token t LEFT JOIN named n USING (project_id)`,
} as const

export type ContentPart = keyof typeof parts
export const contentParts = Object.keys(parts) as ContentPart[]

export interface ContentDigest {
  readonly total: string
  readonly parts: Readonly<Record<ContentPart, string>>
  readonly rows: Readonly<Record<ContentPart, number>>
}

const digestOf = async (db: Database, part: ContentPart): Promise<{ digest: string; rows: number }> => {
  const { rows } = await db.pipeline.query<{ digest: string | null; rows: bigint }>(
    `SELECT encode(sha256(convert_to(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), 'UTF8')), 'hex') AS digest, count(*) AS rows FROM (${parts[part]}) AS x`,
  )
  return { digest: rows[0]!.digest ?? 'empty', rows: Number(rows[0]!.rows) }
}

/** Digest of the whole content and of each part; `only` narrows to the parts that a comparison is about. */
export const contentDigest = async (
  db: Database,
  only: readonly ContentPart[] = contentParts,
): Promise<ContentDigest> => {
  const total = createHash('sha256')
  const digests: Partial<Record<ContentPart, string>> = {}
  const counts: Partial<Record<ContentPart, number>> = {}
  for (const part of only) {
    const { digest, rows } = await digestOf(db, part)
    total.update(`${part} ${digest}\n`)
    digests[part] = digest
    counts[part] = rows
  }
  return {
    total: total.digest('hex'),
    parts: digests as ContentDigest['parts'],
    rows: counts as ContentDigest['rows'],
  }
}

/** The lines of one part, in order: for saying what differs once digests do. */
export const contentLines = async (db: Database, part: ContentPart): Promise<string[]> =>
  (
    await db.pipeline.query<{ line: string }>(`SELECT line FROM (${parts[part]}) AS x ORDER BY line COLLATE "C"`)
  ).rows.map((r) => r.line)

/** Parts in which two digests differ. */
export const differingParts = (a: ContentDigest, b: ContentDigest): ContentPart[] =>
  contentParts.filter((part) => a.parts[part] !== b.parts[part])

/** First lines that one side has and the other has not, part by part: a failure that can be read. */
export const explainDifference = async (a: Database, b: Database, only: readonly ContentPart[]): Promise<string> => {
  const told: string[] = []
  for (const part of only) {
    const [left, right] = [await contentLines(a, part), await contentLines(b, part)]
    const [lefts, rights] = [new Set(left), new Set(right)]
    const missing = left.filter((line) => !rights.has(line))
    const extra = right.filter((line) => !lefts.has(line))
    told.push(`${part}: ${missing.length} only in the first, ${extra.length} only in the second`)
    for (const line of missing.slice(0, 3)) told.push(`  - ${line.slice(0, 400)}`)
    for (const line of extra.slice(0, 3)) told.push(`  + ${line.slice(0, 400)}`)
  }
  return told.join('\n')
}
