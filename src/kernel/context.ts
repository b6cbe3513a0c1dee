import { AsyncLocalStorage } from 'node:async_hooks'

/** The unit of work that runs: every log line and error report carries these ids. */
export interface WorkContext {
  readonly requestId?: string
  readonly runId?: string
  readonly batchId?: string
  readonly jobId?: string
}

const storage = new AsyncLocalStorage<WorkContext>()

/** Runs `fn` with these ids added to those of the work around it. */
export const withContext = <T>(ids: WorkContext, fn: () => T): T => storage.run({ ...storage.getStore(), ...ids }, fn)

export const currentContext = (): WorkContext => storage.getStore() ?? {}
