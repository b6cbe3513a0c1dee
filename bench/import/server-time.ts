/** Processor time of a PostgreSQL server, from the process table of Linux. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Of a clock tick, which Linux shows as a hundredth of a second to every program. */
const tickMs = 10

interface Times {
  readonly parent: number
  /** Own time, and that of children that have ended and were waited for. */
  readonly ownMs: number
  readonly endedMs: number
}

const timesOf = async (pid: string): Promise<Times | null> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The name in brackets may hold spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  if (fields.length < 16) return null
  const at = (field: number): number => Number(fields[field - 3]) * (field === 4 ? 1 : tickMs)
  return { parent: at(4), ownMs: at(14) + at(15), endedMs: at(16) + at(17) }
}

/** Milliseconds that the server of this data folder and its backends have used, those that ended included; null where it cannot be told. */
export const serverCpuMs = async (dataFolder: string): Promise<number | null> => {
  const file = await readFile(join(dataFolder, 'pg', 'postmaster.pid'), 'utf8').catch(() => '')
  const postmaster = file.split('\n')[0]?.trim() ?? ''
  const own = /^\d+$/.test(postmaster) ? await timesOf(postmaster) : null
  if (own === null) return null
  let sum = own.ownMs + own.endedMs
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const times = await timesOf(pid)
    if (times?.parent === Number(postmaster)) sum += times.ownMs
  }
  return sum
}
