/** The hub's side of the importing thread: tasks out, ends in. A thread that dies fails its tasks and is replaced. */
import { Worker } from 'node:worker_threads'
import { carryDatabase } from '../db/carry.ts'
import type { Hub } from '../hub.ts'
import { HubError } from '../kernel/errors.ts'
import { log } from '../kernel/log.ts'
import { loadMasterKey } from '../kernel/master-key.ts'
import type { Answered, Ended, Task, ThreadData } from './tasks.ts'

export interface Importer {
  /** Resolves when the task has ended: with the state of each run of an import, else with nothing. */
  run(task: Task): Promise<readonly Ended[]>
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

/** Starts the thread with its own database connections. */
export const startImporter = async (hub: Hub): Promise<Importer> => {
  const data = await dataOf(hub)
  const waiting = new Map<number, PromiseWithResolvers<readonly Ended[]>>()
  let isStopping = false
  let lastId = 0

  const settle = (message: Answered): void => {
    const task = waiting.get(message.id)
    waiting.delete(message.id)
    if ('ended' in message) task?.resolve(message.ended)
    else
      task?.reject(
        new HubError({
          code: 'worker.task_failed',
          publicMessage: { zh: '导入线程处理失败，详见日志', en: 'the importing thread failed, see the log' },
          message: message.failed,
        }),
      )
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

  return {
    run: (task) => {
      const id = ++lastId
      const asked = Promise.withResolvers<readonly Ended[]>()
      waiting.set(id, asked)
      thread.postMessage({ id, task })
      return asked.promise
    },
    stop: async () => {
      isStopping = true
      const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
      thread.postMessage('stop')
      await ended
    },
  }
}
