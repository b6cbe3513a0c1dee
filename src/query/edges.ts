/** Why the records of a project are one: each pair that was joined, or held apart, with what the two say. */
import { z } from 'zod'
import type { ProjectAnswer } from '#schemas/api/project.ts'
import { projectKinds } from '#schemas/canonical/index.ts'
import type { Actor } from '../access/actor.ts'
import { nameFor } from '../access/mask.ts'
import type { Queryable } from '../db/transaction.ts'
import { recordId } from '../kernel/opaque-id.ts'
import { explainNodes } from '../link/projects/compare.ts'
import { nodeColumns } from '../link/projects/node-row.ts'
import type { LinkEvidence, ProjectNode } from '../link/projects/types.ts'
import { statement } from './statement.ts'

const EdgeRow = z.object({
  a: z.instanceof(Buffer),
  b: z.instanceof(Buffer),
  weight: z.number(),
  veto: z.boolean(),
  rule: z.string(),
})
const edgesWithin = statement<typeof EdgeRow, [bigint]>(
  'project_edges',
  `SELECT e.a, e.b, e.weight, e.veto, e.rule FROM member_by_project m
   JOIN edge e ON e.a = m.key_hash JOIN member_by_project o ON o.project_id = m.project_id AND o.key_hash = e.b
   WHERE m.project_id = $1 ORDER BY e.weight DESC, e.a, e.b LIMIT 500`,
  EdgeRow,
)

/** A project record as the node that grouping compares. */
export const NodeRow = z.object({
  key: z.string(),
  kind: z.enum(projectKinds),
  name: z.string(),
  section: z.string().nullable(),
  projectCode: z.string().nullable(),
  documentNumber: z.string().nullable(),
  sourceProject: z.string().nullable(),
  ownerKey: z.string().nullable(),
  ownerName: z.string().nullable(),
  contractorKeys: z.array(z.string()),
  divisionCode: z.string().nullable(),
  placeText: z.string().nullable(),
  amountFen: z.bigint().nullable(),
  on: z.string().nullable(),
}) satisfies z.ZodType<ProjectNode>
const nodesWithin = statement<typeof NodeRow, [bigint]>(
  'project_nodes',
  `SELECT ${nodeColumns('r')} FROM member_by_project m JOIN project_record r USING (key_hash) WHERE m.project_id = $1`,
  NodeRow,
)

const comparesNames = new Set(['sameOwner', 'otherOwner', 'sameContractor'])

/** What two records say, without the names of persons: an owner or contractor may be one. */
export const maskEvidence = (actor: Actor, evidence: readonly LinkEvidence[]): LinkEvidence[] => {
  const mask = (names: string): string =>
    names
      .split(',')
      .map((name) => nameFor(actor.role, name))
      .join()
  return evidence.map((item) =>
    comparesNames.has(item.comparison) ? { ...item, left: mask(item.left), right: mask(item.right) } : item,
  )
}

/**
 * The edges among a project's records, the heaviest first, 500 at most. The values compared are those of the records as they are, which is what the
 * edge was made of: whoever changes a record makes its edges anew.
 */
export const edgesOfProject = async (client: Queryable, actor: Actor, id: bigint): Promise<ProjectAnswer['links']> => {
  const [edges, rows] = await Promise.all([edgesWithin(client, id), nodesWithin(client, id)])
  const nodes = new Map(rows.map((node) => [node.key, node]))
  return edges.map(({ a, b, weight, veto, rule }) => {
    const [one, other] = [nodes.get(a.toString('hex')), nodes.get(b.toString('hex'))]
    return {
      record: recordId.of(a),
      other: recordId.of(b),
      weight,
      veto,
      rule,
      evidence: maskEvidence(actor, one && other ? explainNodes(one, other) : []),
    }
  })
}
