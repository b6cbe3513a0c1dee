/**
 * The read models anew from truth: facts, judgements and identities stay, everything that link and track derive is derived again. For a change of
 * code that derives otherwise; what was shown until now stays in the past tables, so pages as of a day remain what they were.
 */
import { takeTick } from './db/tick.ts'
import { transaction } from './db/transaction.ts'
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

/** Identities, merges, taxpayers and the words of parties and subjects stay: they are names, and the past tables speak of them. */
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

/**
 * Empties the read models and fills them again. Runs as the owner: nobody else may empty tables. Until it ends, pages show part of the projects; a
 * crash on the way is made good by the next advance, which begins from the first tick.
 * @param at the day as of which positions are computed, `YYYY-MM-DD`
 */
export const rebuild = async (deps: PipelineDeps, actor: string, at?: string): Promise<StageTimes> => {
  await transaction(deps.db.owner(), async (client) => {
    // Waits for an advance that is at work; the next one begins from the first tick.
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('jingwei pipeline', 0))`)
    await client.query(`LOCK TABLE ${derived.join(', ')} IN ACCESS EXCLUSIVE MODE`)
    const tick = await takeTick(client, 'rebuild', actor, {})
    for (const [table, columns] of Object.entries(versioned))
      await client.query(
        `INSERT INTO ${table}_past (${columns}, known_to) SELECT ${columns}, $1 FROM ${presentOf(table)} WHERE known_from < $1`,
        [tick],
      )
    await client.query(`TRUNCATE ${derived.join(', ')}`)
    await client.query(`UPDATE stage_cursor SET tick = 0 WHERE stage IN ('link', 'track')`)
  })
  return at === undefined ? advance(deps) : advance(deps, at)
}
