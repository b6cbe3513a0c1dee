import { expect, test } from 'vitest'
import { HubError } from '../../src/kernel/errors.ts'
import { parseRetryAfter, type RetryPolicy, retry } from '../../src/kernel/retry.ts'

const failure = (retryable: boolean, context = {}) =>
  new HubError({ code: 'x.y', publicMessage: { zh: '错', en: 'x' }, retryable, context })

const policy: RetryPolicy = { attemptsMax: 4, budgetMs: 1_000, waitMs: 2, waitMaxMs: 8 }

const failing = (errors: readonly HubError[]) => {
  const attempts: number[] = []
  return {
    attempts,
    run: async (n: number) => {
      attempts.push(n)
      const error = errors[n - 1]
      if (error) throw error
      return 'done'
    },
  }
}

test('a retryable error is tried again until it succeeds', async () => {
  const work = failing([failure(true), failure(true)])
  expect(await retry(work.run, policy)).toBe('done')
  expect(work.attempts).toEqual([1, 2, 3])
})

test('an error that cannot pass is thrown at once', async () => {
  const work = failing([failure(false)])
  await expect(retry(work.run, policy)).rejects.toMatchObject({ code: 'x.y' })
  expect(work.attempts).toEqual([1])
})

test('attempts end, and the last error is the one thrown', async () => {
  const errors = [1, 2, 3, 4].map((n) => failure(true, { n }))
  const work = failing(errors)
  await expect(retry(work.run, policy)).rejects.toBe(errors[3])
  expect(work.attempts).toEqual([1, 2, 3, 4])
})

test('waits are spread over the whole bound, which doubles up to its limit', async () => {
  const waits: number[] = []
  const work = failing([1, 2, 3, 4, 5].map(() => failure(true)))
  await retry(work.run, {
    ...policy,
    attemptsMax: 6,
    random: () => 0.999,
    onRetry: (_, __, waitMs) => waits.push(waitMs),
  })
  expect(waits).toEqual([1, 3, 7, 7, 7])
})

test('what the other side asks for is waited at least, and not begun where it exceeds the budget', async () => {
  const waits: number[] = []
  const note = { onRetry: (_: unknown, __: number, waitMs: number) => void waits.push(waitMs) }
  await retry(failing([failure(true, { retryAfterMs: 20 })]).run, { ...policy, ...note })
  expect(waits).toEqual([20])
  const work = failing([failure(true, { retryAfterMs: 2_000 })])
  await expect(retry(work.run, { ...policy, ...note })).rejects.toMatchObject({ code: 'x.y' })
  expect(work.attempts).toEqual([1])
})

test('an abort ends the wait', async () => {
  const abort = new AbortController()
  const running = retry(failing([failure(true)]).run, {
    ...policy,
    budgetMs: 60_000,
    waitMs: 30_000,
    waitMaxMs: 30_000,
    random: () => 0.9,
    signal: abort.signal,
  })
  abort.abort(new Error('stop'))
  await expect(running).rejects.toThrow('stop')
})

test('Retry-After is read as seconds and as a date', () => {
  const at = new Date('2026-01-01T00:00:00Z')
  expect(parseRetryAfter('120', at)).toBe(120_000)
  expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', at)).toBe(5_000)
  expect(parseRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', at)).toBe(0)
  expect(parseRetryAfter('soon', at)).toBeNull()
  expect(parseRetryAfter(null, at)).toBeNull()
})
