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

/** Members of each block that more than one node shares and that is not crowded, in the order of the nodes. */
const blocksOf = (keysOf: readonly (readonly string[])[]): Map<string, number[]> => {
  const blocks = new Map<string, number[]>()
  for (const [i, keys] of keysOf.entries())
    for (const key of keys) {
      const members = blocks.get(key)
      if (members === undefined) blocks.set(key, [i])
      else members.push(i)
    }
  for (const [key, members] of blocks) if (members.length === 1 || members.length > blockMembersMax) blocks.delete(key)
  return blocks
}

/**
 * @param nodes any number; pairs are gone through node by node, so that memory grows with nodes and edges, not with pairs compared
 * @param judgements what persons said
 */
export const groupNodes = (nodes: readonly ProjectNode[], judgements: readonly ProjectJudgement[] = []): Grouping => {
  const keysOf = nodes.map(blockKeys)
  const blocks = blocksOf(keysOf)
  const edges: Edge[] = []
  const comparedWith = new Int32Array(nodes.length).fill(-1)
  let comparisons = 0
  for (const [i, keys] of keysOf.entries())
    for (const key of keys)
      for (const j of blocks.get(key) ?? []) {
        if (j <= i || comparedWith[j] === i) continue
        comparedWith[j] = i
        comparisons += 1
        const edge = compareNodes(nodes[i]!, nodes[j]!)
        if (edge !== null) edges.push(edge)
      }
  return { clusters: clusterNodes(nodes, edges, judgements), edges, comparisons }
}
