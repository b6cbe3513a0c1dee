/**
 * Seeded randomness. Every fact has its own stream, named by labels, so that one fact can be told again
 * (by another department, after a restart, on another day) without replaying all facts before it.
 */

/** A stream of numbers that depends on nothing but its seed and its labels (sfc32, state from a 128-bit string hash). */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(seed: number, ...labels: readonly (string | number)[]) {
    const text = `${seed}|${labels.join('|')}`
    let h1 = 1779033703
    let h2 = 3144134277
    let h3 = 1013904242
    let h4 = 2773480762
    for (let i = 0; i < text.length; i++) {
      const k = text.charCodeAt(i)
      h1 = h2 ^ Math.imul(h1 ^ k, 597399067)
      h2 = h3 ^ Math.imul(h2 ^ k, 2869860233)
      h3 = h4 ^ Math.imul(h3 ^ k, 951274213)
      h4 = h1 ^ Math.imul(h4 ^ k, 2716044179)
    }
    this.#a = h1 | 0
    this.#b = h2 | 0
    this.#c = h3 | 0
    this.#d = h4 | 0
    for (let i = 0; i < 6; i++) this.next()
  }

  /** In [0, 1). */
  next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (this.#c << 21) | (this.#c >>> 11)
    this.#c = (this.#c + t) | 0
    return (t >>> 0) / 4294967296
  }

  /** A whole number in [low, high], both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  /** A whole number in [low, high]; `high` where the world is too young for `low`. */
  upTo(low: number, high: number): number {
    return this.int(Math.min(low, high), high)
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low)
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T
  }

  /** How often something happens that is expected `mean` times: its whole part, and one more by the chance of the rest. */
  times(mean: number): number {
    return Math.floor(mean) + (this.chance(mean % 1) ? 1 : 0)
  }

  /** `digits` decimal digits. */
  digits(count: number): string {
    let text = ''
    for (let i = 0; i < count; i++) text += Math.floor(this.next() * 10)
    return text
  }

  hex(count: number): string {
    let text = ''
    for (let i = 0; i < count; i++) text += '0123456789abcdef'[Math.floor(this.next() * 16)]
    return text
  }

  /** Picks by weight: `[['a', 3], ['b', 1]]` gives `a` three times out of four. */
  weighted<T>(choices: readonly (readonly [T, number])[]): T {
    let rest = this.next() * choices.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [value, weight] of choices) if ((rest -= weight) < 0) return value
    return (choices[choices.length - 1] as readonly [T, number])[0]
  }
}

/** A bijection on [0, modulus): consecutive numbers come out far apart. `factor` must have no divisor in common with `modulus`. */
export const scatter = (value: number, factor: number, offset: number, modulus: number): number =>
  (value * factor + offset) % modulus
