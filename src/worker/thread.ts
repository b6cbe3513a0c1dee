/** The importing thread: all that reads, maps, links and tracks runs here, so that requests never wait for an import (one thread answers, one works). */
import { parentPort, workerData } from 'node:worker_threads'
import { answerAct, performAct } from '../acts.ts'
import { backfillFeed } from '../backfill.ts'
import { openCarried } from '../db/carry.ts'
import { feedNamed, hubOn } from '../hub.ts'
import { importFeeds } from '../import.ts'
import { createKeyring } from '../kernel/cipher.ts'
import { asError, HubError, isHubError } from '../kernel/errors.ts'
import { log, setLogLevel } from '../kernel/log.ts'
import { Secret } from '../kernel/secret.ts'
import { advance } from '../pipeline.ts'
import { rehearseAsRun } from '../rehearsal.ts'
import type { ActTask, Answered, Asked, Ended, Failure, Task, ThreadData } from './tasks.ts'

const data = workerData as ThreadData
setLogLevel(data.logLevel)

const sources = Object.fromEntries(
  Object.entries(data.sources).map(([name, { secret, database, ...source }]) => [
    name,
    {
      ...source,
      ...(secret === undefined ? {} : { secret: new Secret(secret) }),
      ...(database === undefined ? {} : { database: new Secret(database) }),
    },
  ]),
)
const hub = hubOn(
  { region: data.region, policies: data.policies, sources },
  openCarried(data.database),
  createKeyring(Buffer.from(data.masterKeyHex, 'hex')),
)
const stopping = new AbortController()

const actDeps = { ...hub, secondPersonFromFen: BigInt(data.policies.judgement.secondPersonFromYuan) * 100n }
const act = (task: ActTask) => (task.kind === 'act' ? performAct(actDeps, task) : answerAct(actDeps, task))

const work = async (task: Task): Promise<Ended[]> => {
  if (task.kind === 'advance') {
    await advance(hub)
    return []
  }
  const requests = task.runs.map(({ feed, ...run }) => ({
    ...run,
    feed: feedNamed(hub, feed),
    signal: stopping.signal,
  }))
  if (task.kind === 'import') return (await importFeeds(hub, requests)).map(({ runId, state }) => ({ runId, state }))
  const ended: Ended[] = []
  for (const { range, byDay = false, ...request } of requests) {
    if (stopping.signal.aborted) break
    if (task.kind === 'rehearse')
      await rehearseAsRun(hub, request.feed, request.runId, { ...request, range: range ?? null })
    else if (range) {
      const { runId, state } = await backfillFeed(hub, { ...request, range, byDay })
      ended.push({ runId, state })
    }
  }
  return ended
}

const port = parentPort!
const answer = (message: Answered): void => port.postMessage(message)
const atWork = new Set<Promise<void>>()

/** What a person's act is refused for is no failure of the thread; only that is told in public words. */
const failureOf = (error: unknown): Failure => ({
  message: asError(error).message,
  refusal: isHubError(error)
    ? { code: error.code, publicMessage: error.publicMessage, retryable: error.retryable }
    : null,
})

const isRefusal = (error: unknown): boolean => isHubError(error) && /^(judgement|proposal)\./.test(error.code)

const told = async (id: number, task: Task | ActTask): Promise<Answered> =>
  task.kind === 'act' || task.kind === 'answer' ? { id, result: await act(task) } : { id, ended: await work(task) }

const take = (id: number, task: Task | ActTask): void => {
  const done = told(id, task).then(answer, (error: unknown) => {
    if (!isRefusal(error)) log.error({ err: error, task: task.kind }, 'the importing thread failed at a task')
    answer({ id, failed: failureOf(error) })
  })
  atWork.add(done)
  void done.finally(() => atWork.delete(done))
}

const stop = async (): Promise<void> => {
  stopping.abort(
    new HubError({
      code: 'import.stopped',
      publicMessage: {
        zh: '服务停止，导入中止；已收数据与断点保留',
        en: 'the hub is stopping; what had landed and its checkpoint stay',
      },
    }),
  )
  await Promise.all(atWork)
  await hub.close()
  port.close()
}

port.on('message', (message: Asked) => (message === 'stop' ? void stop() : take(message.id, message.task)))
