/** Quarantined rows: their texts back (unsealed where they were sealed), and what became of them. Replaying is a run of its own. */
import type { PoolClient } from 'pg'
import type { Page } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import { transaction } from '../db/transaction.ts'
import type { Keyring } from '../kernel/cipher.ts'
import { quarantineKey } from './land.ts'

interface Row {
  readonly quarantine_id: bigint
  readonly source: string
  readonly row: bigint
  readonly payload: string
  readonly sealed: boolean
}

const pageRows = 1_000

const textsOf = async (client: PoolClient, keyring: Keyring, feed: string, rows: readonly Row[]): Promise<string[]> => {
  const key = rows.some((r) => r.sealed) ? await quarantineKey(client, keyring, feed) : null
  return rows.map((r) => (r.sealed && key ? keyring.open(key, r.payload) : r.payload))
}

/** Open rows of a feed as pages, in the order they came, up to the newest one when it began. `next` is the last id of the page. */
export async function* quarantinePages(
  db: Database,
  keyring: Keyring,
  feed: string,
  upTo: bigint,
): AsyncGenerator<Page> {
  let after = 0n
  for (;;) {
    const page = await transaction(db.pipeline, async (client) => {
      const { rows } = await client.query<Row>(
        `SELECT quarantine_id, source, row, payload, sealed FROM quarantine WHERE feed = $1 AND state = 'open' AND quarantine_id > $2 AND quarantine_id <= $3 ORDER BY quarantine_id LIMIT ${pageRows}`,
        [feed, after, upTo],
      )
      const texts = await textsOf(client, keyring, feed, rows)
      return {
        last: rows.at(-1)?.quarantine_id ?? null,
        rows: rows.map((r, i) => ({ text: texts[i]!, at: { source: r.source, row: Number(r.row) } })),
      }
    })
    if (page.last === null) return
    after = page.last
    yield { rows: page.rows, next: null }
  }
}

/** The newest open row of a feed, 0 where there is none: what a replay goes up to. */
export const newestQuarantine = async (db: Database, feed: string): Promise<bigint> =>
  (
    await db.pipeline.query<{ id: bigint | null }>(
      `SELECT max(quarantine_id) AS id FROM quarantine WHERE feed = $1 AND state = 'open'`,
      [feed],
    )
  ).rows[0]?.id ?? 0n

/** Closes the replayed rows; those that failed again stand as new rows of the replay's own batch. */
export const markReplayed = (db: Database, feed: string, upTo: bigint, runId: string) =>
  db.pipeline.query(
    `UPDATE quarantine SET state = 'replayed', replayed_run_id = $3 WHERE feed = $1 AND state = 'open' AND quarantine_id <= $2 AND batch_id NOT IN (SELECT batch_id FROM batch WHERE run_id = $3)`,
    [feed, upTo, runId],
  )
