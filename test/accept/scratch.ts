/** A PostgreSQL of the run's own with fresh databases, removed at the end: acceptance runs leave nothing behind. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { prepareDatabase, rolePasswordsFrom } from '../../src/db/database.ts'
import { openEmbedded } from '../../src/db/embedded.ts'
import type { Exchange } from '../support/exchange.ts'

/** Databases of one server, made and dropped by one thread. */
export interface Databases {
  /** URL of a new, migrated and otherwise empty database; with `from` a copy of that one, on which nobody may be connected. */
  database(from?: string): Promise<string>
  drop(url: string): Promise<void>
  /** A new database for what departments write into front-end tables. */
  exchange(): Promise<Exchange>
}

export interface Scratch extends Databases {
  /** Of the server's superuser, for threads that make databases of their own (`databasesOn`). Holds a password. */
  readonly serverUrl: string
  close(): Promise<void>
}

const templateName = 'template_hub'
const nameOf = (url: string): string => new URL(url).pathname.slice(1)

/** @param prefix tells the databases of several threads apart */
export const databasesOn = (serverUrl: string, prefix: string): Databases => {
  const urlOf = (name: string): string => Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: serverUrl })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  let count = 0
  const create = async (template: string): Promise<string> => {
    const name = `${prefix}_${++count}`
    await run(`CREATE DATABASE ${name} TEMPLATE ${template}`)
    return urlOf(name)
  }
  const drop = (url: string): Promise<void> => run(`DROP DATABASE IF EXISTS ${nameOf(url)} WITH (FORCE)`)
  return {
    database: (from) => create(from === undefined ? templateName : nameOf(from)),
    drop,
    exchange: async () => {
      const url = await create('template1')
      return { url, close: () => drop(url) }
    },
  }
}

/** Starts the server and prepares a template. `durable` false: no fsync, for runs that kill no server. */
export const openScratch = async (options: { durable?: boolean } = {}): Promise<Scratch> => {
  const folder = await mkdtemp(join(tmpdir(), 'jingwei-accept-'))
  const server = await openEmbedded({ dataFolder: folder, durable: options.durable ?? false })
  const login = { user: server.superuser, password: server.password }
  const serverUrl = `postgresql://${server.superuser}:${encodeURIComponent(server.password.reveal())}@${server.host}:${server.port}/postgres`
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  await client.query(`CREATE DATABASE ${templateName}`).finally(() => client.end())
  await prepareDatabase({
    address: { host: server.host, port: server.port, database: templateName, ssl: undefined },
    login,
    passwords: rolePasswordsFrom(server.password),
  })
  return {
    ...databasesOn(serverUrl, 'hub'),
    serverUrl,
    close: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
