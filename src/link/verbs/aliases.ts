/** Names that persons gave registrations come to an end: by their last day, or because somebody takes them back. */
import type { Actor } from '../../access/actor.ts'
import { auditRow } from '../../access/audit.ts'
import type { Database } from '../../db/database.ts'
import { takeTick } from '../../db/tick.ts'
import { transaction } from '../../db/transaction.ts'
import { now } from '../../kernel/clock.ts'
import { refuse } from './act.ts'

/** Ends what was valid until a day before `at` (`YYYY-MM-DD`). A day on which nothing ends takes no tick. */
export const expireAliases = (db: Database, at: string): Promise<void> =>
  transaction(db.pipeline, async (client) => {
    const { rows } = await client.query<{ id: bigint }>(
      'SELECT alias_id AS id FROM living_alias WHERE valid_until < $1 ORDER BY alias_id',
      [at],
    )
    if (rows.length === 0) return
    const tick = await takeTick(client, 'alias', 'system', { at })
    await client.query(
      `INSERT INTO alias_end (alias_id, why, author, reason, tick, at) SELECT i, 'expired', 'system', $2, $3, $4 FROM unnest($1::bigint[]) AS t (i) ON CONFLICT DO NOTHING`,
      [rows.map((r) => r.id), at, tick, now()],
    )
  })

/** Takes a name back; it stops counting at the next advance. Throws `alias.unknown`. */
export const endAlias = (db: Database, aliasId: bigint, reason: string, actor: Actor): Promise<void> =>
  transaction(db.pipeline, async (client) => {
    const { rowCount } = await client.query('SELECT FROM living_alias WHERE alias_id = $1', [aliasId])
    if (rowCount === 0) throw refuse('alias.unknown')
    const tick = await takeTick(client, 'alias', actor.id, { alias: aliasId.toString() })
    const ended = await client.query(
      `INSERT INTO alias_end (alias_id, why, author, reason, tick, at) VALUES ($1, 'withdrawn', $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [aliasId, actor.id, reason, tick, now()],
    )
    if (ended.rowCount === 0) throw refuse('alias.unknown')
    await auditRow(client, { actor, action: 'alias.end', subject: `alias ${aliasId}`, detail: { reason }, tick })
  })
