/**
 * Forward-only migrations: numbered SQL files, one transaction each. The row that says "applied" is inserted first: its primary key makes a second
 * runner wait and then skip, so any number of hubs may start at once (as graphile-worker does).
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { asError } from '../kernel/errors.ts'
import { dbError } from './errors.ts'
import { schemaName } from './names.ts'
import { transaction } from './transaction.ts'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

export const migrationsFolder = join(import.meta.dirname, 'migrations')

/** The migrations of a folder in order. Throws where numbers repeat or a name is not `NNNN_name.sql`. */
export const readMigrations = async (folder = migrationsFolder): Promise<Migration[]> => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
  const migrations: Migration[] = []
  for (const file of files) {
    const number = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(file)?.[1] ?? Number.NaN)
    if (Number.isNaN(number) || migrations.at(-1)?.number === number)
      throw new Error(`migration file is not NNNN_name.sql, or its number repeats: ${file}`)
    const sql = await readFile(join(folder, file), 'utf8')
    migrations.push({ number, name: file, sql, checksum: createHash('sha256').update(sql).digest('hex') })
  }
  return migrations
}

const createTable = `CREATE TABLE IF NOT EXISTS ${schemaName}.migration (
  number int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`

const ensureTable = async (owner: pg.Pool): Promise<void> => {
  // IF NOT EXISTS is not safe between two runners: the lock is.
  await transaction(owner, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('${schemaName}.migration', 0))`)
    await client.query(createTable)
  })
}

const applied = async (owner: pg.Pool): Promise<Map<number, { name: string; checksum: string }>> => {
  const { rows } = await owner.query<{ number: number; name: string; checksum: string }>(
    `SELECT number, name, checksum FROM ${schemaName}.migration`,
  )
  return new Map(rows.map((row) => [row.number, row]))
}

const verify = (
  migrations: readonly Migration[],
  done: ReadonlyMap<number, { name: string; checksum: string }>,
): void => {
  const known = new Map(migrations.map((migration) => [migration.number, migration]))
  for (const [number, row] of done) {
    const migration = known.get(number)
    if (!migration) throw dbError('db.migration_unknown', { detail: row.name, context: { name: row.name } })
    if (migration.checksum !== row.checksum)
      throw dbError('db.migration_changed', { detail: row.name, context: { name: row.name } })
  }
}

const apply = (owner: pg.Pool, migration: Migration): Promise<boolean> =>
  transaction(owner, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO ${schemaName}.migration (number, name, checksum) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING`,
      [migration.number, migration.name, migration.checksum],
    )
    if (rowCount === 0) return false
    await client.query(migration.sql)
    return true
  }).catch((cause) => {
    throw dbError('db.migration_failed', {
      detail: `${migration.name}: ${asError(cause).message}`,
      context: { name: migration.name },
      cause,
    })
  })

/**
 * Applies what is missing, as the owner role. Returns the names applied by this call.
 * Throws `db.migration_changed`, `db.migration_unknown` (before anything is applied) and `db.migration_failed` (that one is rolled back whole).
 */
export const migrateWith = async (owner: pg.Pool, folder = migrationsFolder): Promise<string[]> => {
  const migrations = await readMigrations(folder)
  await ensureTable(owner)
  const done = await applied(owner)
  verify(migrations, done)
  const names: string[] = []
  for (const migration of migrations) {
    if (!done.has(migration.number) && (await apply(owner, migration))) names.push(migration.name)
  }
  return names
}
