/**
 * Clusters of project records as projects with a name that stays (decisions 11 and 13). The whole component of what changed is redone; a cluster
 * keeps the identity whose anchor record it holds, and a new one is minted where it holds none.
 */
import { copyRows } from '../../db/copy.ts'
import { clusterNodes } from '../projects/group.ts'
import type { Edge } from '../projects/types.ts'
import { loadNodes } from './nodes.ts'
import { type Advance, bytea, byteas } from './scope.ts'
import { analyseGrown, analyseWork } from './work.ts'

type Client = Advance['client']

/** Everything that could change cluster with these records: mates of today, and whatever edges or judgements reach. */
const component = async (client: Client, seeds: readonly string[]): Promise<Set<string>> => {
  const { rows } = await client.query<{ key: string }>(
    `WITH RECURSIVE reach (key_hash) AS (
       SELECT unnest($1::bytea[])
       UNION
       SELECT n.key_hash FROM reach r CROSS JOIN LATERAL (
         SELECT e.b AS key_hash FROM edge e WHERE e.a = r.key_hash AND NOT e.veto
         UNION ALL SELECT e.a FROM edge e WHERE e.b = r.key_hash AND NOT e.veto
         UNION ALL SELECT j.other_key_hash FROM judgement j WHERE j.kind = 'record' AND j.key_hash = r.key_hash
         UNION ALL SELECT j.key_hash FROM judgement j WHERE j.kind = 'record' AND j.other_key_hash = r.key_hash
         UNION ALL SELECT m2.key_hash FROM member_by_record m1 JOIN member_by_project m2 USING (project_id) WHERE m1.key_hash = r.key_hash) n)
     SELECT encode(key_hash, 'hex') AS key FROM reach`,
    [byteas(seeds)],
  )
  return new Set(rows.map((r) => r.key))
}

const edgesAmong = async (client: Client, keys: ReadonlySet<string>): Promise<Edge[]> =>
  (
    await client.query<Edge>(
      `SELECT encode(a, 'hex') AS a, encode(b, 'hex') AS b, weight, veto, rule FROM edge WHERE a = ANY ($1::bytea[]) AND b = ANY ($1::bytea[])`,
      [byteas(keys)],
    )
  ).rows

const judgementsAmong = async (
  client: Client,
  keys: ReadonlySet<string>,
): Promise<{ a: string; b: string; verdict: 'positive' | 'negative' }[]> =>
  (
    await client.query<{ a: string; b: string; verdict: 'positive' | 'negative' }>(
      `SELECT encode(key_hash, 'hex') AS a, encode(other_key_hash, 'hex') AS b, verdict FROM judgement j
       WHERE kind = 'record' AND verdict IN ('positive', 'negative') AND key_hash = ANY ($1::bytea[]) AND other_key_hash = ANY ($1::bytea[])
         AND NOT EXISTS (SELECT 1 FROM judgement u WHERE u.undoes = j.judgement_id) ORDER BY judgement_id`,
      [byteas(keys)],
    )
  ).rows

interface Identity {
  readonly projectId: bigint
  readonly anchor: string
  readonly isMerged: boolean
}

const identitiesOf = async (client: Client, keys: ReadonlySet<string>): Promise<Identity[]> =>
  (
    await client.query<Identity>(
      `SELECT i.project_id AS "projectId", encode(i.anchor_key, 'hex') AS anchor, coalesce(m.merged_into <> i.project_id, false) AS "isMerged"
       FROM project_identity i LEFT JOIN LATERAL (SELECT merged_into FROM project_merge m WHERE m.project_id = i.project_id ORDER BY tick DESC LIMIT 1) m ON true
       WHERE i.anchor_key = ANY ($1::bytea[]) ORDER BY i.project_id`,
      [byteas(keys)],
    )
  ).rows

const membersOf = async (client: Client, keys: ReadonlySet<string>): Promise<Map<string, bigint>> => {
  const { rows } = await client.query<{ key: string; project: bigint }>(
    `SELECT encode(key_hash, 'hex') AS key, project_id AS project FROM member_by_record WHERE key_hash = ANY ($1::bytea[])`,
    [byteas(keys)],
  )
  return new Map(rows.map((r) => [r.key, r.project]))
}

const recordMerges = (a: Advance, merges: readonly (readonly [bigint, bigint])[]) =>
  a.client.query(
    'INSERT INTO project_merge (project_id, merged_into, tick) SELECT p, m, $3 FROM unnest($1::bigint[], $2::bigint[]) AS t (p, m) ON CONFLICT DO NOTHING',
    [merges.map((m) => m[0]), merges.map((m) => m[1]), a.to],
  )

const mint = async (
  a: Advance,
  clusters: readonly { readonly anchor: string; readonly splitFrom: bigint | null }[],
): Promise<Map<string, bigint>> => {
  const { rows } = await a.client.query<{ id: bigint; anchor: string }>(
    `INSERT INTO project_identity (anchor_key, minted_tick, split_from) SELECT k, $3, s FROM unnest($1::bytea[], $2::bigint[]) WITH ORDINALITY AS t (k, s, n) ORDER BY n
     RETURNING project_id AS id, encode(anchor_key, 'hex') AS anchor`,
    [clusters.map((c) => bytea(c.anchor)), clusters.map((c) => c.splitFrom), a.to],
  )
  return new Map(rows.map((r) => [r.anchor, r.id]))
}

/**
 * A project that has no record left because its anchor was withdrawn goes on under the new name of the records that it leaves: whoever asks for the
 * old one is led there. The first cluster, by key, where it fell into several.
 */
const forwards = (
  minted: readonly { readonly id: bigint; readonly splitFrom: bigint | null }[],
  living: ReadonlySet<bigint>,
): [bigint, bigint][] => {
  const heirs = new Map<bigint, bigint>()
  for (const { id, splitFrom } of minted)
    if (splitFrom !== null && !living.has(splitFrom) && !heirs.has(splitFrom)) heirs.set(splitFrom, id)
  return [...heirs]
}

/** Gives each cluster its project: the oldest living identity anchored in it, else the oldest merged one (a split restores it), else a new one. */
const assignIdentities = async (
  a: Advance,
  clusters: readonly (readonly string[])[],
  keys: ReadonlySet<string>,
  before: ReadonlyMap<string, bigint>,
): Promise<Map<string, bigint>> => {
  const byAnchor = Map.groupBy(await identitiesOf(a.client, keys), (i) => i.anchor)
  const chosen = new Map<readonly string[], bigint>()
  const merges: [bigint, bigint][] = []
  const unnamed: { cluster: readonly string[]; anchor: string; splitFrom: bigint | null }[] = []
  for (const cluster of clusters) {
    const anchored = cluster
      .flatMap((key) => byAnchor.get(key) ?? [])
      .sort((x, y) => (x.projectId < y.projectId ? -1 : 1))
    const keeper = anchored.find((i) => !i.isMerged) ?? anchored[0]
    if (keeper === undefined) {
      const anchor = [...cluster].sort()[0]!
      unnamed.push({ cluster, anchor, splitFrom: before.get(anchor) ?? null })
      continue
    }
    chosen.set(cluster, keeper.projectId)
    if (keeper.isMerged) merges.push([keeper.projectId, keeper.projectId])
    for (const i of anchored) if (i !== keeper && !i.isMerged) merges.push([i.projectId, keeper.projectId])
  }
  if (merges.length > 0) await recordMerges(a, merges)
  const minted = unnamed.length > 0 ? await mint(a, unnamed) : new Map<string, bigint>()
  for (const u of unnamed) chosen.set(u.cluster, minted.get(u.anchor)!)
  const living = new Set(chosen.values())
  const heirs = forwards(
    unnamed.map((u) => ({ id: minted.get(u.anchor)!, splitFrom: u.splitFrom })),
    living,
  )
  if (heirs.length > 0) await recordMerges(a, heirs)
  return new Map([...chosen].flatMap(([cluster, id]) => cluster.map((key): [string, bigint] => [key, id])))
}

const storeMembership = async (
  a: Advance,
  before: ReadonlyMap<string, bigint>,
  after: ReadonlyMap<string, bigint>,
): Promise<string[]> => {
  const keys = new Set([...before.keys(), ...after.keys()])
  const moved = [...keys].filter((k) => before.get(k) !== after.get(k))
  for (const key of moved)
    for (const project of [before.get(key), after.get(key)]) if (project !== undefined) a.touched.add(project)
  if (moved.length === 0) return []
  await a.client.query(
    `WITH closed AS (DELETE FROM member_by_record WHERE key_hash = ANY ($1::bytea[]) RETURNING *)
     INSERT INTO member_past (key_hash, project_id, known_from, known_to) SELECT key_hash, project_id, known_from, $2 FROM closed WHERE known_from < $2`,
    [byteas(moved), a.to],
  )
  await a.client.query(
    'DELETE FROM member_by_project m USING unnest($1::bytea[], $2::bigint[]) AS t (k, p) WHERE m.project_id = t.p AND m.key_hash = t.k',
    [byteas(moved.filter((k) => before.has(k))), moved.filter((k) => before.has(k)).map((k) => before.get(k))],
  )
  const present = moved.filter((k) => after.has(k))
  await copyRows(
    a.client,
    'member_by_record (key_hash, project_id, known_from)',
    present.map((k) => [bytea(k), after.get(k), a.to]),
  )
  await copyRows(
    a.client,
    'member_by_project (project_id, key_hash)',
    present.map((k) => [after.get(k), bytea(k)]),
  )
  return moved
}

const seedsAtOnce = 1_000

/** Some records that may be of another project now and that no component looked at so far holds. */
const nextSeeds = async (client: Client, after: string): Promise<string[]> =>
  (
    await client.query<{ key: string }>(
      `SELECT encode(key_hash, 'hex') AS key FROM work_seed s WHERE key_hash > $1 AND NOT EXISTS (SELECT FROM work_reached r WHERE r.key_hash = s.key_hash)
       ORDER BY key_hash LIMIT ${seedsAtOnce}`,
      [bytea(after)],
    )
  ).rows.map((r) => r.key)

const redo = async (a: Advance, seeds: readonly string[]): Promise<string[]> => {
  const keys = await component(a.client, seeds)
  await a.client.query('INSERT INTO work_reached (key_hash) SELECT unnest($1::bytea[])', [byteas(keys)])
  const nodes = await loadNodes(a.client, keys)
  const clusters = clusterNodes(
    [...nodes.values()],
    await edgesAmong(a.client, keys),
    await judgementsAmong(a.client, keys),
  )
  const before = await membersOf(a.client, keys)
  return storeMembership(a, before, await assignIdentities(a, clusters, keys, before))
}

/**
 * Redoes the clusters that the noted records belong to or could now join, some components at a time: nothing leads from one to another. Notes the
 * records whose project changed.
 */
export const updateMembership = async (a: Advance): Promise<void> => {
  await analyseWork(a.client, 'work_seed')
  for (let seeds = await nextSeeds(a.client, ''); seeds.length > 0; seeds = await nextSeeds(a.client, seeds.at(-1)!)) {
    const moved = await redo(a, seeds)
    await a.client.query('INSERT INTO work_moved (key_hash) SELECT unnest($1::bytea[])', [byteas(moved)])
    await analyseGrown(a.client, 'member_by_record', 'member_by_project')
  }
  await analyseWork(a.client, 'work_moved')
}
