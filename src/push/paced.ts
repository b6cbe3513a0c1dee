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
/** Asked for so often within a second, those who ask have the machine, and the work waits for a pause; but no longer than this. */
const asksOfBusy = 25
const busyWithinMs = 1_000
const lookAgainMs = 250

/**
 * Runs `work` some time after it was asked for, never twice at once, and after that only when it has rested for four times as long as it took; while
 * it is asked for again and again it is put off, within bounds. A failure is logged and asked for again by the next one who asks.
 * @param afterMs shortest time from asking to beginning
 * @param putOffMaxMs longest time for which it waits for a pause
 */
export const paced = (work: () => Promise<unknown>, afterMs: number, putOffMaxMs = 20_000): Paced => {
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> | null = null
  let isWanted = false
  let restUntilMs = 0
  let wantedSinceMs = 0
  /** When the last asks were, the oldest next. */
  const asks = new Float64Array(asksOfBusy).fill(-Infinity)
  let asked = 0

  const isPutOff = (): boolean => {
    const nowMs = elapsedMs()
    return nowMs - asks[asked % asksOfBusy]! < busyWithinMs && nowMs - wantedSinceMs < putOffMaxMs
  }
  const whenDue = (): void => {
    timer = isPutOff() ? setTimeout(whenDue, lookAgainMs) : null
    if (timer === null) start()
  }
  const schedule = (): void => {
    timer ??= setTimeout(whenDue, Math.max(afterMs, restUntilMs - elapsedMs()))
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
      const nowMs = elapsedMs()
      if (!isWanted) wantedSinceMs = nowMs
      isWanted = true
      asks[asked++ % asksOfBusy] = nowMs
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
