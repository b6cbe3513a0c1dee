/** Extract files of the bench, written once before anything is measured; a file counts from the moment its manifest is put beside it. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import iconv from 'iconv-lite'
import { invoiceColumns, taxpayerColumns } from '../../simulator/departments/tax.ts'
import type { Row } from './world.ts'

export type FileFeed = 'tax.taxpayers' | 'tax.invoices' | 'tendering.awards'

interface Shape {
  readonly ending: string
  readonly encoding: 'gb18030' | 'utf-8'
  /** Null: one JSON object a line. */
  readonly columns: readonly string[] | null
}

const shapes: Readonly<Record<FileFeed, Shape>> = {
  'tax.taxpayers': { ending: 'csv', encoding: 'gb18030', columns: taxpayerColumns },
  'tax.invoices': { ending: 'csv.gz', encoding: 'utf-8', columns: invoiceColumns },
  'tendering.awards': { ending: 'jsonl', encoding: 'utf-8', columns: null },
}

const quoted = (value: unknown): string => {
  const text = value === null || value === undefined ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const rowsPerPiece = 500

export interface WrittenExtract {
  readonly manifestPath: string
  readonly manifest: string
}

/** Writes the body of an extract. It is no delivery until `publish` puts its manifest beside it. */
export const writeExtract = async (
  folder: string,
  feed: FileFeed,
  date: string,
  mode: 'full' | 'increment',
  rows: Iterable<Row>,
): Promise<WrittenExtract> => {
  const { ending, encoding, columns } = shapes[feed]
  const [department = '', name = ''] = feed.split('.')
  await mkdir(join(folder, department), { recursive: true })
  const path = join(folder, department, `${name}_${date.replaceAll('-', '')}.${ending}`)
  const sum = { rows: 0, fen: 0n }
  const pieces = function* (): Generator<Buffer> {
    let text = columns ? `${columns.join(',')}\r\n` : ''
    for (const row of rows) {
      if (feed === 'tax.invoices') sum.fen += BigInt(String(row.JSHJ).replace('.', ''))
      text += columns ? `${columns.map((column) => quoted(row[column])).join(',')}\r\n` : `${JSON.stringify(row)}\n`
      if (++sum.rows % rowsPerPiece !== 0) continue
      yield iconv.encode(text, encoding)
      text = ''
    }
    yield iconv.encode(text, encoding)
  }
  const body = Readable.from(pieces())
  const file = createWriteStream(path)
  await (ending.endsWith('.gz') ? pipeline(body, createGzip({ level: 4 }), file) : pipeline(body, file))
  const hash = createHash('sm3')
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer)
  const sumYuan = `${sum.fen / 100n}.${String(sum.fen % 100n).padStart(2, '0')}`
  const manifest = { feed, date, mode, rows: sum.rows, sm3: hash.digest('hex'), encoding }
  return {
    manifestPath: `${path}.manifest.json`,
    manifest: JSON.stringify(feed === 'tax.invoices' ? { ...manifest, sumYuan } : manifest),
  }
}

export const publish = (extract: WrittenExtract): Promise<void> => writeFile(extract.manifestPath, extract.manifest)

export const withdraw = (extract: WrittenExtract): Promise<void> => rm(extract.manifestPath, { force: true })
