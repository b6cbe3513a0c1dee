/** A person's word on projects: two are one, or some records of one are another. Judgements join or part records, never rows or clusters. */
import type { PoolClient } from 'pg'
import { sm3 } from '../../kernel/cipher.ts'
import { type Act, type JudgementRow, type Plan, refuse } from './act.ts'

type Merge = Extract<Act, { verb: 'merge' }>
type Split = Extract<Act, { verb: 'split' }>

interface Member {
  readonly key: string
  readonly feed: string
  readonly isAnchor: boolean
}

/** Records of a project in the order of their keys. Throws `judgement.unknown_project`. */
const membersOf = async (client: PoolClient, project: string): Promise<Member[]> => {
  const { rows } = await client.query<Member>(
    `SELECT encode(m.key_hash, 'hex') AS key, r.feed, m.key_hash = i.anchor_key AS "isAnchor" FROM member_by_project m
       JOIN project_record r USING (key_hash) JOIN project_identity i USING (project_id) WHERE m.project_id = $1 ORDER BY m.key_hash`,
    [project],
  )
  if (rows.length === 0) throw refuse('judgement.unknown_project')
  return rows
}

/** The record that stands for a project: the one that it is anchored in, else its first. */
const anchorOf = (members: readonly Member[]): Member => members.find((m) => m.isAnchor) ?? members[0]!

const isMergedInto = async (client: PoolClient, project: string, into: string): Promise<boolean> =>
  (
    await client.query<{ into: string }>(
      'SELECT merged_into::text AS into FROM project_merge WHERE project_id = $1 ORDER BY tick DESC LIMIT 1',
      [project],
    )
  ).rows[0]?.into === into

const bytea = (keys: readonly string[]): string[] => keys.map((key) => `\\x${key}`)

interface Pair {
  readonly a: string
  readonly b: string
}
const pairId = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`)

/** What persons said between records of one side and of the other, as far as it stands. */
const said = async (
  client: PoolClient,
  left: readonly string[],
  right: readonly string[],
  verdict: 'positive' | 'negative',
): Promise<Set<string>> => {
  const { rows } = await client.query<Pair>(
    `SELECT encode(key_hash, 'hex') AS a, encode(other_key_hash, 'hex') AS b FROM judgement j
     WHERE kind = 'record' AND verdict = $3 AND NOT EXISTS (SELECT FROM judgement u WHERE u.undoes = j.judgement_id)
       AND (key_hash = ANY ($1::bytea[]) AND other_key_hash = ANY ($2::bytea[]) OR key_hash = ANY ($2::bytea[]) AND other_key_hash = ANY ($1::bytea[]))`,
    [bytea(left), bytea(right), verdict],
  )
  return new Set(rows.map(({ a, b }) => pairId(a, b)))
}

/** Who the members are and how their projects stand: what its author had before them. */
const digestOf = async (
  client: PoolClient,
  projects: readonly string[],
  members: readonly Member[],
): Promise<string> => {
  const { rows } = await client.query<{ digest: string }>(
    `SELECT encode(digest, 'hex') AS digest FROM position WHERE project_id = ANY ($1::bigint[]) ORDER BY project_id`,
    [projects],
  )
  return sm3([...members.map((m) => m.key).sort(), ...rows.map((r) => r.digest)].join('\u0000'))
}

const row = (verdict: 'positive' | 'negative', one: Member, other: Member): JudgementRow => {
  const [first, second] = one.key < other.key ? [one, other] : [other, one]
  return { kind: 'record', verdict, feed: first.feed, keyHash: first.key, otherKeyHash: second.key }
}

const pairsMax = 2_000

/**
 * One record stands for both projects and is joined with every other record of the two: joined by one pair only, the others would be torn away again
 * by the codes and numbers in which the two differ.
 * Throws `judgement.same_project`, `.unknown_project`, `.already_judged`, `.too_many_pairs`, `.conflict`.
 */
export const planMerge = async (client: PoolClient, { project, other }: Merge): Promise<Plan> => {
  if (project === other) throw refuse('judgement.same_project')
  if ((await isMergedInto(client, other, project)) || (await isMergedInto(client, project, other)))
    throw refuse('judgement.already_judged')
  const left = await membersOf(client, project)
  const right = await membersOf(client, other)
  const all = [...left, ...right]
  if (all.length > pairsMax) throw refuse('judgement.too_many_pairs')
  const keysOf = (members: readonly Member[]) => members.map((m) => m.key)
  if ((await said(client, keysOf(left), keysOf(right), 'negative')).size > 0) throw refuse('judgement.conflict')
  const centre = anchorOf(left)
  return {
    verb: 'merge',
    subject: `merge ${pairId(centre.key, anchorOf(right).key)}`,
    textHash: null,
    keyHashes: keysOf(all),
    undoes: null,
    rows: all.filter((m) => m !== centre).map((m) => row('positive', centre, m)),
    digest: await digestOf(client, [project, other], all),
    alias: null,
  }
}

/**
 * Every record that goes is parted from every one that stays: with one pair only, whatever else joins the two sides would pull the record back, or a
 * part of the others along.
 * Throws `judgement.unknown_project`, `.unknown_record`, `.nothing_to_split`, `.too_many_pairs`, `.conflict`.
 */
export const planSplit = async (client: PoolClient, { project, records }: Split): Promise<Plan> => {
  const members = await membersOf(client, project)
  const wanted = new Set(records)
  const gone = members.filter((m) => wanted.has(m.key))
  const kept = members.filter((m) => !wanted.has(m.key))
  if (gone.length < wanted.size) throw refuse('judgement.unknown_record')
  if (gone.length === 0 || kept.length === 0) throw refuse('judgement.nothing_to_split')
  if (gone.length * kept.length > pairsMax) throw refuse('judgement.too_many_pairs')
  const [goneKeys, keptKeys] = [gone.map((m) => m.key), kept.map((m) => m.key)]
  if ((await said(client, goneKeys, keptKeys, 'positive')).size > 0) throw refuse('judgement.conflict')
  const parted = await said(client, goneKeys, keptKeys, 'negative')
  const rows = gone.flatMap((one) =>
    kept.flatMap((other) => (parted.has(pairId(one.key, other.key)) ? [] : [row('negative', one, other)])),
  )
  return {
    verb: 'split',
    subject: `split ${sm3(goneKeys.join(' '))}`,
    textHash: null,
    keyHashes: members.map((m) => m.key),
    undoes: null,
    rows,
    digest: await digestOf(client, [project], members),
    alias: null,
  }
}
