/**
 * Front-end tables of a sharing platform (前置库): a table of batches, and a table of data for each resource (docs/feeds/housing.md).
 * A batch is checked whole, number of rows and digest, before a row of it is handed on. It is marked as taken only at the start of the next pull,
 * when the delivery that read it is known to be stored: at least once, and a batch that comes twice changes nothing.
 * Read in pages by row number, not through a cursor: a cursor holds a transaction open at the platform and is gone after a crash.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { checkpointGone, moreThanDeclared, readCheckpoint, rowsAt, shortDelivery } from './delivery.ts'
import { connectCodes, connectError } from './errors.ts'
import {
  type Batch,
  type ExchangeTablesOptions,
  exchangeOf,
  listBatches,
  markTaken,
  type Reader,
  requireKnownCatalogues,
  requireOnce,
  Watermark,
} from './exchange-batches.ts'
import type { Page, Pager, PullRequest } from './feed.ts'
import { sourceTime } from './watermark.ts'

const Checkpoint = z.object({
  pager: z.literal('exchange'),
  /** Digest over the batches of this delivery; `last` finds them again. */
  plan: z.string(),
  last: z.string(),
  batch: z.string(),
  row: z.number().int().nonnegative(),
})
type Checkpoint = z.infer<typeof Checkpoint>

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

interface Plan {
  readonly batches: readonly Batch[]
  readonly digest: string
  readonly last: string
}

const placeOf = (batch: Batch): string => `${batch.writtenAt} ${batch.number}`

const planOf = async (reader: Reader, request: PullRequest, last?: string): Promise<Plan> => {
  const mark = Watermark.safeParse(request.since).data
  // Without a mark, and for a day of the command line, batches count that others have taken before us.
  const from = mark?.writtenAt ?? (typeof request.since === 'string' ? request.since : '1970-01-01')
  const all = await listBatches(reader, from, request.until)
  const batches = all.filter(
    (batch) => mark?.batches[batch.number] !== batch.sm3 && (last === undefined || placeOf(batch) <= last),
  )
  const hash = createHash('sha256')
  for (const { number, sm3 } of batches) hash.update(`${number} ${sm3}\n`)
  const end = batches.at(-1)
  return { batches, digest: hash.digest('hex'), last: end === undefined ? '' : placeOf(end) }
}

const columnsOf = async ({ o, db, signal }: Reader): Promise<readonly string[]> => {
  const { rows } = await db.query(
    `SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1`,
    [o.table],
    signal,
  )
  const columns = rows.map(([name]) => name ?? '').filter((name) => name !== 'pch' && name !== 'hh')
  // Byte order, which the digest goes by.
  if (columns.length > 0) return columns.sort((a, b) => (a < b ? -1 : 1))
  throw connectError(
    connectCodes.exchangeUnreadable,
    `前置库中没有数据表 ${o.table}`,
    `the front-end database has no table ${o.table}`,
    { context: { table: o.table } },
  )
}

interface DataRow {
  readonly number: number
  readonly values: readonly (string | null)[]
}

/** The rows of a batch after row `after`, in pages, each by a statement of its own. */
const dataPages = async function* (
  { o, db, signal, pageSize }: Reader,
  batch: Batch,
  columns: readonly string[],
  after: number,
): AsyncGenerator<readonly DataRow[]> {
  const names = columns.map(quoted).join(', ')
  for (let last = after; ; ) {
    signal.throwIfAborted()
    const { rows } = await db.query(
      `SELECT hh, ${names} FROM ${quoted(o.table)} WHERE pch = $1 AND hh > $2 ORDER BY hh LIMIT ${pageSize}`,
      [batch.number, last],
      signal,
    )
    const page = rows.map(([number, ...values]) => ({ number: Number(number), values }))
    yield page
    if (page.length < pageSize) return
    last = page.at(-1)?.number ?? last
  }
}

/** Reads a batch once for its digest and number of rows, and refuses it where either is not as stated. */
const checkBatch = async (reader: Reader, batch: Batch, columns: readonly string[]): Promise<void> => {
  await requireOnce(reader, batch)
  const hash = createHash('sm3')
  let received = 0
  for await (const rows of dataPages(reader, batch, columns, 0)) {
    received += rows.length
    for (const { values } of rows) hash.update(`${values.map((value) => value ?? '').join('\t')}\n`)
  }
  const digest = hash.digest('hex')
  const where = { source: reader.o.table, batch: batch.number }
  if (digest !== batch.sm3) {
    throw connectError(
      connectCodes.digestMismatch,
      `前置库批次 ${batch.number} 的 SM3 摘要与批次表不符，拒收`,
      `the SM3 digest of batch ${batch.number} differs from the one in the table of batches; refused`,
      { retryable: true, context: { ...where, stated: batch.sm3, digest } },
    )
  }
  if (received < batch.rows) throw shortDelivery(batch.rows, received, where)
  if (received > batch.rows) throw moreThanDeclared(batch.rows, received, where)
}

const rowText = (columns: readonly string[], values: readonly (string | null)[]): string =>
  JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, values[i] ?? null])))

const nextMark = (batches: readonly Batch[], since: unknown): unknown => {
  const end = batches.at(-1)
  if (end === undefined) return since
  const before = Watermark.safeParse(since).data
  const writtenAt = before !== undefined && before.writtenAt > end.writtenAt ? before.writtenAt : end.writtenAt
  const through = writtenAt.slice(0, 10).replaceAll('-', '')
  const mark: Watermark = {
    writtenAt,
    through,
    batches: Object.fromEntries(batches.map(({ number, sm3 }) => [number, sm3])),
  }
  // Those of the same second as the last one stay known: they are asked for again.
  if (before?.writtenAt === writtenAt) return { ...mark, batches: { ...before.batches, ...mark.batches } }
  return mark
}

const requireDelivery = (batches: readonly Batch[], o: ExchangeTablesOptions, since: unknown): void => {
  if (batches.length > 0 || (since !== null && since !== undefined)) return
  throw connectError(connectCodes.nothingDelivered, '前置库中尚无本资源的批次', 'no batch has been delivered yet', {
    retryable: true,
    context: { catalogue: o.catalogue },
  })
}

/** What this delivery is to read, and where in it to begin. */
const begin = async (reader: Reader, request: PullRequest): Promise<{ plan: Plan; index: number; row: number }> => {
  const held = readCheckpoint(Checkpoint, request.resume)
  const plan = await planOf(reader, request, held?.last)
  if (held === null) return { plan, index: 0, row: 0 }
  const index = plan.batches.findIndex(({ number }) => number === held.batch)
  if (plan.digest !== held.plan || index === -1)
    throw checkpointGone('前置库批次有变', 'the batches of the front-end tables have changed', { last: held.last })
  return { plan, index, row: held.row }
}

/**
 * A pager over front-end tables. Throws `connect.not_configured`, `connect.exchange_unreadable`, `landing.catalogue_unknown`,
 * `landing.batch_repeated`, `landing.digest_mismatch`, `short_delivery`, `more_than_declared`, `nothing_delivered` (never a batch yet), and
 * `connect.checkpoint_gone` where the batches changed while the hub was away. A batch that is still being written is not there yet.
 */
export const exchangeTables = (o: ExchangeTablesOptions): Pager =>
  async function* pages(access, request): AsyncGenerator<Page> {
    const reader: Reader = { o, db: exchangeOf(access), signal: request.signal, pageSize: request.rowsPerPage }
    await requireKnownCatalogues(reader)
    const mark = Watermark.safeParse(request.since).data
    if (mark !== undefined) await markTaken(reader, mark, sourceTime(access.now()))
    const { plan, index, row } = await begin(reader, request)
    requireDelivery(plan.batches, o, request.since)
    const declaredRows = plan.batches.reduce((sum, batch) => sum + batch.rows, 0)
    const end = { next: null, declaredRows, watermark: nextMark(plan.batches, request.since) }
    if (plan.batches.length === 0) yield { rows: [], ...end }
    const columns = plan.batches.length === 0 ? [] : await columnsOf(reader)
    for (const [i, batch] of plan.batches.entries()) {
      if (i < index) continue
      await checkBatch(reader, batch, columns)
      for await (const data of dataPages(reader, batch, columns, i === index ? row : 0)) {
        const texts = data.map(({ values }) => rowText(columns, values))
        const rows = rowsAt(texts, `${o.table} ${batch.number}`, data[0]?.number ?? 1)
        const isEnd = data.length < request.rowsPerPage
        const following = isEnd ? plan.batches[i + 1] : batch
        if (following === undefined) yield { rows, ...end }
        else {
          const place = { batch: following.number, row: isEnd ? 0 : (data.at(-1)?.number ?? 0) }
          const next: Checkpoint = { pager: 'exchange', plan: plan.digest, last: plan.last, ...place }
          yield { rows, next }
        }
      }
    }
  }
