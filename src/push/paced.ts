/** Work that follows others and must not run once for each of them: the stages behind pushes. */
import { elapsedMs } from '../kernel/clock.ts'
import { log } from '../kernel/log.ts'

export interface Paced {
  /** Asks for the work; once for all who ask before it begins. */
  ask(): void
  /** Does at once what was asked for, and resolves when nothing is left. */
  finish(): Promise<void>
}

/** Work that takes long is done less often: it has at most a fifth of the time, but is never put off for longer than this. */
const restsPerWork = 4
const restMaxMs = 60_000

/**
 * Runs `work` some time after it was asked for, never twice at once, and after that only when it has rested for four times as long as it took. A
 * failure is logged and asked for again by the next one who asks.
 * @param afterMs shortest time from asking to beginning
 */
export const paced = (work: () => Promise<unknown>, afterMs: number): Paced => {
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> | null = null
  let isWanted = false
  let restUntilMs = 0

  const schedule = (): void => {
    timer ??= setTimeout(start, Math.max(afterMs, restUntilMs - elapsedMs()))
  }
  const runOnce = async (): Promise<void> => {
    isWanted = false
    const begunMs = elapsedMs()
    await work().catch((error: unknown) => log.error({ err: error }, 'the stages could not follow a push'))
    const endedMs = elapsedMs()
    restUntilMs = endedMs + Math.min(restMaxMs, restsPerWork * (endedMs - begunMs))
    running = null
    if (isWanted) schedule()
  }
  const start = (): void => {
    timer = null
    running ??= runOnce()
  }

  return {
    ask: () => {
      isWanted = true
      if (running === null) schedule()
    },
    finish: async () => {
      while (timer !== null || running !== null) {
        if (timer !== null) clearTimeout(timer)
        start()
        await running
      }
    },
  }
}
