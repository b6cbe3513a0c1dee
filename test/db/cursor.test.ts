/** A large answer comes in pieces, as it stood when it was asked for. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cursorRows } from '../../src/db/cursor.ts'
import type { Database } from '../../src/db/database.ts'
import { transaction } from '../../src/db/transaction.ts'
import { testDatabase } from '../support/database.ts'

let db: Database
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

const piecesOf = (count: number, rowsAtOnce: number): Promise<number[][]> =>
  transaction(db.pipeline, async (client) => {
    const pieces: number[][] = []
    const rows = cursorRows<{ n: number }>(
      client,
      'numbers',
      `SELECT n FROM generate_series(1, ${count}) AS n`,
      rowsAtOnce,
    )
    for await (const piece of rows) pieces.push(piece.map((r) => r.n))
    return pieces
  })

test.each([
  [0, []],
  [2, [[1, 2]]],
  [3, [[1, 2, 3]]],
  [7, [[1, 2, 3], [4, 5, 6], [7]]],
])('%i rows come in pieces of three, and no piece is empty', async (count, pieces) => {
  expect(await piecesOf(count, 3)).toEqual(pieces)
})

test('what the caller writes meanwhile is not read, and the name is free again afterwards', async () => {
  const read = await transaction(db.pipeline, async (client) => {
    await client.query('CREATE TEMP TABLE counted (n int) ON COMMIT DROP')
    await client.query('INSERT INTO counted VALUES (1), (2), (3)')
    const seen: number[][] = []
    for (let turn = 0; turn < 2; turn++) {
      const own: number[] = []
      for await (const piece of cursorRows<{ n: number }>(client, 'counted_rows', 'SELECT n FROM counted', 2)) {
        own.push(...piece.map((r) => r.n))
        await client.query('INSERT INTO counted SELECT n + 10 FROM counted')
      }
      seen.push(own)
    }
    return seen.map((own) => own.length)
  })
  expect(read).toEqual([3, 12])
})
