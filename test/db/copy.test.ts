import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { type CopyRow, copyRows } from '../../src/db/copy.ts'
import type { Database } from '../../src/db/database.ts'
import { transaction } from '../../src/db/transaction.ts'
import { testDatabase } from '../support/database.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

let db: Database
beforeAll(async () => {
  db = await testDatabase()
  await db
    .owner()
    .query(
      `CREATE TABLE copied (n int PRIMARY KEY, t text, b bytea, i bigint, f boolean, d date, at timestamptz, a text[], j jsonb, m numeric)`,
    )
})

const columns = 'copied (n, t, b, i, f, d, at, a, j, m)'
const copy = (rows: Iterable<CopyRow> | AsyncIterable<CopyRow>) =>
  transaction(db.pipeline, (client) => copyRows(client, columns, rows))

test(`any value comes out of the database as it went into COPY (seed ${seed})`, async () => {
  // PostgreSQL holds no NUL in text and no half of a surrogate pair.
  const text = fc
    .string({
      unit: fc.oneof(
        fc.constantFrom('\\', '\t', '\n', '\r', '"', '{', '}', ',', '中', '𠮷', 'NULL', '\\N', '\\.'),
        fc.string({ unit: 'grapheme', maxLength: 1 }),
      ),
    })
    .map((value) => value.replaceAll('\u0000', ''))
  const value = fc.record({
    t: fc.option(text),
    b: fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes))),
    i: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    f: fc.option(fc.boolean()),
    d: fc.constantFrom('2026-02-28', '1949-10-01', null),
    at: fc.option(fc.date({ min: new Date('0100-01-01'), max: new Date('9999-01-01'), noInvalidDate: true })),
    a: fc.option(fc.array(fc.option(text), { maxLength: 4 })),
    j: fc.option(
      fc.dictionary(
        text.filter((key) => key !== '__proto__'),
        text,
        { maxKeys: 3 },
      ),
    ),
    m: fc.constantFrom('0.1', '123456789012345678901234567890.5', null),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 30 }), async (values) => {
      await db.pipeline.query('DELETE FROM copied')
      const rows = values.map((v, n) => [
        n,
        v.t,
        v.b,
        v.i,
        v.f,
        v.d,
        v.at,
        v.a,
        v.j === null ? null : JSON.stringify(v.j),
        v.m,
      ])
      expect(await copy(rows)).toBe(values.length)
      const stored = await db.pipeline.query('SELECT * FROM copied ORDER BY n')
      expect(stored.rows).toEqual(values.map((v, n) => ({ n, ...v })))
    }),
    { seed, numRuns: 60 },
  )
})

test('rows may come from an async source, and more than fit one chunk arrive whole', async () => {
  await db.pipeline.query('DELETE FROM copied')
  const source = async function* () {
    for (let n = 0; n < 20_000; n++) yield [n, `第 ${n} 行`, null, BigInt(n), true, null, null, null, null, null]
  }
  expect(await copy(source())).toBe(20_000)
  const { rows } = await db.pipeline.query(
    `SELECT count(*) AS rows, sum(i)::bigint AS sum, count(*) FILTER (WHERE t = '第 ' || n || ' 行') AS same FROM copied`,
  )
  expect(rows).toEqual([{ rows: 20_000n, sum: 199_990_000n, same: 20_000n }])
})

test('a source that fails stores nothing and leaves the connection usable', async () => {
  await db.pipeline.query('DELETE FROM copied')
  const source = async function* (): AsyncGenerator<CopyRow> {
    for (let n = 0; n < 10_000; n++) yield [n, 'x'.repeat(50), null, null, null, null, null, null, null, null]
    throw new Error('the source broke')
  }
  await expect(copy(source())).rejects.toThrow('the source broke')
  expect((await db.pipeline.query('SELECT count(*) AS n FROM copied')).rows).toEqual([{ n: 0n }])
})

test('a row the table refuses is told with the code of PostgreSQL', async () => {
  const row = (n: number): CopyRow => [n, null, null, null, null, null, null, null, null, null]
  await expect(copy([row(1), row(1)])).rejects.toMatchObject({ code: '23505' })
  await expect(copy([[1, 'a\u0000b', null, null, null, null, null, null, null, null]])).rejects.toMatchObject({
    code: '22021',
  })
  await expect(copy([[1]])).rejects.toMatchObject({ code: '22P04' })
  expect((await db.pipeline.query('SELECT count(*) AS n FROM copied')).rows).toEqual([{ n: 0n }])
})
