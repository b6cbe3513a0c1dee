/**
 * A push of many rows: a delivery of its own, landed gather by gather while the body still comes in, so that memory stays flat. Nothing of it is
 * admitted, and nothing acknowledged, before the last row is stored; a body that breaks off leaves a refused delivery.
 */
import type { PoolClient } from 'pg'
import { auditRow } from '../access/audit.ts'
import type { AnyFeed, Page, RawRow } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import { transaction } from '../db/transaction.ts'
import type { Keyring } from '../kernel/cipher.ts'
import { now } from '../kernel/clock.ts'
import { isHubError } from '../kernel/errors.ts'
import { log } from '../kernel/log.ts'
import { dropOpenBatch, openBatch } from '../landing/batch.ts'
import { closeBatchWithin } from '../landing/close-batch.ts'
import { type GatherBounds, gatherPages, oneAhead } from '../landing/gather.ts'
import { type Gather, type LandTarget, landWithin, lockFeed } from '../landing/land.ts'
import { createRowReader } from '../landing/read-row.ts'
import { finishRun, keepBeating, type Run, startRun } from '../landing/run.ts'
import { pushError } from './codes.ts'
import { mergeDrift } from './drift.ts'
import { claimKeys, type KnownKey } from './idempotency.ts'
import { storeReceiptPages, storeReceipts } from './receipt.ts'
import { countOutcomes, noCounts, type PushMode, type RowAnswer, type Sender } from './types.ts'

export interface DeliverDeps {
  readonly db: Database
  readonly keyring: Keyring
  readonly gather: GatherBounds
}

export interface LargePush {
  readonly feed: AnyFeed
  readonly receiptId: string
  readonly sender: Sender
  readonly mode: PushMode
  readonly idempotencyKey: string | null
  readonly rows: AsyncIterable<readonly RawRow[]>
  /** Digest of the body once it is read to its end. */
  readonly fingerprint: () => string
}

/** Faults that the answer to a refused push lists. */
export const faultsMax = 1_000

/** Either what was stored, or the faults for which an atomic push was refused, or the receipt of the same push sent before. */
export type LargeResult =
  | { readonly state: 'admitted' | 'held' }
  | { readonly faults: readonly RowAnswer[] }
  | { readonly known: KnownKey }

export const faultsOf = (gather: Pick<Gather, 'rows'>): RowAnswer[] =>
  gather.rows.flatMap(({ read, at }): RowAnswer[] =>
    read.fault ? [{ row: at.row, outcome: 'quarantined', keyHash: null, fault: read.fault }] : [],
  )

async function* pagesOf(rows: AsyncIterable<readonly RawRow[]>): AsyncGenerator<Page> {
  for await (const group of rows) yield { rows: group, next: null }
}

const answersOf = (gather: Gather, outcomes: readonly RowAnswer['outcome'][]): RowAnswer[] =>
  gather.rows.map(({ read, at }, i) => ({
    row: at.row,
    outcome: outcomes[i]!,
    keyHash: read.fault ? null : read.keyHash,
    fault: read.fault,
  }))

interface Landed {
  readonly counts: ReturnType<typeof noCounts>
  rows: number
  readonly faults: RowAnswer[]
}

const landAll = async (deps: DeliverDeps, push: LargePush, target: LandTarget): Promise<Landed> => {
  const landed: Landed = { counts: noCounts(), rows: 0, faults: [] }
  const reader = createRowReader(push.feed, deps.keyring.blind)
  let isRefused = false
  for await (const gather of oneAhead(gatherPages(pagesOf(push.rows), reader, deps.gather))) {
    landed.rows += gather.rows.length
    if (push.mode === 'atomic') {
      const faults = faultsOf(gather)
      isRefused ||= faults.length > 0
      landed.faults.push(...faults.slice(0, faultsMax - landed.faults.length))
      // The rest is read for its faults only.
      if (isRefused) continue
    }
    await transaction(deps.db.pipeline, async (client) => {
      const { outcomes } = await landWithin(client, target, { ...gather, drift: mergeDrift(gather.drift) })
      const rows = answersOf(gather, outcomes)
      await storeReceiptPages(client, target.batchId, [{ receiptId: push.receiptId, rows }])
      countOutcomes(rows, landed.counts)
    })
  }
  return landed
}

/** The receipt, the key and the admission in one transaction; `known` where another hub has acknowledged the same push meanwhile. */
const acknowledge = (
  deps: DeliverDeps,
  push: LargePush,
  run: Run,
  batchId: bigint,
  landed: Landed,
): Promise<LargeResult> =>
  transaction(deps.db.pipeline, async (client: PoolClient) => {
    const { feed, receiptId, sender, mode } = push
    await lockFeed(client, feed.id)
    if (push.idempotencyKey !== null) {
      const claim = { key: push.idempotencyKey, fingerprint: push.fingerprint(), receiptId }
      const known = (await claimKeys(client, feed.id, [claim])).get(claim.key)
      if (known) return { known }
    }
    await storeReceipts(client, feed.id, batchId, now(), [
      { receiptId, sender, kind: 'records', mode, rows: landed.rows, counts: landed.counts },
    ])
    await auditRow(client, {
      actor: { id: sender.id, role: 'partner' },
      action: 'push.records',
      subject: feed.id,
      detail: { receipts: [receiptId], rows: landed.rows },
    })
    const { state } = await closeBatchWithin(client, feed, run, batchId, { absentShareMax: 1, actor: sender.id })
    return { state: state === 'admitted' ? 'admitted' : 'held' }
  })

const turnAway = async (
  deps: DeliverDeps,
  push: LargePush,
  run: Run,
  batchId: bigint,
  error: unknown,
): Promise<void> => {
  const reason = isHubError(error) ? error : pushError('push.bad_body', { cause: error })
  const why = { code: reason.code, message: reason.publicMessage, found: '', bound: '' }
  await dropOpenBatch(deps.db, push.feed, run, batchId, why)
  await deps.db.pipeline.query('DELETE FROM receipt_page WHERE receipt_id = $1', [push.receiptId])
  await finishRun(deps.db.pipeline, run, 'failed', null, reason)
}

/**
 * Lands a push of any size. Throws what the body throws (`push.bad_body`, `push.too_large`), and `push.no_rows`; then nothing of it was taken.
 * A delivery that the feed's breaker finds too unlikely is held: stored and acknowledged, and let in by a person.
 */
export const deliver = async (deps: DeliverDeps, push: LargePush): Promise<LargeResult> => {
  const run = await startRun(deps.db, {
    source: push.feed.id,
    kind: 'push',
    request: { receipt: push.receiptId, mode: push.mode },
  })
  const stopBeating = keepBeating(deps.db, run)
  try {
    const { batchId } = await openBatch(deps.db, push.feed, run, { mode: 'increment', ownBatch: true })
    const target = { feed: push.feed, batchId, mode: 'increment' as const, ...run, keyring: deps.keyring }
    try {
      const landed = await landAll(deps, push, target)
      if (landed.faults.length > 0) {
        await turnAway(deps, push, run, batchId, pushError('push.atomic_refused'))
        return { faults: landed.faults }
      }
      const result = await acknowledge(deps, push, run, batchId, landed)
      if ('known' in result) await turnAway(deps, push, run, batchId, pushError('push.key_reused'))
      return result
    } catch (error) {
      await turnAway(deps, push, run, batchId, error).catch((second: unknown) =>
        log.warn(
          { err: second, receiptId: push.receiptId },
          'a push that failed could not be turned away; the next one does it',
        ),
      )
      throw error
    }
  } finally {
    stopBeating()
  }
}
