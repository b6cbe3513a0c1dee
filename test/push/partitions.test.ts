/** Each gather of pushes is a batch: partitions must not come by the hour, and none may be missing. */
import { expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'

const db = await testDatabase()

interface Bounds {
  readonly from: number
  readonly to: number
}

const partitionsOf = async (table: string): Promise<Bounds[]> =>
  (
    await db.owner().query<{ bounds: string }>(
      `SELECT pg_get_expr(c.relpartbound, c.oid) AS bounds FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = $1::regclass AND c.relkind = 'r'`,
      [table],
    )
  ).rows
    .map(({ bounds }) => {
      const [from = NaN, to = NaN] = [...bounds.matchAll(/\('(\d+)'\)/g)].map((match) => Number(match[1]))
      return { from, to }
    })
    .sort((a, b) => a.from - b.from)

test('a year of a push a second has some seventy partitions, without a gap between them', async () => {
  const batches = 365 * 86_400
  for (;;) {
    const edge = (await partitionsOf('raw_version')).at(-1)!.to
    if (edge > batches) break
    await db.pipeline.query('SELECT ensure_partitions($1, $1)', [edge])
  }
  for (const table of ['raw_version', 'fact_past']) {
    const all = await partitionsOf(table)
    expect(all.length).toBeLessThan(75)
    expect(all[0]!.from).toBe(0)
    for (const [i, { from }] of all.slice(1).entries()) expect(from).toBe(all[i]!.to)
  }
})

test('a number far ahead is covered too, and asking again makes nothing', async () => {
  const far = 10 ** 9
  await db.pipeline.query('SELECT ensure_partitions($1, $1)', [far])
  const made = await partitionsOf('raw_version')
  expect(made.at(-1)!.to).toBeGreaterThan(far)
  await db.pipeline.query('SELECT ensure_partitions($1, $1)', [far])
  expect(await partitionsOf('raw_version')).toEqual(made)
})

test('two that find the edge at once make one partition', async () => {
  const edge = (await partitionsOf('raw_version')).at(-1)!.to
  const before = (await partitionsOf('raw_version')).length
  await Promise.all(Array.from({ length: 4 }, () => db.pipeline.query('SELECT ensure_partitions($1, 0)', [edge])))
  expect((await partitionsOf('raw_version')).length).toBe(before + 1)
})
