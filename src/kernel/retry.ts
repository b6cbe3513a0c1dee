import { elapsedMs, sleep } from './clock.ts'
import { isHubError } from './errors.ts'

export interface RetryPolicy {
  /** Attempts in all, the first one included. */
  readonly attemptsMax: number
  /** Time for everything, waits included; no attempt starts after it. */
  readonly budgetMs: number
  /** First bound of the random wait; it doubles each time up to `waitMaxMs`. */
  readonly waitMs: number
  readonly waitMaxMs: number
  readonly signal?: AbortSignal
  /** Whether this error may pass by itself; default: a HubError that says so. */
  readonly isRetryable?: (error: unknown) => boolean
  /** The wait the other side asked for (Retry-After) in ms; null where it did not. Default: `context.retryAfterMs`. */
  readonly retryAfterMs?: (error: unknown) => number | null
  readonly onRetry?: (error: unknown, attempt: number, waitMs: number) => void
  /** Source of chance in [0, 1), for tests. */
  readonly random?: () => number
}

/** A number in [0, 1), for spreading retries. */
export const chance = (): number => Math.random()

const askedWait = (error: unknown): number | null => {
  const asked = isHubError(error) ? error.context.retryAfterMs : null
  return typeof asked === 'number' ? asked : null
}

/**
 * Runs `attempt` until it succeeds, its error is not retryable, attempts or budget are spent, or the signal fires.
 * Waits are full jitter (uniform in [0, bound)), never shorter than the other side asked for; a wait longer than the rest of the
 * budget is not begun. Throws the last error, or the signal's reason.
 */
export const retry = async <T>(attempt: (n: number) => Promise<T>, policy: RetryPolicy): Promise<T> => {
  const isRetryable = policy.isRetryable ?? ((error) => isHubError(error) && error.retryable)
  const start = elapsedMs()
  for (let n = 1; ; n++) {
    policy.signal?.throwIfAborted()
    try {
      return await attempt(n)
    } catch (error) {
      policy.signal?.throwIfAborted()
      if (n >= policy.attemptsMax || !isRetryable(error)) throw error
      const bound = Math.min(policy.waitMaxMs, policy.waitMs * 2 ** (n - 1))
      const asked = (policy.retryAfterMs ?? askedWait)(error) ?? 0
      const waitMs = Math.max(asked, Math.floor((policy.random ?? chance)() * bound))
      if (elapsedMs() - start + waitMs > policy.budgetMs) throw error
      policy.onRetry?.(error, n, waitMs)
      await sleep(waitMs, policy.signal)
    }
  }
}

/** `Retry-After` (seconds or an HTTP date) as ms from `at`; null where absent or unreadable. RFC 9110 10.2.3. */
export const parseRetryAfter = (header: string | null | undefined, at: Date): number | null => {
  if (!header) return null
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000
  const instant = Date.parse(header)
  return Number.isNaN(instant) ? null : Math.max(0, instant - at.getTime())
}
