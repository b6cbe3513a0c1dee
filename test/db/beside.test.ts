/** The database beside the hub's: made once, reached by the hub's own way, and left out where the login may not make one. */
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { databaseBeside } from '../../src/db/beside.ts'
import type { Database } from '../../src/db/database.ts'
import { newId } from '../../src/kernel/ids.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { asSuperuser, testDatabase, urlOnTestServer } from '../support/database.ts'

const db = await testDatabase()
afterAll(() => asSuperuser(`DROP DATABASE IF EXISTS ${db.name}_exchange WITH (FORCE)`))

const nameAt = async (url: Secret | null): Promise<string> => {
  const client = new pg.Client(url?.reveal())
  await client.connect()
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name')
  await client.end()
  return rows[0]?.name ?? ''
}

test('is made beside the embedded database, and found the next time', async () => {
  for (let i = 0; i < 2; i++)
    expect(await nameAt(await databaseBeside(db, 'exchange', null))).toBe(`${db.name}_exchange`)
})

test('is reached by the URL that the hub was given, with its options', async () => {
  const given = new Secret(`${urlOnTestServer(db.name)}?application_name=hub`)
  const url = await databaseBeside(db, 'exchange', given)
  expect(new URL(url?.reveal() ?? '').searchParams.get('application_name')).toBe('hub')
  expect(await nameAt(url)).toBe(`${db.name}_exchange`)
})

test('is none where the login may not create databases', async () => {
  const user = newId('login')
  await asSuperuser(`CREATE ROLE ${user} LOGIN PASSWORD 'demo-only'`)
  try {
    await asSuperuser(`GRANT CONNECT ON DATABASE ${db.name} TO ${user}`)
    const access = { ...db.access, login: { user, password: new Secret('demo-only') } }
    const limited: Database = { ...db, access }
    expect(await databaseBeside(limited, 'other', null)).toBeNull()
  } finally {
    await asSuperuser(`REVOKE ALL ON DATABASE ${db.name} FROM ${user}`)
    await asSuperuser(`DROP ROLE ${user}`)
  }
})
