/** One door for files: whatever a department or an officer hands over becomes rows under the feed's own field names. */
import { basename } from 'node:path'
import { connectError, decodeCodes } from '../errors.ts'
import type { AnyFeed, RawRow } from '../feed.ts'
import { renameKeys } from '../json-rows.ts'
import {
  type Bytes,
  type Encoding,
  type FileFormat,
  fileBytes,
  gunzipped,
  isZip,
  peeked,
  sniffEncoding,
  sniffFormat,
  sniffSize,
} from './bytes.ts'
import { type CsvRecord, csvRecords } from './csv.ts'
import { type Header, type HeaderPlace, isHeader, memberNames, readHeader, recordWriter } from './header.ts'
import { jsonArrayRows, ndjsonRows } from './json-files.ts'
import { textBlocks } from './text-blocks.ts'
import { openWorkbook } from './xlsx.ts'

export interface OpenOptions {
  readonly feed: AnyFeed
  /** Declared encoding; told from the bytes where it is not given. */
  readonly encoding?: Encoding
  readonly format?: FileFormat
  /** Called with each header read: columns the feed does not know and fields that have no column. */
  readonly onHeader?: (header: Header, place: HeaderPlace) => void
}

const ragged = (cells: number, expected: number): string =>
  `有 ${cells} 列，表头有 ${expected} 列 / ${cells} cells under a header of ${expected}`

const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell === '')

/** A header may stand below a title; more than this many rows are not a title. */
const titleRowsMax = 10

const csvRows = async function* (
  records: AsyncIterable<readonly CsvRecord[]>,
  source: string,
  o: OpenOptions,
): AsyncGenerator<RawRow[]> {
  let header: Header | null = null
  let write: (cells: readonly string[]) => string = () => ''
  let width = 0
  let row = 0
  const above: CsvRecord[] = []
  const begin = (cells: readonly string[], place: HeaderPlace): void => {
    header = readHeader(o.feed, cells, place)
    width = header.fields.length
    write = recordWriter(header.fields)
    o.onHeader?.(header, place)
  }
  const rowOf = ({ cells, source: text, damage }: CsvRecord): RawRow | null => {
    const at = { source, row }
    if (damage !== null)
      return {
        text: damage,
        at,
        undecodable: { code: decodeCodes.badBytes, message: '含有无法解码的字节 / bytes that are no text' },
      }
    if (cells.length === width || (cells.length > width && isBlank(cells.slice(width))))
      return isBlank(cells) ? null : { text: write(cells), at }
    return isBlank(cells)
      ? null
      : { text, at, undecodable: { code: decodeCodes.raggedRow, message: ragged(cells.length, width) } }
  }
  for await (const group of records) {
    const rows: RawRow[] = []
    for (const record of group) {
      row++
      if (header !== null) {
        const one = rowOf(record)
        if (one !== null) rows.push(one)
        continue
      }
      if (isHeader(o.feed, record.cells)) begin(record.cells, { source, row })
      else if (above.push(record) > titleRowsMax) break
    }
    if (header === null && above.length > titleRowsMax) break
    if (rows.length > 0) yield rows
  }
  if (header !== null) return
  if (above[0] === undefined)
    throw connectError(
      decodeCodes.fileEmpty,
      `${source} 是空文件，连表头也没有`,
      `${source} is empty and has no header`,
      { context: { source } },
    )
  // Says what is missing in terms of the first row, which is where a header belongs.
  readHeader(o.feed, above[0].cells, { source, row: 1 })
}

/** Gives rows under the feed's own field names, where members are named by its headers; which they are is told by the first sound row. */
export const renamer = (feed: AnyFeed): ((rows: RawRow[]) => RawRow[]) => {
  let names: ReadonlyMap<string, string> | null = null
  return (rows) => {
    const first = names === null ? rows.find((row) => row.undecodable === undefined) : undefined
    if (first !== undefined) names = memberNames(feed, membersOf(first.text))
    const by = names
    return by === null || by.size === 0
      ? rows
      : rows.map((row) => (row.undecodable ? row : { ...row, text: renamedOrAsIs(row.text, by) }))
  }
}

/** The same of a stream. */
export const renamed = async function* (groups: AsyncIterable<RawRow[]>, feed: AnyFeed): AsyncGenerator<RawRow[]> {
  const rename = renamer(feed)
  for await (const rows of groups) yield rename(rows)
}

const renamedOrAsIs = (text: string, names: ReadonlyMap<string, string>): string => {
  try {
    return renameKeys(text, names)
  } catch {
    // A row that is broken inside goes on as it is and is refused where it is parsed, with its place.
    return text
  }
}

const membersOf = (text: string): string[] => {
  try {
    return Object.keys(JSON.parse(text) as object)
  } catch {
    return []
  }
}

/**
 * Rows of a stream of bytes (CSV, NDJSON or a JSON array, plain or gzip; UTF-8, GB18030 or UTF-16). `source` names it in messages.
 * Throws HubError with a `decode.*` code for what stops the whole file; a bad row comes as an undecodable one.
 */
export const openStream = async function* (bytes: Bytes, source: string, o: OpenOptions): AsyncGenerator<RawRow[]> {
  const { head, all } = await peeked(gunzipped(bytes), sniffSize)
  const encoding = o.encoding ?? sniffEncoding(head)
  const format = o.format ?? sniffFormat(head, encoding)
  const blocks = textBlocks(all, encoding)
  if (format === 'csv') yield* csvRows(csvRecords(blocks), source, o)
  else if (format === 'ndjson') yield* renamed(ndjsonRows(blocks, source), o.feed)
  else if (format === 'json') yield* renamed(jsonArrayRows(blocks, source), o.feed)
  else
    throw connectError(
      decodeCodes.formatUnknown,
      `${source} 不能按此格式读取`,
      `${source} cannot be read in this format`,
      { context: { source, format } },
    )
}

const sheetRecords = async function* (name: string, from: string | Buffer, o: OpenOptions): AsyncGenerator<RawRow[]> {
  const book = await openWorkbook(from)
  let hasHeader = false
  let firstRow: { cells: readonly string[]; place: HeaderPlace } | null = null
  try {
    for (const sheet of book.sheets) {
      let header: Header | null = null
      let write: (cells: readonly string[]) => string = () => ''
      let seen = 0
      for await (const group of sheet.rows()) {
        const rows: RawRow[] = []
        for (const { row, cells } of group) {
          const place = { source: name, row, sheet: sheet.name }
          if (header !== null) rows.push({ text: write(cells), at: place })
          else if (isHeader(o.feed, cells)) {
            header = readHeader(o.feed, cells, place)
            write = recordWriter(header.fields)
            hasHeader = true
            o.onHeader?.(header, place)
          } else {
            firstRow ??= { cells, place }
            if (++seen > titleRowsMax) break
          }
        }
        if (rows.length > 0) yield rows
        if (header === null && seen > titleRowsMax) break
      }
    }
    if (hasHeader) return
    if (firstRow === null)
      throw connectError(decodeCodes.fileEmpty, `${name} 没有数据`, `${name} holds no data`, {
        context: { source: name },
      })
    readHeader(o.feed, firstRow.cells, firstRow.place)
  } finally {
    book.close()
  }
}

/** Rows of bytes held in memory, such as the body of a push; XLSX too. */
export const openBytes = (bytes: Buffer, source: string, o: OpenOptions): AsyncGenerator<RawRow[]> =>
  bytes.length >= 4 && bytes.readUInt32LE(0) === 0x04034b50
    ? sheetRecords(source, bytes, o)
    : openStream(
        (async function* () {
          yield bytes
        })(),
        source,
        o,
      )

/** Rows of a file under the feed's own field names, in groups as they are read; never the whole file in memory. */
export const openFile = async function* (path: string, o: OpenOptions): AsyncGenerator<RawRow[]> {
  const name = basename(path)
  if (await isZip(path)) yield* sheetRecords(name, path, o)
  else yield* openStream(fileBytes(path), name, o)
}
