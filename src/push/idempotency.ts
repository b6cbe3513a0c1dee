/** Idempotency-Key: the same push sent again is answered with its first receipt (draft-ietf-httpapi-idempotency-key-header). */
import type { PoolClient } from 'pg'
import type { Database } from '../db/database.ts'
import { now } from '../kernel/clock.ts'
import type { Idempotency } from './types.ts'

/** How long a key is remembered. */
export const idempotencyDays = 7

/** Keys as old as this are forgotten. */
export const keyCutoff = (): Date => new Date(now().getTime() - idempotencyDays * 86_400_000)

export interface KnownKey {
  readonly receiptId: string
  readonly fingerprint: string
}

/** What a key was used for; null where it is free. */
export const findKey = async (
  db: Pick<Database, 'pipeline'> | { readonly pipeline: PoolClient },
  feed: string,
  key: string,
): Promise<KnownKey | null> =>
  (
    await db.pipeline.query<KnownKey>(
      `SELECT receipt_id AS "receiptId", encode(fingerprint, 'hex') AS fingerprint FROM idempotency WHERE feed = $1 AND key = $2 AND at > $3`,
      [feed, key, keyCutoff()],
    )
  ).rows[0] ?? null

/**
 * Takes keys for these receipts; gives those that were used before, by key. Call it under the feed's lock, in the transaction that stores the
 * receipts: then a key is taken exactly where its push is acknowledged. No key may be named twice in one call.
 */
export const claimKeys = async (
  client: PoolClient,
  feed: string,
  claims: readonly (Idempotency & { readonly receiptId: string })[],
): Promise<Map<string, KnownKey>> => {
  if (claims.length === 0) return new Map()
  const { rows } = await client.query<{ key: string }>(
    `INSERT INTO idempotency (feed, key, fingerprint, receipt_id, at)
     SELECT $1, k, decode(f, 'hex'), r, $2 FROM unnest($3::text[], $4::text[], $5::text[]) AS t (k, f, r)
     ON CONFLICT (feed, key) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, receipt_id = EXCLUDED.receipt_id, at = EXCLUDED.at
       WHERE idempotency.at <= $6
     RETURNING key`,
    [
      feed,
      now(),
      claims.map((c) => c.key),
      claims.map((c) => c.fingerprint),
      claims.map((c) => c.receiptId),
      keyCutoff(),
    ],
  )
  const taken = new Set(rows.map((r) => r.key))
  const known = new Map<string, KnownKey>()
  for (const { key } of claims) {
    if (taken.has(key)) continue
    const found = await findKey({ pipeline: client }, feed, key)
    if (found) known.set(key, found)
  }
  return known
}

/** Keys whose time is over. */
export const forgetKeys = (db: Pick<Database, 'pipeline'>) =>
  db.pipeline.query('DELETE FROM idempotency WHERE at <= $1', [keyCutoff()])
