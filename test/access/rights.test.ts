/** What the pipeline may not do: what was delivered, known or said stays as it was written, whoever got hold of its connection. */
import { beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'

const db = await testDatabase()
beforeAll(async () => {
  await db.pipeline.query('SELECT ensure_partitions(99999, 999999)')
})

const codeOf = (sql: string): Promise<string> =>
  db.pipeline.query(sql).then(
    () => 'allowed',
    (error: { code: string }) => error.code,
  )

const writtenOnce = [
  'raw_version',
  'fact_past',
  'party_link_past',
  'edge_past',
  'member_past',
  'tie_past',
  'position_past',
  'taxpayer',
  'judgement',
  'tick',
  'audit',
  'audit_seal',
  'project_identity',
  'project_merge',
  'settings_version',
]
test.each(writtenOnce)('a row of %s is neither changed nor deleted', async (table) => {
  const column = (
    await db
      .owner()
      .query<{ name: string }>(
        `SELECT attname AS name FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attnum > 0 AND attidentity = '' LIMIT 1`,
      )
  ).rows[0]!.name
  expect(await codeOf(`UPDATE ${table} SET ${column} = ${column}`)).toBe('42501')
  expect(await codeOf(`DELETE FROM ${table}`)).toBe('42501')
  expect(await codeOf(`TRUNCATE ${table}`)).toBe('42501')
})

test.each([
  'run',
  'slot',
  'batch',
  'batch_page',
  'feed_state',
  'drift',
  'quarantine',
  'subject_key',
  'normalised_batch',
  '"user"',
  'token',
  'api_key',
  'grid_node',
  'region',
  'truth_clock',
  'migration',
])('a row of %s does not vanish', async (table) => {
  expect(await codeOf(`DELETE FROM ${table}`)).toBe('42501')
})

test('partitions are no way around it, neither the first nor those made later', async () => {
  const { rows } = await db.owner().query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE c.relkind = 'r' AND inhparent IN ('raw_version'::regclass, 'fact_past'::regclass)`,
  )
  expect(rows.length).toBeGreaterThanOrEqual(4)
  for (const { name } of rows) {
    expect(await codeOf(`SELECT FROM ${name}`)).toBe('42501')
    expect(await codeOf(`DELETE FROM ${name}`)).toBe('42501')
  }
})

test('migrations are the owner’s', async () => {
  expect(await codeOf(`UPDATE migration SET checksum = ''`)).toBe('42501')
  expect(await codeOf(`INSERT INTO migration (number, name, checksum) VALUES (9999, 'x', 'x')`)).toBe('42501')
  expect(await codeOf('CREATE VIEW jingwei_read.x AS SELECT 1 AS one')).toBe('42501')
})
