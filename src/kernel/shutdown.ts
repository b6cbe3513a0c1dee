import { elapsedMs } from './clock.ts'
import { log } from './log.ts'

export interface Shutdown {
  /** Aborted as soon as stopping begins: long work looks at it and ends at its next safe point. */
  readonly signal: AbortSignal
  /** Adds something to stop. Later additions are stopped first: what was built last depends on what was built before. */
  readonly onStop: (name: string, stop: () => Promise<void> | void) => void
  /** Stops everything in order; a second call gives the same promise. */
  readonly stop: (reason: string) => Promise<ShutdownReport>
}

export interface ShutdownReport {
  readonly reason: string
  /** Names that failed or did not end before the deadline. Empty: everything ended well. */
  readonly unfinished: readonly string[]
}

const within = async (ms: number, work: Promise<void>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, ms))
  })
  try {
    return await Promise.race([work.then(() => true as const), late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * An ordered drain with one deadline for all. A step that hangs takes what is left of the time but at least `stepMinMs` remains for each
 * later one, so that the database is still stopped cleanly when a request never ends.
 */
export const createShutdown = (deadlineMs = 12_000, stepMinMs = 1_500): Shutdown => {
  const abort = new AbortController()
  const steps: { name: string; stop: () => Promise<void> | void }[] = []
  let running: Promise<ShutdownReport> | null = null

  const drain = async (reason: string): Promise<ShutdownReport> => {
    abort.abort(new Error(`stopping: ${reason}`))
    const unfinished: string[] = []
    const end = elapsedMs() + deadlineMs
    while (steps.length > 0) {
      const step = steps.pop()!
      const allowedMs = Math.max(stepMinMs, end - elapsedMs() - steps.length * stepMinMs)
      try {
        if (!(await within(allowedMs, Promise.resolve().then(step.stop)))) unfinished.push(step.name)
      } catch (error) {
        unfinished.push(step.name)
        log.error({ err: error, step: step.name }, 'a part did not stop cleanly')
      }
    }
    return { reason, unfinished }
  }

  return {
    signal: abort.signal,
    onStop: (name, stop) => void steps.push({ name, stop }),
    stop: (reason) => (running ??= drain(reason)),
  }
}

/** Stops on SIGTERM and SIGINT; a second signal ends the process at once. Exit 0 when everything ended in time, else 1. */
export const stopOnSignals = (shutdown: Shutdown): void => {
  let signals = 0
  const onSignal = (name: NodeJS.Signals) => {
    if (++signals > 1) process.exit(130)
    void shutdown.stop(name).then((report) => process.exit(report.unfinished.length === 0 ? 0 : 1))
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
