/**
 * Bulk rows into a table by COPY. Text format with chunks of many rows: building the text in JavaScript costs less than COPY's own work, and the binary
 * format would need a writer per column type.
 */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'

/** What a column may be given: a JSON column takes its JSON text; an array is a PostgreSQL array. */
export type CopyValue = string | number | bigint | boolean | null | undefined | Date | Uint8Array | readonly CopyValue[]
export type CopyRow = readonly CopyValue[]

const chunkChars = 128 * 1_024

const special = /[\\\n\r\t]/
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const escapeText = (text: string): string =>
  special.test(text) ? text.replace(/[\\\n\r\t]/g, (char) => escapes[char]!) : text

const arrayItem = (value: CopyValue): string => {
  if (value === null || value === undefined) return 'NULL'
  if (Array.isArray(value)) return arrayText(value)
  return `"${plainText(value).replace(/["\\]/g, '\\$&')}"`
}

const arrayText = (values: readonly CopyValue[]): string => `{${values.map(arrayItem).join(',')}}`

const plainText = (value: CopyValue): string => {
  if (typeof value === 'string') return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array)
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
  return String(value)
}

const field = (value: CopyValue): string => {
  if (value === null || value === undefined) return '\\N'
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `\\${plainText(value)}`
  return escapeText(arrayText(value))
}

/** One row as a line of COPY's text format. */
export const copyLine = (row: CopyRow): string => {
  let line = ''
  for (let i = 0; i < row.length; i++) line += i === 0 ? field(row[i]) : `\t${field(row[i])}`
  return `${line}\n`
}

async function* chunksOf(rows: Iterable<CopyRow> | AsyncIterable<CopyRow>): AsyncGenerator<Buffer> {
  let text = ''
  // A sync source is not awaited row by row: that alone would halve the speed.
  if (Symbol.iterator in rows) {
    for (const row of rows) {
      text += copyLine(row)
      if (text.length < chunkChars) continue
      yield Buffer.from(text)
      text = ''
    }
  } else {
    for await (const row of rows) {
      text += copyLine(row)
      if (text.length < chunkChars) continue
      yield Buffer.from(text)
      text = ''
    }
  }
  if (text) yield Buffer.from(text)
}

/**
 * Copies rows into `target`, a table with its columns: `raw_version (feed, key_hash)`. Values stand in the order of the columns; a NUL character in a
 * text is refused by PostgreSQL (22021). Never more than a few chunks are in memory. Returns the number of rows; an error of the source or the
 * server ends the COPY and leaves the connection usable (in a failed transaction if there is one).
 */
export const copyRows = async (
  client: pg.ClientBase,
  target: string,
  rows: Iterable<CopyRow> | AsyncIterable<CopyRow>,
): Promise<number> => {
  const copy = client.query(from(`COPY ${target} FROM STDIN`))
  await pipeline(Readable.from(chunksOf(rows), { objectMode: true, highWaterMark: 2 }), copy)
  return copy.rowCount
}
