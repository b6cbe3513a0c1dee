/** Groups a whole set of records at once, in memory: blocks, comparisons, clusters. */
import { blockKeys, blockMembersMax } from './blocks.ts'
import { clusterNodes } from './cluster.ts'
import { compareNodes } from './compare.ts'
import type { Edge, ProjectJudgement, ProjectNode } from './types.ts'

export interface Grouping {
  readonly clusters: readonly (readonly string[])[]
  readonly edges: readonly Edge[]
  readonly comparisons: number
}

export const groupNodes = (nodes: readonly ProjectNode[], judgements: readonly ProjectJudgement[] = []): Grouping => {
  const blocks = new Map<string, number[]>()
  for (const [i, node] of nodes.entries())
    for (const key of blockKeys(node)) {
      const members = blocks.get(key)
      if (members === undefined) blocks.set(key, [i])
      else members.push(i)
    }
  const edges: Edge[] = []
  const compared = new Set<number>()
  for (const members of blocks.values()) {
    if (members.length > blockMembersMax) continue
    for (let i = 0; i < members.length; i++)
      for (let j = i + 1; j < members.length; j++) {
        const pair = members[i]! * nodes.length + members[j]!
        if (compared.has(pair)) continue
        compared.add(pair)
        const edge = compareNodes(nodes[members[i]!]!, nodes[members[j]!]!)
        if (edge !== null) edges.push(edge)
      }
  }
  return { clusters: clusterNodes(nodes, edges, judgements), edges, comparisons: compared.size }
}
