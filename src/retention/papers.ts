/** What is kept beside the data for a while: pages of ended deliveries, receipts, text of closed quarantine, quality figures by batch. */
import { countOnly, dropPieces, pieceRows, type RetentionRun, type RetentionTask } from './piece.ts'

interface Paper {
  readonly task: RetentionTask
  readonly table: string
  /** Rows to drop, by `ctid`; $1 is the instant before which they ended. */
  readonly old: string
  /** Where the rows stay and only their text goes. */
  readonly clear?: string
}

const ended = `SELECT batch_id FROM batch WHERE state IN ('admitted', 'refused') AND coalesce(landed_at, opened_at) < $1`

const papers: Readonly<Record<string, Paper>> = {
  batchPages: { task: 'batchPages', table: 'batch_page', old: `batch_id IN (${ended})` },
  receiptPages: {
    task: 'receipts',
    table: 'receipt_page',
    old: `receipt_id IN (SELECT receipt_id FROM receipt WHERE received_at < $1)`,
  },
  // After its pages: what is left of a receipt says at least that it was there.
  receipts: { task: 'receipts', table: 'receipt', old: 'received_at < $1' },
  // The row stays: the figures of its batch count it.
  closedQuarantine: {
    task: 'closedQuarantine',
    table: 'quarantine',
    old: `state <> 'open' AND payload <> '' AND batch_id IN (${ended})`,
    clear: `payload = ''`,
  },
  fill: { task: 'qualityBatches', table: 'batch_fill', old: `batch_id IN (${ended})` },
  reading: { task: 'qualityBatches', table: 'batch_reading', old: `batch_id IN (${ended})` },
  issues: { task: 'qualityBatches', table: 'batch_issue', old: `batch_id IN (${ended})` },
}

const dropPaper = ({ task, table, old, clear }: Paper, run: RetentionRun, before: Date): Promise<void> => {
  if (run.dryRun)
    return countOnly(run, task, table, `SELECT count(*) AS rows, NULL::bigint AS bytes FROM ${table} WHERE ${old}`, [
      before,
    ])
  const some = `ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${old} LIMIT ${pieceRows}))`
  return dropPieces(
    run,
    task,
    table,
    clear === undefined ? `DELETE FROM ${table} WHERE ${some}` : `UPDATE ${table} SET ${clear} WHERE ${some}`,
    [before],
  )
}

export const dropBatchPages = (run: RetentionRun, before: Date): Promise<void> =>
  dropPaper(papers.batchPages!, run, before)
export const dropReceipts = async (run: RetentionRun, before: Date): Promise<void> => {
  await dropPaper(papers.receiptPages!, run, before)
  await dropPaper(papers.receipts!, run, before)
}
export const dropClosedQuarantine = (run: RetentionRun, before: Date): Promise<void> =>
  dropPaper(papers.closedQuarantine!, run, before)
export const dropQualityBatches = async (run: RetentionRun, before: Date): Promise<void> => {
  for (const name of ['fill', 'reading', 'issues']) await dropPaper(papers[name]!, run, before)
}
