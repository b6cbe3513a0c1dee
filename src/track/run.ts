/**
 * The track stage: positions of the projects that news or the calendar touch, and no others. Chunks of projects, one transaction each; what is
 * left over after a crash is still in `touched`.
 */
import { createHash } from 'node:crypto'
import type { PoolClient } from 'pg'
import { type Position, positionJson } from '#schemas/canonical/position.ts'
import type { Database } from '../db/database.ts'
import { insertRows } from '../db/insert.ts'
import { advanceCursor, stageTick } from '../db/stage-cursor.ts'
import { transaction } from '../db/transaction.ts'
import { type FoundBy, type PositionsBefore, seenElsewhere, type Tracked, writeList } from './list.ts'
import { loadKnown } from './load.ts'
import { positionOf } from './position.ts'
import { currentRules, type TrackRules } from './rules.ts'
import { knownUntil } from './until.ts'

const chunkProjects = 250
/** Chunks in work at a time: one is computed here while the server stores the other. */
const workers = 2

/** Digest of a position's text, as stored and as compared. */
export const positionDigest = (body: string): string => createHash('sha256').update(body).digest('hex').slice(0, 32)

const takeTouched = async (client: PoolClient): Promise<bigint[]> =>
  (
    await client.query<{ id: bigint }>(
      `DELETE FROM touched WHERE project_id IN (SELECT project_id FROM touched ORDER BY project_id LIMIT ${chunkProjects} FOR UPDATE SKIP LOCKED) RETURNING project_id AS id`,
    )
  ).rows.map((r) => r.id)

interface Stored {
  readonly id: bigint
  readonly digest: string
}

const storedDigests = async (client: PoolClient, ids: readonly bigint[]): Promise<Map<bigint, string>> =>
  new Map(
    (
      await client.query<Stored>(
        `SELECT project_id AS id, encode(digest, 'hex') AS digest FROM position WHERE project_id = ANY ($1::bigint[])`,
        [ids],
      )
    ).rows.map((r) => [r.id, r.digest]),
  )

export const positionColumns = 'project_id, known_from, changes_on, rules, digest, body'

const storePositions = async (
  client: PoolClient,
  tracked: readonly (Tracked & { body: string; digest: string })[],
  gone: readonly bigint[],
  rules: TrackRules,
  tick: bigint,
): Promise<PositionsBefore> => {
  const { rows: closed } = await client.query<{ id: bigint; body: string }>(
    `WITH closed AS (DELETE FROM position WHERE project_id = ANY ($1::bigint[]) RETURNING *),
       past AS (INSERT INTO position_past (${positionColumns}, known_to) SELECT ${positionColumns}, $2 FROM closed WHERE known_from < $2)
     SELECT project_id AS id, body FROM closed`,
    [[...tracked.map((t) => t.projectId), ...gone], tick],
  )
  await insertRows(
    client,
    `position (${positionColumns})`,
    tracked.map((t) => [t.projectId, tick, t.position.changesOn, rules.version, `\\x${t.digest}`, t.body]),
  )
  return new Map(closed.map((c) => [c.id, JSON.parse(c.body) as FoundBy]))
}

/** Computes these projects as they stand on `at` and stores what differs. Returns how many positions changed. */
const trackChunk = async (
  client: PoolClient,
  ids: readonly bigint[],
  context: { rules: TrackRules; at: string; tick: bigint; city: string },
): Promise<number> => {
  const known = await loadKnown(client, ids)
  const before = await storedDigests(client, ids)
  const computed = [...known].map(([projectId, k]) => {
    const position = positionOf(k, context.rules, context.at)
    const body = positionJson(position)
    return { projectId, position, body, digest: positionDigest(body) }
  })
  computed.sort((a, b) => (a.projectId < b.projectId ? -1 : 1))
  const changed = computed.filter((c) => before.get(c.projectId) !== c.digest)
  const unchanged = computed.filter((c) => before.get(c.projectId) === c.digest)
  const gone = ids.filter((id) => !known.has(id) && before.has(id))
  const relisted = await seenElsewhere(client, unchanged, context.city)
  const replaced = await storePositions(client, changed, gone, context.rules, context.tick)
  const foundBefore = new Map([...replaced, ...relisted.map((t): [bigint, FoundBy] => [t.projectId, t.position])])
  await writeList(client, [...changed, ...relisted], gone, context.city, foundBefore)
  return changed.length + gone.length
}

/** Projects whose position changes by itself by this day. */
const touchByCalendar = (client: PoolClient, at: string, tick: bigint) =>
  client.query(
    'INSERT INTO touched (project_id, tick) SELECT project_id, $2 FROM position WHERE changes_on <= $1 ON CONFLICT DO NOTHING',
    [at, tick],
  )

/**
 * Tracks everything linked up to `to`, as of the day `at`. Returns how many positions were computed and how many changed.
 * @param city division code of the hub's region: where projects without a known place are seen
 */
export const track = async (
  db: Database,
  to: bigint,
  at: string,
  city: string,
): Promise<{ computed: number; changed: number }> => {
  const rules = await transaction(db.pipeline, currentRules)
  await transaction(db.pipeline, (client) => touchByCalendar(client, at, to))
  const total = { computed: 0, changed: 0 }
  const work = async (): Promise<void> => {
    for (let done = -1; done !== 0; ) {
      done = await transaction(db.pipeline, async (client) => {
        const ids = await takeTouched(client)
        if (ids.length > 0) total.changed += await trackChunk(client, ids, { rules, at, tick: to, city })
        return ids.length
      })
      total.computed += done
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: workers }, work))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  await transaction(db.pipeline, async (client) => {
    const from = await stageTick(client, 'track')
    if (from < to) await advanceCursor(client, 'track', from, to)
  })
  return total
}

/** A position computed from truth as known at `tick`, on the business date `on`; null where the project was not known. Nothing is stored. */
export const positionOn = async (db: Database, projectId: bigint, tick: bigint, on: string): Promise<Position | null> =>
  transaction(
    db.pipeline,
    async (client) => {
      const known = (await loadKnown(client, [projectId], tick, on)).get(projectId)
      return known ? positionOf(knownUntil(known, on), await currentRules(client), on) : null
    },
    {},
  )

/** Positions of these projects from what the caller's transaction holds now, as of `at`. Projects without a record are absent. Nothing is stored. */
export const positionsNow = async (
  client: PoolClient,
  ids: readonly bigint[],
  at: string,
): Promise<Map<bigint, Position>> => {
  const rules = await currentRules(client)
  const positions = new Map<bigint, Position>()
  for (let i = 0; i < ids.length; i += chunkProjects)
    for (const [id, known] of await loadKnown(client, ids.slice(i, i + chunkProjects)))
      positions.set(id, positionOf(known, rules, at))
  return positions
}

export interface PositionDifference {
  readonly projectId: bigint
  readonly stored: string
  readonly recomputed: string
}

/** Computes positions from truth as of `at` and compares them with the stored ones by digest. Nothing is stored. */
export const recomputePositions = async (
  db: Database,
  ids: readonly bigint[],
  at: string,
): Promise<PositionDifference[]> =>
  transaction(
    db.pipeline,
    async (client) => {
      const rules = await currentRules(client)
      const differences: PositionDifference[] = []
      for (let i = 0; i < ids.length; i += chunkProjects) {
        const chunk = ids.slice(i, i + chunkProjects)
        const known = await loadKnown(client, chunk)
        const stored = await storedDigests(client, chunk)
        for (const projectId of chunk) {
          const k = known.get(projectId)
          const recomputed = k ? positionDigest(positionJson(positionOf(k, rules, at))) : 'none'
          if (stored.get(projectId) !== recomputed)
            differences.push({ projectId, stored: stored.get(projectId) ?? 'none', recomputed })
        }
      }
      return differences
    },
    { isolation: 'repeatable read' },
  )
