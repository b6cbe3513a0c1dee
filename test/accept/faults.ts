/**
 * `faults`: every fault on every feed, then every two on each department (`--times N`: each N-th of the pairs, 0: none): a clear report, a failing
 * exit, and nothing of it left once mended. `--only <text>,<text>`: the cases whose name holds one. `--workers N`: threads side by side.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { type FaultCase, nameOf, pairCases, singleCases } from './fault-cases.ts'
import { type Stage, stagesOf } from './fault-plan.ts'
import type { Verdict } from './fault-stage.ts'
import type { ToldImport } from './fault-verdict.ts'
import type { Told, WorkerSettings } from './fault-worker.ts'
import { type AcceptanceRun, expectThat, type RunOptions, say } from './run.ts'
import { openScratch } from './scratch.ts'

/** Every so many of the pairs, the first by the seed: with `--times 1` all of them. */
const somePairs = ({ times, seed }: RunOptions): readonly FaultCase[] =>
  times === 0 ? [] : pairCases(seed).filter((_, i) => (i + seed) % times === 0)

const toldIn = ({ code, exitCode }: ToldImport): string => `${code ?? 'goes on'}, exit ${exitCode}`

const sayVerdict = ({ one, outcome: { met, exitCodeAfter }, wrong }: Verdict): boolean =>
  expectThat(
    wrong.length === 0,
    `${nameOf(one)}: ${met.map(toldIn).join('; ')}, then ${exitCodeAfter}${wrong.map((w) => `; ${w}`).join('')}`,
  )

/** Lets the thread work off stages until none waits. */
const workOff = (settings: WorkerSettings, waiting: Stage[], hear: (verdict: Verdict) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./fault-worker.ts', import.meta.url), { workerData: settings })
    const next = (): void => {
      const stage = waiting.shift()
      if (stage) worker.postMessage(stage)
      else void worker.terminate().then(() => resolve(), reject)
    }
    worker.on('error', reject)
    worker.on('message', (told: Told) => {
      if ('verdict' in told) return hear(told.verdict)
      if (told.error !== null) expectThat(false, `a stage stopped: ${told.error}`)
      next()
    })
    next()
  })

const cpuSeconds = ({ user, system }: NodeJS.CpuUsage): number => Math.round((user + system) / 1e6)

export const faults: AcceptanceRun = async (options) => {
  const singles = singleCases
  const pairs = somePairs(options)
  const isMeant = (one: FaultCase): boolean => options.only.split(',').some((text) => nameOf(one).includes(text))
  const cases = [...singles, ...pairs].filter(isMeant)
  const waiting = [...stagesOf(cases)]
  const rounds = waiting.reduce((sum, stage) => sum + stage.rounds.length, 0)
  const workers = options.workers ?? availableParallelism() + 1
  const before = process.cpuUsage()
  const scratch = await openScratch()
  try {
    let [heard, met] = [0, 0]
    const hear = (verdict: Verdict): void => {
      heard++
      if (sayVerdict(verdict)) met++
    }
    await Promise.all(
      Array.from({ length: workers }, (_, number) =>
        workOff({ serverUrl: scratch.serverUrl, number, seed: options.seed }, waiting, hear),
      ),
    )
    const alone = cases.filter(({ kinds }) => kinds.length === 1).length
    say(`     ${met} of ${cases.length} cases met (${alone} alone, ${cases.length - alone} in pairs), ${heard} told`)
    say(`     ${rounds} rounds, ${workers} workers, ${cpuSeconds(process.cpuUsage(before))} s of this process`)
    return met === cases.length
  } finally {
    await scratch.close()
  }
}
