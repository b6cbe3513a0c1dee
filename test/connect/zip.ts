/** A zip writer for tests: entries stored or deflated, no more than XLSX readers need. APPNOTE 4.3. */
import { crc32, deflateRawSync } from 'node:zlib'

export const zip = (entries: Readonly<Record<string, string>>, deflate = true): Buffer => {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(entries)) {
    const raw = Buffer.from(text)
    const body = deflate ? deflateRawSync(raw) : raw
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(20, 4)
    head.writeUInt16LE(0x0800, 6)
    head.writeUInt16LE(deflate ? 8 : 0, 8)
    head.writeUInt32LE(crc32(raw), 14)
    head.writeUInt32LE(body.length, 18)
    head.writeUInt32LE(raw.length, 22)
    head.writeUInt16LE(Buffer.byteLength(name), 26)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(20, 4)
    head.copy(central, 6, 4, 30)
    central.writeUInt32LE(offset, 42)
    files.push(head, Buffer.from(name), body)
    directory.push(central, Buffer.from(name))
    offset += 30 + Buffer.byteLength(name) + body.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(directory.length / 2, 8)
  end.writeUInt16LE(directory.length / 2, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...files, list, end])
}

const xmlText = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)

/** A cell of a test sheet: text goes to the shared strings, numbers stand as they are. */
export type TestCell = string | number | { readonly inline: string } | { readonly xml: string } | null

/** Makes a workbook of sheets of cells; a null cell is not written at all. */
export const xlsx = (
  sheets: Readonly<Record<string, readonly (readonly TestCell[])[]>>,
  options: { readonly deflate?: boolean; readonly workbookPr?: string; readonly hidden?: readonly string[] } = {},
): Buffer => {
  const strings: string[] = []
  const cellXml = (cell: TestCell, reference: string): string => {
    if (cell === null) return ''
    if (typeof cell === 'number') return `<c r="${reference}"><v>${cell}</v></c>`
    if (typeof cell === 'string') return `<c r="${reference}" t="s"><v>${strings.push(cell) - 1}</v></c>`
    if ('inline' in cell) return `<c r="${reference}" t="inlineStr"><is><t>${xmlText(cell.inline)}</t></is></c>`
    return cell.xml.replace('@', reference)
  }
  const names = Object.keys(sheets)
  const entries: Record<string, string> = {
    'xl/workbook.xml': `<workbook xmlns:r="r">${options.workbookPr ?? ''}<sheets>${names
      .map(
        (name, i) =>
          `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"${options.hidden?.includes(name) ? ' state="hidden"' : ''}/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${names
      .map((_, i) => `<Relationship Id="rId${i + 1}" Target="worksheets/sheet${i + 1}.xml"/>`)
      .join('')}</Relationships>`,
  }
  for (const [i, name] of names.entries()) {
    const rows = (sheets[name] ?? []).map((cells, r) => {
      const xml = cells.map((cell, c) => cellXml(cell, `${String.fromCharCode(65 + c)}${r + 1}`)).join('')
      return `<row r="${r + 1}">${xml}</row>`
    })
    entries[`xl/worksheets/sheet${i + 1}.xml`] =
      `<?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData>${rows.join('')}</sheetData></worksheet>`
  }
  entries['xl/sharedStrings.xml'] =
    `<sst>${strings.map((text) => `<si><r><t xml:space="preserve">${xmlText(text.slice(0, 1))}</t></r><r><t xml:space="preserve">${xmlText(text.slice(1))}</t></r><rPh sb="0" eb="1"><t>读音</t></rPh></si>`).join('')}</sst>`
  return zip(entries, options.deflate ?? true)
}
