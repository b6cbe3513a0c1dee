/** The second half of a replay, at its tick: staged differences become facts. Set-based, in the transaction that moves the stage's cursor past the tick. */
import type { PoolClient } from 'pg'

export interface DecidedReplay {
  readonly tick: bigint
  readonly feed: string
  readonly mapping: number
  readonly runId: string
}

/** Replays decided in (from, to], by tick. */
export const decidedReplays = async (
  client: Pick<PoolClient, 'query'>,
  from: bigint,
  to: bigint,
): Promise<DecidedReplay[]> =>
  (
    await client.query<DecidedReplay>(
      `SELECT tick, detail->>'feed' AS feed, (detail->>'mapping')::int AS mapping, detail->>'runId' AS "runId" FROM tick
       WHERE kind = 'mapping' AND detail ? 'runId' AND tick > $1 AND tick <= $2 ORDER BY tick`,
      [from, to],
    )
  ).rows

const columns =
  'key_hash, feed, kind, batch_id, ord, mapping, known_from, source_order, subject_hash, event_on, amount_fen, class, body'

/** Leaves out records of which a delivery admitted between plan and tick brought a newer version: that one was read by today's mapping. */
const dropOvertaken = (client: PoolClient, r: DecidedReplay) =>
  client.query(
    `DELETE FROM replay_stage s WHERE s.run_id = $1 AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.key_hash = s.key_hash AND f.batch_id = s.batch_id AND f.ord = s.ord)
       AND EXISTS (SELECT 1 FROM raw_version v JOIN batch b ON b.batch_id = v.batch_id AND b.admitted_tick < $2
         WHERE v.key_hash = s.key_hash AND (v.batch_id, v.ord) > (s.batch_id, s.ord))`,
    [r.runId, r.tick],
  )

/** Swaps the staged differences in, inside the caller's transaction; gives the kinds of the new facts. */
export const swapReplay = async (client: PoolClient, r: DecidedReplay): Promise<string[]> => {
  await dropOvertaken(client, r)
  await client.query(
    `WITH closed AS (DELETE FROM fact f USING replay_stage s WHERE f.key_hash = s.key_hash AND s.run_id = $1 RETURNING f.*)
     INSERT INTO fact_past (${columns}, known_to) SELECT ${columns}, $2 FROM closed WHERE known_from < $2`,
    [r.runId, r.tick],
  )
  await client.query(
    `INSERT INTO fact (${columns}) SELECT s.key_hash, $2, s.kind, s.batch_id, s.ord, $4, $3, s.source_order, s.subject_hash, s.event_on, s.amount_fen, s.class, s.body
     FROM replay_stage s WHERE s.kind IS NOT NULL AND s.run_id = $1`,
    [r.runId, r.feed, r.tick, r.mapping],
  )
  await client.query('DELETE FROM issue i USING replay_stage s WHERE i.key_hash = s.key_hash AND s.run_id = $1', [
    r.runId,
  ])
  await client.query(
    `INSERT INTO issue (key_hash, seq, feed, batch_id, ord, mapping, pointer, code, raw, expected, message)
     SELECT s.key_hash, i.n - 1, $2, s.batch_id, s.ord, $3, i.v->>'pointer', i.v->>'code', i.v->>'raw', i.v->>'expected', i.v->'message'
     FROM replay_stage s CROSS JOIN LATERAL jsonb_array_elements(s.issues) WITH ORDINALITY AS i (v, n) WHERE s.run_id = $1`,
    [r.runId, r.feed, r.mapping],
  )
  const { rows } = await client.query<{ kind: string }>(
    'SELECT DISTINCT kind FROM replay_stage WHERE run_id = $1 AND kind IS NOT NULL',
    [r.runId],
  )
  await client.query('DELETE FROM replay_stage WHERE run_id = $1', [r.runId])
  return rows.map((row) => row.kind)
}
