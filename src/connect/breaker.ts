/** A circuit breaker: a department that fails time after time is left alone for a while instead of being asked again and again. */
import { elapsedMs } from '../kernel/clock.ts'

export interface Breaker {
  /** Milliseconds until the next attempt is allowed; 0 where it may go now. After the wait one attempt goes first, alone. */
  readonly waitMs: () => number
  readonly succeeded: () => void
  readonly failed: () => void
}

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failuresMax: number
  readonly openMs: number
}

export const createBreaker = ({ failuresMax, openMs }: BreakerOptions): Breaker => {
  let failures = 0
  let openUntil = 0
  return {
    waitMs: () => {
      if (failures < failuresMax) return 0
      const left = openUntil - elapsedMs()
      if (left > 0) return Math.ceil(left)
      // Half open: this one goes; others wait until it has told.
      openUntil = elapsedMs() + openMs
      return 0
    },
    succeeded: () => {
      failures = 0
    },
    failed: () => {
      failures++
      if (failures >= failuresMax) openUntil = elapsedMs() + openMs
    },
  }
}
