/** Quotas in windows of a minute, told by the `RateLimit` fields of draft-ietf-httpapi-ratelimit-headers-11. Held in this process. */
import { nowMs } from '../kernel/clock.ts'

export interface Quota {
  readonly isExceeded: boolean
  readonly headers: Readonly<Record<string, string>>
  readonly resetSeconds: number
}

export interface RateLimiter {
  /** Counts one request of this key. */
  take(key: string): Quota
  /** True where the key has used its quota up; counts nothing. */
  isSpent(key: string): boolean
}

const windowSeconds = 60
const keysMax = 50_000

export const createRateLimiter = (policy: string, quota: number): RateLimiter => {
  const used = new Map<string, number>()
  let windowStart = 0

  const roll = (): number => {
    const seconds = Math.floor(nowMs() / 1_000)
    const start = seconds - (seconds % windowSeconds)
    if (start !== windowStart || used.size > keysMax) {
      used.clear()
      windowStart = start
    }
    return start + windowSeconds - seconds
  }

  return {
    take: (key) => {
      const resetSeconds = roll()
      const count = (used.get(key) ?? 0) + 1
      used.set(key, count)
      return {
        isExceeded: count > quota,
        resetSeconds,
        headers: {
          'ratelimit-policy': `"${policy}";q=${quota};w=${windowSeconds}`,
          ratelimit: `"${policy}";r=${Math.max(0, quota - count)};t=${resetSeconds}`,
        },
      }
    },
    isSpent: (key) => {
      roll()
      return (used.get(key) ?? 0) >= quota
    },
  }
}
