/**
 * Counts by numeric key, in two typed arrays with open addressing: several times smaller and faster than a Map for the
 * millions of short-lived look-ups that names need. Keys are whole numbers from 1 below 2^53.
 */
export class CountTable {
  private keys: Float64Array
  private counts: Float64Array
  private used = 0
  private mask: number

  constructor(sizeHint = 1024) {
    let capacity = 1024
    while (capacity < sizeHint * 2) capacity *= 2
    this.keys = new Float64Array(capacity)
    this.counts = new Float64Array(capacity)
    this.mask = capacity - 1
  }

  get size(): number {
    return this.used
  }

  /** 0 for a key that was never added to. */
  get(key: number): number {
    for (let at = this.slot(key); ; at = (at + 1) & this.mask) {
      const held = this.keys[at]!
      if (held === key) return this.counts[at]!
      if (held === 0) return 0
    }
  }

  /** Adds to a key's count and returns what it is now. */
  add(key: number, count: number): number {
    for (let at = this.slot(key); ; at = (at + 1) & this.mask) {
      const held = this.keys[at]!
      if (held === key) return (this.counts[at]! += count)
      if (held !== 0) continue
      this.keys[at] = key
      this.counts[at] = count
      this.used += 1
      if (this.used * 2 > this.mask) this.grow()
      return count
    }
  }

  *entries(): Generator<[number, number]> {
    for (let at = 0; at <= this.mask; at++) if (this.keys[at] !== 0) yield [this.keys[at]!, this.counts[at]!]
  }

  private slot(key: number): number {
    const low = (key % 4294967296) | 0
    const high = (key / 4294967296) | 0
    let mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
    mixed ^= mixed >>> 13
    mixed = Math.imul(mixed, 0xc2b2ae35)
    return (mixed ^ (mixed >>> 16)) & this.mask
  }

  private grow(): void {
    const { keys, counts } = this
    this.keys = new Float64Array(keys.length * 2)
    this.counts = new Float64Array(keys.length * 2)
    this.mask = keys.length * 2 - 1
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      if (key === 0) continue
      let at = this.slot(key)
      while (this.keys[at] !== 0) at = (at + 1) & this.mask
      this.keys[at] = key
      this.counts[at] = counts[i]!
    }
  }
}
