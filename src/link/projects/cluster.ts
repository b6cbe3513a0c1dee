/**
 * Clusters nodes under what may not stand together. Judgements first, vetoes cut, then edges from the heaviest on, ties by key:
 * a heavier edge is never given up for a lighter one, and the result depends on the set of edges only (decision 13).
 */
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
  const codes = new ClusterCodes(
    sets,
    nodes,
    edges.filter((edge) => !isRejected(edge)),
  )
  const apart = new ApartPairs(sets)

  for (const { a, b } of inOrder(judgements.filter((judgement) => judgement.verdict === 'positive')))
    if (sets.has(a) && sets.has(b)) codes.join(a, b)
  for (const { a, b } of inOrder(judgements.filter((judgement) => judgement.verdict === 'negative')))
    if (sets.has(a) && sets.has(b)) apart.forbid(a, b)
  for (const { a, b } of inOrder(edges.filter((edge) => edge.veto && !codes.areAliases(edge.a, edge.b))))
    if (sets.has(a) && sets.has(b) && sets.find(a) !== sets.find(b)) apart.forbid(a, b)

  const joining = edges.filter((edge) => !edge.veto && edge.weight > 0 && sets.has(edge.a) && sets.has(edge.b))
  for (const { a, b } of inOrder(joining).sort((left, right) => right.weight - left.weight)) {
    const left = sets.find(a)
    const right = sets.find(b)
    if (left === right || apart.areApart(left, right) || !codes.canJoin(left, right)) continue
    codes.join(left, right)
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

/** Union-find; the root is the smallest key, so that roots do not depend on order. */
class DisjointSets {
  private readonly parent = new Map<string, string>()

  constructor(keys: readonly string[]) {
    for (const key of keys) this.parent.set(key, key)
  }

  has(key: string): boolean {
    return this.parent.has(key)
  }

  find(key: string): string {
    let root = key
    while (this.parent.get(root) !== root) root = this.parent.get(root)!
    for (let at = key; at !== root; ) {
      const next = this.parent.get(at)!
      this.parent.set(at, root)
      at = next
    }
    return root
  }

  union(a: string, b: string): string {
    const left = this.find(a)
    const right = this.find(b)
    const [root, child] = left < right ? [left, right] : [right, left]
    this.parent.set(child, root)
    return root
  }

  clusters(): readonly (readonly string[])[] {
    const byRoot = new Map<string, string[]>()
    for (const key of [...this.parent.keys()].sort()) {
      const root = this.find(key)
      const members = byRoot.get(root)
      if (members === undefined) byRoot.set(root, [key])
      else members.push(key)
    }
    return [...byRoot.values()].sort((a, b) => (a[0]! < b[0]! ? -1 : 1))
  }
}

/** Which project codes stand in a cluster; codes re-issued for one project count as one. */
class ClusterCodes {
  private readonly sets: DisjointSets
  private readonly aliases: DisjointSets
  private readonly codeOf = new Map<string, string>()
  private readonly codesOf = new Map<string, ReadonlySet<string>>()

  constructor(sets: DisjointSets, nodes: readonly ProjectNode[], edges: readonly Edge[]) {
    this.sets = sets
    const codeOf = this.codeOf
    for (const node of nodes) if (node.projectCode !== null) codeOf.set(node.key, node.projectCode)
    this.aliases = new DisjointSets([...new Set(codeOf.values())])
    for (const edge of edges) {
      if (edge.rule !== 'code.reissued') continue
      const left = codeOf.get(edge.a)
      const right = codeOf.get(edge.b)
      if (left !== undefined && right !== undefined) this.aliases.union(left, right)
    }
    for (const [key, code] of codeOf) this.codesOf.set(key, new Set([this.aliases.find(code)]))
  }

  /** Both nodes carry a code, and one was issued anew for the other. */
  areAliases(a: string, b: string): boolean {
    const left = this.codeOf.get(a)
    const right = this.codeOf.get(b)
    return (
      left !== undefined &&
      right !== undefined &&
      left !== right &&
      this.aliases.find(left) === this.aliases.find(right)
    )
  }

  /** Two codes are two projects: this holds without an edge that says so. Only a person puts several into one cluster, and it takes no more. */
  canJoin(left: string, right: string): boolean {
    const a = this.codesOf.get(left)
    const b = this.codesOf.get(right)
    if (a === undefined || b === undefined) return true
    const [code] = a
    return a.size === 1 && b.size === 1 && b.has(code!)
  }

  join(a: string, b: string): void {
    const left = this.sets.find(a)
    const right = this.sets.find(b)
    if (left === right) return
    const codes = new Set([...(this.codesOf.get(left) ?? []), ...(this.codesOf.get(right) ?? [])])
    const root = this.sets.union(left, right)
    if (codes.size > 0) this.codesOf.set(root, codes)
  }
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
