/** Hands batches of parties to threads and their answers back in order. Each thread holds the whole register: no row is ever locked. */
import { Worker } from 'node:worker_threads'
import { HubError } from '../../kernel/errors.ts'
import type { PartyCells } from './link-lines.ts'
import type { LinkReply } from './link-worker.ts'

export interface BatchAnswer {
  readonly text: string
  readonly links: number
  readonly reviews: number
}

/** Batches under way a thread: enough that it never waits, few enough that memory stays flat. */
const openPerThread = 4

export class LinkThreads {
  private readonly workers: readonly Worker[]
  private readonly waiting = new Map<
    number,
    { resolve: (answer: BatchAnswer) => void; reject: (error: unknown) => void }
  >()
  private readonly ready: Promise<number>
  private next = 0
  private failure: unknown = null

  constructor(taxpayers: string, threads: number) {
    this.workers = Array.from(
      { length: threads },
      () => new Worker(new URL('./link-worker.ts', import.meta.url), { workerData: { taxpayers } }),
    )
    this.ready = Promise.all(this.workers.map((worker) => this.listen(worker))).then((sizes) => sizes[0] ?? 0)
    this.ready.catch(() => undefined)
  }

  /** How many taxpayers each thread holds; rejects where the file cannot be read. */
  whenReady(): Promise<number> {
    return this.ready
  }

  get open(): number {
    return this.waiting.size
  }

  get openMax(): number {
    return this.workers.length * openPerThread
  }

  answer(parties: readonly PartyCells[]): Promise<BatchAnswer> {
    if (this.failure !== null) return Promise.reject(this.failure)
    const number = this.next++
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject })
      this.workers[number % this.workers.length]!.postMessage({ number, parties })
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()))
  }

  private listen(worker: Worker): Promise<number> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        this.failure ??= error
        reject(error)
        for (const waiting of this.waiting.values()) waiting.reject(error)
        this.waiting.clear()
      }
      worker.on('error', fail)
      worker.on('message', (reply: LinkReply) => {
        if (reply.kind === 'ready') return resolve(reply.taxpayers)
        if (reply.kind === 'failed')
          return fail(new HubError({ code: reply.code, publicMessage: { zh: reply.zh, en: reply.en } }))
        const waiting = this.waiting.get(reply.number)
        this.waiting.delete(reply.number)
        waiting?.resolve(reply)
      })
    })
  }
}
