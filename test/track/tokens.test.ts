/** The token rows of projects: only differences are written, and what stands in the end is what writing all anew would leave. */
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { applyTokenChanges, insertTokens, projectTokens, tokenChanges } from '../../src/db/tokens.ts'
import { transaction } from '../../src/db/transaction.ts'
import { testDatabase } from '../support/database.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

let db: Database
beforeAll(async () => {
  db = await testDatabase()
})

interface Held {
  readonly tokens: ReadonlySet<string>
  readonly scopes: ReadonlySet<string>
}

const apply = (id: bigint, before: Held, now: Held): Promise<void> =>
  transaction(db.pipeline, (client) => applyTokenChanges(client, projectTokens, [tokenChanges(id, before, now)]))

const rowsOf = async (id: bigint): Promise<string[]> =>
  (
    await db.pipeline.query<{ line: string }>(
      `SELECT token || '|' || scope AS line FROM project_token WHERE project_id = $1`,
      [id],
    )
  ).rows
    .map((r) => r.line)
    .sort()

const setOf = (from: readonly string[]) => fc.uniqueArray(fc.constantFrom(...from)).map((items) => new Set(items))
const held: fc.Arbitrary<Held> = fc.record({
  tokens: setOf(['中牟', '牟县', '~zmx', '2301', '县*', 'g107', 'it’s', '"q"', 'NULL', '\\']),
  scopes: setOf(['', '410105', '410122', '4101']),
})

test(`tokens and scopes that come and go leave the rows of the last state (seed ${seed})`, async () => {
  let id = 0n
  await fc.assert(
    fc.asyncProperty(fc.array(held, { minLength: 1, maxLength: 4 }), async (states) => {
      id++
      let before: Held = { tokens: new Set(), scopes: new Set() }
      for (const now of states) {
        await apply(id, before, now)
        before = now
        expect(await rowsOf(id)).toEqual([...now.tokens].flatMap((t) => [...now.scopes].map((s) => `${t}|${s}`)).sort())
      }
    }),
    { seed, numRuns: 40 },
  )
})

test('a project whose names and places stay writes no token row', () => {
  const same = { tokens: new Set(['中牟', '牟县']), scopes: new Set(['410122']) }
  expect(tokenChanges(1n, same, same)).toEqual({ gone: [], fresh: [] })
})

test('a token that is new in a kept scope is the only row that is written', () => {
  const before = { tokens: new Set(['中牟']), scopes: new Set(['410122']) }
  const now = { tokens: new Set(['中牟', '牟县']), scopes: new Set(['410122']) }
  expect(tokenChanges(1n, before, now)).toEqual({
    gone: [],
    fresh: [{ id: 1n, tokens: ['牟县'], scopes: ['410122'] }],
  })
})

test('rows that are there already do not stop the writing of the others', async () => {
  const write = (tokens: string[]): Promise<void> =>
    transaction(db.pipeline, (client) =>
      insertTokens(client, projectTokens, [{ id: 9_999n, tokens, scopes: ['4101'] }]),
    )
  await write(['中牟'])
  await write(['中牟', '牟县'])
  expect(await rowsOf(9_999n)).toEqual(['中牟|4101', '牟县|4101'].sort())
})
