/** Union-find; the root is the smallest key, so that roots do not depend on order. */
export class DisjointSets {
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
