/** Decision 19, with real processes: the server outlives a hub that is killed, and is adopted, restarted or stopped as it should be. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectDatabase } from '../../src/db/database.ts'
import { type EmbeddedServer, openEmbedded } from '../../src/db/embedded.ts'
import { withHubLock } from '../../src/db/hub-lock.ts'
import { sleep } from '../../src/kernel/clock.ts'

let dataFolder: string
let open: EmbeddedServer[]
let children: ChildProcess[]

const packageFolder = process.env.TEST_PG_PACKAGE

const enter = async (): Promise<EmbeddedServer> => {
  const server = await openEmbedded({ dataFolder, durable: false, ...(packageFolder ? { packageFolder } : {}) })
  open.push(server)
  return server
}

beforeEach(async () => {
  // 0700 and owned by whoever runs the tests: what a clone under `mktemp -d` looks like to the server's user.
  dataFolder = join(await mkdtemp(join(tmpdir(), 'jingwei-embedded-')), 'data')
  open = []
  children = []
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  // Whatever a failed test left: enter once more so that the last one out stops it.
  if (open.length > 0) await enter()
  for (const server of open) await server.stop()
  await rm(join(dataFolder, '..'), { recursive: true, force: true })
})

/** Another hub process on the same folder; resolves once it has entered. */
const otherHub = async (): Promise<{ child: ChildProcess; origin: string; pid: number }> => {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../support/hub-process.ts'), dataFolder, packageFolder ?? ''],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  children.push(child)
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (data) => resolve(String(data)))
    child.once('exit', (code) => reject(new Error(`the other hub ended: ${code}`)))
  })
  return { child, ...(JSON.parse(line) as { origin: string; pid: number }) }
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) =>
    child.exitCode !== null || child.signalCode ? resolve() : child.once('exit', () => resolve()),
  )

const ask = async <T>(server: EmbeddedServer, sql: string): Promise<T[]> => {
  const client = new pg.Client({
    host: server.host,
    port: server.port,
    user: server.superuser,
    password: server.password.reveal(),
    database: 'postgres',
  })
  client.on('error', () => undefined)
  await client.connect()
  return client
    .query(sql)
    .then(({ rows }) => rows as T[])
    .finally(() => client.end())
}

const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

test('a new folder gets a server that only this machine and its owner can use, in seconds', async () => {
  const start = performance.now()
  const server = await enter()
  expect(performance.now() - start).toBeLessThan(10_000)
  expect(server.origin).toBe('started')
  expect(statSync(join(dataFolder, 'pg.json')).mode & 0o777).toBe(0o600)
  expect(statSync(join(dataFolder, 'pg')).mode & 0o777).toBe(0o700)
  const settings = await ask<{ name: string; setting: string }>(
    server,
    `SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'synchronous_commit', 'server_encoding', 'log_error_verbosity') ORDER BY name`,
  )
  expect(settings.map((row) => row.setting)).toEqual(['127.0.0.1', 'terse', 'UTF8', 'on'])
  expect(await ask(server, `SELECT U&'\\4E2D' ~ '^\\w$' AS known, 'ÀÉ' ILIKE 'àé' AS folded`)).toEqual([
    { known: true, folded: true },
  ])
  expect(readdirSync(dataFolder).sort()).toEqual(['pg', 'pg-start.log', 'pg.json'])
})

test('a wrong password is refused', async () => {
  const server = await enter()
  const client = new pg.Client({
    host: server.host,
    port: server.port,
    user: server.superuser,
    password: 'wrong',
    database: 'postgres',
  })
  await expect(client.connect()).rejects.toMatchObject({ code: '28P01' })
})

test('after a graceful stop nothing runs, and the next start has the same port and data', async () => {
  const first = await enter()
  await ask(first, 'CREATE TABLE kept AS SELECT 7 AS n')
  expect(await first.stop()).toBe('stopped')
  expect(isRunning(first.pid)).toBe(false)
  const second = await enter()
  expect(second).toMatchObject({ origin: 'started', port: first.port })
  expect(await ask(second, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
})

test('after kill -9 of the hub the server lives on and the next hub adopts it', async () => {
  const hub = await otherHub()
  hub.child.kill('SIGKILL')
  await ended(hub.child)
  expect(isRunning(hub.pid)).toBe(true)
  const server = await enter()
  expect(server).toMatchObject({ origin: 'adopted', pid: hub.pid })
  expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  // The one that started it is gone: the last one out stops it.
  expect(await server.stop()).toBe('stopped')
  expect(isRunning(hub.pid)).toBe(false)
})

test('after kill -9 of both the next hub starts the server, which recovers what was committed', async () => {
  const hub = await otherHub()
  const beside = await enter()
  await ask(beside, 'CREATE TABLE kept AS SELECT 7 AS n')
  await beside.stop()
  hub.child.kill('SIGKILL')
  process.kill(hub.pid, 'SIGKILL')
  await ended(hub.child)
  const server = await enter()
  expect(server.origin).toBe('started')
  expect(await ask(server, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
})

test('Ctrl-C in the terminal of the hub does not reach the server', async () => {
  const hub = await otherHub()
  const groupOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[2]
  expect(groupOf(hub.pid)).not.toBe(groupOf(hub.child.pid!))
})

test('two hubs share one server, and only the last to leave stops it', async () => {
  const hub = await otherHub()
  const server = await enter()
  expect(server).toMatchObject({ origin: 'adopted', pid: hub.pid })
  expect(await server.stop()).toBe('left running')
  hub.child.stdin?.end()
  await ended(hub.child)
  expect(isRunning(hub.pid)).toBe(false)
})

test('the one that started it may leave first: the other stops it', async () => {
  const hub = await otherHub()
  const server = await enter()
  hub.child.stdin?.end()
  await ended(hub.child)
  expect(isRunning(server.pid)).toBe(true)
  expect(await server.stop()).toBe('stopped')
})

test('several hubs that start at once on a new folder end up with one server', async () => {
  const servers = await Promise.all([enter(), enter(), enter(), otherHub().then(() => enter())])
  expect(new Set(servers.map((server) => server.pid)).size).toBe(1)
  expect(servers.filter((server) => server.origin === 'started').length).toBeLessThanOrEqual(1)
})

test('a server that dies under a running hub is started again on the same port', async () => {
  const server = await enter()
  const before = server.pid
  process.kill(before, 'SIGKILL')
  await expect.poll(() => ask(server, 'SELECT 1 AS one').catch(() => null), { timeout: 20_000 }).toEqual([{ one: 1 }])
  await expect.poll(() => server.pid, { timeout: 20_000 }).not.toBe(before)
})

test('a pid file whose id now belongs to another process does not stop the start', async () => {
  const first = await enter()
  await first.stop()
  // What a container shows after its end: the old file is still there, and its id is taken by something else (here: this test).
  await writeFile(
    join(dataFolder, 'pg/postmaster.pid'),
    `${process.pid}\n${dataFolder}/pg\n1\n${first.port}\n\n127.0.0.1\n1 1\nready   \n`,
  )
  expect((await enter()).origin).toBe('started')
})

test('a folder whose password file is lost is refused and its data left alone', async () => {
  const first = await enter()
  await first.stop()
  const saved = readFileSync(join(dataFolder, 'pg.json'))
  await rm(join(dataFolder, 'pg.json'))
  await expect(enter()).rejects.toMatchObject({ code: 'db.embedded_password_lost' })
  await writeFile(join(dataFolder, 'pg.json'), saved, { mode: 0o600 })
  expect((await enter()).origin).toBe('started')
})

test('a hub that was killed while it made its database begins again', async () => {
  const first = await enter()
  await first.stop()
  await rename(join(dataFolder, 'pg'), join(dataFolder, 'pg.new'))
  expect((await enter()).origin).toBe('started')
})

test('a hub without DATABASE_URL gets its own database, migrated, and a command beside it uses the same one', async () => {
  const pools = { connectionsMax: 2, statementTimeoutMs: 0 }
  const connect = () => connectDatabase({ url: null, dataFolder, masterKey: null, pipeline: pools, reader: pools })
  const hub = await connect()
  const command = await connect()
  try {
    await hub.pipeline.query(`INSERT INTO schedule (source, cron, updated_at) VALUES ('tax', '0 2 * * *', now())`)
    expect((await command.pipeline.query('SELECT source FROM schedule')).rows).toEqual([{ source: 'tax' }])
    expect([hub.embedded?.origin, command.embedded?.origin]).toEqual(['started', 'adopted'])
  } finally {
    await hub.close()
    expect((await command.pipeline.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await command.close()
  }
  expect(isRunning(hub.embedded!.pid)).toBe(false)
})

test('a lock left by a dead process is taken over, one that is held is waited for', async () => {
  await enter()
  const order: string[] = []
  await writeFile(join(dataFolder, 'hub.lock'), '999999999 1 gone')
  const first = withHubLock(dataFolder, async () => {
    order.push('first in')
    await sleep(60)
    order.push('first out')
  })
  await sleep(20)
  await withHubLock(dataFolder, async () => void order.push('second in'))
  await first
  expect(order).toEqual(['first in', 'first out', 'second in'])
  const held = withHubLock(dataFolder, () => sleep(200))
  await sleep(20)
  await expect(withHubLock(dataFolder, async () => undefined, 50)).rejects.toMatchObject({ code: 'db.embedded_locked' })
  await held
})
