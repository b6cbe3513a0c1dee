/** Two thousand bodies that no contract foresaw: each is answered below 500 and soon, and what was taken of them passes the stages. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { checkAll } from '../../src/check.ts'
import { testDatabase } from '../support/database.ts'
import { section } from '../support/hand-fed.ts'
import { runSeed } from '../support/random.ts'
import { pushWorld } from './world.ts'

const seed = runSeed(1)
const db = await testDatabase()
const world = await pushWorld(db)
afterAll(() => world.intake.drain())

const fields = Object.keys(section())
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('\u0000', '\ud800', '\\u0000', '"', '\n'),
)

/** A record with some fields replaced, removed or added. */
const damagedRow = fc
  .record({
    over: fc.dictionary(
      fc.oneof(fc.constantFrom(...fields), anyText),
      fc.oneof(anyText, fc.jsonValue({ maxDepth: 3 })),
      {
        maxKeys: 5,
      },
    ),
    without: fc.subarray(fields, { maxLength: 3 }),
  })
  .map(({ over, without }) => {
    const row: Record<string, unknown> = { ...section(), ...over }
    for (const field of without) delete row[field]
    return JSON.stringify(row)
  })

const nested = fc.integer({ min: 1, max: 200_000 }).map((n) => `${'['.repeat(n)}${']'.repeat(n)}`)
const oddRow = fc.oneof(
  { weight: 6, arbitrary: damagedRow },
  { weight: 2, arbitrary: fc.json() },
  { weight: 1, arbitrary: nested.map((value) => JSON.stringify(section()).replace('{', `{"x":${value},`)) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 30_000 }).map((n) => `{"${'名'.repeat(n)}":1,"xmbh":"J","htdbh":"T"}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'null', '1e999', '{"xmbh":"a","xmbh":"b"}', '{"__proto__":{"xmbh":1}}', '{,}'),
  },
)

interface Cut {
  readonly at: number
  readonly byte: number
}
/** The text as bytes: whole, cut, or with one byte changed. */
const spoilt = (text: string, cut: Cut | null): Buffer => {
  const bytes = Buffer.from(text)
  if (cut === null || bytes.length === 0) return bytes
  const at = Math.floor(cut.at * bytes.length)
  if (cut.byte < 0) return bytes.subarray(0, at)
  bytes[at] = cut.byte
  return bytes
}

const body = fc
  .record({
    rows: fc.array(oddRow, { maxLength: 6 }),
    asArray: fc.boolean(),
    type: fc.constantFrom(
      'application/json',
      'application/x-ndjson',
      'application/x-ndjson; charset=gb18030',
      'text/csv',
      'x',
      '',
    ),
    coding: fc.constantFrom(null, null, null, 'gzip', 'br'),
    zipped: fc.boolean(),
    cut: fc.option(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        byte: fc.integer({ min: -40, max: 255 }),
      }),
    ),
    query: fc.constantFrom('', '', '?mode=atomic', '?mode=x', '?mode=partial&mode=atomic'),
    key: fc.option(fc.constantFrom('a', 'b', 'a b', 'x'.repeat(300))),
  })
  .map(({ rows, asArray, type, coding, zipped, cut, query, key }) => {
    const bytes = spoilt(asArray ? `[${rows.join(',')}]` : rows.join('\n'), cut)
    return {
      bytes: zipped && coding === 'gzip' ? gzipSync(bytes) : bytes,
      query,
      headers: {
        'content-type': type,
        ...(coding === null ? {} : { 'content-encoding': coding }),
        ...(key === null ? {} : { 'idempotency-key': key }),
      },
    }
  })

const answerWithinMs = 10_000

test(`bodies of any form get an answer below 500, and nothing hangs (seed ${seed})`, async () => {
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(fc.array(body, { minLength: 20, maxLength: 20 }), async (bodies) => {
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
