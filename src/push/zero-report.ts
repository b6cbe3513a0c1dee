/** 零报送: a department says that a period has nothing to report, so that silence can be told apart from it. */
import { auditRow } from '../access/audit.ts'
import type { Database } from '../db/database.ts'
import { transaction } from '../db/transaction.ts'
import { now, today } from '../kernel/clock.ts'
import { pushError } from './codes.ts'
import type { Sender } from './types.ts'

export interface ZeroReport {
  readonly feed: string
  readonly period: string
  readonly reason: string | null
  readonly receivedAt: Date
  /** False where the same period was reported before: the first report stands. */
  readonly isNew: boolean
}

/** Stores a report for a month (`YYYY-MM`) or a day (`YYYY-MM-DD`). Throws `push.future_period`. */
export const reportZero = (
  db: Pick<Database, 'pipeline'>,
  feed: string,
  sender: Sender,
  input: { readonly period: string; readonly reason: string | null },
): Promise<ZeroReport> => {
  if (input.period > today().slice(0, input.period.length)) throw pushError('push.future_period')
  return transaction(db.pipeline, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO zero_report (feed, period, department, sender, reason, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [feed, input.period, sender.department, sender.id, input.reason, now()],
    )
    const { rows } = await client.query<{ reason: string | null; at: Date }>(
      'SELECT reason, at FROM zero_report WHERE feed = $1 AND period = $2',
      [feed, input.period],
    )
    const isNew = rowCount === 1
    if (isNew)
      await auditRow(client, {
        actor: { id: sender.id, role: 'partner' },
        action: 'push.zeroReport',
        subject: feed,
        detail: { period: input.period },
      })
    return { feed, period: input.period, reason: rows[0]!.reason, receivedAt: rows[0]!.at, isNew }
  })
}
