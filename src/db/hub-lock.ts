/**
 * Decides between two hubs on one data folder: held only while a server is being started, adopted or stopped.
 * A lock file names its holder (process id and its start), so one left by a dead process is told from one that is held.
 */

import { readFileSync } from 'node:fs'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { elapsedMs, sleep } from '../kernel/clock.ts'
import { codeOf } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { dbError } from './errors.ts'

/** State letter and start (clock ticks since boot) of a process; null where it does not live or the system does not say. */
const processStat = (pid: number): { readonly state: string; readonly start: string } | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may hold blanks: fields are counted from behind it (state is field 3, the start field 22).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', start: fields[19] ?? '' }
  } catch {
    return null
  }
}

const startOf = (pid: number): string | null => processStat(pid)?.start ?? null

/** Whether a process with this id exists, whoever owns it; a zombie still has its id. */
export const hasProcessId = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** True while a process with this id runs. A zombie (nobody reaps in many containers) does not. */
export const isAlive = (pid: number): boolean => hasProcessId(pid) && processStat(pid)?.state !== 'Z'

const isHeld = (content: string): boolean => {
  const [pid, start] = content.split(' ')
  if (!isAlive(Number(pid))) return false
  const living = startOf(Number(pid))
  return living === null || !start || start === living
}

const read = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null)

/** Moves a stale lock out of the way; puts it back if someone took it over in between. */
const clearStale = async (path: string, stale: string): Promise<void> => {
  const aside = `${path}.${newId('stale')}`
  try {
    await rename(path, aside)
  } catch {
    return
  }
  if ((await read(aside)) !== stale) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}

/** Runs `fn` as the only process (and the only caller in this one) that holds `<folder>/hub.lock`. Throws `db.embedded_locked` after `waitMaxMs`. */
export const withHubLock = async <T>(folder: string, fn: () => Promise<T>, waitMaxMs = 120_000): Promise<T> => {
  const path = join(folder, 'hub.lock')
  const own = `${path}.${newId('own')}`
  const mine = `${process.pid} ${startOf(process.pid) ?? ''} ${own.slice(-16)}`
  await writeFile(own, mine, { mode: 0o600 })
  try {
    const start = elapsedMs()
    for (;;) {
      // link() is atomic and brings the content with it: no reader ever meets an empty lock.
      const taken = await link(own, path).then(
        () => true,
        (error) => {
          if (codeOf(error) === 'EEXIST') return false
          throw error
        },
      )
      if (taken) break
      const holder = await read(path)
      if (holder !== null && !isHeld(holder)) await clearStale(path, holder)
      else if (elapsedMs() - start > waitMaxMs) throw dbError('db.embedded_locked', { context: { path, holder } })
      else await sleep(25)
    }
    return await fn()
  } finally {
    if ((await read(path)) === mine) await rm(path, { force: true })
    await rm(own, { force: true })
  }
}
