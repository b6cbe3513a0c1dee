/** The table of batches of a sharing platform's front-end database: what waits to be read, and the mark that it was. */
import { z } from 'zod'
import { connectCodes, connectError } from './errors.ts'
import type { ExchangeDatabase } from './exchange-database.ts'
import type { SourceAccess } from './feed.ts'

export interface ExchangeTablesOptions {
  /** 资源目录编码 of this feed, and those of all feeds of its department. */
  readonly catalogue: string
  readonly catalogues: readonly string[]
  /** Table of the data. */
  readonly table: string
}

export interface Batch {
  readonly number: string
  readonly rows: number
  readonly sm3: string
  readonly writtenAt: string
}

export const Watermark = z.object({
  /** Written-at of the last batch that was read, and its day as `YYYYMMDD`: what is owed to a day is held to it. */
  writtenAt: z.string(),
  through: z.string(),
  /** Digests of the batches of the last delivery: marked as taken next time, and known until then. */
  batches: z.record(z.string(), z.string()),
})
export type Watermark = z.infer<typeof Watermark>

/** Batches marked by one statement: a hub that was away for years marks thousands. */
const markedAtOnce = 500

/** One pull's way to the tables. */
export interface Reader {
  readonly o: ExchangeTablesOptions
  readonly db: ExchangeDatabase
  readonly signal: AbortSignal
  readonly pageSize: number
}

export const exchangeOf = (access: SourceAccess): ExchangeDatabase => {
  if (access.exchange) return access.exchange
  throw connectError(
    connectCodes.notConfigured,
    '未配置前置库（sources.<供数单位>.database）',
    'no front-end database is configured (sources.<department>.database)',
  )
}

/** A resource that nobody reads would stay unread for ever: a revised catalogue changes codes without a word. */
export const requireKnownCatalogues = async ({ o, db, signal }: Reader): Promise<void> => {
  const places = o.catalogues.map((_, i) => `$${i + 1}`).join(', ')
  const { rows } = await db.query(
    `SELECT zymlbm, pch FROM exchange_batch WHERE zt = '待取' AND zymlbm NOT IN (${places}) ORDER BY zymlbm, pch LIMIT 1`,
    o.catalogues,
    signal,
  )
  const [catalogue, batch] = rows[0] ?? []
  if (catalogue === undefined) return
  throw connectError(
    connectCodes.catalogueUnknown,
    `前置库批次 ${batch} 的资源目录编码 ${catalogue} 未登记`,
    `batch ${batch} of the front-end tables has the unknown catalogue code ${catalogue}`,
    { context: { batch, catalogue, known: o.catalogues } },
  )
}

/** Marks the batches of the last delivery as taken at `at`, where they still are what it read. */
export const markTaken = async ({ o, db, signal }: Reader, mark: Watermark, at: string): Promise<void> => {
  const read = Object.entries(mark.batches)
  for (let from = 0; from < read.length; from += markedAtOnce) {
    const part = read.slice(from, from + markedAtOnce)
    const pairs = part.map((_, i) => `(CAST($${2 * i + 3} AS text), CAST($${2 * i + 4} AS text))`).join(', ')
    await db.query(
      `UPDATE exchange_batch SET zt = '已取', qssj = CAST($1 AS timestamp) WHERE zymlbm = $2 AND zt = '待取'
         AND (CAST(pch AS text), lower(CAST(sm3 AS text))) IN (VALUES ${pairs})`,
      [at, o.catalogue, ...part.flat()],
      signal,
    )
  }
}

/**
 * Finished batches that wait, and those written since `from` whoever has taken them, in the order in which they were written. All of them, however
 * long nobody came: a delivery that left some for the next would look whole. A batch is a line of a hundred bytes; its rows are read one page at a time.
 */
export const listBatches = async (
  { o, db, signal }: Reader,
  from: string,
  until: string | undefined,
): Promise<readonly Batch[]> => {
  const { rows } = await db.query(
    `SELECT pch, jls, sm3, xrsj FROM exchange_batch
     WHERE zymlbm = $1 AND (zt = '待取' OR (zt = '已取' AND xrsj >= CAST($2 AS timestamp))) AND xrsj <= CAST($3 AS timestamp)
     ORDER BY xrsj, pch`,
    [o.catalogue, from, until === undefined ? '9999-12-31' : `${until} 23:59:59`],
    signal,
  )
  return rows.map(([number, count, sm3, writtenAt]) => ({
    number: number ?? '',
    rows: Number(count),
    sm3: (sm3 ?? '').trim().toLowerCase(),
    writtenAt: writtenAt ?? '',
  }))
}

export const requireOnce = async ({ o, db, signal }: Reader, batch: Batch): Promise<void> => {
  const { rows } = await db.query(
    'SELECT count(*) FROM exchange_batch WHERE zymlbm = $1 AND pch = $2',
    [o.catalogue, batch.number],
    signal,
  )
  const times = Number(rows[0]?.[0])
  if (times === 1) return
  throw connectError(
    connectCodes.batchRepeated,
    `前置库中批次号 ${batch.number} 有 ${times} 个批次`,
    `the front-end tables have ${times} batches under the number ${batch.number}`,
    { context: { batch: batch.number, times } },
  )
}
