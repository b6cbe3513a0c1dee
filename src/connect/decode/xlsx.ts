/**
 * XLSX as a stream: sheet XML is read as it is unpacked; only the shared strings are held. Dates stay the serial numbers they are
 * (the readers of dates know them), so no styles are needed. ECMA-376 part 1, 18.3 and 18.4.
 */
import { SaxesParser } from 'saxes'
import * as yauzl from 'yauzl'
import { isHubError } from '../../kernel/errors.ts'
import { connectError, decodeCodes } from '../errors.ts'
import { cellBytesMax, cellTooLarge } from './text-blocks.ts'

export interface SheetRow {
  /** The row's number as the spreadsheet shows it. */
  readonly row: number
  readonly cells: readonly string[]
}

export interface Sheet {
  readonly name: string
  readonly rows: () => AsyncGenerator<SheetRow[]>
}

export interface Workbook {
  /** Visible sheets in their order. */
  readonly sheets: readonly Sheet[]
  readonly close: () => void
}

const sharedCharsMax = 256 * 1_048_576
const unpackedBytesMax = 4 * 1_073_741_824
const columnsMax = 16_384

const unreadable = (zh: string, en: string, cause?: unknown) =>
  connectError(decodeCodes.xlsxUnreadable, zh, en, cause === undefined ? {} : { cause })

interface Events {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  close(name: string): void
  text(text: string): void
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1)

/** Feeds a part of the archive through the XML parser; yields after each piece so that the caller can pass on what it gathered. */
const parsed = async function* (zip: yauzl.ZipFile, entry: yauzl.Entry, events: Events): AsyncGenerator<void> {
  if (entry.uncompressedSize > unpackedBytesMax) {
    throw connectError(decodeCodes.xlsxTooLarge, '表格解压后过大', 'the unpacked sheet is too large', {
      context: { part: entry.fileName },
    })
  }
  const parser = new SaxesParser()
  parser.on('opentag', (tag) => events.open(local(tag.name), tag.attributes))
  parser.on('closetag', (tag) => events.close(local(tag.name)))
  parser.on('text', (text) => events.text(text))
  parser.on('cdata', (text) => events.text(text))
  parser.on('error', (cause) => {
    throw unreadable('XLSX 内容已损坏', 'the XLSX is damaged inside', cause)
  })
  const decoder = new TextDecoder('utf-8')
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      parser.write(decoder.decode(chunk as Buffer, { stream: true }))
      yield
    }
    parser.close()
    yield
  } catch (error) {
    throw isHubError(error) ? error : unreadable('XLSX 不完整或已损坏', 'the XLSX is incomplete or damaged', error)
  }
}

const drain = async (steps: AsyncGenerator<void>): Promise<void> => {
  for await (const _ of steps);
}

const readSharedStrings = async (zip: yauzl.ZipFile, entry: yauzl.Entry | undefined): Promise<readonly string[]> => {
  const strings: string[] = []
  if (entry === undefined) return strings
  let text = ''
  let chars = 0
  let isText = false
  let phonetic = 0
  await drain(
    parsed(zip, entry, {
      open: (name) => {
        if (name === 'si') text = ''
        // rPh holds the reading of East Asian text, which is no part of it.
        else if (name === 'rPh') phonetic++
        else if (name === 't') isText = phonetic === 0
      },
      close: (name) => {
        if (name === 't') isText = false
        else if (name === 'rPh') phonetic--
        else if (name === 'si') {
          strings.push(text)
          chars += text.length
          if (chars > sharedCharsMax)
            throw connectError(decodeCodes.xlsxTooLarge, '表格文字过多', 'the workbook holds too much text')
        }
      },
      text: (piece) => {
        if (isText) text += piece
        if (text.length > cellBytesMax) throw cellTooLarge('sharedStrings')
      },
    }),
  )
  return strings
}

/** `AB12` → 27 (columns from 0); null where there is no letter. */
const columnOf = (reference: string | undefined): number | null => {
  let column = 0
  let i = 0
  for (; reference !== undefined && i < reference.length; i++) {
    const code = reference.charCodeAt(i)
    if (code < 65 || code > 90) break
    column = column * 26 + code - 64
  }
  return i === 0 ? null : column - 1
}

/** Spreadsheets store doubles; what they show, and what was typed, is 15 digits. Longer number text is an artefact of that. */
const numberText = (text: string): string => {
  if (text.length <= 15 && !/[eE]/.test(text)) return text
  const value = Number(text)
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21) return text
  const shown = Number(value.toPrecision(15))
  return Math.abs(shown) < 1e-6 && shown !== 0 ? text : String(shown)
}

const sheetRows = async function* (
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  strings: readonly string[],
): AsyncGenerator<SheetRow[]> {
  let rows: SheetRow[] = []
  let row = 0
  let cells: string[] = []
  let column = -1
  let type = 'n'
  let text = ''
  let isValue = false
  let phonetic = 0
  const finishCell = (): void => {
    const value =
      type === 's'
        ? (strings[Number(text)] ?? '')
        : type === 'n'
          ? numberText(text.trim())
          : type === 'b'
            ? text === '1'
              ? 'TRUE'
              : 'FALSE'
            : text
    cells[column] = type === 'e' ? '' : value
  }
  const steps = parsed(zip, entry, {
    open: (name, attributes) => {
      if (name === 'row') {
        row = attributes.r === undefined ? row + 1 : Number(attributes.r)
        cells = []
        column = -1
      } else if (name === 'c') {
        column = columnOf(attributes.r) ?? column + 1
        if (column >= columnsMax) throw unreadable('XLSX 列号超出范围', 'a column of the XLSX is out of range')
        while (cells.length < column) cells.push('')
        type = attributes.t ?? 'n'
        text = ''
        cells[column] = ''
      } else if (name === 'rPh') phonetic++
      else if (name === 'v' || (name === 't' && phonetic === 0)) isValue = true
    },
    close: (name) => {
      if (name === 'v' || name === 't') isValue = false
      else if (name === 'rPh') phonetic--
      else if (name === 'c') {
        if (text !== '') finishCell()
      } else if (name === 'row' && cells.some((cell) => cell.trim() !== '')) rows.push({ row, cells })
    },
    text: (piece) => {
      if (!isValue) return
      text += piece
      if (text.length > cellBytesMax) throw cellTooLarge(`row ${row}`)
    },
  })
  for await (const _ of steps) {
    if (rows.length === 0) continue
    yield rows
    rows = []
  }
}

interface SheetEntry {
  readonly name: string
  readonly relation: string
}

const readWorkbook = async (zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<SheetEntry[]> => {
  const sheets: SheetEntry[] = []
  await drain(
    parsed(zip, entry, {
      open: (name, a) => {
        if (name === 'workbookPr' && (a.date1904 === '1' || a.date1904 === 'true')) {
          throw unreadable(
            '工作簿使用 1904 日期系统，请在 Excel 选项中关闭后另存',
            'the workbook uses the 1904 date system; switch it off and save again',
          )
        }
        const relation = Object.entries(a).find(([key]) => local(key) === 'id' && key !== 'id')?.[1]
        if (name === 'sheet' && relation !== undefined && (a.state ?? 'visible') === 'visible')
          sheets.push({ name: a.name ?? '', relation })
      },
      close: () => {},
      text: () => {},
    }),
  )
  return sheets
}

const readRelations = async (zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<ReadonlyMap<string, string>> => {
  const targets = new Map<string, string>()
  await drain(
    parsed(zip, entry, {
      open: (name, a) => {
        if (name !== 'Relationship' || a.Id === undefined || a.Target === undefined) return
        targets.set(a.Id, a.Target.startsWith('/') ? a.Target.slice(1) : `xl/${a.Target}`)
      },
      close: () => {},
      text: () => {},
    }),
  )
  return targets
}

const openZip = async (
  from: string | Buffer,
): Promise<{ zip: yauzl.ZipFile; parts: ReadonlyMap<string, yauzl.Entry> }> => {
  try {
    const options = { lazyEntries: true, autoClose: false } as const
    const zip =
      typeof from === 'string' ? await yauzl.openPromise(from, options) : await yauzl.fromBufferPromise(from, options)
    const parts = new Map<string, yauzl.Entry>()
    for await (const entry of zip.eachEntry()) parts.set(entry.fileName, entry)
    return { zip, parts }
  } catch (error) {
    throw unreadable('文件不是有效的 XLSX', 'the file is no valid XLSX', error)
  }
}

/** Opens a workbook from a file or from bytes. Throws `decode.xlsx_unreadable` for anything that is not one. */
export const openWorkbook = async (from: string | Buffer): Promise<Workbook> => {
  const { zip, parts } = await openZip(from)
  try {
    const book = parts.get('xl/workbook.xml')
    const relations = parts.get('xl/_rels/workbook.xml.rels')
    if (book === undefined || relations === undefined)
      throw unreadable('压缩包中没有工作簿，不是 XLSX', 'the archive holds no workbook')
    const listed = await readWorkbook(zip, book)
    const targets = await readRelations(zip, relations)
    const strings = await readSharedStrings(zip, parts.get('xl/sharedStrings.xml'))
    const sheets = listed.flatMap(({ name, relation }) => {
      const part = parts.get(targets.get(relation) ?? '')
      return part === undefined ? [] : [{ name, rows: () => sheetRows(zip, part, strings) }]
    })
    return { sheets, close: () => zip.close() }
  } catch (error) {
    zip.close()
    throw error
  }
}
