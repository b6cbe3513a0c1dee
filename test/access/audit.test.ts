import { beforeEach, describe, expect, test } from 'vitest'
import { auditRow, createAuditTrail } from '../../src/access/audit.ts'
import { sealAudit, verifyAudit } from '../../src/access/seal-audit.ts'
import { transaction } from '../../src/db/transaction.ts'
import { sm3 } from '../../src/kernel/cipher.ts'
import { testDatabase } from '../support/database.ts'

const db = await testDatabase()
const actor = { id: 'tok_1', role: 'officer' } as const
const entry = (subject: string) => ({ actor, action: 'getProject', subject })

beforeEach(async () => {
  await db.owner().query('TRUNCATE audit, audit_seal')
})

const countRows = async (): Promise<bigint> =>
  (await db.owner().query<{ n: bigint }>('SELECT count(*) AS n FROM audit')).rows[0]!.n

describe('the trail', () => {
  test('has the row once a read resolves', async () => {
    const trail = createAuditTrail(db.pipeline)
    await trail.read(entry('P1'))
    expect(await countRows()).toBe(1n)
  })

  test('gathers reads that come together into few statements', async () => {
    let statements = 0
    const trail = createAuditTrail({
      query: ((...args: Parameters<typeof db.pipeline.query>) => {
        statements++
        return db.pipeline.query(...args)
      }) as never,
    })
    await Promise.all(Array.from({ length: 300 }, (_, n) => trail.read(entry(`P${n}`))))
    expect(await countRows()).toBe(300n)
    expect(statements).toBeLessThan(5)
  })

  test('rejects when the row could not be written, and works again after', async () => {
    let isBroken = true
    const trail = createAuditTrail({
      query: ((...args: unknown[]) =>
        isBroken
          ? Promise.reject(new Error('down'))
          : (db.pipeline.query as (...a: unknown[]) => unknown)(...args)) as never,
    })
    await expect(trail.read(entry('P1'))).rejects.toThrow('down')
    isBroken = false
    await trail.read(entry('P2'))
    expect(await countRows()).toBe(1n)
  })

  test('of a write is gone with its transaction', async () => {
    await expect(
      transaction(db.pipeline, async (client) => {
        await auditRow(client, entry('P1'))
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await countRows()).toBe(0n)
  })

  test('takes odd text and keeps identity numbers out', async () => {
    const trail = createAuditTrail(db.pipeline)
    await trail.read({ ...entry('a\u0000b'), detail: { q: '11010519491231002X', nul: 'x\u0000y', n: 5n } })
    const { rows } = await db.owner().query('SELECT subject, detail FROM audit')
    expect(rows).toEqual([{ subject: 'ab', detail: { q: '[id-card]', nul: 'xy', n: '5' } }])
  })

  test('cannot be altered by the pipeline', async () => {
    await createAuditTrail(db.pipeline).read(entry('P1'))
    for (const sql of [`UPDATE audit SET subject = 'x'`, 'DELETE FROM audit', 'DELETE FROM audit_seal']) {
      await expect(db.pipeline.query(sql), sql).rejects.toMatchObject({ code: '42501' })
    }
    await expect(
      db.withActor({ ...actor, kind: 'token', scopePrefix: '' }, (client) => client.query('SELECT FROM audit')),
    ).rejects.toMatchObject({ code: '42501' })
  })
})

const fill = async (rows: number): Promise<void> => {
  const trail = createAuditTrail(db.pipeline)
  for (let n = 0; n < rows; n++) await trail.read(entry(`P${n}`))
}

/** Seals as often as it takes until nothing is left: other databases' transactions hold the bound back for a while. */
const sealAll = async (): Promise<void> => {
  const deadline = performance.now() + 20_000
  while ((await verifyAudit(db.pipeline)).unsealed > 0n && performance.now() < deadline) await sealAudit(db.pipeline)
}

describe('the seal', () => {
  test('verifies what it sealed and states the tail', async () => {
    await fill(5)
    await sealAll()
    await fill(2)
    expect(await verifyAudit(db.pipeline)).toMatchObject({ ok: true, rows: 5n, unsealed: 2n, firstBad: null })
    await sealAll()
    expect(await verifyAudit(db.pipeline)).toMatchObject({ ok: true, rows: 7n, unsealed: 0n })
  })

  test('is SM3 over the seal before and the rows in order', async () => {
    await fill(1)
    await sealAll()
    const { rows } = await db.owner().query<{ line: string; digest: string }>(
      `SELECT jsonb_build_array(audit_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), actor, role, action, subject, detail, tick, xid::text)::text AS line,
        (SELECT encode(digest, 'hex') FROM audit_seal) AS digest FROM audit`,
    )
    expect(rows[0]!.digest).toBe(sm3(Buffer.concat([Buffer.alloc(32), Buffer.from(`${rows[0]!.line}\n`)])))
  })

  test('waits for a transaction that is still open: its row is sealed later, none is missed', async () => {
    const late = await db.pipeline.connect()
    await late.query('BEGIN')
    await auditRow(late, entry('late'))
    await fill(3)
    await sealAudit(db.pipeline)
    expect((await verifyAudit(db.pipeline)).rows).toBe(0n)
    await late.query('COMMIT')
    late.release()
    await sealAll()
    expect(await verifyAudit(db.pipeline)).toMatchObject({ ok: true, rows: 4n, unsealed: 0n })
  })

  test('made by several hubs at once is one chain', async () => {
    await fill(20)
    await Promise.all(Array.from({ length: 4 }, () => sealAudit(db.pipeline)))
    await sealAll()
    expect(await verifyAudit(db.pipeline)).toMatchObject({ ok: true, rows: 20n })
  })

  test.each([
    ['an altered row', `UPDATE audit SET subject = 'P99' WHERE subject = 'P3'`, 'rowsDiffer'],
    ['an altered instant', `UPDATE audit SET at = at - interval '1 microsecond' WHERE subject = 'P3'`, 'rowsDiffer'],
    ['a deleted row', `DELETE FROM audit WHERE subject = 'P3'`, 'rowsDiffer'],
    [
      'a row slipped in',
      `INSERT INTO audit (at, actor, role, action, subject, xid) SELECT at, actor, role, action, 'P0', xid FROM audit WHERE subject = 'P3'`,
      'rowsDiffer',
    ],
    [
      'two rows exchanged',
      `UPDATE audit a SET subject = b.subject FROM audit b WHERE (a.subject, b.subject) IN (('P3', 'P4'), ('P4', 'P3'))`,
      'rowsDiffer',
    ],
    [
      'a row moved behind the last seal',
      `UPDATE audit SET xid = '9000000000000000000' WHERE subject = 'P3'`,
      'rowsDiffer',
    ],
    [
      'a seal made anew over altered rows',
      `UPDATE audit_seal SET digest = decode(repeat('ab', 32), 'hex') WHERE seal_id = (SELECT min(seal_id) FROM audit_seal)`,
      'rowsDiffer',
    ],
    ['a seal taken out', `DELETE FROM audit_seal WHERE seal_id = (SELECT min(seal_id) FROM audit_seal)`, 'chainBroken'],
  ])('finds %s, done by the owner of the tables', async (_, tampering, reason) => {
    await fill(6)
    await sealAll()
    await fill(3)
    await sealAll()
    await db.owner().query(tampering)
    const verdict = await verifyAudit(db.pipeline)
    expect([verdict.ok, verdict.firstBad?.reason]).toEqual([false, reason])
  })
})
