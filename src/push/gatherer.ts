/**
 * Small pushes of one feed share a landing transaction (decision 21): what arrives within some milliseconds, or while the transaction before is
 * under way, goes in together, and every push is answered after the commit with its own receipt.
 */
import type { PoolClient } from 'pg'
import { auditRow } from '../access/audit.ts'
import type { AnyFeed } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import { isPassingDbError } from '../db/errors.ts'
import { transaction } from '../db/transaction.ts'
import type { Keyring } from '../kernel/cipher.ts'
import { now } from '../kernel/clock.ts'
import { isHubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { closeBatchWithin, openBatchWithin } from '../landing/batch.ts'
import { mergeFills } from '../landing/fill.ts'
import { type LandResult, landWithin, lockFeed } from '../landing/land.ts'
import type { Run } from '../landing/run.ts'
import { pushError } from './codes.ts'
import { mergeDrift } from './drift.ts'
import { claimKeys, type KnownKey } from './idempotency.ts'
import { storeReceiptPages, storeReceipts } from './receipt.ts'
import { countOutcomes, type Receipt, type RowAnswer, type SmallPush } from './types.ts'

export interface GathererDeps {
  readonly db: Database
  readonly keyring: Keyring
  /** Called after each commit that admitted something. */
  readonly onAdmitted: () => void
}

/** `known`: the Idempotency-Key was used before, by a push that is answered for already. */
export type SmallResult =
  | { readonly answers: readonly RowAnswer[]; readonly receipt: Receipt }
  | { readonly known: KnownKey }

export interface Gatherer {
  /** Resolves when the push is committed. Throws `push.busy`. */
  add(feed: AnyFeed, push: SmallPush): Promise<SmallResult>
  /** Resolves when nothing is waiting. */
  drain(): Promise<void>
}

const waitMs = 3
const rowsPerGather = 10_000
const rowsWaitingMax = 100_000
const attemptsMax = 3

interface Waiting {
  readonly push: SmallPush
  readonly resolve: (result: SmallResult) => void
  readonly reject: (error: unknown) => void
}

/** Rows of one push out of the results of the whole gather, in order. */
const answersOf = (push: SmallPush, words: LandResult['outcomes'], from: number): RowAnswer[] => {
  const seen = new Set<string>()
  return push.rows.map(({ read, at }, i): RowAnswer => {
    if (read.fault) return { row: at.row, outcome: 'quarantined', keyHash: null, fault: read.fault }
    const isFirst = !seen.has(read.keyHash)
    seen.add(read.keyHash)
    const outcome = words[from + i]!
    // Repeated by another push that happened to share the transaction: to this sender the record was there already.
    return {
      row: at.row,
      outcome: outcome === 'repeated' && isFirst ? 'unchanged' : outcome,
      keyHash: read.keyHash,
      fault: null,
    }
  })
}

/** A run that begins and is carried on in the caller's transaction; it is ended when the stages have seen its batch. */
export const beginPushRun = async (client: PoolClient, feed: string, request: unknown): Promise<Run> => {
  const run: Run = { runId: newId('run'), attempt: 1, source: feed }
  await client.query(
    `INSERT INTO run (run_id, source, kind, attempt, state, started_at, beat_at, request) VALUES ($1, $2, 'push', 1, 'running', $3, $3, $4)`,
    [run.runId, feed, now(), JSON.stringify(request)],
  )
  return run
}

const auditPushes = async (client: PoolClient, feed: string, pushes: readonly SmallPush[]): Promise<void> => {
  for (const [id, own] of Map.groupBy(pushes, (push) => push.sender.id)) {
    const rows = own.reduce((sum, push) => sum + push.rows.length, 0)
    const detail = { receipts: own.map((push) => push.receiptId), rows }
    await auditRow(client, { actor: { id, role: 'partner' }, action: 'push.records', subject: feed, detail })
  }
}

const storeGather = async (
  client: PoolClient,
  keyring: Keyring,
  feed: AnyFeed,
  pushes: readonly SmallPush[],
): Promise<Map<SmallPush, SmallResult>> => {
  await lockFeed(client, feed.id)
  const claims = pushes.flatMap((p) => (p.idempotency ? [{ ...p.idempotency, receiptId: p.receiptId }] : []))
  const known = await claimKeys(client, feed.id, claims)
  const results = new Map<SmallPush, SmallResult>()
  const fresh = pushes.filter((push) => {
    const used = push.idempotency ? known.get(push.idempotency.key) : undefined
    if (used) results.set(push, { known: used })
    return !used
  })
  if (fresh.length === 0) return results
  const run = await beginPushRun(client, feed.id, { pushes: fresh.length })
  const batch = await openBatchWithin(client, feed, run, { mode: 'increment', ownBatch: true })
  const target = { feed, batchId: batch.batchId, mode: 'increment' as const, runId: run.runId, attempt: 1, keyring }
  const { outcomes } = await landWithin(client, target, {
    rows: fresh.flatMap((push) => push.rows),
    drift: mergeDrift(fresh.flatMap((push) => push.drift)),
    fill: mergeFills(fresh.map((push) => push.fill)),
    resume: null,
    isLast: true,
    watermark: null,
    declaredRows: null,
    declaredFen: null,
  })
  let from = 0
  const receivedAt = now()
  const answered = fresh.map((push) => {
    const answers = answersOf(push, outcomes, from)
    from += push.rows.length
    const { receiptId, mode, sender } = push
    const facts = { receiptId, mode, kind: 'records' as const, rows: answers.length, counts: countOutcomes(answers) }
    results.set(push, { answers, receipt: { ...facts, feed: feed.id, state: 'admitted', receivedAt } })
    return { answers, receipt: { ...facts, sender } }
  })
  await storeReceipts(
    client,
    feed.id,
    batch.batchId,
    receivedAt,
    answered.map((a) => a.receipt),
  )
  await storeReceiptPages(
    client,
    batch.batchId,
    answered.map(({ receipt, answers }) => ({ receiptId: receipt.receiptId, rows: answers })),
  )
  await auditPushes(client, feed.id, fresh)
  // Each row was answered for by itself; the breaker is for deliveries of many rows.
  await closeBatchWithin(client, feed, run, batch.batchId, {
    absentShareMax: 1,
    actor: fresh[0]!.sender.id,
    skipJudging: true,
  })
  return results
}

export const createGatherer = (deps: GathererDeps): Gatherer => {
  const queues = new Map<string, { feed: AnyFeed; waiting: Waiting[]; busy: Promise<void> | null }>()
  let rowsWaiting = 0

  const commit = async (feed: AnyFeed, pushes: readonly SmallPush[]): Promise<Map<SmallPush, SmallResult>> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await transaction(deps.db.pipeline, (client) => storeGather(client, deps.keyring, feed, pushes))
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

  const flush = async (queue: { feed: AnyFeed; waiting: Waiting[] }): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    while (queue.waiting.length > 0) await land(queue.feed, takeSome(queue.waiting))
    queues.delete(queue.feed.id)
  }

  return {
    add: (feed, push) =>
      new Promise((resolve, reject) => {
        if (rowsWaiting + push.rows.length > rowsWaitingMax) {
          reject(pushError('push.busy'))
          return
        }
        rowsWaiting += push.rows.length
        const queue = queues.get(feed.id) ?? { feed, waiting: [], busy: null }
        queues.set(feed.id, queue)
        queue.waiting.push({ push, resolve, reject })
        queue.busy ??= flush(queue)
      }),
    drain: async () => {
      while (queues.size > 0) await Promise.all([...queues.values()].map((queue) => queue.busy))
    },
  }
}
