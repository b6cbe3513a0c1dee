/**
 * Small pushes of one feed share a landing transaction (decision 21): what arrives within some milliseconds, or while the transaction before is
 * under way, goes in together, and every push is answered after the commit with its own receipt.
 */
import type { AnyFeed } from '../connect/feed.ts'
import { isPassingDbError } from '../db/errors.ts'
import { elapsedMs } from '../kernel/clock.ts'
import { isHubError } from '../kernel/errors.ts'
import { pushError } from './codes.ts'
import { type SmallResult, type StoreDeps, storeGather } from './store-gather.ts'
import type { SmallPush } from './types.ts'

export interface GathererDeps extends StoreDeps {
  /** Called after each commit that admitted something. */
  readonly onAdmitted: () => void
}

export interface Gatherer {
  /** Resolves when the push is committed. Throws `push.busy`. */
  add(feed: AnyFeed, push: SmallPush): Promise<SmallResult>
  /** Resolves when nothing is waiting. */
  drain(): Promise<void>
}

/** How long a gather waits for the senders of the one before, who have just been answered; longer than this ago they count as gone. */
const waitMs = 3
const rowsPerGather = 10_000
const rowsWaitingMax = 100_000
const attemptsMax = 3

interface Waiting {
  readonly push: SmallPush
  readonly resolve: (result: SmallResult) => void
  readonly reject: (error: unknown) => void
}

interface Queue {
  readonly feed: AnyFeed
  waiting: Waiting[]
  busy: Promise<void> | null
  /** Pushes that were in hand when the gather before ended, its own and those waiting behind it, and when that was. */
  lastSize: number
  lastAtMs: number
  /** Called at each push that comes while a gather waits for more. */
  onPush: () => void
}

const newQueue = (feed: AnyFeed): Queue => ({
  feed,
  waiting: [],
  busy: null,
  lastSize: 0,
  lastAtMs: 0,
  onPush: () => undefined,
})

/**
 * Waits for as many pushes as were in hand before, up to some milliseconds: senders that go on sending are answered together, so their next pushes
 * come together too. A lone push waits for nobody but those that are ready with it.
 */
const linger = async (queue: Queue): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve))
  const leftMs = queue.lastAtMs + waitMs - elapsedMs()
  if (queue.waiting.length >= queue.lastSize || leftMs <= 0) return
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, leftMs)
    queue.onPush = () => {
      if (queue.waiting.length < queue.lastSize) return
      clearTimeout(timer)
      resolve()
    }
  })
  queue.onPush = () => undefined
}

export const createGatherer = (deps: GathererDeps): Gatherer => {
  const queues = new Map<string, Queue>()
  let rowsWaiting = 0

  const commit = async (feed: AnyFeed, pushes: readonly SmallPush[]): Promise<Map<SmallPush, SmallResult>> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await storeGather(deps, feed, pushes)
      } catch (error) {
        if (attempt >= attemptsMax || !isPassingDbError(error)) throw error
      }
    }
  }

  const land = async (feed: AnyFeed, gather: readonly Waiting[]): Promise<void> => {
    try {
      const results = await commit(
        feed,
        gather.map((w) => w.push),
      )
      if ([...results.values()].some((result) => 'answers' in result)) deps.onAdmitted()
      for (const { push, resolve } of gather) resolve(results.get(push)!)
    } catch (error) {
      // One push must not take its neighbours with it: each is tried alone, where the fault is not the database's.
      if (gather.length === 1 || isPassingDbError(error) || isHubError(error)) for (const w of gather) w.reject(error)
      else for (const w of gather) await land(feed, [w])
    }
  }

  const takeSome = (waiting: Waiting[]): Waiting[] => {
    let rows = 0
    let n = 0
    while (n < waiting.length && (n === 0 || rows + waiting[n]!.push.rows.length <= rowsPerGather))
      rows += waiting[n++]!.push.rows.length
    rowsWaiting -= rows
    return waiting.splice(0, n)
  }

  const flush = async (queue: Queue): Promise<void> => {
    while (queue.waiting.length > 0) {
      await linger(queue)
      const gather = takeSome(queue.waiting)
      await land(queue.feed, gather)
      queue.lastSize = gather.length + queue.waiting.length
      queue.lastAtMs = elapsedMs()
      // Those who were answered have their turn to send again.
      await new Promise((resolve) => setImmediate(resolve))
    }
    queue.busy = null
  }

  return {
    add: (feed, push) =>
      new Promise((resolve, reject) => {
        if (rowsWaiting + push.rows.length > rowsWaitingMax) {
          reject(pushError('push.busy'))
          return
        }
        rowsWaiting += push.rows.length
        const queue = queues.get(feed.id) ?? newQueue(feed)
        queues.set(feed.id, queue)
        queue.waiting.push({ push, resolve, reject })
        queue.onPush()
        queue.busy ??= flush(queue)
      }),
    drain: async () => {
      for (;;) {
        const busy = [...queues.values()].flatMap((queue) => queue.busy ?? [])
        if (busy.length === 0) return
        await Promise.all(busy)
      }
    },
  }
}
