/** CSV tables of the stand-alone commands: columns found by name, and one clear error with place and remedy for whatever cannot be read. */
import { basename } from 'node:path'
import { fileBytes, gunzipped, isZip, peeked, sniffEncoding, sniffSize } from '../../connect/decode/bytes.ts'
import { type CsvRecord, csvRecords } from '../../connect/decode/csv.ts'
import { textBlocks } from '../../connect/decode/text-blocks.ts'
import { HubError, isHubError } from '../../kernel/errors.ts'

/** Stable codes of what stops `link` and `group`; all are the caller's to mend, so the command ends with exit code 2. */
export const tableCodes = {
  unreadable: 'cli.file_unreadable',
  unwritable: 'cli.file_unwritable',
  empty: 'cli.file_empty',
  notCsv: 'cli.not_csv',
  columnMissing: 'cli.column_missing',
  columnTwice: 'cli.column_twice',
  wrongEncoding: 'cli.wrong_encoding',
  raggedRow: 'cli.ragged_row',
  cellTooLarge: 'cli.cell_too_large',
  quoteOpen: 'cli.quote_never_closed',
  idMissing: 'cli.id_missing',
  idTwice: 'cli.id_twice',
  idUnknown: 'cli.id_unknown',
  badArgument: 'cli.bad_argument',
} as const

type TableCode = (typeof tableCodes)[keyof typeof tableCodes]

export const tableError = (code: TableCode, zh: string, en: string, context: Record<string, unknown> = {}): HubError =>
  new HubError({ code, publicMessage: { zh, en }, context })

export interface TableRow<Column extends string> {
  /** Counted from 1 with the header as row 1, as a spreadsheet shows it. */
  readonly row: number
  readonly cells: Readonly<Record<Column, string>>
}

const shown = (cells: readonly string[]): string => cells.slice(0, 12).join(', ').slice(0, 120)
const isText = (text: string): boolean => !text.includes('\u0000')

/**
 * Rows of a CSV file (UTF-8, GB18030 or UTF-16; plain or gzip; comma, tab or semicolon), in groups as they are read.
 * Throws HubError with a `cli.*` code. All `columns` must be there, by name, in any order; others are passed over.
 */
export const tableRows = async function* <Column extends string>(
  path: string,
  columns: readonly Column[],
): AsyncGenerator<TableRow<Column>[]> {
  const name = basename(path)
  try {
    yield* readRows(path, name, columns)
  } catch (error) {
    throw asTableError(error, name)
  }
}

const readRows = async function* <Column extends string>(
  path: string,
  name: string,
  columns: readonly Column[],
): AsyncGenerator<TableRow<Column>[]> {
  if (await isZip(path))
    throw tableError(
      tableCodes.notCsv,
      `${name} 是 Excel 工作簿或压缩包，请另存为 CSV 后再试`,
      `${name} is a workbook or a zip archive: save it as CSV and try again`,
    )
  const { head, all } = await peeked(gunzipped(fileBytes(path)), sniffSize)
  if (head.length === 0) throw empty(name)
  const encoding = sniffEncoding(head)
  let places: number[] | null = null
  let width = 0
  let row = 0
  for await (const group of csvRecords(textBlocks(all, encoding))) {
    const rows: TableRow<Column>[] = []
    for (const record of group) {
      row += 1
      refuseDamage(record, name, row)
      if (places === null) {
        places = placesOf(record.cells, columns, name)
        width = record.cells.length
        continue
      }
      if (record.cells.length !== width) {
        if (record.cells.every((cell) => cell.trim() === '')) continue
        throw tableError(
          tableCodes.raggedRow,
          `${name} 第 ${row} 行有 ${record.cells.length} 列，表头有 ${width} 列：请检查该行的分隔符和引号`,
          `${name} row ${row} has ${record.cells.length} cells under a header of ${width}: check its delimiters and quotes`,
          { row },
        )
      }
      rows.push({ row, cells: pick(record.cells, columns, places) })
    }
    if (rows.length > 0) yield rows
  }
  if (places === null) throw empty(name)
}

const empty = (name: string): HubError =>
  tableError(tableCodes.empty, `${name} 是空文件，连表头也没有`, `${name} is empty: it has no header`)

const refuseDamage = (record: CsvRecord, name: string, row: number): void => {
  if (record.damage === null && isText(record.source)) return
  throw tableError(
    tableCodes.wrongEncoding,
    `${name} 第 ${row} 行含有无法解码的字节：请将文件另存为 UTF-8 或 GB18030（GBK）编码的 CSV`,
    `${name} row ${row} holds bytes that are no text: save the file as CSV in UTF-8 or GB18030 (GBK)`,
    { row },
  )
}

const fold = (header: string): string =>
  header
    .trim()
    .replace(/^\ufeff/, '')
    .toLowerCase()

const placesOf = (header: readonly string[], columns: readonly string[], name: string): number[] => {
  const folded = header.map(fold)
  const missing = columns.filter((column) => !folded.includes(column.toLowerCase()))
  if (missing.length > 0)
    throw tableError(
      tableCodes.columnMissing,
      `${name} 缺少列 ${missing.join('、')}；表头应为 ${columns.join(',')}，现为 ${shown(header)}`,
      `${name} lacks the column ${missing.join(', ')}; the header should be ${columns.join(',')} and is ${shown(header)}`,
      { missing },
    )
  return columns.map((column) => {
    const at = folded.indexOf(column.toLowerCase())
    if (folded.indexOf(column.toLowerCase(), at + 1) !== -1)
      throw tableError(
        tableCodes.columnTwice,
        `${name} 的表头中列 ${column} 出现两次`,
        `${name} has the column ${column} twice in its header`,
      )
    return at
  })
}

const pick = <Column extends string>(
  cells: readonly string[],
  columns: readonly Column[],
  places: readonly number[],
): Record<Column, string> => {
  const picked = {} as Record<Column, string>
  for (let i = 0; i < columns.length; i++) picked[columns[i]!] = cells[places[i]!]!.trim()
  return picked
}

const renamed: Readonly<Record<string, TableCode>> = {
  'decode.file_unreadable': tableCodes.unreadable,
  'decode.cut_file': tableCodes.unreadable,
  'decode.cell_too_large': tableCodes.cellTooLarge,
  'decode.quote_never_closed': tableCodes.quoteOpen,
}

/** Errors of the decoders say what is wrong; here they get the file's name and a code that stands for wrong use. */
const asTableError = (error: unknown, name: string): unknown => {
  if (!isHubError(error)) return error
  const code = renamed[error.code]
  if (code === undefined) return error
  const { zh, en } = error.publicMessage
  return new HubError({
    code,
    publicMessage: { zh: `${name}：${zh}`, en: `${name}: ${en}` },
    context: error.context,
    cause: error,
  })
}

/** Refuses an id that is empty or was seen before; ids name rows in the output, so two rows must not share one. */
export const createIdCheck = (path: string): ((id: string, row: number) => void) => {
  const name = basename(path)
  const rowOf = new Map<string, number>()
  return (id, row) => {
    if (id === '')
      throw tableError(tableCodes.idMissing, `${name} 第 ${row} 行没有 id`, `${name} row ${row} has no id`, { row })
    const before = rowOf.get(id)
    if (before !== undefined)
      throw tableError(
        tableCodes.idTwice,
        `${name} 第 ${before} 行和第 ${row} 行的 id 相同：${id.slice(0, 60)}；请让每行的 id 唯一`,
        `${name} rows ${before} and ${row} have the same id ${id.slice(0, 60)}: give each row an id of its own`,
        { row, before },
      )
    rowOf.set(id, row)
  }
}
