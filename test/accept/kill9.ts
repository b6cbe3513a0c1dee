/**
 * `kill9`: an import is killed at random moments, with PostgreSQL left alive or killed with it, and done again. Half of the moments hit the
 * first import of everything, half an import of one day's news into a hub that has the days before. `--times` moments of each kind of kill.
 */
import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkAll } from '../../src/check.ts'
import { openHub } from '../../src/hub.ts'
import { sleep, today } from '../../src/kernel/clock.ts'
import { loadConfig } from '../../src/kernel/config.ts'
import { type ContentDigest, contentDigest, differingParts } from '../support/digest.ts'
import { killHard, runHubCommand, serverPid, startHubCommand } from '../support/hub-command.ts'
import { seededRandom } from '../support/random.ts'
import { type Simulated, simulate } from '../support/simulated.ts'
import { type AcceptanceRun, expectThat, say } from './run.ts'

export type Killed = 'hub' | 'hub and server'

/** A data folder that an import starts from, what an undisturbed import makes of it, and how long that takes. */
export interface Stage {
  readonly name: string
  readonly base: string
  readonly digest: ContentDigest
  readonly tookMs: number
}

const copyFolder = (from: string, to: string) => promisify(execFile)('cp', ['-a', from, to])

const environmentOf = (simulated: Simulated, dataFolder: string) => ({
  ...simulated.environment(null),
  JINGWEI_DATA_DIR: dataFolder,
})

const importAgain = (simulated: Simulated, dataFolder: string) =>
  runHubCommand(environmentOf(simulated, dataFolder), ['import', 'all'])

const look = async (simulated: Simulated, dataFolder: string): Promise<{ digest: ContentDigest; findings: number }> => {
  const hub = await openHub(loadConfig(environmentOf(simulated, dataFolder)))
  try {
    const findings = (await checkAll(hub.db, 1_000_000)).checks.flatMap((c) => c.findings)
    return { digest: await contentDigest(hub.db), findings: findings.length }
  } finally {
    await hub.close()
  }
}

/** Imports into a copy of `base` without disturbance; the copy is left, at rest, as the base of a next stage. */
export const undisturbed = async (
  simulated: Simulated,
  name: string,
  base: string,
): Promise<Stage & { readonly result: string }> => {
  const result = join(simulated.folder, `${name}-undisturbed`)
  await copyFolder(base, result)
  const { code, tookMs, stdout, stderr } = await importAgain(simulated, result)
  if (code !== 0) throw new Error(`the undisturbed import ended with ${code}: ${stdout}${stderr}`)
  return { name, base, result, tookMs, digest: (await look(simulated, result)).digest }
}

export interface KillOutcome {
  readonly afterMs: number
  /** False where the import was over before the moment came. */
  readonly wasRunning: boolean
  readonly exitCode: number | null
  readonly differing: readonly string[]
  readonly findings: number
  readonly output: string
}

/** Kills an import on a copy of the stage's folder after `afterMs`, imports again, and compares. */
export const killOnce = async (
  simulated: Simulated,
  stage: Stage,
  killed: Killed,
  afterMs: number,
): Promise<KillOutcome> => {
  const folder = join(simulated.folder, 'victim')
  await copyFolder(stage.base, folder)
  try {
    const victim = startHubCommand(environmentOf(simulated, folder), ['import', 'all'])
    const first = await Promise.race([victim.finished, sleep(afterMs).then(() => null)])
    const server = killed === 'hub' ? null : await serverPid(folder)
    victim.child.kill('SIGKILL')
    if (server !== null) killHard(server)
    await victim.finished
    const again = await importAgain(simulated, folder)
    const { digest, findings } = await look(simulated, folder)
    return {
      afterMs,
      wasRunning: first === null,
      exitCode: again.code,
      differing: differingParts(stage.digest, digest),
      findings,
      output: `${again.stdout}${again.stderr}`,
    }
  } finally {
    const left = await serverPid(folder)
    if (left !== null) killHard(left)
    await rm(folder, { recursive: true, force: true })
  }
}

const tell = (stage: Stage, killed: Killed, o: KillOutcome): boolean => {
  const holds = o.exitCode === 0 && o.differing.length === 0 && o.findings === 0
  const what = `${stage.name}, ${killed} killed after ${Math.round(o.afterMs)} ms${o.wasRunning ? '' : ' (it was over)'}: exit ${o.exitCode}, ${o.differing.length === 0 ? 'same content' : `differs in ${o.differing.join(' ')}`}, ${o.findings} findings`
  if (!holds)
    say(
      o.output
        .trim()
        .split('\n')
        .slice(-12)
        .map((line) => `     ${line.slice(0, 300)}`)
        .join('\n'),
    )
  return expectThat(holds, what)
}

/** An empty, migrated hub at rest. */
export const emptyHub = async (simulated: Simulated): Promise<string> => {
  const folder = join(simulated.folder, 'empty')
  await mkdir(folder, { recursive: true })
  const { code, stderr } = await runHubCommand(environmentOf(simulated, folder), ['migrate'])
  if (code !== 0) throw new Error(`migrate ended with ${code}: ${stderr}`)
  return folder
}

/** Moments that find the import over are told too but do not count; the window shrinks with them, for the machine may have become faster. */
const killAtRandom = async (
  simulated: Simulated,
  stage: Stage,
  moments: number,
  random: () => number,
): Promise<boolean> => {
  let isMet = true
  for (const killed of ['hub', 'hub and server'] as const) {
    let windowMs = stage.tookMs
    for (let hits = 0; hits < moments; ) {
      const outcome = await killOnce(simulated, stage, killed, random() * windowMs)
      isMet = tell(stage, killed, outcome) && isMet
      if (outcome.wasRunning) hits++
      else windowMs = Math.max(500, windowMs * 0.8)
    }
  }
  return isMet
}

export const kill9: AcceptanceRun = async ({ size, seed, times }) => {
  // Processes of their own cannot be told the time, so the world begins today.
  const simulated = await simulate({ size, seed, clock: 'wall', today: today() })
  const random = seededRandom(seed)
  try {
    const first = await undisturbed(simulated, 'first import', await emptyHub(simulated))
    say(
      `     undisturbed first import: ${Math.round(first.tookMs)} ms, content ${first.digest.total.slice(0, 16)}; seed ${seed}`,
    )
    const half = Math.ceil(times / 2)
    const isMet = await killAtRandom(simulated, first, half, random)
    await simulated.advance(1)
    const day = await undisturbed(simulated, 'one day', first.result)
    say(`     undisturbed day: ${Math.round(day.tookMs)} ms, content ${day.digest.total.slice(0, 16)}`)
    return (await killAtRandom(simulated, day, times - half, random)) && isMet
  } finally {
    await simulated.close()
  }
}
