import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { connectionConfig } from '../../src/db/pools.ts'
import { prismaOf } from '../../src/db/prisma.ts'
import { newId } from '../../src/kernel/ids.ts'
import { asSuperuser, emptyDatabase, testAccess, testDatabase } from '../support/database.ts'

let db: Database
beforeAll(async () => {
  db = await testDatabase()
})

const tables = ['user', 'token', 'api_key', 'schedule', 'grid_node', 'region']
const list = tables.map((name) => `'${name}'`).join(', ')

/** What a database's catalog says of the small tables, in words that do not depend on who made them. */
const catalog = async (database: string): Promise<unknown> => {
  const columns = await asSuperuser(
    `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required, pg_get_expr(d.adbin, d.adrelid) AS fallback
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE c.relnamespace = 'jingwei'::regnamespace AND c.relname IN (${list}) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2`,
    database,
  )
  const indexes = await asSuperuser(
    `SELECT tablename, indexname, replace(indexdef, ' COLLATE "C"', '') AS definition FROM pg_indexes WHERE schemaname = 'jingwei' AND tablename IN (${list}) ORDER BY 1, 2`,
    database,
  )
  const references = await asSuperuser(
    `SELECT conname, pg_get_constraintdef(k.oid) AS definition FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
      WHERE contype IN ('f', 'p') AND c.relnamespace = 'jingwei'::regnamespace AND c.relname IN (${list}) ORDER BY 1`,
    database,
  )
  return { columns: columns.rows, indexes: indexes.rows, references: references.rows }
}

/** The SQL by which Prisma itself would make the tables of schema.prisma. */
const sqlOfPrisma = async (database: string): Promise<string> => {
  const { SchemaEngine } = (await import('@prisma/schema-engine-wasm')) as unknown as {
    SchemaEngine: {
      new: (
        options: unknown,
        debug: (line: string) => void,
        adapter: unknown,
      ) => Promise<{ diff: (params: unknown) => Promise<{ stdout?: string | null }> }>
    }
  }
  const path = join(import.meta.dirname, '../../schemas/prisma/schema.prisma')
  const files = { files: [{ path, content: await readFile(path, 'utf8') }] }
  const access = testAccess(database)
  const factory = bindMigrationAwareSqlAdapterFactory(
    new PrismaPg(connectionConfig(access.address, access.login, 'jingwei-test')),
  )
  const engine = await SchemaEngine.new({ datamodels: [[path, files.files[0]!.content]] }, () => undefined, factory)
  const answer = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', ...files },
    script: true,
    shadowDatabaseUrl: null,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  return answer.stdout ?? ''
}

test('schema.prisma and the migrations make the same small tables', async () => {
  const other = (await emptyDatabase()).address.database
  const sql = await sqlOfPrisma(other)
  expect(sql).toContain('CREATE TABLE')
  await asSuperuser(sql, other)
  expect(await catalog(db.name)).toEqual(await catalog(other))
})

test('the client writes and reads every small table with the rights of the pipeline', async () => {
  const prisma = prismaOf(db)
  const id = newId('usr')
  await prisma.user.create({
    data: { id, name: id, displayName: '张三', passwordHash: 'scrypt$…', role: 'officer', scopePrefix: '410105' },
  })
  await prisma.token.create({
    data: {
      id: newId('tok'),
      hash: Buffer.from(id),
      name: 'session',
      userId: id,
      role: 'officer',
      scopePrefix: '410105',
    },
  })
  await prisma.apiKey.create({ data: { id: newId('key'), department: 'water', name: 'water', hash: Buffer.from(id) } })
  await prisma.schedule.create({ data: { source: id, cron: '20 2 * * *' } })
  await prisma.gridNode.create({
    data: { code: '410105', name: '金水区', level: 'county', validFrom: new Date('2004-01-01T00:00:00Z') },
  })

  expect((await prisma.user.findUnique({ where: { name: id }, include: { tokens: true } }))?.tokens).toHaveLength(1)
  expect((await prisma.schedule.findUniqueOrThrow({ where: { source: id } })).timeZone).toBe('Asia/Shanghai')
  const { rows } = await db.pipeline.query('SELECT valid_from FROM grid_node')
  expect(rows).toEqual([{ valid_from: '2004-01-01' }])
})

test('a role that does not exist is refused by the table itself', async () => {
  const insert = `INSERT INTO "user" (id, name, display_name, password_hash, role, scope_prefix) VALUES ('x', 'x', 'x', 'x', 'root', '')`
  await expect(db.pipeline.query(insert)).rejects.toMatchObject({ code: '23514', constraint: 'user_role_check' })
})

test('the reader may not see credentials', async () => {
  for (const table of ['"user"', 'token', 'api_key']) {
    await expect(db.reader.query(`SELECT FROM ${table}`)).rejects.toMatchObject({ code: '42501' })
  }
})
