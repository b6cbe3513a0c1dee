/**
 * The audit trail (decision 20). Writes carry their row in their own transaction; reads are gathered and committed before their answers leave.
 * One row per read under a lock gave 0.08 of the speed; gathering is bounded by the flush before, so a lone read waits for one insert only.
 */
import type { Prisma } from '../db/prisma.ts'
import type { Queryable } from '../db/transaction.ts'
import { now } from '../kernel/clock.ts'
import { redact } from '../kernel/redact.ts'
import type { Role } from './actor.ts'

export interface AuditEntry {
  /** `-` where nobody is known yet, as at a login that was refused. */
  readonly actor: { readonly id: string; readonly role: Role | '-' }
  /** What was done: the route's or verb's name. */
  readonly action: string
  /** On what: `P12`, a taxpayer's opaque id; `-` where it is no single thing. */
  readonly subject: string
  readonly detail?: Readonly<Record<string, unknown>>
  /** The truth tick a write took. */
  readonly tick?: bigint
}

const insertMany = {
  name: 'audit_insert',
  text: `INSERT INTO audit (at, actor, role, action, subject, detail, tick)
    SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::bigint[])`,
}

/** What an audit row says, as it is stored. PostgreSQL's text cannot hold U+0000, and identity numbers must not come to rest in the trail. */
export const auditDetail = (detail: AuditEntry['detail']): string =>
  redact(
    JSON.stringify(detail ?? {}, (_, value) => (typeof value === 'bigint' ? value.toString() : value)).replaceAll(
      '\\u0000',
      '',
    ),
  )

const columnsOf = (entries: readonly { readonly at: Date; readonly entry: AuditEntry }[]): unknown[][] => [
  entries.map(({ at }) => at),
  entries.map(({ entry }) => entry.actor.id),
  entries.map(({ entry }) => entry.actor.role),
  entries.map(({ entry }) => entry.action),
  entries.map(({ entry }) => entry.subject.replaceAll('\u0000', '')),
  entries.map(({ entry }) => auditDetail(entry.detail)),
  entries.map(({ entry }) => entry.tick ?? null),
]

/** The audit row of a write: call it inside the write's transaction. */
export const auditRow = async (client: Queryable, entry: AuditEntry): Promise<void> => {
  await client.query({ ...insertMany, values: columnsOf([{ at: now(), entry }]) })
}

const insertOne = `INSERT INTO audit (at, actor, role, action, subject, detail, tick) VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7)`

/** The same for a write through Prisma: call it inside its transaction. */
export const auditRowThrough = async (
  tx: Pick<Prisma.TransactionClient, '$executeRawUnsafe'>,
  entry: AuditEntry,
): Promise<void> => {
  const values = columnsOf([{ at: now(), entry }]).map(([value]) => value)
  await tx.$executeRawUnsafe(insertOne, ...values)
}

export interface AuditTrail {
  /** Resolves once the row is committed; rejects where it could not be, and then the answer must not leave. */
  read(entry: AuditEntry): Promise<void>
  /** Resolves when nothing is waiting any more. */
  drain(): Promise<void>
}

interface Waiting {
  readonly at: Date
  readonly entry: AuditEntry
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const rowsMax = 1_000

/** Gathers reads: what arrives while an insert is under way goes out together in the next one. */
export const createAuditTrail = (pool: Queryable): AuditTrail => {
  let waiting: Waiting[] = []
  let flushing: Promise<void> | null = null

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const rows = waiting.slice(0, rowsMax)
      waiting = waiting.slice(rowsMax)
      try {
        await pool.query({ ...insertMany, values: columnsOf(rows) })
        for (const row of rows) row.resolve()
      } catch (error) {
        for (const row of rows) row.reject(error)
      }
    }
    flushing = null
  }

  return {
    read: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ at: now(), entry, resolve, reject })
        flushing ??= new Promise((done) => setImmediate(() => void flush().then(done)))
      }),
    drain: async () => {
      while (flushing) await flushing
    },
  }
}
