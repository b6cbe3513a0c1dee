/**
 * Chains the audit rows: each seal is SM3 over the seal before and the rows since, in the order (xid, audit_id), below the oldest transaction
 * still open. A row committed late has a transaction id at or above that bound, so none slips between two seals.
 */
import type pg from 'pg'
import { z } from 'zod'
import { type Queryable, transaction } from '../db/transaction.ts'
import { sm3Stream } from '../kernel/cipher.ts'
import { now } from '../kernel/clock.ts'

const genesis = Buffer.alloc(32)
const chunkRows = 5_000

const SealRow = z.object({
  seal_id: z.bigint(),
  first_xid: z.string(),
  below_xid: z.string(),
  rows: z.bigint(),
  previous: z.instanceof(Buffer),
  digest: z.instanceof(Buffer),
})
type SealRow = z.infer<typeof SealRow>

const sealColumns = 'seal_id, first_xid::text, below_xid::text, rows, previous, digest'
const lastSeal = `SELECT ${sealColumns} FROM audit_seal ORDER BY seal_id DESC LIMIT 1`
const sealsAfter = `SELECT ${sealColumns} FROM audit_seal WHERE seal_id > $1 ORDER BY seal_id LIMIT 1000`
const openBound = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS bound`
// Every column of the row, as text that does not depend on the connection's settings.
const rowsInRange = `
  SELECT xid::text AS xid, audit_id::text AS id, jsonb_build_array(audit_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), actor, role, action, subject, detail, tick, xid::text)::text AS line
  FROM audit WHERE xid < $2::text::xid8 AND (xid, audit_id) > ($1::text::xid8, $3::bigint) ORDER BY xid, audit_id LIMIT ${chunkRows}`
const insertSeal = `INSERT INTO audit_seal (first_xid, below_xid, rows, previous, digest, sealed_at) VALUES ($1::text::xid8, $2::text::xid8, $3, $4, $5, $6)`
const unsealedRows = `SELECT count(*) AS rows FROM audit WHERE xid >= $1::text::xid8`

/** SM3 over the digest before and the lines of [firstXid, belowXid), each ended by a line feed. */
const digestOf = async (
  client: Queryable,
  previous: Buffer,
  firstXid: string,
  belowXid: string,
): Promise<{ rows: bigint; digest: Buffer }> => {
  const hash = sm3Stream().update(previous)
  let rows = 0n
  // Ids start at 1, so (firstXid, 0) lies just before the range.
  let after = { xid: firstXid, id: '0' }
  for (;;) {
    const page = (
      await client.query<{ xid: string; id: string; line: string }>(rowsInRange, [after.xid, belowXid, after.id])
    ).rows
    for (const row of page) hash.update(`${row.line}\n`)
    rows += BigInt(page.length)
    const last = page.at(-1)
    if (!last || page.length < chunkRows) return { rows, digest: hash.digest() }
    after = last
  }
}

/** Seals what can be sealed; returns how many rows. Safe to run on several hubs at once. Meant to be called each second. */
export const sealAudit = (pipeline: pg.Pool): Promise<bigint> =>
  transaction(pipeline, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('jingwei.audit_seal'))`)
    const last = z.array(SealRow).parse((await client.query(lastSeal)).rows)[0]
    const firstXid = last?.below_xid ?? '0'
    const belowXid = (await client.query<{ bound: string }>(openBound)).rows[0]!.bound
    if (BigInt(belowXid) <= BigInt(firstXid)) return 0n
    const previous = last?.digest ?? genesis
    const { rows, digest } = await digestOf(client, previous, firstXid, belowXid)
    if (rows > 0n) await client.query(insertSeal, [firstXid, belowXid, rows, previous, digest, now()])
    return rows
  })

export interface AuditVerdict {
  readonly ok: boolean
  /** Rows under a seal that verified. */
  readonly rows: bigint
  readonly seals: bigint
  /** Rows newer than the last seal: their order is not proven yet. */
  readonly unsealed: bigint
  /** Rows that retention dropped under whole seals: proven no longer, though the seals stay in the chain. */
  readonly dropped: bigint
  /** The first seal that does not verify. Rows before it are as they were written. */
  readonly firstBad: { readonly sealId: bigint; readonly reason: 'chainBroken' | 'rowsDiffer' } | null
  /** The last digest in hex: noted elsewhere, it proves that no seal was cut off the end. */
  readonly head: string
}

const DroppedRow = z.object({ seal_id: z.bigint(), digest: z.instanceof(Buffer), rows: z.bigint() })
const lastDropped = `SELECT seal_id, digest, (SELECT sum(rows)::bigint FROM audit_dropped) AS rows FROM audit_dropped ORDER BY seal_id DESC LIMIT 1`

/** Recomputes the whole chain from the rows; of seals whose rows retention dropped, that they are chained and end in the digest noted then. Reads only. */
export const verifyAudit = async (client: Queryable): Promise<AuditVerdict> => {
  let before: Pick<SealRow, 'seal_id' | 'below_xid' | 'digest'> = { seal_id: 0n, below_xid: '0', digest: genesis }
  const gone = z.array(DroppedRow).parse((await client.query(lastDropped)).rows)[0]
  let rows = 0n
  let seals = 0n
  const verdict = async (firstBad: AuditVerdict['firstBad']): Promise<AuditVerdict> => {
    const unsealed = (await client.query<{ rows: bigint }>(unsealedRows, [before.below_xid])).rows[0]!.rows
    const dropped = gone?.rows ?? 0n
    return { ok: firstBad === null, rows, seals, unsealed, dropped, firstBad, head: before.digest.toString('hex') }
  }
  for (;;) {
    const page: SealRow[] = z.array(SealRow).parse((await client.query(sealsAfter, [before.seal_id])).rows)
    if (page.length === 0) return verdict(null)
    for (const seal of page) {
      if (!seal.previous.equals(before.digest) || BigInt(seal.first_xid) < BigInt(before.below_xid))
        return verdict({ sealId: seal.seal_id, reason: 'chainBroken' })
      if (gone !== undefined && seal.seal_id <= gone.seal_id) {
        if (seal.seal_id === gone.seal_id && !seal.digest.equals(gone.digest))
          return verdict({ sealId: seal.seal_id, reason: 'chainBroken' })
        before = seal
        seals++
        continue
      }
      // From the seal before, not from first_xid: nothing may hide between two seals.
      const actual = await digestOf(client, before.digest, before.below_xid, seal.below_xid)
      if (actual.rows !== seal.rows || !actual.digest.equals(seal.digest))
        return verdict({ sealId: seal.seal_id, reason: 'rowsDiffer' })
      before = seal
      rows += seal.rows
      seals++
    }
  }
}
