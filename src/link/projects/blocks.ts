/** Which project records are compared at all: those that share a short key. Keys that many share carry the owner with them. */
import { nameFeatures } from './features.ts'
import type { ProjectNode } from './types.ts'

/** Blocks that more records share say nothing; their pairs meet through rarer keys. */
export const blockMembersMax = 400

const ownerPairs = 6
/** Sums below 100 000 元 coincide by chance. */
const tellingFen = 10_000_000n

/**
 * Short keys of a node; nodes that share one are compared. Numbers first, then pieces of the name alone (rare enough by
 * their length), then pairs of characters under the owner, the road within the county, and contractor with sum.
 */
export const blockKeys = (node: ProjectNode): readonly string[] => {
  const keys = new Set<string>()
  if (node.projectCode !== null) keys.add(`c:${node.projectCode}`)
  if (node.documentNumber !== null) keys.add(`d:${node.documentNumber}`)
  if (node.sourceProject !== null) keys.add(`s:${node.sourceProject}`)
  const { object, head, routes } = nameFeatures(node)
  const root = object.replace(/[（）-]/gu, '')
  if (root.length >= 4) {
    keys.add(`n:${root.slice(0, 4)}`)
    if (root.length >= 6) keys.add(`n:${root.slice(2, 6)}`)
    if (head.length >= 6) keys.add(`h:${head.slice(-6)}`)
  } else if (root.length > 0) keys.add(`n:${root}`)
  if (node.ownerKey !== null)
    for (let i = 0; i < Math.min(ownerPairs, root.length - 1); i++)
      keys.add(`o:${node.ownerKey}|${root.slice(i, i + 2)}`)
  if (node.divisionCode !== null) for (const route of routes) keys.add(`r:${route}|${node.divisionCode.slice(0, 6)}`)
  if (node.amountFen !== null && node.amountFen >= tellingFen)
    for (const contractor of node.contractorKeys) keys.add(`k:${contractor}|${node.amountFen}`)
  return [...keys]
}
