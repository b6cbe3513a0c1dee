/** `check`: what the hub holds, recomputed from truth while it runs: reconciliation, counts, balances, both memberships, a sample of positions. */
import { projectKinds } from '#schemas/canonical/index.ts'
import type { Database } from './db/database.ts'
import { today } from './kernel/clock.ts'
import type { BatchFigures } from './landing/batch-figures.ts'
import { reconcile } from './landing/reconcile.ts'
import { recomputePositions } from './track/run.ts'

export interface Finding {
  readonly check: string
  readonly subject: string
  readonly expected: string
  readonly found: string
}

export interface CheckReport {
  readonly checks: readonly {
    readonly name: string
    readonly examined: number
    readonly findings: readonly Finding[]
  }[]
}

interface Compared {
  readonly subject: string
  readonly expected: unknown
  readonly found: unknown
}

/** Statements give the same figure twice, by two ways; every row whose two figures differ is a finding. */
const balances: Readonly<Record<string, string>> = {
  'live records by feed': `SELECT s.feed AS subject, s.live AS expected,
      (SELECT count(*) FROM record r JOIN batch b USING (batch_id) WHERE r.feed = s.feed AND r.live AND b.state = 'admitted')
      + (SELECT count(*) FROM record r JOIN batch b USING (batch_id) WHERE r.feed = s.feed AND b.state <> 'admitted' AND EXISTS (
          SELECT 1 FROM (SELECT v.op FROM raw_version v JOIN batch a ON a.batch_id = v.batch_id AND a.state = 'admitted' WHERE v.key_hash = r.key_hash ORDER BY v.batch_id DESC, v.ord DESC LIMIT 1) x WHERE x.op NOT IN ('w', 'a'))) AS found
    FROM feed_state s`,
  'facts by feed': `SELECT s.feed AS subject, s.live - (SELECT count(*) FROM issue i WHERE i.feed = s.feed AND i.code IN ('normalise.unparseable', 'normalise.map_failed') AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.key_hash = i.key_hash)) AS expected,
      (SELECT count(*) FROM fact f WHERE f.feed = s.feed) AS found FROM feed_state s`,
  'quarantine by batch': `SELECT b.batch_id::text AS subject, b.quarantined AS expected, count(q.*) AS found FROM batch b LEFT JOIN quarantine q USING (batch_id) GROUP BY b.batch_id`,
  'every project record in one project': `SELECT 'project records' AS subject, (SELECT count(*) FROM project_record) AS expected, (SELECT count(*) FROM member_by_record m JOIN project_record USING (key_hash)) AS found`,
  'membership kept twice': `SELECT 'memberships' AS subject, (SELECT count(*) FROM member_by_record) AS expected, (SELECT count(*) FROM member_by_record r JOIN member_by_project p USING (project_id, key_hash)) AS found
    UNION ALL SELECT 'memberships by project', (SELECT count(*) FROM member_by_project), (SELECT count(*) FROM member_by_record)`,
  'every project has a position': `SELECT 'projects' AS subject, (SELECT count(DISTINCT project_id) FROM member_by_project) AS expected, (SELECT count(*) FROM position) AS found
    UNION ALL SELECT 'listed projects', (SELECT count(*) FROM position), (SELECT count(DISTINCT project_id) FROM project_list)`,
  'every subject is tied or has a reason': `SELECT 'subjects' AS subject, (SELECT count(DISTINCT subject_hash) FROM fact) AS expected, (SELECT count(*) FROM tie JOIN subject USING (subject_hash)) AS found`,
  'every party is linked or has a reason': `SELECT 'parties' AS subject, (SELECT count(*) FROM (
        SELECT text_hash FROM mention UNION SELECT x.h FROM subject s JOIN tie USING (subject_hash) CROSS JOIN LATERAL unnest(ARRAY[s.seller_hash, s.buyer_hash, s.holder_hash]) AS x (h) WHERE x.h IS NOT NULL) named) AS expected,
      (SELECT count(*) FROM party_link JOIN party USING (text_hash)) AS found`,
  'project records are those of the kinds': `SELECT 'project records' AS subject, (SELECT count(*) FROM fact WHERE kind IN (${projectKinds.map((kind) => `'${kind}'`).join(', ')})) AS expected, (SELECT count(*) FROM project_record) AS found`,
  // Readings of one account lie where the account lies, wherever that is.
  'what names a record lies where it lies': `SELECT encode(s.subject_hash, 'hex') AS subject, x.project AS expected, t.project_id AS found FROM subject s JOIN tie t USING (subject_hash)
      CROSS JOIN LATERAL (SELECT coalesce(m.project_id, o.project_id) AS project FROM (SELECT s.ref_key_hash AS k) r LEFT JOIN member_by_record m ON m.key_hash = r.k
        LEFT JOIN fact f ON f.key_hash = r.k LEFT JOIN tie o ON o.subject_hash = f.subject_hash) x
    WHERE s.kind = 'record' AND t.reason <> 'record.circular'`,
  'names of commerce and of persons are in the register': `SELECT r.registration_id AS subject, n.names::text AS expected, r.other_names::text AS found FROM registration r
      CROSS JOIN LATERAL (SELECT coalesce(array_agg(DISTINCT c.name COLLATE "C" ORDER BY c.name COLLATE "C"), '{}') AS names FROM (
        SELECT name FROM commerce_name WHERE core = r.core UNION ALL SELECT name FROM living_alias WHERE registration_id = r.registration_id) c
        WHERE c.name <> r.name AND NOT c.name = ANY (r.former_names)) n
    WHERE r.other_names <> '{}' OR n.names <> '{}'`,
  'invoices balance in 分': `SELECT 'net of tier 1' AS subject,
      (SELECT coalesce(sum(f.amount_fen), 0) FROM tie t JOIN fact f USING (subject_hash) WHERE t.project_id IS NOT NULL AND t.tier = 1 AND f.class = 'taxable')::text AS expected,
      (SELECT coalesce(sum(net_invoiced_fen), 0) FROM project_list WHERE shared_prefix = -1)::text AS found`,
  'stages are up to date': `SELECT stage AS subject, (SELECT tick FROM truth_clock) AS expected, tick AS found FROM stage_cursor
    UNION ALL SELECT 'touched', 0, (SELECT count(*) FROM touched)`,
}

const differing = (name: string, rows: readonly Compared[]): Finding[] =>
  rows
    .filter((r) => String(r.expected) !== String(r.found))
    .map((r) => ({ check: name, subject: r.subject, expected: String(r.expected), found: String(r.found) }))

const checkBatches = async (db: Database) => {
  const { rows } = await db.pipeline.query<BatchFigures>(
    `SELECT batch_id AS "batchId", feed, mode, state, fetched, new, changed, unchanged, withdrawn, older, repeated, quarantined, revived, absent, declared_rows AS "declaredRows",
       live_before AS "liveBefore", live_after AS "liveAfter", hold_reason AS "holdReason", admitted_tick AS "admittedTick" FROM batch WHERE state = 'admitted' AND NOT was_held`,
  )
  const findings = (await reconcile(db, rows)).map((d) => ({
    check: 'reconciliation',
    subject: `${d.feed} ${d.batchId} ${d.check}`,
    expected: d.left,
    found: d.right,
  }))
  return { name: 'reconciliation', examined: rows.length, findings }
}

const checkPositions = async (db: Database, sample: number) => {
  const { rows } = await db.pipeline.query<{ id: bigint }>(
    // A fixed pseudo-random order: a repeated check looks at the same projects, and no seed is needed to repeat a finding.
    `SELECT project_id AS id FROM position ORDER BY hashint8(project_id), project_id LIMIT $1`,
    [sample],
  )
  const differences = await recomputePositions(
    db,
    rows.map((r) => r.id),
    today(),
  )
  return {
    name: 'positions recomputed from truth',
    examined: rows.length,
    findings: differences.map((d) => ({
      check: 'positions',
      subject: `P${d.projectId}`,
      expected: d.recomputed,
      found: d.stored,
    })),
  }
}

/** Runs every check; `sample` projects are recomputed. Changes nothing. */
export const checkAll = async (db: Database, sample: number): Promise<CheckReport> => {
  const checks: CheckReport['checks'][number][] = [await checkBatches(db)]
  for (const [name, sql] of Object.entries(balances)) {
    const { rows } = await db.pipeline.query<Compared>(sql)
    checks.push({ name, examined: rows.length, findings: differing(name, rows) })
  }
  checks.push(await checkPositions(db, sample))
  return { checks }
}
