/** On a server that has never seen a hub: what an ordinary login of a production database can and cannot do. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemActor } from '../../src/access/actor.ts'
import { connectDatabase } from '../../src/db/database.ts'
import { type EmbeddedServer, openEmbedded } from '../../src/db/embedded.ts'
import { Secret } from '../../src/kernel/secret.ts'

let folder: string
let server: EmbeddedServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jingwei-fresh-'))
  const packageFolder = process.env.TEST_PG_PACKAGE
  server = await openEmbedded({
    dataFolder: join(folder, 'data'),
    durable: false,
    ...(packageFolder ? { packageFolder } : {}),
  })
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const asSuperuser = async (sql: string, database = 'postgres') => {
  const client = new pg.Client({
    host: server.host,
    port: server.port,
    user: server.superuser,
    password: server.password.reveal(),
    database,
  })
  await client.connect()
  return client.query(sql).finally(() => client.end())
}

const pools = { connectionsMax: 2, statementTimeoutMs: 0 }
const connect = (user: string, password: string, database: string) =>
  connectDatabase({
    url: new Secret(`postgresql://${user}:${password}@${server.host}:${server.port}/${database}`),
    dataFolder: folder,
    masterKey: null,
    pipeline: pools,
    reader: pools,
  })

test('first a login without rights is told the SQL, then that SQL is run, then the hub starts', async () => {
  await asSuperuser(`CREATE ROLE plain LOGIN PASSWORD 'plain-password'`)
  await asSuperuser('CREATE DATABASE by_hand OWNER plain')
  const error = await connect('plain', 'plain-password', 'by_hand').catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'db.roles_missing' })
  expect(error.publicMessage.zh).toContain('CREATE ROLE jingwei_owner')
  await asSuperuser(error.context.sql as string, 'by_hand')
  const db = await connect('plain', 'plain-password', 'by_hand')
  try {
    expect((await db.pipeline.query('SELECT current_user AS who')).rows).toEqual([{ who: 'jingwei_pipeline' }])
    await expect(db.withActor(systemActor, (client) => client.query('SELECT FROM raw_version'))).rejects.toMatchObject({
      code: '42501',
    })
    const queue = new pg.Client({ connectionString: db.queueUrl })
    await queue.connect()
    expect((await queue.query('SELECT current_user AS who')).rows).toEqual([{ who: 'jingwei_queue' }])
    await queue.end()
  } finally {
    await db.close()
  }
})

test('a login that owns its database and may create roles needs nobody', async () => {
  await asSuperuser('DROP DATABASE by_hand WITH (FORCE)')
  await asSuperuser('DROP ROLE jingwei_owner, jingwei_pipeline, jingwei_reader, jingwei_queue')
  await asSuperuser(`CREATE ROLE maker LOGIN CREATEROLE PASSWORD 'maker-password'`)
  await asSuperuser('CREATE DATABASE made OWNER maker')
  const db = await connect('maker', 'maker-password', 'made')
  expect((await db.pipeline.query('SELECT current_user AS who')).rows).toEqual([{ who: 'jingwei_pipeline' }])
  await db.close()
})

test('a changed password of the login changes the roles with it', async () => {
  await asSuperuser(`ALTER ROLE maker PASSWORD 'another-password'`)
  const db = await connect('maker', 'another-password', 'made')
  expect((await db.reader.query('SELECT current_user AS who')).rows).toEqual([{ who: 'jingwei_reader' }])
  await db.close()
})
