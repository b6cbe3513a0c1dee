/**
 * 保留期: what the hub need not keep any longer is dropped, in bounded pieces or whole partitions, each with its audit row. Never touched: what a replay
 * of the present reads (heads and the versions facts come from), what a page as of a promised day shows, open quarantine, deliveries that wait,
 * people's judgements, and audit rows younger than the law asks.
 */
import type { Database } from '../db/database.ts'
import type { RetentionPolicy } from '../kernel/config.ts'
import { auditDaysMin, dropOldAudit } from './old-audit.ts'
import { dropBatchPages, dropClosedQuarantine, dropQualityBatches, dropReceipts } from './papers.ts'
import { dropPast } from './past.ts'
import type { Dropped, RetentionRun, RetentionTask } from './piece.ts'
import { dropSupersededBytes } from './superseded-bytes.ts'

export type { Dropped, RetentionTask } from './piece.ts'

export interface RetentionReport {
  readonly dryRun: boolean
  readonly tasks: readonly { readonly task: RetentionTask; readonly rows: bigint; readonly bytes: bigint }[]
}

export const retentionTasks: readonly RetentionTask[] = [
  'supersededBytes',
  'past',
  'batchPages',
  'receipts',
  'closedQuarantine',
  'qualityBatches',
  'audit',
]

const dayMs = 86_400_000
const before = (now: Date, days: number): Date => new Date(now.getTime() - days * dayMs)

const sumBy = (all: readonly Dropped[]): RetentionReport['tasks'] =>
  retentionTasks.map((task) => {
    const own = all.filter((d) => d.task === task)
    return { task, rows: own.reduce((n, d) => n + d.rows, 0n), bytes: own.reduce((n, d) => n + d.bytes, 0n) }
  })

export interface RetentionOptions {
  /** Counts what would go, and drops nothing. */
  readonly dryRun?: boolean
  readonly actor?: string
  readonly onDropped?: (dropped: Dropped) => void
}

/**
 * Drops what the policy no longer keeps; for the command and for a nightly job alike. May be stopped at any point and run again: each piece is a
 * transaction. Runs as the owner of the tables, since the pipeline may delete none of this.
 */
export const runRetention = async (
  db: Database,
  policy: RetentionPolicy,
  now: Date,
  options: RetentionOptions = {},
): Promise<RetentionReport> => {
  const all: Dropped[] = []
  const run: RetentionRun = {
    db,
    now,
    dryRun: options.dryRun ?? false,
    actor: options.actor ?? 'retention',
    note: (dropped) => {
      all.push(dropped)
      options.onDropped?.(dropped)
    },
  }
  await dropSupersededBytes(run, before(now, policy.supersededBytesDays))
  await dropPast(run, policy.asOfDays)
  await dropBatchPages(run, before(now, policy.batchPagesDays))
  await dropReceipts(run, before(now, policy.receiptsDays))
  await dropClosedQuarantine(run, before(now, policy.closedQuarantineDays))
  await dropQualityBatches(run, before(now, policy.qualityBatchDays))
  await dropOldAudit(run, before(now, Math.max(policy.auditDays, auditDaysMin)))
  return { dryRun: run.dryRun, tasks: sumBy(all) }
}
