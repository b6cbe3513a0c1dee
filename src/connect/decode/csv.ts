/**
 * CSV by RFC 4180 as it really comes: `\r\n` or `\n`, quotes in the middle of a bare cell, blank lines, tab or semicolon between cells.
 * Lines without a quote, nearly all of them, are cut by `split`; only the others go through the state machine.
 */
import { connectError, decodeCodes } from '../errors.ts'
import { cellBytesMax, cellTooLarge, damageIn, type TextBlock } from './text-blocks.ts'

export interface CsvRecord {
  readonly cells: readonly string[]
  /** The record as it stood, without its line end. */
  readonly source: string
  /** Base64 of the bytes where some of it is no text in the file's encoding. */
  readonly damage: string | null
}

export type Delimiter = ',' | '\t' | ';'

/** The delimiter that stands most often in the first line outside quotes; a comma where there is none. */
export const sniffDelimiter = (text: string): Delimiter => {
  const line = (text.split('\n', 1)[0] ?? '').replace(/"[^"]*"/g, '')
  const count = (delimiter: string): number => line.split(delimiter).length
  const commas = count(',')
  return count('\t') > commas ? '\t' : count(';') > commas ? ';' : ','
}

/** Reads one record with quotes from `at`; null where the text ends inside a quoted cell. */
const quotedRecord = (
  text: string,
  at: number,
  delimiter: string,
): { cells: string[]; end: number; next: number } | null => {
  const cells: string[] = []
  let i = at
  for (;;) {
    let cell = ''
    if (text.charCodeAt(i) === 0x22) {
      for (i++; ; ) {
        const close = text.indexOf('"', i)
        if (close === -1) return null
        cell += text.slice(i, close)
        i = close + 1
        if (text.charCodeAt(i) !== 0x22) break
        cell += '"'
        i++
      }
    }
    const feed = text.indexOf('\n', i)
    const lineEnd = feed === -1 ? text.length : feed
    const cut = text.indexOf(delimiter, i)
    if (cut !== -1 && cut < lineEnd) {
      cells.push(cell + text.slice(i, cut))
      i = cut + 1
      continue
    }
    const end = text.charCodeAt(lineEnd - 1) === 0x0d && lineEnd > i ? lineEnd - 1 : lineEnd
    cells.push(cell + text.slice(i, end))
    return { cells, end, next: lineEnd + 1 }
  }
}

/** Cuts the complete records off a text that may stop inside one; `rest` is what is left of it. */
const recordsOf = (
  text: string,
  delimiter: string,
  isLast: boolean,
  damaged: ReadonlyMap<string, Buffer>,
): { records: CsvRecord[]; rest: string } => {
  const records: CsvRecord[] = []
  let at = 0
  let quoteAt = text.indexOf('"')
  while (at < text.length) {
    const feed = text.indexOf('\n', at)
    if (feed === -1 && !isLast) break
    const lineEnd = feed === -1 ? text.length : feed
    if (quoteAt !== -1 && quoteAt < at) quoteAt = text.indexOf('"', at)
    let cells: string[]
    let end: number
    let next: number
    if (quoteAt === -1 || quoteAt > lineEnd) {
      end = text.charCodeAt(lineEnd - 1) === 0x0d && lineEnd > at ? lineEnd - 1 : lineEnd
      next = lineEnd + 1
      if (end === at) {
        at = next
        continue
      }
      cells = text.slice(at, end).split(delimiter)
    } else {
      const record = quotedRecord(text, at, delimiter)
      if (record === null || (record.next > text.length && !isLast)) break
      ;({ cells, end, next } = record)
    }
    const source = text.slice(at, end)
    records.push({ cells, source, damage: damageIn(source, damaged) })
    at = next
  }
  return { records, rest: at < text.length ? text.slice(at) : '' }
}

/**
 * The records of a CSV text, in groups as the blocks come. Throws `decode.quote_never_closed` where the file ends inside quotes
 * and `decode.cell_too_large` where a cell grows beyond 10 MB.
 */
export const csvRecords = async function* (
  blocks: AsyncIterable<TextBlock>,
  delimiter?: Delimiter,
): AsyncGenerator<CsvRecord[]> {
  let rest = ''
  let restDamage: ReadonlyMap<string, Buffer> = new Map()
  let by = delimiter
  for await (const block of blocks) {
    const text = rest + block.text
    by ??= text === '' ? undefined : sniffDelimiter(text)
    const damaged = restDamage.size === 0 ? block.damaged : new Map([...restDamage, ...block.damaged])
    const { records, rest: left } = recordsOf(text, by ?? ',', false, damaged)
    if (left.length > cellBytesMax) throw cellTooLarge('cell')
    rest = left
    restDamage = left === '' ? new Map() : damaged
    if (records.length > 0) yield records
  }
  if (rest === '') return
  const { records, rest: open } = recordsOf(rest, by ?? ',', true, restDamage)
  if (records.length > 0) yield records
  if (open !== '') {
    throw connectError(
      decodeCodes.quoteOpen,
      '文件结束时引号未闭合，最后一条记录不完整',
      'the file ends inside quotes; its last record is incomplete',
      {
        context: { beginning: open.slice(0, 80) },
      },
    )
  }
}
