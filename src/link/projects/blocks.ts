/** Which project records are compared at all: those that share a short key. Keys that many share carry the owner with them. */
import { countyOf, nameFeatures } from './features.ts'
import type { ProjectNode } from './types.ts'
import { ownCharacters, worksAtEnd } from './works-words.ts'

/** Blocks that more records share say nothing; their pairs meet through rarer keys. */
export const blockMembersMax = 400

/** Pieces of three characters from the start of a name, under its owner. */
const ownerPieces = 4
const pieceLength = 3
/** Sums below 100 000 元 coincide by chance. */
const tellingFen = 10_000_000n

/**
 * Short keys of a node; nodes that share one are compared. Numbers first, then pieces of the name, then smaller pieces under the owner, the road within
 * the county, the plan of a year, and contractor with sum. Pieces that say little carry the county with them, and those of a road's works the road: two
 * roads are never one project, however alike the works on them are named.
 */
export const blockKeys = (node: ProjectNode): readonly string[] => {
  const keys = new Set<string>()
  if (node.projectCode !== null) keys.add(`c:${node.projectCode}`)
  if (node.documentNumber !== null) keys.add(`d:${node.documentNumber}`)
  if (node.sourceProject !== null) keys.add(`s:${node.sourceProject}`)
  const features = nameFeatures(node)
  const root = features.object.replace(/[（）-]/gu, '')
  const county = countyOf(node)
  const roads = features.routes.length === 0 ? [''] : features.routes.map((route) => `|${route}`)
  for (const piece of [...namePieces(root, features.head), ...features.parts.map((part) => part.slice(0, 4))])
    for (const road of roads) keys.add(`n:${isTelling(piece) || county === null ? piece : `${piece}|${county}`}${road}`)
  if (node.ownerKey !== null && root.length > 1) {
    for (const piece of piecesOf(root)) for (const road of roads) keys.add(`o:${node.ownerKey}|${piece}${road}`)
    // Whoever names the road meets whoever leaves it out.
    keys.add(`w:${node.ownerKey}|${root.slice(0, 4)}`)
  }
  if (county !== null) for (const route of features.routes) keys.add(`r:${route}|${county}`)
  if (node.kind === 'award' && county !== null && features.years.length > 0)
    keys.add(`p:${features.years.join()}|${county}|${worksAtEnd(features.form).slice(-4)}`)
  if (node.amountFen !== null && node.amountFen >= tellingFen)
    for (const contractor of node.contractorKeys) keys.add(`k:${contractor}|${node.amountFen}`)
  return [...keys]
}

/** The start of the name, the same a little later for whoever leaves two characters off, and the end of its head. */
const namePieces = (root: string, head: string): string[] => {
  if (root.length < 4) return root === '' ? [] : [root]
  const pieces = [root.slice(0, 4)]
  if (root.length >= 6) pieces.push(root.slice(2, 6))
  if (head.length >= 6) pieces.push(head.slice(-6))
  return pieces
}

const piecesOf = (root: string): string[] => {
  if (root.length <= pieceLength) return [root]
  const count = Math.min(ownerPieces, root.length - pieceLength + 1)
  return Array.from({ length: count }, (_, i) => root.slice(i, i + pieceLength))
}

/** A piece with two characters that are no word of the trade is rare enough by itself. */
const isTelling = (piece: string): boolean => ownCharacters(piece) >= 2
