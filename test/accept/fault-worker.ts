/** A thread that runs stages: it has a clock, departments and hubs of its own, and shares the database server with the others. */
import { parentPort, workerData } from 'node:worker_threads'
import { setLogLevel } from '../../src/kernel/log.ts'
import type { Stage } from './fault-plan.ts'
import { runStage, type Verdict } from './fault-stage.ts'
import { errorText } from './run.ts'
import { databasesOn } from './scratch.ts'

export interface WorkerSettings {
  readonly serverUrl: string
  readonly number: number
  readonly seed: number
}

/** What a worker tells: a verdict, and the end of a stage with what stopped it, if anything did. */
export type Told = { readonly verdict: Verdict } | { readonly done: true; readonly error: string | null }

const { serverUrl, number, seed } = workerData as WorkerSettings
const tell = (told: Told): void => parentPort!.postMessage(told)
const ground = { seed, ...databasesOn(serverUrl, `worker_${number}`) }

const run = async (stage: Stage): Promise<string | null> => {
  try {
    for await (const verdict of runStage(ground, stage)) tell({ verdict })
    return null
  } catch (error) {
    return errorText(error)
  }
}

setLogLevel('silent')
parentPort!.on('message', (stage: Stage) => void run(stage).then((error) => tell({ done: true, error })))
