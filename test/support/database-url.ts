/** A database of the test server as a hub's configuration names one: by its URL. */
import { afterAll, inject } from 'vitest'
import { newId } from '../../src/kernel/ids.ts'
import { asSuperuser, urlOnTestServer } from './database.ts'

/**
 * URL of a new, migrated database, dropped at the end of the test file; close the hubs on it before. With `from` a copy of that one, on which nobody
 * may be connected.
 */
export const testUrl = async (from?: string): Promise<string> => {
  const name = newId('t')
  const template = from === undefined ? inject('testServer').template : new URL(from).pathname.slice(1)
  await asSuperuser(`CREATE DATABASE ${name} TEMPLATE ${template}`)
  dropped.add(name)
  return urlOnTestServer(name)
}

const dropped = new Set<string>()
afterAll(async () => {
  for (const name of dropped) await asSuperuser(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
})
