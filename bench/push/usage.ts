/** Processor time of processes, as Linux counts it in /proc. */
import { readdir, readFile } from 'node:fs/promises'

const clockTicksPerSecond = 100

interface Stat {
  readonly parent: number
  readonly ownMs: number
  /** Of children that ended. */
  readonly endedMs: number
}

const statIn = (text: string): Stat => {
  const fields = text.slice(text.lastIndexOf(') ') + 2).split(' ')
  const ms = (at: number): number => (Number(fields[at]) * 1_000) / clockTicksPerSecond
  return { parent: Number(fields[1]), ownMs: ms(11) + ms(12), endedMs: ms(13) + ms(14) }
}

const readStat = async (path: string): Promise<Stat | null> => {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text === '' ? null : statIn(text)
}

/** So far, of a process, or of one of its threads by `task/<id>`; 0 where it is gone. */
export const cpuMsOf = async (pid: number | string): Promise<number> =>
  (await readStat(`/proc/${pid}/stat`))?.ownMs ?? 0

/** So far, of a PostgreSQL server: its first process, those that it has, and those that ended. */
export const serverCpuMs = async (clusterFolder: string): Promise<number> => {
  const postmaster = Number((await readFile(`${clusterFolder}/postmaster.pid`, 'utf8')).split('\n')[0])
  let ms = 0
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readStat(`/proc/${name}/stat`)
    if (stat && Number(name) === postmaster) ms += stat.ownMs + stat.endedMs
    else if (stat?.parent === postmaster) ms += stat.ownMs
  }
  return ms
}
