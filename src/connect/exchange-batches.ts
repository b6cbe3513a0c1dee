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
  /** Batches of one delivery at most; what is left comes with the next. */
  readonly batchesMax?: number
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

const batchesMaxDefault = 1_000

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

export const markTaken = async ({ o, db, signal }: Reader, mark: Watermark, at: string): Promise<void> => {
  for (const [batch, sm3] of Object.entries(mark.batches)) {
    await db.query(
      `UPDATE exchange_batch SET zt = '已取', qssj = CAST($1 AS timestamp) WHERE zymlbm = $2 AND pch = $3 AND sm3 = $4 AND zt = '待取'`,
      [at, o.catalogue, batch, sm3],
      signal,
    )
  }
}

/** Finished batches that wait, and those written since `from` whoever has taken them, in the order in which they were written. */
export const listBatches = async (
  { o, db, signal }: Reader,
  from: string,
  until: string | undefined,
): Promise<readonly Batch[]> => {
  const { rows } = await db.query(
    `SELECT pch, jls, sm3, xrsj FROM exchange_batch
     WHERE zymlbm = $1 AND (zt = '待取' OR (zt = '已取' AND xrsj >= CAST($2 AS timestamp))) AND xrsj <= CAST($3 AS timestamp)
     ORDER BY xrsj, pch LIMIT ${o.batchesMax ?? batchesMaxDefault}`,
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
