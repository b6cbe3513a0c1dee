/**
 * Clusters nodes under what may not stand together. Judgements first, vetoes cut, then edges from the heaviest on, ties by key:
 * a heavier edge is never given up for a lighter one, and the result depends on the set of edges only (decision 13).
 */
import { ClusterNumbers } from './cluster-numbers.ts'
import { DisjointSets } from './disjoint-sets.ts'
import type { Edge, ProjectJudgement, ProjectNode } from './types.ts'

/**
 * @param nodes the whole component; nodes without edges come back alone
 * @param judgements what persons said; they bind even against codes and vetoes
 * @returns clusters with their keys sorted, ordered by their first key
 */
export const clusterNodes = (
  nodes: readonly ProjectNode[],
  edges: readonly Edge[],
  judgements: readonly ProjectJudgement[],
): readonly (readonly string[])[] => {
  const sets = new DisjointSets(nodes.map((node) => node.key))
  const isRejected = rejectedPairs(judgements)
  const numbers = new ClusterNumbers(
    sets,
    nodes,
    edges.filter((edge) => !isRejected(edge)),
  )
  const apart = new ApartPairs(sets)

  for (const { a, b } of inOrder(judgements.filter((judgement) => judgement.verdict === 'positive')))
    if (sets.has(a) && sets.has(b)) numbers.join(a, b)
  for (const { a, b } of inOrder(judgements.filter((judgement) => judgement.verdict === 'negative')))
    if (sets.has(a) && sets.has(b)) apart.forbid(a, b)
  for (const { a, b } of inOrder(edges.filter((edge) => edge.veto && !numbers.areAliases(edge.a, edge.b))))
    if (sets.has(a) && sets.has(b) && sets.find(a) !== sets.find(b)) apart.forbid(a, b)

  const joining = edges.filter((edge) => !edge.veto && edge.weight > 0 && sets.has(edge.a) && sets.has(edge.b))
  for (const { a, b } of inOrder(joining).sort((left, right) => right.weight - left.weight)) {
    const left = sets.find(a)
    const right = sets.find(b)
    if (left === right || apart.areApart(left, right) || !numbers.canJoin(left, right)) continue
    numbers.join(left, right)
    apart.merged(left, right)
  }
  return sets.clusters()
}

const rejectedPairs = (judgements: readonly ProjectJudgement[]): ((pair: { a: string; b: string }) => boolean) => {
  const rejected = new Set<string>()
  for (const { a, b, verdict } of judgements)
    if (verdict === 'negative') rejected.add(`${a}\u0000${b}`).add(`${b}\u0000${a}`)
  return ({ a, b }) => rejected.has(`${a}\u0000${b}`)
}

const inOrder = <P extends { readonly a: string; readonly b: string }>(pairs: readonly P[]): P[] => {
  const id = (pair: P): string => (pair.a < pair.b ? `${pair.a}\u0000${pair.b}` : `${pair.b}\u0000${pair.a}`)
  return pairs
    .map((pair) => ({ pair, id: id(pair) }))
    .sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0))
    .map(({ pair }) => pair)
}

/** Clusters that may not meet, kept by root while clusters grow. */
class ApartPairs {
  private readonly sets: DisjointSets
  private readonly apart = new Map<string, Set<string>>()

  constructor(sets: DisjointSets) {
    this.sets = sets
  }

  forbid(a: string, b: string): void {
    const left = this.sets.find(a)
    const right = this.sets.find(b)
    this.of(left).add(right)
    this.of(right).add(left)
  }

  areApart(left: string, right: string): boolean {
    return this.apart.get(left)?.has(right) === true
  }

  /** Hands what the two former roots may not meet to the root that they have now. */
  merged(left: string, right: string): void {
    const root = this.sets.find(left)
    const child = root === left ? right : left
    const others = this.apart.get(child)
    if (others === undefined) return
    this.apart.delete(child)
    for (const other of others) {
      this.of(other).delete(child)
      this.of(other).add(root)
      this.of(root).add(other)
    }
  }

  private of(root: string): Set<string> {
    const known = this.apart.get(root)
    if (known !== undefined) return known
    const made = new Set<string>()
    this.apart.set(root, made)
    return made
  }
}
