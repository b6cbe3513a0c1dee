/** Long work on the one thread that also answers requests: it steps aside often enough that nobody waits. */

/** Lets everything that is ready have its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A function to await once an item: every `every` calls it takes a turn, else it costs nothing. */
export const pacer = (every: number): (() => Promise<void>) => {
  let n = 0
  return async () => {
    if (++n % every === 0) await turn()
  }
}
