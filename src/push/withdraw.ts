/** A partner takes a record back: a version of its own, without payload, through the same landing as every row. */
import type { PoolClient } from 'pg'
import { auditRow } from '../access/audit.ts'
import type { AnyFeed } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import { transaction } from '../db/transaction.ts'
import type { Keyring } from '../kernel/cipher.ts'
import { now } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { openBatchWithin } from '../landing/batch.ts'
import { closeBatchWithin } from '../landing/close-batch.ts'
import { noFill } from '../landing/fill.ts'
import { landWithin, lockFeed } from '../landing/land.ts'
import type { SoundRow } from '../landing/read-row.ts'
import type { Run } from '../landing/run.ts'
import { pushError } from './codes.ts'
import { storeReceiptPages, storeReceipts } from './receipt.ts'
import { countOutcomes, type RowAnswer, type Sender } from './types.ts'

/** A run that begins and is carried on in the caller's transaction; it is ended when the stages have seen its batch. */
const beginPushRun = async (client: PoolClient, feed: string, request: unknown): Promise<Run> => {
  const run: Run = { runId: newId('run'), attempt: 1, source: feed }
  await client.query(
    `INSERT INTO run (run_id, source, kind, attempt, state, started_at, beat_at, request) VALUES ($1, $2, 'push', 1, 'running', $3, $3, $4)`,
    [run.runId, feed, now(), JSON.stringify(request)],
  )
  return run
}

/**
 * Withdraws the record behind a key hash (hex); `unchanged` where it was withdrawn already. Throws `push.unknown_record` where this feed never
 * held such a record.
 */
export const withdraw = (
  deps: { readonly db: Database; readonly keyring: Keyring },
  feed: AnyFeed,
  sender: Sender,
  keyHash: string,
): Promise<{ readonly receiptId: string; readonly answer: RowAnswer }> =>
  transaction(deps.db.pipeline, async (client) => {
    await lockFeed(client, feed.id)
    const { rows } = await client.query<{ hash: string; source_order: string | null }>(
      `SELECT encode(content_hash, 'hex') AS hash, source_order FROM record WHERE feed = $1 AND key_hash = decode($2, 'hex')`,
      [feed.id, keyHash],
    )
    const head = rows[0]
    if (!head) throw pushError('push.unknown_record')
    const receiptId = newId('rcpt')
    const read: SoundRow = {
      fault: null,
      keyHash,
      contentHash: head.hash,
      sourceOrder: head.source_order,
      isWithdrawn: true,
      text: '',
      seal: null,
    }
    const run = await beginPushRun(client, feed.id, { receipt: receiptId })
    const { batchId } = await openBatchWithin(client, feed, run, { mode: 'increment', ownBatch: true })
    const target = { feed, batchId, mode: 'increment' as const, runId: run.runId, attempt: 1, keyring: deps.keyring }
    const { outcomes } = await landWithin(client, target, {
      rows: [{ read, at: { source: receiptId, row: 1 } }],
      drift: [],
      fill: noFill,
      resume: null,
      isLast: true,
      watermark: null,
      declaredRows: null,
      declaredFen: null,
    })
    const answer: RowAnswer = { row: 1, outcome: outcomes[0]!, keyHash, fault: null }
    const counts = countOutcomes([answer])
    await storeReceipts(client, feed.id, batchId, now(), [
      { receiptId, sender, kind: 'withdrawal', mode: 'atomic', rows: 1, counts },
    ])
    await storeReceiptPages(client, batchId, [{ receiptId, rows: [answer] }])
    await auditRow(client, {
      actor: { id: sender.id, role: 'partner' },
      action: 'push.withdraw',
      subject: feed.id,
      detail: { receipts: [receiptId] },
    })
    await closeBatchWithin(client, feed, run, batchId, { absentShareMax: 1, actor: sender.id, skipJudging: true })
    return { receiptId, answer }
  })
