import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { prepareDatabase, roleLogin, type ServerAccess } from '../../src/db/database.ts'
import { migrateWith, migrationsFolder, readMigrations } from '../../src/db/migrate.ts'
import { ownerPool } from '../../src/db/pools.ts'
import { asSuperuser, emptyDatabase } from '../support/database.ts'

let folder: string
let access: ServerAccess
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jingwei-migrations-'))
  access = await emptyDatabase()
})
afterEach(() => rm(folder, { recursive: true }))

const write = (name: string, sql: string) => writeFile(join(folder, name), sql)

const asOwner = async <T>(fn: (pool: ReturnType<typeof ownerPool>) => Promise<T>): Promise<T> => {
  const pool = ownerPool(access.address, roleLogin(access, 'jingwei_owner'))
  return fn(pool).finally(() => pool.end())
}

const run = () => asOwner((pool) => migrateWith(pool, folder))
const names = async () =>
  (await asSuperuser('SELECT name FROM jingwei.migration ORDER BY number', access.address.database)).rows.map(
    (row) => row.name,
  )

test('migrations run once, in order, and only new ones later', async () => {
  await write('0001_first.sql', 'CREATE TABLE a (n int);')
  await prepareDatabase(access, folder)
  await write('0002_second.sql', 'INSERT INTO a VALUES (1); CREATE INDEX a_n_idx ON a (n);')
  expect(await run()).toEqual(['0002_second.sql'])
  expect(await run()).toEqual([])
  expect(await names()).toEqual(['0001_first.sql', '0002_second.sql'])
})

test('twenty runners at once apply each migration exactly once', async () => {
  await prepareDatabase(access, folder)
  await write('0001_first.sql', 'CREATE TABLE a (n int); SELECT pg_sleep(0.2);')
  await write('0002_second.sql', 'INSERT INTO a VALUES (1);')
  const applied = await Promise.all(Array.from({ length: 20 }, run))
  expect(applied.flat().sort()).toEqual(['0001_first.sql', '0002_second.sql'])
  expect((await asSuperuser('SELECT n FROM jingwei.a', access.address.database)).rows).toEqual([{ n: 1 }])
})

test('a migration that fails is rolled back whole, told by name, and runs again when mended', async () => {
  await prepareDatabase(access, folder)
  await write('0001_first.sql', 'CREATE TABLE a (n int); CREATE TABLE a (n int);')
  await expect(run()).rejects.toMatchObject({
    code: 'db.migration_failed',
    context: { name: '0001_first.sql' },
    cause: { code: '42P07' },
  })
  expect(await names()).toEqual([])
  await write('0001_first.sql', 'CREATE TABLE a (n int);')
  expect(await run()).toEqual(['0001_first.sql'])
})

test('a changed or unknown migration stops the start before anything is applied', async () => {
  await write('0001_first.sql', 'CREATE TABLE a (n int);')
  await prepareDatabase(access, folder)
  await write('0002_second.sql', 'CREATE TABLE b (n int);')
  await write('0001_first.sql', 'CREATE TABLE a (n bigint);')
  await expect(run()).rejects.toMatchObject({ code: 'db.migration_changed', context: { name: '0001_first.sql' } })
  await rm(join(folder, '0001_first.sql'))
  await expect(run()).rejects.toMatchObject({ code: 'db.migration_unknown', context: { name: '0001_first.sql' } })
  expect(await names()).toEqual(['0001_first.sql'])
})

test('names that are no NNNN_name.sql and repeated numbers are refused', async () => {
  await write('1_x.sql', '')
  await expect(readMigrations(folder)).rejects.toThrow('1_x.sql')
  await rm(join(folder, '1_x.sql'))
  await write('0001_a.sql', '')
  await write('0001_b.sql', '')
  await expect(readMigrations(folder)).rejects.toThrow('0001_b.sql')
})

test('our own migrations are one statement list each, without a transaction of their own', async () => {
  await cp(migrationsFolder, folder, { recursive: true })
  for (const { name } of await readMigrations(folder)) {
    expect(await readFile(join(folder, name), 'utf8'), name).not.toMatch(/^\s*(?:BEGIN|COMMIT|ROLLBACK)\s*;/m)
  }
})
