/** A person excuses a source-day: what was owed will not come, and that is known. */
import type { Actor } from '../access/actor.ts'
import { auditRow } from '../access/audit.ts'
import type { Database } from '../db/database.ts'
import { transaction } from '../db/transaction.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'

export interface Excuse {
  readonly feed: string
  readonly day: string
  readonly reason: string
}

/** Ends what is open of a source-day; the next tick tells of the recovery where that was the last late one. HubError `arrival.not_open`. */
export const excuseDay = (db: Pick<Database, 'pipeline'>, excuse: Excuse, actor: Actor): Promise<void> =>
  transaction(db.pipeline, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE source_day SET state = 'excused', settled_at = $3, reason = $4, updated_at = $3 WHERE feed = $1 AND day = $2 AND state IN ('due', 'late')`,
      [excuse.feed, excuse.day, now(), excuse.reason],
    )
    if (rowCount === 0)
      throw new HubError({
        code: 'arrival.not_open',
        publicMessage: { zh: '没有这个待到或逾期的应报日', en: 'nothing is due or late on that day' },
        context: { feed: excuse.feed, day: excuse.day },
      })
    const detail = { day: excuse.day, reason: excuse.reason }
    await auditRow(client, { actor, action: 'arrival.excuse', subject: excuse.feed, detail })
  })
