/**
 * Which numbers stand in a cluster, and so which other clusters it may not meet: two codes are two projects, and so are two numbers of one department
 * and two roads. This holds without an edge that says so; edges between records of two numbers would grow with the square of the records.
 */
import { DisjointSets } from './disjoint-sets.ts'
import { nameFeatures } from './features.ts'
import { strictScheme } from './numbers.ts'
import type { Edge, ProjectNode } from './types.ts'

/** Numbers of a cluster by what gives them: `code` for 发改, `road` for the roads that its names name, else the department's scheme. */
type Numbers = ReadonlyMap<string, ReadonlySet<string>>

const codeScheme = 'code'
const roadScheme = 'road'

export class ClusterNumbers {
  private readonly sets: DisjointSets
  private readonly aliases: DisjointSets
  private readonly codeOf = new Map<string, string>()
  private readonly numbersOf = new Map<string, Numbers>()

  /** @param edges those that persons left standing: a re-issue that was rejected makes no alias */
  constructor(sets: DisjointSets, nodes: readonly ProjectNode[], edges: readonly Edge[]) {
    this.sets = sets
    for (const { key, projectCode } of nodes) if (projectCode !== null) this.codeOf.set(key, projectCode)
    this.aliases = new DisjointSets([...new Set(this.codeOf.values())])
    for (const edge of edges) {
      if (edge.rule !== 'code.reissued') continue
      const left = this.codeOf.get(edge.a)
      const right = this.codeOf.get(edge.b)
      if (left !== undefined && right !== undefined) this.aliases.union(left, right)
    }
    for (const node of nodes) {
      const numbers = this.ofNode(node)
      if (numbers.size > 0) this.numbersOf.set(node.key, numbers)
    }
  }

  private ofNode(node: ProjectNode): Numbers {
    const { projectCode, sourceProject } = node
    const numbers = new Map<string, ReadonlySet<string>>()
    if (projectCode !== null) numbers.set(codeScheme, new Set([projectCode]))
    const scheme = strictScheme(sourceProject)
    if (scheme !== null) numbers.set(scheme, new Set([sourceProject!]))
    const { routes } = nameFeatures(node)
    if (routes.length > 0) numbers.set(roadScheme, new Set(routes))
    return numbers
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

  /**
   * Two clusters with a code each must share it, and then all else may differ: one project can have several numbers and roads. Where one code was issued
   * anew for the other, or not both have one, no department may have numbered both unless one of its numbers is theirs in common; where none did, they
   * must not name two roads. Codes that are no aliases come together by persons only.
   */
  canJoin(left: string, right: string): boolean {
    const a = this.numbersOf.get(left)
    const b = this.numbersOf.get(right)
    if (a === undefined || b === undefined) return true
    const codes = areSharing(a, b, codeScheme)
    if (codes === true) return true
    if (codes === false && !this.haveAliases(a, b)) return false
    let isOneNumber = false
    for (const scheme of a.keys()) {
      if (scheme === codeScheme || scheme === roadScheme) continue
      const numbers = areSharing(a, b, scheme)
      if (numbers === false) return false
      if (numbers === true) isOneNumber = true
    }
    return isOneNumber || areSharing(a, b, roadScheme) !== false
  }

  private haveAliases(a: Numbers, b: Numbers): boolean {
    const roots = new Set([...(a.get(codeScheme) ?? [])].map((code) => this.aliases.find(code)))
    return [...(b.get(codeScheme) ?? [])].some((code) => roots.has(this.aliases.find(code)))
  }

  join(a: string, b: string): void {
    const left = this.sets.find(a)
    const right = this.sets.find(b)
    if (left === right) return
    const numbers = merged(this.numbersOf.get(left), this.numbersOf.get(right))
    const root = this.sets.union(left, right)
    if (numbers !== undefined) this.numbersOf.set(root, numbers)
  }
}

/** Whether both have a number of the scheme in common; null where not both have one. */
const areSharing = (a: Numbers, b: Numbers, scheme: string): boolean | null => {
  const left = a.get(scheme)
  const right = b.get(scheme)
  return left === undefined || right === undefined ? null : [...left].some((one) => right.has(one))
}

const merged = (a: Numbers | undefined, b: Numbers | undefined): Numbers | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  const both = new Map(a)
  for (const [scheme, numbers] of b) both.set(scheme, new Set([...numbers, ...(both.get(scheme) ?? [])]))
  return both
}
