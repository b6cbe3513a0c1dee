/**
 * Work that must show progress. Whoever makes some says so with `touch`; work that shows none for too long is cut off: its waiters are told with an
 * error, its requests are aborted, its database connections are ended. What was committed stays.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { elapsedMs } from './clock.ts'

export interface Watch {
  /** Some progress was made. */
  touch(): void
  /** Fires when the work is cut off, with the error that says so. */
  readonly signal: AbortSignal
  /** `work` as long as it makes progress; rejects with the error of the cut, whatever the work does then. */
  over<T>(work: Promise<T>): Promise<T>
  stop(): void
}

export interface WatchOptions {
  readonly afterMs: number
  /** The error with which work is cut off. */
  readonly error: () => Error
  /** Asked before a cut: progress that the work itself cannot tell of. */
  readonly isMoving?: () => Promise<boolean>
}

/**
 * Idle time is added up look by look, and a look that comes late counts as one: a process that was paused, or a machine that slept, has not stalled.
 */
export const startWatch = ({ afterMs, error, isMoving }: WatchOptions): Watch => {
  const cutting = new AbortController()
  const cut = Promise.withResolvers<never>()
  cut.promise.catch(() => undefined)
  const everyMs = Math.max(5, Math.min(10_000, afterMs / 10))
  let idleMs = 0
  let lookedAt = elapsedMs()
  const touch = (): void => {
    idleMs = 0
  }
  const look = async (): Promise<void> => {
    const at = elapsedMs()
    idleMs += Math.min(at - lookedAt, 2 * everyMs)
    lookedAt = at
    if (idleMs < afterMs || cutting.signal.aborted) return
    if (await isMoving?.().catch(() => false)) return touch()
    const reason = error()
    cutting.abort(reason)
    cut.reject(reason)
  }
  const timer = setInterval(() => void look(), everyMs)
  timer.unref()
  return {
    touch,
    signal: cutting.signal,
    over: (work) => {
      work.catch(() => undefined)
      return Promise.race([work, cut.promise])
    },
    stop: () => clearInterval(timer),
  }
}

const storage = new AsyncLocalStorage<Watch>()

/** Runs `fn` so that what it commits counts as progress of this watch, and its transactions are ended with it. */
export const watched = <T>(watch: Watch, fn: () => Promise<T>): Promise<T> => watch.over(storage.run(watch, fn))

export const currentWatch = (): Watch | undefined => storage.getStore()
