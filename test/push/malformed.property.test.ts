/** Two thousand bodies that no contract foresaw: each is answered below 500 and soon, and what was taken of them passes the stages. */
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { checkAll } from '../../src/check.ts'
import { testDatabase } from '../support/database.ts'
import { runSeed } from '../support/random.ts'
import { oddBody } from './malformed-bodies.ts'
import { pushWorld } from './world.ts'

const seed = runSeed(1)
const db = await testDatabase()
const world = await pushWorld(db)
afterAll(() => world.intake.drain())

const answerWithinMs = 10_000

test(`bodies of any form get an answer below 500, and nothing hangs (seed ${seed})`, async () => {
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(fc.array(oddBody, { minLength: 20, maxLength: 20 }), async (bodies) => {
      const begun = performance.now()
      const answers = await Promise.all(
        bodies.map(({ bytes, query, headers }) => world.push(bytes, { query, headers })),
      )
      expect(performance.now() - begun).toBeLessThan(answerWithinMs)
      for (const answer of answers) {
        const { code, rows } = (await answer.json()) as { code?: string; rows?: unknown[] }
        expect([answer.status, code]).toEqual([expect.toSatisfy((status: number) => status < 500), code])
        expect(code !== undefined || rows !== undefined).toBe(true)
        const name = `${answer.status} ${code ?? ''}`
        seen.set(name, (seen.get(name) ?? 0) + 1)
      }
    }),
    { seed, numRuns: 100, endOnFailure: true },
  )
  // The bodies reach every part of the door.
  for (const name of [
    '207 ',
    '400 push.bad_body',
    '415 push.unsupported_type',
    '422 push.atomic_refused',
    '422 push.no_rows',
    '422 push.key_reused',
  ])
    expect([name, (seen.get(name) ?? 0) > 0]).toEqual([name, true])
}, 300_000)

test('what was taken of them has passed the stages and reconciles', async () => {
  await world.intake.drain()
  const { checks } = await checkAll(db, 100)
  expect(checks.flatMap((check) => check.findings)).toEqual([])
  const { rows } = await db
    .owner()
    .query(`SELECT state, count(*)::int FROM run WHERE kind = 'push' AND state <> 'green' GROUP BY state`)
  expect(rows).toEqual([])
})
