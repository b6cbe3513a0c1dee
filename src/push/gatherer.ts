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
const waitMs = 5
/** Fewer than these are not parted: a gather's own share would be more than that of its pushes. */
const partedFrom = 8
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
  /** Senders when the gather before ended, each with a push at a time: in it, waiting behind it, or answered and on their way back; and when that was. */
  senders: number
  lastAtMs: number
  /** Pushes that were answered last, and those that came since. */
  answered: number
  came: number
  /** Called at each push that comes while a gather waits for more. */
  onPush: () => void
}

const newQueue = (feed: AnyFeed): Queue => ({
  feed,
  waiting: [],
  busy: null,
  senders: 0,
  lastAtMs: 0,
  answered: 0,
  came: 0,
  onPush: () => undefined,
})

/** Half of the senders: while one half is stored the other half is answered and sends again, so neither the hub nor the server waits for the other. */
const isWorthSending = ({ waiting, senders }: Queue): boolean =>
  waiting.length >= Math.max(senders / 2, Math.min(senders, partedFrom))

/** Waits for half of the senders, up to some milliseconds. A lone push waits for nobody but those that are ready with it. */
const linger = async (queue: Queue): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve))
  const leftMs = queue.lastAtMs + waitMs - elapsedMs()
  if (isWorthSending(queue) || leftMs <= 0) return
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, leftMs)
    queue.onPush = () => {
      if (!isWorthSending(queue)) return
      clearTimeout(timer)
      resolve()
    }
  })
  queue.onPush = () => undefined
}

/** A gather that was committed, or not. */
type Landed =
  | { readonly gather: readonly Waiting[]; readonly results: ReadonlyMap<SmallPush, SmallResult> }
  | { readonly gather: readonly Waiting[]; readonly error: unknown }

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

  const land = async (feed: AnyFeed, gather: readonly Waiting[]): Promise<Landed> => {
    try {
      const pushes = gather.map((w) => w.push)
      return { gather, results: await commit(feed, pushes) }
    } catch (error) {
      return { gather, error }
    }
  }

  const answer = async (feed: AnyFeed, landed: Landed): Promise<void> => {
    const { gather } = landed
    if ('results' in landed) {
      const { results } = landed
      if ([...results.values()].some((result) => 'answers' in result)) deps.onAdmitted()
      for (const { push, resolve } of gather) resolve(results.get(push)!)
      return
    }
    const { error } = landed
    // One push must not take its neighbours with it: each is tried alone, where the fault is not the database's.
    if (gather.length === 1 || isPassingDbError(error) || isHubError(error)) for (const w of gather) w.reject(error)
    else for (const w of gather) await answer(feed, await land(feed, [w]))
  }

  const takeSome = (waiting: Waiting[]): Waiting[] => {
    let rows = 0
    let n = 0
    while (n < waiting.length && (n === 0 || rows + waiting[n]!.push.rows.length <= rowsPerGather))
      rows += waiting[n++]!.push.rows.length
    rowsWaiting -= rows
    return waiting.splice(0, n)
  }

  const next = (queue: Queue): Promise<Landed> => land(queue.feed, takeSome(queue.waiting))

  const flush = async (queue: Queue): Promise<void> => {
    let landing: Promise<Landed> | null = null
    while (landing !== null || queue.waiting.length > 0) {
      if (landing === null) {
        await linger(queue)
        landing = next(queue)
      }
      const landed: Landed = await landing
      queue.senders = landed.gather.length + queue.waiting.length + Math.max(0, queue.answered - queue.came)
      queue.lastAtMs = elapsedMs()
      landing = queue.waiting.length > 0 && isWorthSending(queue) ? next(queue) : null
      // The next gather is on its way before the hub turns to the answers of this one; those who are answered have their turn to send again.
      await new Promise((resolve) => setImmediate(resolve))
      queue.answered = landed.gather.length
      queue.came = 0
      await answer(queue.feed, landed)
      if (landing === null) await new Promise((resolve) => setImmediate(resolve))
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
        queue.came++
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
