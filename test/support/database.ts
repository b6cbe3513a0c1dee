import pg from 'pg'
import { afterAll, inject } from 'vitest'
import { type Database, openDatabase, type ServerAccess } from '../../src/db/database.ts'
import { dbError } from '../../src/db/errors.ts'
import type { DatabaseRole } from '../../src/db/names.ts'
import { connectionConfig } from '../../src/db/pools.ts'
import { newId } from '../../src/kernel/ids.ts'
import { Secret } from '../../src/kernel/secret.ts'

/** Where the test server is, with `database` on it. */
export const testAccess = (database = 'postgres'): ServerAccess => {
  const server = inject('testServer')
  return {
    address: { host: server.host, port: server.port, database, ssl: undefined },
    login: { user: server.user, password: new Secret(server.password) },
    passwords: (role: DatabaseRole) => new Secret(server.rolePasswords[role] ?? ''),
  }
}

/** Runs one statement as the server's superuser. */
export const asSuperuser = async (sql: string, database = 'postgres'): Promise<pg.QueryResult> => {
  const access = testAccess(database)
  const client = new pg.Client(connectionConfig(access.address, access.login, 'jingwei-test'))
  await client.connect()
  return client.query(sql).finally(() => client.end())
}

/** A new empty database (not migrated), dropped at the end of the test file. */
export const emptyDatabase = async (options = ''): Promise<ServerAccess> => {
  const name = newId('t')
  await asSuperuser(`CREATE DATABASE ${name} ${options}`)
  afterAll(() => asSuperuser(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  return testAccess(name)
}

/** URL of an empty database for departments that write into front-end tables, dropped at the end of the test file. */
export const exchangeDatabase = async (): Promise<string> => urlOnTestServer((await emptyDatabase()).address.database)

/** URL of a database of the test server. */
export const urlOnTestServer = (database: string): string => {
  const { user, password, host, port } = inject('testServer')
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`
}

const busyClients = (pool: pg.Pool): number => pool.totalCount - pool.idleCount

/**
 * A migrated database of this test file's own, cloned from the template; call it in `beforeAll` or at the top of the file. It is closed and dropped at
 * the end, and a connection that was not given back fails the file with `db.client_leaked`.
 */
export const testDatabase = async (
  pools: { readonly pipelineMax?: number; readonly readerMax?: number } = {},
): Promise<Database> => {
  const name = newId('t')
  await asSuperuser(`CREATE DATABASE ${name} TEMPLATE ${inject('testServer').template}`)
  const db = openDatabase(testAccess(name), {
    pipeline: { connectionsMax: pools.pipelineMax ?? 6, statementTimeoutMs: 60_000 },
    reader: { connectionsMax: pools.readerMax ?? 4, statementTimeoutMs: 60_000 },
  })
  afterAll(async () => {
    const leaked = busyClients(db.pipeline) + busyClients(db.reader) + busyClients(db.owner())
    if (leaked === 0) await db.close()
    await asSuperuser(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    if (leaked > 0) throw dbError('db.client_leaked', { context: { leaked } })
  })
  return db
}
