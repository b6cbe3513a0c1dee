import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { systemActor } from '../../src/access/actor.ts'
import { findUnfit } from '../../src/db/check-server.ts'
import { connectDatabase, parseDatabaseUrl, prepareDatabase, type ServerAccess } from '../../src/db/database.ts'
import { databaseRoles } from '../../src/db/names.ts'
import { newId } from '../../src/kernel/ids.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { asSuperuser, emptyDatabase, testAccess } from '../support/database.ts'

/** A login that is no superuser, as a production database gives out; dropped at the end. */
const ordinaryLogin = async (access: ServerAccess, attributes: string): Promise<ServerAccess> => {
  const user = newId('login')
  await asSuperuser(`CREATE ROLE ${user} LOGIN PASSWORD 'for-this-test' ${attributes}`)
  await asSuperuser(`ALTER DATABASE ${access.address.database} OWNER TO ${user}`)
  afterAll(async () => {
    await asSuperuser(`DROP DATABASE IF EXISTS ${access.address.database} WITH (FORCE)`)
    await asSuperuser(`DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}`)
  })
  return { ...access, login: { user, password: new Secret('for-this-test') } }
}

test('no role of the hub is a superuser, passes row security, or makes roles and databases', async () => {
  const { rows } = await asSuperuser(
    `SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin FROM pg_roles WHERE rolname LIKE 'jingwei\\_%' AND rolname <> 'jingwei_root' ORDER BY 1`,
  )
  expect(rows.map((row) => row.rolname)).toEqual([...databaseRoles].sort())
  for (const row of rows) {
    expect(row).toMatchObject({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      rolcanlogin: true,
    })
  }
})

test('only the owner makes and drops tables; the pipeline writes rows; the reader writes nothing', async () => {
  const access = await emptyDatabase()
  await prepareDatabase(access)
  const tryAs = async (role: (typeof databaseRoles)[number], sql: string) => {
    const client = new pg.Client({
      ...access.address,
      user: role,
      password: access.passwords(role).reveal(),
      options: '-c search_path=jingwei',
    } as pg.ClientConfig)
    await client.connect()
    return client
      .query(sql)
      .then(
        () => 'allowed',
        (error) => error.code,
      )
      .finally(() => client.end())
  }
  expect(await tryAs('jingwei_owner', 'CREATE TABLE made (n int)')).toBe('allowed')
  for (const role of ['jingwei_pipeline', 'jingwei_reader'] as const) {
    expect(await tryAs(role, 'CREATE TABLE x (n int)')).toBe('42501')
    expect(await tryAs(role, 'DROP TABLE made')).toBe('42501')
    expect(await tryAs(role, 'CREATE TABLE public.x (n int)')).toBe('42501')
  }
  expect(await tryAs('jingwei_pipeline', 'INSERT INTO made VALUES (1)')).toBe('allowed')
  expect(await tryAs('jingwei_reader', 'SELECT FROM made')).toBe('42501')
  expect(await tryAs('jingwei_reader', 'SELECT FROM raw_version')).toBe('42501')
  expect(await tryAs('jingwei_queue', 'CREATE TABLE pgboss.x (n int)')).toBe('allowed')
  expect(await tryAs('jingwei_pipeline', 'INSERT INTO pgboss.x VALUES (1)')).toBe('allowed')
  expect(await tryAs('jingwei_queue', 'SELECT FROM jingwei.raw_version')).toBe('42501')
})

test('preparing again changes nothing and needs no rights', async () => {
  const access = await emptyDatabase()
  await prepareDatabase(access)
  await prepareDatabase(await ordinaryLogin(access, ''))
})

test('a login without superuser rights that owns its database can prepare it', async () => {
  const access = await ordinaryLogin(await emptyDatabase(), 'CREATEROLE')
  for (const role of databaseRoles) await asSuperuser(`GRANT ${role} TO ${access.login.user} WITH ADMIN OPTION`)
  await prepareDatabase(access)
})

test('a login that may not make what is missing is told the SQL to run', async () => {
  const access = await ordinaryLogin(await emptyDatabase(), '')
  await expect(prepareDatabase(access)).rejects.toMatchObject({
    code: 'db.roles_missing',
    context: { sql: expect.stringMatching(/CREATE ROLE jingwei_owner[\s\S]*CREATE SCHEMA IF NOT EXISTS jingwei/) },
  })
})

test('a database the hub would be silently wrong on is refused at the start', async () => {
  await expect(
    prepareDatabase(await emptyDatabase(`TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc`)),
  ).rejects.toMatchObject({ code: 'db.encoding_not_utf8' })
  await expect(
    prepareDatabase(await emptyDatabase(`TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER libc`)),
  ).rejects.toMatchObject({ code: 'db.ctype_c' })
  expect(findUnfit({ version: 140_012, encoding: 'UTF8', knowsChinese: true })).toMatchObject({
    code: 'db.server_too_old',
  })
  expect(findUnfit({ version: 150_000, encoding: 'UTF8', knowsChinese: true })).toBeNull()
})

const pools = {
  pipeline: { connectionsMax: 2, statementTimeoutMs: 0 },
  reader: { connectionsMax: 2, statementTimeoutMs: 0 },
}
const settings = (url: string) => ({ url: new Secret(url), dataFolder: '/nonexistent', masterKey: null, ...pools })

test('a database that cannot be reached, a wrong password and a wrong URL have codes of their own', async () => {
  const { address, login } = testAccess()
  await expect(connectDatabase(settings('postgresql://x:y@127.0.0.1:1/z'))).rejects.toMatchObject({
    code: 'db.unreachable',
    retryable: true,
  })
  await expect(
    connectDatabase(settings(`postgresql://${login.user}:wrong@${address.host}:${address.port}/postgres`)),
  ).rejects.toMatchObject({ code: 'db.login_refused', retryable: false })
  expect(() => parseDatabaseUrl(new Secret('mysql://x'))).toThrow(expect.objectContaining({ code: 'db.unreachable' }))
})

test('a DATABASE_URL alone is enough, and what it opens reads and writes', async () => {
  const { address, login } = await emptyDatabase()
  const db = await connectDatabase(
    settings(
      `postgresql://${login.user}:${encodeURIComponent(login.password.reveal())}@${address.host}:${address.port}/${address.database}`,
    ),
  )
  try {
    expect(db.embedded).toBeNull()
    const { rows } = await db.withActor(systemActor, (client) => client.query('SELECT current_user AS who'))
    expect(rows).toEqual([{ who: 'jingwei_reader' }])
    const queue = new pg.Client({ connectionString: db.queueUrl })
    await queue.connect()
    expect((await queue.query('SELECT current_user AS who')).rows).toEqual([{ who: 'jingwei_queue' }])
    await queue.end()
  } finally {
    await db.close()
  }
})
