/**
 * PostgreSQL refuses to run as root. A hub that runs as root therefore runs its server as another user, and that user must be able to reach
 * the binaries and the data folder, which may lie in a folder only root can enter (a clone under `mktemp -d`, /root).
 * Then the server gets the one right to pass directories (CAP_DAC_READ_SEARCH) by setpriv; where the container does not grant it,
 * those directories get the right to pass (o+x, not to list) and the log says so.
 */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { chmod, chown } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { log } from '../kernel/log.ts'
import { dbError } from './errors.ts'

export interface ServerUser {
  /** Null: the server runs as the hub itself does. */
  readonly ids: { readonly uid: number; readonly gid: number } | null
  /** Words before each command, e.g. setpriv with its options. */
  readonly wrapper: readonly string[]
}

const run = promisify(execFile)

/** First user of /etc/passwd that suits: initdb wants one with a name. */
const chooseIds = (dataFolder: string): { uid: number; gid: number } => {
  if (existsSync(dataFolder)) {
    const { uid, gid } = statSync(dataFolder)
    if (uid !== 0) return { uid, gid }
  }
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const name of ['postgres', 'node', 'nobody']) {
    const user = users.find((fields) => fields[0] === name)
    if (user) return { uid: Number(user[2]), gid: Number(user[3]) }
  }
  throw dbError('db.embedded_start_failed', {
    detail: { zh: '没有可用的非 root 用户', en: 'there is no user other than root' },
  })
}

const canPass = (ids: { uid: number; gid: number }, folder: string): boolean => {
  const { mode, uid, gid } = statSync(folder)
  if (uid === ids.uid) return (mode & 0o100) !== 0
  if (gid === ids.gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}

/** This folder and those above it that the user may not pass. */
const closedFrom = (ids: { uid: number; gid: number }, start: string): string[] => {
  const closed: string[] = []
  for (let folder = realpathSync(start); ; folder = dirname(folder)) {
    if (!canPass(ids, folder)) closed.push(folder)
    if (folder === dirname(folder)) return closed
  }
}

const withCapability = (ids: { uid: number; gid: number }): string[] => [
  'setpriv',
  `--reuid=${ids.uid}`,
  `--regid=${ids.gid}`,
  '--clear-groups',
  // Without this bit access(2), by which PostgreSQL looks for its programs, ignores the capability.
  '--securebits=+no_setuid_fixup',
  '--inh-caps=-all,+dac_read_search',
  '--ambient-caps=-all,+dac_read_search',
]

const works = async (wrapper: readonly string[], probe: string): Promise<boolean> => {
  try {
    await run(wrapper[0]!, [...wrapper.slice(1), probe, '--version'])
    return true
  } catch {
    return false
  }
}

/**
 * Decides who runs the server: the owner of `clusterFolder` where it exists. That user must reach `program` and the data folder around the cluster.
 * Throws `db.data_folder_unreachable`.
 */
export const chooseServerUser = async (clusterFolder: string, program: string): Promise<ServerUser> => {
  if (process.getuid?.() !== 0) return { ids: null, wrapper: [] }
  const ids = chooseIds(clusterFolder)
  const dataFolder = dirname(clusterFolder)
  // Our own folder: what is secret in it is a file of mode 0600.
  if (!canPass(ids, dataFolder)) await chmod(dataFolder, 0o711)
  const closed = [...new Set([dirname(program), dataFolder].flatMap((folder) => closedFrom(ids, folder)))]
  if (closed.length === 0) return { ids, wrapper: [] }
  const wrapper = withCapability(ids)
  if (await works(wrapper, program)) return { ids, wrapper }
  for (const folder of closed) {
    await chmod(folder, (statSync(folder).mode & 0o7777) | 0o001).catch((cause) => {
      throw dbError('db.data_folder_unreachable', { detail: folder, cause })
    })
    log.warn({ folder }, 'gave the user of the embedded database the right to pass this folder (o+x)')
  }
  return { ids, wrapper: [] }
}

/** The command and the spawn options that run `program` as the chosen user. */
export const asServerUser = (
  user: ServerUser,
  program: string,
  args: readonly string[],
): { readonly command: string; readonly args: string[]; readonly options: { uid?: number; gid?: number } } => {
  const [first, ...rest] = [...user.wrapper, program, ...args] as [string, ...string[]]
  return {
    command: first,
    args: rest,
    options: user.ids && user.wrapper.length === 0 ? { uid: user.ids.uid, gid: user.ids.gid } : {},
  }
}

/** Lets the server's user own a folder and what is in it. */
export const giveToServerUser = (user: ServerUser, path: string): void => {
  if (user.ids) execFileSync('chown', ['-R', `${user.ids.uid}:${user.ids.gid}`, path])
}

/** As root: gives a file to whoever owns the folder it lies in. */
export const giveToOwnerOf = async (folder: string, path: string): Promise<void> => {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(folder)
  await chown(path, uid, gid)
}
