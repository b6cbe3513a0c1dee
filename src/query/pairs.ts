/** Why two records are one project, or are not: what the two say, by which blocks they met, what persons said, and what leads from one to the other. */
import { z } from 'zod'
import type { PairAnswer, ProjectNeighbour } from '#schemas/api/project.ts'
import type { Actor } from '../access/actor.ts'
import { nameFor } from '../access/mask.ts'
import type { Queryable } from '../db/transaction.ts'
import { projectId, recordId } from '../kernel/opaque-id.ts'
import { areOtherByNumber, blockKeys, compareNodes, explainNodes } from '../link/projects/group.ts'
import { nodeColumns } from '../link/projects/node-row.ts'
import type { ProjectNode } from '../link/projects/types.ts'
import { maskEvidence, NodeRow } from './edges.ts'
import { statement } from './statement.ts'

const PairRow = NodeRow.extend({ project: z.bigint(), feed: z.string() })
type PairRow = z.output<typeof PairRow>
const pairNodes = statement<typeof PairRow, [Buffer[]]>(
  'pair_nodes',
  `SELECT ${nodeColumns('r')}, m.project_id AS project, r.feed FROM project_record r JOIN member_by_record m USING (key_hash) WHERE r.key_hash = ANY ($1::bytea[])`,
  PairRow,
)

const StepRow = z.object({ a: z.string(), b: z.string(), weight: z.number().nullable(), rule: z.string() })
type StepRow = z.output<typeof StepRow>
/** What joins the records of a project: edges from the heaviest, and before them what persons said (no weight). */
const stepsWithin = statement<typeof StepRow, [bigint]>(
  'pair_steps',
  `WITH members AS (SELECT key_hash FROM member_by_project WHERE project_id = $1)
   SELECT encode(a, 'hex') AS a, encode(b, 'hex') AS b, weight, rule FROM (
     SELECT j.key_hash AS a, j.other_key_hash AS b, NULL::float8 AS weight, 'judgement.positive' AS rule FROM judgement j
       WHERE j.kind = 'record' AND j.verdict = 'positive' AND NOT EXISTS (SELECT FROM judgement u WHERE u.undoes = j.judgement_id)
         AND j.key_hash IN (SELECT key_hash FROM members) AND j.other_key_hash IN (SELECT key_hash FROM members)
     UNION ALL SELECT e.a, e.b, e.weight, e.rule FROM members x JOIN edge e ON e.a = x.key_hash
       WHERE NOT e.veto AND e.weight > 0 AND e.b IN (SELECT key_hash FROM members)) s
   ORDER BY weight DESC NULLS FIRST, a, b LIMIT 5000`,
  StepRow,
)

const SaidRow = z.object({
  verdict: z.enum(['positive', 'negative']),
  author: z.string(),
  reason: z.string(),
  at: z.date(),
})
const saidBetween = statement<typeof SaidRow, [bigint, bigint]>(
  'pair_said',
  `SELECT j.verdict, j.author, j.reason, j.at FROM judgement j JOIN member_by_record x ON x.key_hash = j.key_hash JOIN member_by_record y ON y.key_hash = j.other_key_hash
   WHERE j.kind = 'record' AND j.verdict IN ('positive', 'negative') AND NOT EXISTS (SELECT FROM judgement u WHERE u.undoes = j.judgement_id)
     AND (x.project_id = $1 AND y.project_id = $2 OR x.project_id = $2 AND y.project_id = $1) ORDER BY j.judgement_id DESC LIMIT 20`,
  SaidRow,
)

/** The way from one record to the other through what joined them, as grouping goes: judgements first, then edges from the heaviest on. */
const wayBetween = (steps: readonly StepRow[], from: string, to: string): StepRow[] => {
  const root = new Map<string, string>()
  const find = (key: string): string => {
    let at = key
    while (root.has(at)) at = root.get(at)!
    return at
  }
  const tree = new Map<string, StepRow[]>()
  for (const step of steps) {
    const [left, right] = [find(step.a), find(step.b)]
    if (left === right) continue
    root.set(left, right)
    for (const end of [step.a, step.b]) tree.set(end, [...(tree.get(end) ?? []), step])
    if (find(from) === find(to)) break
  }
  const cameBy = new Map<string, StepRow | null>([[from, null]])
  const waiting = [from]
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift())
    for (const step of tree.get(at) ?? []) {
      const next = step.a === at ? step.b : step.a
      if (cameBy.has(next)) continue
      cameBy.set(next, step)
      waiting.push(next)
    }
  const way: StepRow[] = []
  for (let at = to, step = cameBy.get(at); step; step = cameBy.get(at)) {
    way.unshift(step)
    at = step.a === at ? step.b : step.a
  }
  return way
}

const blockNames: Readonly<Record<string, PairAnswer['foundBy'][number]>> = {
  c: 'code',
  d: 'document',
  s: 'source',
  n: 'name',
  h: 'name',
  o: 'ownerAndName',
  r: 'route',
  k: 'contractorAndSum',
}

const sharedBlocks = (one: ProjectNode, other: ProjectNode): PairAnswer['foundBy'] => {
  const held = new Set(blockKeys(one))
  return [...new Set(blockKeys(other).flatMap((key) => (held.has(key) ? (blockNames[key[0]!] ?? []) : [])))]
}

const hash = (key: string): Buffer => Buffer.from(key, 'hex')

type Reason = PairAnswer['because']

const apart = (
  one: PairRow,
  other: PairRow,
  met: boolean,
  weight: number | null,
  veto: boolean,
  isParted: boolean,
): Reason => {
  if (isParted) return 'judgement'
  if (areOtherByNumber(one, other)) return 'codes'
  if (veto) return 'veto'
  if (!met) return 'notCompared'
  return weight !== null && weight > 0 ? 'cluster' : 'weight'
}

const evidenceFor: Readonly<Record<Reason, PairAnswer['change']['by']>> = {
  judgement: ['judgement.undo'],
  codes: ['code.same', 'judgement'],
  veto: ['numbers.corrected', 'judgement'],
  notCompared: ['code.same', 'document.same', 'judgement'],
  weight: ['code.same', 'document.same', 'judgement'],
  cluster: ['numbers.corrected', 'judgement'],
  edge: ['judgement'],
  chain: ['judgement'],
}

/** Null where the actor does not see both records as records of projects. */
export const explainPair = async (
  client: Queryable,
  actor: Actor,
  left: Buffer,
  right: Buffer,
): Promise<PairAnswer | null> => {
  const rows = await pairNodes(client, [left, right])
  const one = rows.find((row) => row.key === left.toString('hex'))
  const other = rows.find((row) => row.key === right.toString('hex'))
  if (!one || !other || one.key === other.key) return null
  const same = one.project === other.project
  const [steps, said] = await Promise.all([
    same ? stepsWithin(client, one.project) : [],
    saidBetween(client, one.project, other.project),
  ])
  const way = same ? wayBetween(steps, one.key, other.key) : []
  const compared = compareNodes(one, other)
  const foundBy = sharedBlocks(one, other)
  const weight = compared?.weight ?? null
  const isParted = said.some((row) => row.verdict === 'negative')
  const because: Reason = same
    ? way.some((step) => step.rule === 'judgement.positive')
      ? 'judgement'
      : way.length > 1
        ? 'chain'
        : 'edge'
    : apart(one, other, foundBy.length > 0, weight, compared?.veto ?? false, isParted)
  return {
    records: [one, other].map((row) => ({
      record: recordId.of(hash(row.key)),
      feed: row.feed,
      kind: row.kind,
      name: row.name,
      project: projectId.of(row.project),
    })),
    same,
    because,
    rule: compared?.rule ?? null,
    weight,
    veto: compared?.veto ?? false,
    evidence: maskEvidence(actor, explainNodes(one, other)),
    foundBy,
    way: way.map((step) => ({
      record: recordId.of(hash(step.a)),
      other: recordId.of(hash(step.b)),
      rule: step.rule,
      weight: step.weight,
    })),
    judgements: said.map((row) => ({ ...row, at: row.at.toISOString() })),
    change: { bits: because === 'weight' && weight !== null ? Math.max(0, -weight) : null, by: evidenceFor[because] },
  }
}

const NeighbourRow = z.object({
  project: z.bigint(),
  name: z.string(),
  contract_fen: z.bigint().nullable(),
  records: z.number(),
  mine: z.instanceof(Buffer),
  theirs: z.instanceof(Buffer),
  weight: z.number(),
  veto: z.boolean(),
  rule: z.string(),
  own_name: z.string(),
})
const neighbours = statement<typeof NeighbourRow, [bigint, number]>(
  'project_neighbours',
  `SELECT n.*, v.name, v.contract_fen, (SELECT count(*)::int FROM member_by_project c WHERE c.project_id = n.project) AS records,
     (SELECT l.name FROM project_list l WHERE l.project_id = $1 LIMIT 1) AS own_name FROM (
     SELECT DISTINCT ON (o.project_id) o.project_id AS project, m.key_hash AS mine, o.key_hash AS theirs, e.weight, e.veto, e.rule
     FROM member_by_project m CROSS JOIN LATERAL (
         SELECT b AS key_hash, weight, veto, rule FROM edge WHERE a = m.key_hash UNION ALL SELECT a, weight, veto, rule FROM edge WHERE b = m.key_hash) e
       JOIN member_by_record o ON o.key_hash = e.key_hash AND o.project_id <> m.project_id
     WHERE m.project_id = $1 ORDER BY o.project_id, e.weight DESC, m.key_hash, o.key_hash) n
   CROSS JOIN LATERAL (SELECT l.name, l.contract_fen FROM project_list l WHERE l.project_id = n.project ORDER BY l.scope LIMIT 1) v
   ORDER BY n.weight DESC, n.project LIMIT $2`,
  NeighbourRow,
)

const pairsOf = (name: string): Set<string> => new Set(Array.from(name, (_, i) => name.slice(i, i + 2)).slice(0, -1))

/** Share of two-character pieces that two names have in common, 0..1. */
const likeness = (name: string, other: string): number => {
  const [left, right] = [pairsOf(name), pairsOf(other)]
  const shared = [...left].filter((piece) => right.has(piece)).length
  return (2 * shared) / Math.max(1, left.size + right.size)
}

/** So many are looked at, to choose among those of equal weight by their names. */
const lookedAt = 500

/** Other projects in sight that say something in common with this one, the likeliest to be one with it first. */
export const neighboursOf = async (client: Queryable, id: bigint, limit: number): Promise<ProjectNeighbour[]> =>
  (await neighbours(client, id, lookedAt))
    .map((row) => ({ row, likeness: likeness(row.own_name, row.name) }))
    .sort((a, b) => b.row.weight - a.row.weight || b.likeness - a.likeness)
    .slice(0, limit)
    .map(({ row }) => ({
      project: projectId.of(row.project),
      name: row.name,
      contractFen: row.contract_fen,
      records: row.records,
      record: recordId.of(row.mine),
      other: recordId.of(row.theirs),
      weight: row.weight,
      veto: row.veto,
      rule: row.rule,
    }))

const MemberRow = z.object({
  key_hash: z.instanceof(Buffer),
  feed: z.string(),
  kind: z.string(),
  name: z.string(),
  section: z.string().nullable(),
  owner_name: z.string().nullable(),
  amount_fen: z.bigint().nullable(),
  on_text: z.string().nullable(),
})
const members = statement<typeof MemberRow, [bigint]>(
  'project_members',
  `SELECT r.key_hash, r.feed, r.kind, r.name, r.section, r.owner_name, r.amount_fen, r.on_text FROM member_by_project m JOIN project_record r USING (key_hash)
   WHERE m.project_id = $1 ORDER BY r.on_text NULLS LAST, r.feed, r.key_hash LIMIT 500`,
  MemberRow,
)

export interface ProjectMember {
  readonly record: string
  readonly feed: string
  readonly kind: string
  readonly name: string
  readonly ownerName: string | null
  readonly amountFen: bigint | null
  readonly on: string | null
}

/** What the records of a project say of themselves, the earliest first; 500 at most. */
export const membersOf = async (client: Queryable, actor: Actor, id: bigint): Promise<ProjectMember[]> =>
  (await members(client, id)).map((row) => ({
    record: recordId.of(row.key_hash),
    feed: row.feed,
    kind: row.kind,
    name: row.section === null || row.name.includes(row.section) ? row.name : `${row.name} ${row.section}`,
    ownerName: row.owner_name === null ? null : nameFor(actor.role, row.owner_name),
    amountFen: row.amount_fen,
    on: row.on_text,
  }))
