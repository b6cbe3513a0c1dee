import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Encoding } from '../../src/connect/decode/bytes.ts'
import { csvRecords } from '../../src/connect/decode/csv.ts'
import type { Header } from '../../src/connect/decode/header.ts'
import { openBytes, openFile, openStream } from '../../src/connect/decode/open.ts'
import { textBlocks } from '../../src/connect/decode/text-blocks.ts'
import { type AnyFeed, defineFeed } from '../../src/connect/feed.ts'
import { codeOfError, gathered, rowsOf, scratchFolder, seed } from './support.ts'
import { xlsx } from './zip.ts'

const feed: AnyFeed = defineFeed({
  id: 'demo.projects',
  title: '演示',
  cron: '0 0 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0 },
  pages: null,
  record: z.looseObject({
    bh: z.string().describe('编号'),
    mc: z.string().describe('项目名称'),
    je: z.string().describe('金额(万元)'),
  }),
  key: (r) => [r.bh],
  map: () => {
    throw new Error('not mapped here')
  },
  ignore: [],
  mapping: 1,
  headers: { 工程名称: 'mc' },
})

/** The bytes in pieces of `size`, so that every boundary falls somewhere. */
const inPieces = async function* (bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
}
const open = (
  text: string | Buffer,
  more: { encoding?: Encoding; onHeader?: (header: Header) => void } = {},
  size = 7,
) => rowsOf(openStream(inPieces(Buffer.from(text as string), size), 'test.csv', { feed, ...more }))
const recordsIn = async (text: string | Buffer): Promise<unknown[]> =>
  (await open(text)).map((row) => row.undecodable?.code ?? JSON.parse(row.text))
const head = '编号,项目名称,金额(万元)'

describe('CSV', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', 'a,b', 'say "hi"', 'two\nlines', 'cr\r\nlf', '郑州', '"', '\t', "'=1"),
  )

  it('gives back any cells in any encoding, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 12 }),
        fc.constantFrom<Encoding>('utf-8', 'gb18030', 'utf-16le'),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('\n', '\r\n'),
        async (rows, encoding, size, feedText) => {
          // The file is text: what has no code point (half a surrogate pair) is in no file.
          const well = rows.map((cells) => ['k', ...cells.map((text) => text.toWellFormed().replaceAll('\uFEFF', ''))])
          const text = well
            .map((cells) => `${cells.map((c) => `"${c.replaceAll('"', '""')}"`).join(',')}${feedText}`)
            .join('')
          const bytes = iconv.encode(text, encoding)
          const records = await gathered(csvRecords(textBlocks(inPieces(bytes, size), encoding), ','))
          expect(records.flat().map((record) => record.cells)).toEqual(well)
          expect(records.flat().every((record) => record.damage === null)).toBe(true)
        },
      ),
      { seed, numRuns: 200 },
    )
  })

  it('reads Chinese headers, a byte order mark, CRLF, blank lines and quotes in the middle of a cell', async () => {
    expect(
      await recordsIn(`\uFEFF${head}\r\n\r\n1,甲"乙"路,12.50\r\n"2","丙,丁
路",\r\n`),
    ).toEqual([
      { bh: '1', mc: '甲"乙"路', je: '12.50' },
      { bh: '2', mc: '丙,丁\n路', je: '' },
    ])
  })

  it('reads tabs and semicolons, titles above the header, field names and other names for them', async () => {
    expect(await recordsIn('BH\t工程名称\tje\n1\t甲路\t3\n')).toEqual([{ bh: '1', mc: '甲路', je: '3' }])
    expect(await recordsIn('编号;项目名称;金额\n1;甲路;3\n')).toEqual([{ bh: '1', mc: '甲路', je: '3' }])
    expect(await recordsIn(`某局项目清单,,\n2024年,,\n${head}\n1,甲路,3\n`)).toEqual([{ bh: '1', mc: '甲路', je: '3' }])
  })

  it('reads GB18030 without being told, four-byte characters included', async () => {
    const text = `${head}\n1,郑州㐀路𠀀,3\n`
    expect(await recordsIn(iconv.encode(text, 'gb18030'))).toEqual([{ bh: '1', mc: '郑州㐀路𠀀', je: '3' }])
  })

  it('sets ragged rows aside with their text and goes on', async () => {
    const rows = await open(`${head}\n1,甲路\n2,乙路,3,,\n3,丙路,4,5\n4,丁路,5\n`)
    expect(rows.map((row) => row.undecodable?.code ?? 'sound')).toEqual([
      'decode.ragged_row',
      'sound',
      'decode.ragged_row',
      'sound',
    ])
    expect(rows[0]).toMatchObject({ text: '1,甲路', at: { source: 'test.csv', row: 2 } })
    expect(rows[3]?.at.row).toBe(5)
  })

  it('keeps the bytes of a row that is no text, and the rows around it', async () => {
    for (const encoding of ['utf-8', 'gb18030'] as const) {
      const bad = Buffer.concat([iconv.encode('2,', encoding), Buffer.from([0xff, 0xff]), iconv.encode(',3', encoding)])
      const bytes = Buffer.concat([
        iconv.encode(`${head}\n1,甲路,3\n`, encoding),
        bad,
        iconv.encode('\n3,丙路,3\n', encoding),
      ])
      const rows = await open(bytes, { encoding })
      expect(rows.map((row) => row.undecodable?.code ?? 'sound')).toEqual(['sound', 'decode.bad_bytes', 'sound'])
      expect(Buffer.from(rows[1]?.text ?? '', 'base64')).toEqual(bad)
    }
  })

  it('keeps columns it does not know under their own names and reports them', async () => {
    const headers: Header[] = []
    const rows = await open(`编号,备注说明\n1,x\n`, { onHeader: (header) => headers.push(header) })
    expect(rows.map((row) => JSON.parse(row.text))).toEqual([{ bh: '1', 备注说明: 'x' }])
    expect(headers).toMatchObject([{ unknown: ['备注说明'], missing: ['mc', 'je'] }])
  })

  it('does not take a column in another unit for its own', async () => {
    expect(await recordsIn('编号,金额(元)\n1,5\n')).toEqual([{ bh: '1', '金额(元)': '5' }])
  })

  it.each([
    ['decode.key_column_missing', '项目名称,金额\n甲路,3\n'],
    ['decode.header_repeated', '编号,项目名称,工程名称\n1,a,b\n'],
    ['decode.file_empty', ''],
    ['decode.quote_never_closed', `${head}\n1,"甲路,3\n2,乙路,4\n`],
  ])('stops with %s', async (code, text) => {
    expect(await codeOfError(open(text))).toBe(code)
  })

  it('says where the header stood, what it lacks and what it has', async () => {
    const error = await open('项目名称,金额\n甲路,3\n').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      publicMessage: { zh: 'test.csv:1 表头缺少主键列 bh（编号）；读到的列：项目名称、金额' },
      context: { expected: ['bh'], found: ['项目名称', '金额'] },
    })
  })

  it('stops a cell that never ends', async () => {
    const endless = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.from(`${head}\n1,"`)
      for (let i = 0; i < 200; i++) yield Buffer.from(`${'x'.repeat(99_999)}\n`)
    }
    expect(await codeOfError(rowsOf(openStream(endless(), 'endless.csv', { feed })))).toBe('decode.cell_too_large')
  })
})

describe('JSON files', () => {
  it('give rows of NDJSON as they stand, blank lines passed over, other values set aside', async () => {
    const rows = await open('{"bh":"1","je":1.50}\r\n\n[1]\n{"bh":"2"}')
    expect(rows.map((row) => [row.at.row, row.undecodable?.code ?? row.text])).toEqual([
      [1, '{"bh":"1","je":1.50}'],
      [3, 'decode.not_an_object'],
      [4, '{"bh":"2"}'],
    ])
  })

  it('give rows of an array, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        // Names that the feed does not know: MC is the feed's mc and comes under that name.
        fc.array(
          fc.dictionary(
            fc.string().map((name) => `x${name}`),
            fc.jsonValue(),
          ),
        ),
        fc.integer({ min: 1, max: 30 }),
        async (records, size) => {
          const bytes = Buffer.from(`\n${JSON.stringify(records, null, 1)}\n`)
          const rows = await rowsOf(openStream(inPieces(bytes, size), 'a.json', { feed }))
          expect(rows.map((row) => JSON.parse(row.text))).toEqual(JSON.parse(JSON.stringify(records)))
        },
      ),
      { seed, numRuns: 100 },
    )
  })

  it('may name fields in Chinese', async () => {
    expect(await recordsIn('[{"编号":"1","工程名称":"甲路","x":1}]')).toEqual([{ bh: '1', mc: '甲路', x: 1 }])
  })

  it.each([
    ['decode.cut_file', '[{"bh":"1"},{"b'],
    ['decode.cut_file', '[{"bh":"1"}'],
    ['decode.not_json', '[{"bh":"1"} {"bh":"2"}]'],
    ['decode.not_json', '[{"bh":"1"}] x'],
  ])('stop with %s at %s', async (code, text) => {
    expect(await codeOfError(open(text))).toBe(code)
  })
})

describe('gzip', () => {
  it('is undone whatever the file is called, and a cut file is told', async () => {
    const folder = await scratchFolder()
    const bytes = gzipSync(`${head}\n1,甲路,3\n`)
    await writeFile(join(folder, 'a.csv'), bytes)
    expect((await rowsOf(openFile(join(folder, 'a.csv'), { feed }))).map((row) => JSON.parse(row.text))).toEqual([
      { bh: '1', mc: '甲路', je: '3' },
    ])
    await writeFile(join(folder, 'b.csv.gz'), bytes.subarray(0, bytes.length - 12))
    expect(await codeOfError(rowsOf(openFile(join(folder, 'b.csv.gz'), { feed })))).toBe('decode.cut_file')
    expect(await codeOfError(rowsOf(openFile(join(folder, 'none.csv'), { feed })))).toBe('decode.file_unreadable')
  })
})

describe('XLSX', () => {
  const sheet = [
    ['某局项目清单'],
    ['编号', '项目名称', '金额(万元)', '日期'],
    ['001', { inline: '甲<路' }, 12.5, 43692],
    [],
    [
      '002',
      null,
      { xml: '<c r="@"><v>12300.500000000002</v></c>' },
      { xml: '<c r="@" t="str"><f>A1</f><v>2019-08</v></c>' },
    ],
  ]
  const expected = [
    { bh: '001', mc: '甲<路', je: '12.5', 日期: '43692' },
    { bh: '002', mc: '', je: '12300.5', 日期: '2019-08' },
  ]
  const read = async (bytes: Buffer) =>
    (await rowsOf(openBytes(bytes, 'a.xlsx', { feed }))).map((row) => JSON.parse(row.text))

  it.each([true, false])('gives rows by the header wherever it stands (deflate: %s)', async (deflate) => {
    const rows = await rowsOf(openBytes(xlsx({ 清单: sheet }, { deflate }), 'a.xlsx', { feed }))
    expect(rows.map((row) => JSON.parse(row.text))).toEqual(expected)
    expect(rows.map((row) => row.at)).toEqual([
      { source: 'a.xlsx', row: 3, sheet: '清单' },
      { source: 'a.xlsx', row: 5, sheet: '清单' },
    ])
  })

  it('is read from a file too, all sheets with the header, hidden ones passed over', async () => {
    const folder = await scratchFolder()
    await writeFile(
      join(folder, 'a.xlsx'),
      xlsx({ 说明: [['请填写']], 一: sheet, 二: sheet, 藏: sheet }, { hidden: ['藏'] }),
    )
    const rows = await rowsOf(openFile(join(folder, 'a.xlsx'), { feed }))
    expect(rows.map((row) => row.at.sheet)).toEqual(['一', '一', '二', '二'])
  })

  it.each([
    ['decode.key_column_missing', xlsx({ 一: [['项目名称'], ['甲路']] })],
    ['decode.file_empty', xlsx({ 一: [] })],
    ['decode.xlsx_unreadable', xlsx({ 一: sheet }, { workbookPr: '<workbookPr date1904="1"/>' })],
    ['decode.xlsx_unreadable', xlsx({ 一: sheet }).subarray(0, 300)],
    ['decode.xlsx_unreadable', xlsx({ 一: [[{ xml: '<c r="@"><v>1</c>' }]] })],
  ])('stops with %s', async (code, bytes) => {
    expect(await codeOfError(read(bytes))).toBe(code)
  })
})
