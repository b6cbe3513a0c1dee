/** The hub as a process of its own, as an operator or a scheduler starts it, and as the kernel ends it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../../src/kernel/config.ts'

export interface Finished {
  /** Null where a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly tookMs: number
}

export interface HubCommand {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
}

/** Starts `node src/main.ts <args>` with this environment; `input` is what its stdin gives. */
export const startHubCommand = (environment: Environment, args: readonly string[], input?: string): HubCommand => {
  const begun = performance.now()
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts'), ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  child.stdin?.end(input)
  const [out, err]: [string[], string[]] = [[], []]
  child.stdout?.setEncoding('utf8').on('data', (text: string) => out.push(text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => err.push(text))
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ code, stdout: out.join(''), stderr: err.join(''), tookMs: performance.now() - begun }),
    )
  })
  return { child, finished }
}

/** Runs a command to its end. */
export const runHubCommand = (environment: Environment, args: readonly string[]): Promise<Finished> =>
  startHubCommand(environment, args).finished

/** The embedded server of a data folder, null where none has written its pid. */
export const serverPid = async (dataFolder: string): Promise<number | null> => {
  const text = await readFile(join(dataFolder, 'pg', 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  return Number.isInteger(pid) && pid > 0 ? pid : null
}

/** SIGKILL, and whether there was such a process. */
export const killHard = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}
