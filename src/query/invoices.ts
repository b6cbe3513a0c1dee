/** The invoices tied to a project, newest first. */
import { z } from 'zod'
import type { InvoiceItem } from '#schemas/api/project.ts'
import { fromCanonicalJson } from '#schemas/canonical/position.ts'
import type { Actor } from '../access/actor.ts'
import { nameFor } from '../access/mask.ts'
import type { Queryable } from '../db/transaction.ts'
import { recordId } from '../kernel/opaque-id.ts'
import { cursorKeys, type Page, pageOf, readCursor, writeCursor } from './page.ts'
import { statement } from './statement.ts'

const Row = z.object({
  key_hash: z.instanceof(Buffer),
  event_on: z.string().nullable(),
  class: z.enum(['taxable', 'nonTaxable', 'void']).nullable(),
  tier: z.number().nullable(),
  reason: z.string(),
  score: z.number(),
  body: z.string(),
})
type Row = z.output<typeof Row>

const Body = z.object({
  number: z.string(),
  code: z.string().nullable(),
  status: z.string().nullable(),
  seller: z.object({ name: z.string() }),
  buyer: z.object({ name: z.string() }),
  netFen: z.bigint().nullable(),
  taxFen: z.bigint().nullable(),
  grossFen: z.bigint().nullable(),
  projectName: z.string().nullable(),
})

const dayOrFirst = `coalesce(f.event_on, '0001-01-01')`
const invoicesOfProject = statement<typeof Row, [bigint, string | null, string | null, number]>(
  'project_invoices',
  `SELECT f.key_hash, f.event_on, f.class, t.tier, t.reason, t.score, f.body
   FROM tie t JOIN fact f ON f.subject_hash = t.subject_hash AND f.kind = 'invoice'
   WHERE t.project_id = $1 AND ($3::text IS NULL OR (${dayOrFirst} < coalesce($2::date, '0001-01-01')
     OR ${dayOrFirst} = coalesce($2::date, '0001-01-01') AND f.key_hash > decode($3, 'hex')))
   ORDER BY ${dayOrFirst} DESC, f.key_hash LIMIT $4`,
  Row,
)

const show = (actor: Actor, row: Row): InvoiceItem => {
  const body = Body.parse(fromCanonicalJson(row.body))
  return {
    record: recordId.of(row.key_hash),
    number: body.number,
    code: body.code,
    issuedOn: row.event_on,
    status: body.status,
    class: row.class,
    tier: row.tier,
    sellerName: nameFor(actor.role, body.seller.name),
    buyerName: nameFor(actor.role, body.buyer.name),
    netFen: body.netFen,
    taxFen: body.taxFen,
    grossFen: body.grossFen,
    projectName: body.projectName,
    reason: row.reason,
    score: row.score,
  }
}

/** One page. Throws `http.bad_cursor`. The caller checks that the actor sees the project. */
export const listInvoices = async (
  client: Queryable,
  actor: Actor,
  id: bigint,
  cursor: string | undefined,
  limit: number,
): Promise<Page<InvoiceItem>> => {
  const question = { invoicesOf: id }
  const after = readCursor(cursor, question, [cursorKeys.day, cursorKeys.hash])
  const rows = await invoicesOfProject(client, id, after?.[0] ?? null, after?.[1] ?? null, limit + 1)
  return pageOf(
    rows,
    limit,
    (row) => show(actor, row),
    (row) => writeCursor(question, [row.event_on, row.key_hash.toString('hex')]),
  )
}
