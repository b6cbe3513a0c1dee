/** Extract files of the bench, written once before anything is measured; a file counts from the moment its manifest is put beside it. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import iconv from 'iconv-lite'
import { sources } from '../../simulator/departments/sources.ts'
import { invoiceColumns, taxpayerColumns } from '../../simulator/departments/tax.ts'
import type { ExtractSpec } from '../../simulator/source.ts'
import type { FeedId } from '../../simulator/world/entries.ts'
import type { BenchRow, Row } from './world.ts'

const firstExtracts: Partial<Readonly<Record<FeedId, ExtractSpec>>> = {
  'tax.taxpayers': { file: 'taxpayers_{day}.csv', encoding: 'gb18030', columns: taxpayerColumns, sumColumn: null },
  'tax.invoices': { file: 'invoices_{day}.csv.gz', encoding: 'utf-8', columns: invoiceColumns, sumColumn: 'JSHJ' },
  'tendering.awards': { file: 'awards_{day}.jsonl', encoding: 'utf-8', columns: null, sumColumn: null },
}

/** How a feed is written as an extract; null where its department delivers in another way. */
export const extractOf = (feed: FeedId): ExtractSpec | null =>
  firstExtracts[feed] ?? sources.find((source) => source.feed === feed)?.extract ?? null

const quoted = (value: unknown): string => {
  const text = value === null || value === undefined ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const lineOf = (row: Row, columns: readonly string[] | null): string =>
  columns ? `${columns.map((column) => quoted(row[column])).join(',')}\r\n` : `${JSON.stringify(row)}\n`

const rowsPerPiece = 500

/** Writes one extract with its manifest and gives its number of rows. */
export const writeExtract = async (
  drop: string,
  feed: FeedId,
  spec: ExtractSpec,
  delivery: { readonly date: string; readonly mode: 'full' | 'increment'; readonly rows: Iterable<BenchRow> },
): Promise<number> => {
  const { encoding, columns, sumColumn } = spec
  const folder = join(drop, feed.slice(0, feed.indexOf('.')))
  await mkdir(folder, { recursive: true })
  const path = join(folder, spec.file.replace('{day}', delivery.date.replaceAll('-', '')))
  const sum = { rows: 0, fen: 0n }
  const pieces = function* (): Generator<Buffer> {
    let text = columns ? `${columns.join(',')}\r\n` : ''
    for (const { row } of delivery.rows) {
      if (sumColumn) sum.fen += BigInt(String(row[sumColumn]).replace('.', ''))
      text += lineOf(row, columns)
      if (++sum.rows % rowsPerPiece !== 0) continue
      yield iconv.encode(text, encoding)
      text = ''
    }
    yield iconv.encode(text, encoding)
  }
  const body = Readable.from(pieces())
  const file = createWriteStream(path)
  await (path.endsWith('.gz') ? pipeline(body, createGzip({ level: 4 }), file) : pipeline(body, file))
  const hash = createHash('sm3')
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer)
  const { date, mode } = delivery
  const manifest = { feed, date, mode, rows: sum.rows, sm3: hash.digest('hex'), encoding }
  const stated = sumColumn ? { ...manifest, sumYuan: yuanOf(sum.fen) } : manifest
  await writeFile(`${path}.manifest.json`, JSON.stringify(stated))
  return sum.rows
}

const yuanOf = (fen: bigint): string => {
  const digits = String(fen < 0n ? -fen : fen).padStart(3, '0')
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
