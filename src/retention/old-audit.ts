/**
 * Audit rows older than the law and the policy ask for. Whole seals only: the seal keeps the digest of its rows, and `audit_dropped` says up to which
 * seal rows are gone, so `audit verify` still proves everything after it and that nothing was put in its place.
 */
import { countOnly, dropPiece, pieceRows, type RetentionRun } from './piece.ts'

const task = 'audit'

/** The last seal of before `before` that is not noted as dropped yet, with the rows under it. */
const lastOld = `SELECT s.seal_id, s.below_xid::text AS below_xid, s.digest, (SELECT sum(o.rows)::bigint FROM audit_seal o WHERE o.seal_id <= s.seal_id AND o.seal_id > d.seal_id) AS rows
  FROM (SELECT coalesce(max(seal_id), 0) AS seal_id FROM audit_dropped) d JOIN audit_seal s ON s.seal_id > d.seal_id WHERE s.sealed_at < $1 ORDER BY s.seal_id DESC LIMIT 1`

/** Least age of audit rows that may be dropped, whatever a policy says: 网络安全法 21, six months. */
export const auditDaysMin = 183

export const dropOldAudit = async (run: RetentionRun, before: Date): Promise<void> => {
  if (run.dryRun) {
    await countOnly(
      run,
      task,
      'audit',
      `SELECT coalesce(sum(rows), 0)::bigint AS rows, NULL::bigint AS bytes FROM (${lastOld}) x`,
      [before],
    )
    return
  }
  await dropPiece(run, task, 'audit', async (client) => {
    const { rowCount, rows } = await client.query<{ rows: bigint }>(
      `INSERT INTO audit_dropped (seal_id, below_xid, rows, digest, dropped_at) SELECT seal_id, below_xid::xid8, rows, digest, $2 FROM (${lastOld}) x RETURNING rows`,
      [before, run.now],
    )
    return { rows: rowCount === 0 ? 0n : rows[0]!.rows }
  })
  // The rows themselves, also those of a run that died after it had noted them.
  for (;;) {
    const { rows } = await run.db
      .owner()
      .query<{ rows: bigint }>(
        `SELECT drop_audit_rows(below_xid, ${pieceRows}) AS rows FROM audit_dropped ORDER BY seal_id DESC LIMIT 1`,
      )
    if ((rows[0]?.rows ?? 0n) < BigInt(pieceRows)) return
  }
}
