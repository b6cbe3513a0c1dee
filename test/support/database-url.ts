/** A database of the test server as a hub's configuration names one: by its URL. */
import { afterAll, inject } from 'vitest'
import { newId } from '../../src/kernel/ids.ts'
import { asSuperuser } from './database.ts'

/** URL of a new, migrated database, dropped at the end of the test file; close the hubs on it before. */
export const testUrl = async (): Promise<string> => {
  const server = inject('testServer')
  const name = newId('t')
  await asSuperuser(`CREATE DATABASE ${name} TEMPLATE ${server.template}`)
  dropped.add(name)
  return `postgresql://${server.user}:${encodeURIComponent(server.password)}@${server.host}:${server.port}/${name}`
}

const dropped = new Set<string>()
afterAll(async () => {
  for (const name of dropped) await asSuperuser(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
})
