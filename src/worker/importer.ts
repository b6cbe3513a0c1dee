/** The hub's side of the importing thread: tasks out, ends in. A thread that dies fails its tasks and is replaced. */
import { Worker } from 'node:worker_threads'
import type { ActResult } from '#schemas/api/act.ts'
import { carryDatabase } from '../db/carry.ts'
import type { Hub } from '../hub.ts'
import { HubError } from '../kernel/errors.ts'
import { log } from '../kernel/log.ts'
import { loadMasterKey } from '../kernel/master-key.ts'
import type { ActTask, Answered, Ended, Failure, Task, ThreadData } from './tasks.ts'

export interface Importer {
  /** Resolves when the task has ended: with the state of each run of an import, else with nothing. */
  run(task: Task): Promise<readonly Ended[]>
  /** Resolves when the act is done, or is not to be; null where there was nothing to change. Throws what the act throws, by its code. */
  act(task: ActTask): Promise<ActResult | null>
  /** Ends what runs at its next safe point and waits for it. */
  stop(): Promise<void>
}

const dataOf = async (hub: Hub): Promise<ThreadData> => {
  const { config } = hub
  return {
    database: carryDatabase(hub.db.access, config.database),
    masterKeyHex: (await loadMasterKey(config)).toString('hex'),
    region: config.region,
    policies: config.policies,
    sources: Object.fromEntries(
      Object.entries(config.sources).map(([name, { secret, database, ...source }]) => [
        name,
        {
          ...source,
          ...(secret ? { secret: secret.reveal() } : {}),
          ...(database ? { database: database.reveal() } : {}),
        },
      ]),
    ),
    logLevel: log.level as ThreadData['logLevel'],
  }
}

const threadDied = (): HubError =>
  new HubError({
    code: 'worker.thread_died',
    publicMessage: { zh: '导入线程意外退出', en: 'the importing thread ended unexpectedly' },
    retryable: true,
  })

const errorOf = ({ message, refusal }: Failure): HubError =>
  refusal
    ? new HubError({ ...refusal, message })
    : new HubError({
        code: 'worker.task_failed',
        publicMessage: { zh: '导入线程处理失败，详见日志', en: 'the importing thread failed, see the log' },
        message,
      })

type Told = readonly Ended[] | ActResult | null

/** Starts the thread with its own database connections. */
export const startImporter = async (hub: Hub): Promise<Importer> => {
  const data = await dataOf(hub)
  const waiting = new Map<number, PromiseWithResolvers<Told>>()
  let isStopping = false
  let lastId = 0

  const settle = (message: Answered): void => {
    const task = waiting.get(message.id)
    waiting.delete(message.id)
    if ('ended' in message) task?.resolve(message.ended)
    else if ('result' in message) task?.resolve(message.result)
    else task?.reject(errorOf(message.failed))
  }

  const start = (): Worker => {
    const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: data })
    worker.on('message', settle)
    worker.on('error', (error) => log.error({ err: error }, 'the importing thread broke'))
    worker.on('exit', (code) => {
      for (const task of waiting.values()) task.reject(threadDied())
      waiting.clear()
      if (isStopping) return
      log.error({ code }, 'the importing thread ended; a new one starts')
      thread = start()
    })
    return worker
  }
  let thread = start()

  const ask = (task: Task | ActTask): Promise<Told> => {
    const id = ++lastId
    const asked = Promise.withResolvers<Told>()
    waiting.set(id, asked)
    thread.postMessage({ id, task })
    return asked.promise
  }

  return {
    run: async (task) => (await ask(task)) as readonly Ended[],
    act: async (task) => (await ask(task)) as ActResult | null,
    stop: async () => {
      isStopping = true
      const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
      thread.postMessage('stop')
      await ended
    },
  }
}
