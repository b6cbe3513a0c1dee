/** Seeded randomness for tests: a failure is repeated with the seed it printed. */

/** Numbers from 0 to 1 (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The seed of this run: `SEED` from the environment, else `fallback`. */
export const runSeed = (fallback: number): number => {
  const given = Number(process.env.SEED)
  return Number.isSafeInteger(given) && process.env.SEED ? given : fallback
}
