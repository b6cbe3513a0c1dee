/**
 * The read models anew from truth: facts, judgements and identities stay, everything that link and track derive is derived again. For a change of
 * code that derives otherwise; what was shown until now stays in the past tables, so pages as of a day remain what they were.
 */
import { auditRow } from './access/audit.ts'
import type { Database } from './db/database.ts'
import { takeTick } from './db/tick.ts'
import { type Queryable, transaction } from './db/transaction.ts'
import { edgeColumns } from './link/stage/nodes.ts'
import { linkColumns } from './link/stage/party-links.ts'
import { tieColumns } from './link/stage/tie-store.ts'
import { advance, type PipelineDeps, type StageTimes } from './pipeline.ts'
import { positionColumns } from './track/run.ts'

/** Tables with a past, and the columns that go there. */
const versioned: Readonly<Record<string, string>> = {
  party_link: linkColumns,
  edge: edgeColumns,
  tie: tieColumns,
  member: 'key_hash, project_id, known_from',
  position: positionColumns,
}
/** A membership is kept by record and by project; the past has the first. */
const presentOf = (table: string): string => (table === 'member' ? 'member_by_record' : table)

/**
 * Identities, merges, taxpayers and the words of parties stay: they are names, and the past tables speak of them. So do subjects that no fact speaks of
 * any more; the others are read from their facts again, which fills what an older hub did not store of them (`name_key`).
 */
const derived = [
  ...Object.keys(versioned).map(presentOf),
  'member_by_project',
  'registration',
  'commerce_name',
  'taxpayer_token',
  'mention',
  'project_record',
  'block',
  'touched',
  'project_list',
  'project_token',
]

/** How much there is of what a rebuild derives. */
export interface DerivedCounts {
  readonly projects: bigint
  readonly records: bigint
  readonly partyLinks: bigint
  readonly edges: bigint
  readonly ties: bigint
  readonly positions: bigint
}

/** What says otherwise after a rebuild than before it. */
export type ChangedCounts = Readonly<Record<'partyLinks' | 'memberships' | 'ties' | 'positions', bigint>>

export interface RebuildReport {
  /** From here on what was derived anew is shown. */
  readonly tick: bigint
  readonly before: DerivedCounts
  readonly after: DerivedCounts
  readonly changed: ChangedCounts
  readonly times: StageTimes
}

/** Counts what a rebuild would derive anew. */
export const derivedCounts = async (client: Queryable): Promise<DerivedCounts> =>
  (
    await client.query<DerivedCounts>(
      `SELECT (SELECT count(DISTINCT project_id) FROM member_by_project) AS projects, (SELECT count(*) FROM project_record) AS records,
         (SELECT count(*) FROM party_link WHERE decision = 'link') AS "partyLinks", (SELECT count(*) FROM edge) AS edges,
         (SELECT count(*) FROM tie WHERE project_id IS NOT NULL) AS ties, (SELECT count(*) FROM position) AS positions`,
    )
  ).rows[0]!

/** How many rows of a table differ in `what` from those that this tick closed. Rows that lead nowhere count as none. */
const differing = (table: string, key: string, what: string, from = table): string =>
  `(SELECT count(*) FROM (SELECT ${key}, ${what} AS said FROM ${table}_past WHERE known_to = $1) o
     FULL JOIN (SELECT ${key}, ${what} AS said FROM ${from}) n USING (${key}) WHERE o.said IS DISTINCT FROM n.said)`

const changedSince = async (db: Database, tick: bigint): Promise<ChangedCounts> =>
  (
    await db.pipeline.query<ChangedCounts>(
      `SELECT ${differing('party_link', 'text_hash', `CASE WHEN decision = 'link' THEN registration_id END`)} AS "partyLinks",
         ${differing('member', 'key_hash', 'project_id', 'member_by_record')} AS memberships,
         ${differing('tie', 'subject_hash', 'project_id')} AS ties,
         ${differing('position', 'project_id', 'digest')} AS positions`,
      [tick],
    )
  ).rows[0]!

/** Empties what is derived; what was shown until now goes into the past at the tick that this takes. */
const emptyDerived = async (
  deps: PipelineDeps,
  actor: string,
): Promise<{ readonly tick: bigint; readonly before: DerivedCounts }> =>
  transaction(deps.db.owner(), async (client) => {
    // Waits for an advance that is at work; the next one begins from the first tick.
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('jingwei pipeline', 0))`)
    await client.query(`LOCK TABLE ${derived.join(', ')}, subject IN ACCESS EXCLUSIVE MODE`)
    const before = await derivedCounts(client)
    const tick = await takeTick(client, 'rebuild', actor, {})
    for (const [table, columns] of Object.entries(versioned))
      await client.query(
        `INSERT INTO ${table}_past (${columns}, known_to) SELECT ${columns}, $1 FROM ${presentOf(table)} WHERE known_from < $1`,
        [tick],
      )
    await client.query(`TRUNCATE ${derived.join(', ')}`)
    await client.query('DELETE FROM subject s WHERE EXISTS (SELECT FROM fact f WHERE f.subject_hash = s.subject_hash)')
    await client.query(`UPDATE stage_cursor SET tick = 0 WHERE stage IN ('link', 'track')`)
    const detail = { ...before }
    await auditRow(client, { actor: { id: actor, role: 'operator' }, action: 'rebuild', subject: '-', detail, tick })
    return { tick, before }
  })

/**
 * Empties the read models and fills them again. Runs as the owner: nobody else may empty tables. Until it ends, pages show part of the projects; a
 * crash on the way is made good by the next advance, which begins from the first tick.
 * @param at the day as of which positions are computed, `YYYY-MM-DD`
 */
export const rebuild = async (deps: PipelineDeps, actor: string, at?: string): Promise<RebuildReport> => {
  const { tick, before } = await emptyDerived(deps, actor)
  const times = at === undefined ? await advance(deps) : await advance(deps, at)
  return {
    tick,
    before,
    after: await derivedCounts(deps.db.pipeline),
    changed: await changedSince(deps.db, tick),
    times,
  }
}
