/** The hub under measurement: `serve` as an operator starts it, in a process of its own, its log in a file as a service manager would keep it. */
import { spawn } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sleep } from '../../src/kernel/clock.ts'
import { cpuMsOf } from './usage.ts'

export interface ServedHub {
  readonly port: number
  /** Peak resident memory since the last reset, and processor time so far, in all and of the serving thread. */
  usage(): Promise<{ readonly peakRssMb: number; readonly cpuMs: number; readonly serveCpuMs: number }>
  resetPeak(): Promise<void>
  end(): Promise<void>
}

const portIn = (log: string): number | null => {
  const url = /"url":"http:\/\/[^:]+:(\d+)"/.exec(log)?.[1]
  return url === undefined ? null : Number(url)
}

/** Starts it and waits until it says where it answers. Linux: usage is read from /proc. */
export const serveHub = async (
  folder: string,
  env: Readonly<Record<string, string>>,
  nodeArgs: readonly string[],
): Promise<ServedHub> => {
  const logPath = join(folder, 'hub.log')
  await using logFile = await open(logPath, 'w')
  const child = spawn(process.execPath, [...nodeArgs, join(import.meta.dirname, '../../src/main.ts'), 'serve'], {
    env: { ...process.env, ...env, PORT: '0' },
    stdio: ['ignore', 'ignore', logFile.fd],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let port: number | null = null
  while (port === null) {
    if (child.exitCode !== null) throw new Error(`the hub ended: ${await readFile(logPath, 'utf8')}`)
    await sleep(50)
    port = portIn(await readFile(logPath, 'utf8'))
  }
  const proc = `/proc/${child.pid}`
  return {
    port,
    usage: async () => {
      const status = await readFile(`${proc}/status`, 'utf8')
      return {
        peakRssMb: Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024),
        cpuMs: await cpuMsOf(child.pid!),
        serveCpuMs: await cpuMsOf(`${child.pid}/task/${child.pid}`),
      }
    },
    resetPeak: async () => {
      await using file = await open(`${proc}/clear_refs`, 'w')
      await file.write('5')
    },
    end: async () => {
      child.kill('SIGTERM')
      await gone
    },
  }
}
