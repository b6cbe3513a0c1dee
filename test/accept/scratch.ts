/** A PostgreSQL of the run's own with fresh databases, removed at the end: acceptance runs leave nothing behind. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { prepareDatabase, rolePasswordsFrom } from '../../src/db/database.ts'
import { openEmbedded } from '../../src/db/embedded.ts'

export interface Scratch {
  /** URL of a new, migrated and otherwise empty database. */
  database(): Promise<string>
  close(): Promise<void>
}

/** Starts the server and prepares a template. `durable` false: no fsync, for runs that kill no server. */
export const openScratch = async (options: { durable?: boolean } = {}): Promise<Scratch> => {
  const folder = await mkdtemp(join(tmpdir(), 'jingwei-accept-'))
  const server = await openEmbedded({ dataFolder: folder, durable: options.durable ?? false })
  const login = { user: server.superuser, password: server.password }
  const urlOf = (name: string) =>
    `postgresql://${server.superuser}:${encodeURIComponent(server.password.reveal())}@${server.host}:${server.port}/${name}`
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: urlOf('postgres') })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  await run('CREATE DATABASE template_hub')
  await prepareDatabase({
    address: { host: server.host, port: server.port, database: 'template_hub', ssl: undefined },
    login,
    passwords: rolePasswordsFrom(server.password),
  })
  let count = 0
  return {
    database: async () => {
      const name = `hub_${++count}`
      await run(`CREATE DATABASE ${name} TEMPLATE template_hub`)
      return urlOf(name)
    },
    close: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
