/**
 * An empty database for departments that write into front-end tables: on the test server, or on a server of its own where there is none
 * (acceptance runs kill hubs with their servers, and what the departments have must outlive that).
 */
import { join } from 'node:path'
import { openEmbedded } from '../../src/db/embedded.ts'
import { newId } from '../../src/kernel/ids.ts'

export interface Exchange {
  readonly url: string
  close(): Promise<void>
}

const onTestServer = async (): Promise<Exchange> => {
  // Acceptance runs are no tests and cannot load what belongs to the test runner.
  const { asSuperuser, urlOnTestServer } = await import('./database.ts')
  const name = newId('t')
  await asSuperuser(`CREATE DATABASE ${name}`)
  return {
    url: urlOnTestServer(name),
    close: async () => void (await asSuperuser(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  }
}

const onItsOwn = async (folder: string): Promise<Exchange> => {
  const server = await openEmbedded({ dataFolder: join(folder, 'exchange'), durable: false })
  const password = encodeURIComponent(server.password.reveal())
  return {
    url: `postgresql://${server.superuser}:${password}@${server.host}:${server.port}/postgres`,
    close: async () => void (await server.stop()),
  }
}

/** Opens one; the caller closes it. `folder` holds the server where it is its own. */
export const openExchangeDatabase = (folder: string): Promise<Exchange> =>
  process.env.VITEST ? onTestServer() : onItsOwn(folder)
