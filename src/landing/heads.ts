/** What the end of a delivery does to the heads of its feed's records: gone with it, put back, settled between deliveries, counted. */
import type { PoolClient } from 'pg'
import type { BatchFigures } from './batch-figures.ts'
import { untoldKey } from './land.ts'

/**
 * Records ($1 feed) that a full delivery ($2) proves gone: live in the admitted world and not shown. Nothing is proven by a delivery with a row
 * whose record cannot be told, nor of a record that another delivery brings at this time.
 */
const isAbsent = `r.feed = $1 AND r.live AND r.batch_id <> $2 AND (SELECT h.state FROM batch h WHERE h.batch_id = r.batch_id) = 'admitted'
  AND NOT EXISTS (SELECT 1 FROM seen_in_full s WHERE s.batch_id = $2 AND s.key_hash = r.key_hash)
  AND NOT EXISTS (SELECT 1 FROM seen_in_full s WHERE s.batch_id = $2 AND s.key_hash = '${untoldKey}')`

export const absentCount = async (client: PoolClient, b: BatchFigures): Promise<bigint> => {
  if (b.mode !== 'full') return 0n
  const { rows } = await client.query<{ n: bigint }>(`SELECT count(*) AS n FROM record r WHERE ${isAbsent}`, [
    b.feed,
    b.batchId,
  ])
  return rows[0]!.n
}

/** Records that a full delivery proves gone: each gets a version of its own without payload. */
export const storeAbsence = async (client: PoolClient, b: BatchFigures): Promise<void> => {
  await client.query(
    `WITH gone AS (
       UPDATE record r SET live = false, batch_id = $2, ord = -1 WHERE ${isAbsent} RETURNING r.key_hash, r.content_hash, r.source_order)
     INSERT INTO raw_version (feed, key_hash, batch_id, ord, op, content_hash, source_order)
     SELECT $1, key_hash, $2, $3 + row_number() OVER (ORDER BY key_hash) - 1, 'a', content_hash, source_order FROM gone`,
    [
      b.feed,
      b.batchId,
      (await client.query<{ next_ord: number }>('SELECT next_ord FROM batch WHERE batch_id = $1', [b.batchId])).rows[0]!
        .next_ord,
    ],
  )
  await client.query(
    `UPDATE record r SET ord = v.ord FROM raw_version v WHERE r.feed = $1 AND r.batch_id = $2 AND r.ord = -1 AND v.key_hash = r.key_hash AND v.batch_id = $2 AND v.op = 'a'`,
    [b.feed, b.batchId],
  )
}

/** Heads that a refused delivery moved go back to the newest version below them; records it alone had brought are gone again. */
export const putHeadsBack = async (client: PoolClient, b: BatchFigures): Promise<void> => {
  await client.query(
    `UPDATE record r SET content_hash = v.content_hash, source_order = v.source_order, batch_id = v.batch_id, ord = v.ord, live = v.op NOT IN ('w', 'a')
     FROM record x CROSS JOIN LATERAL (
       SELECT v.* FROM raw_version v JOIN batch o ON o.batch_id = v.batch_id AND o.state <> 'refused'
       WHERE v.key_hash = x.key_hash AND v.batch_id <> $2 ORDER BY v.batch_id DESC, v.ord DESC LIMIT 1) v
     WHERE x.feed = $1 AND x.batch_id = $2 AND r.feed = x.feed AND r.key_hash = x.key_hash`,
    [b.feed, b.batchId],
  )
  await client.query('DELETE FROM record WHERE feed = $1 AND batch_id = $2', [b.feed, b.batchId])
}

/**
 * Heads are moved as rows land, by whichever delivery landed last; where the source orders its versions, the newest one admitted is the head
 * all the same. Both ways: ours over an older one, and an older one of ours under what another delivery brought.
 */
export const settleHeads = async (client: PoolClient, b: BatchFigures): Promise<void> => {
  const toVersion = `content_hash = v.content_hash, source_order = v.source_order, batch_id = v.batch_id, ord = v.ord, live = v.op NOT IN ('w', 'a')`
  await client.query(
    `UPDATE record r SET ${toVersion} FROM (SELECT DISTINCT ON (key_hash) * FROM raw_version WHERE batch_id = $2 ORDER BY key_hash, ord DESC) v
     WHERE r.feed = $1 AND r.key_hash = v.key_hash AND r.batch_id <> $2 AND v.source_order > r.source_order`,
    [b.feed, b.batchId],
  )
  await client.query(
    `UPDATE record r SET ${toVersion} FROM record x CROSS JOIN LATERAL (
       SELECT w.* FROM raw_version w JOIN batch o ON o.batch_id = w.batch_id AND o.state = 'admitted'
       WHERE w.key_hash = x.key_hash AND w.batch_id <> $2 AND w.source_order > x.source_order ORDER BY w.source_order DESC, w.batch_id DESC, w.ord DESC LIMIT 1) v
     WHERE x.feed = $1 AND x.batch_id = $2 AND r.feed = x.feed AND r.key_hash = x.key_hash`,
    [b.feed, b.batchId],
  )
}

/**
 * Records that are live in admitted deliveries and in this one, which is about to be: a head that a waiting one moved counts as the version below
 * it. Goes over the feed's records, so it is asked before the tick is taken.
 */
export const countLiveWith = async (client: PoolClient, b: BatchFigures): Promise<bigint> =>
  (
    await client.query<{ live: bigint }>(
      `WITH standing AS (SELECT batch_id FROM batch WHERE feed = $1 AND (state = 'admitted' OR batch_id = $2))
       SELECT count(*) AS live FROM record r LEFT JOIN standing h ON h.batch_id = r.batch_id CROSS JOIN LATERAL (
         SELECT r.live WHERE h.batch_id IS NOT NULL
         UNION ALL (SELECT v.op NOT IN ('w', 'a') FROM raw_version v JOIN standing a ON a.batch_id = v.batch_id
           WHERE h.batch_id IS NULL AND v.key_hash = r.key_hash ORDER BY v.batch_id DESC, v.ord DESC LIMIT 1)) x (live)
       WHERE r.feed = $1 AND x.live`,
      [b.feed, b.batchId],
    )
  ).rows[0]!.live
