import { createHash } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { extractFiles } from '../../src/connect/extract-files.ts'
import { type AnyFeed, defineFeed, type Page } from '../../src/connect/feed.ts'
import { accessTo, codeOfError, fakeHttp, pagesOf, requestOf, scratchFolder, textsOf } from './support.ts'

const feed: AnyFeed = defineFeed({
  id: 'tax.invoices',
  title: '演示',
  cron: '0 0 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0 },
  pages: null,
  record: z.looseObject({ HM: z.string(), JE: z.string() }),
  key: (r) => [r.HM],
  map: () => {
    throw new Error('not mapped here')
  },
  ignore: [],
  mapping: 1,
})
const pager = extractFiles({ department: 'tax', name: 'invoices', feed: () => feed, sumField: 'JE', overlapDays: 7 })

let folder = ''
beforeEach(async () => {
  folder = await scratchFolder()
})
const access = () =>
  accessTo(
    fakeHttp(() => ({ body: '' })),
    folder,
  )

interface Drop {
  readonly rows?: number
  readonly sumYuan?: string
  readonly sm3?: string
  readonly encoding?: string
  readonly feed?: string
  readonly manifest?: boolean
  readonly gzip?: boolean
}

/** Drops a file of invoices `HM,JE` and its manifest, which tells the truth unless told otherwise. */
const drop = async (date: string, rows: readonly (readonly [string, string])[], o: Drop = {}): Promise<void> => {
  const text = iconv.encode(['HM,JE', ...rows.map((row) => row.join(','))].join('\n'), o.encoding ?? 'utf-8')
  const bytes = o.gzip ? gzipSync(text) : text
  const name = `invoices_${date}.csv${o.gzip ? '.gz' : ''}`
  await writeFile(join(folder, name), bytes)
  if (o.manifest === false) return
  const manifest = {
    feed: o.feed ?? 'tax.invoices',
    date,
    mode: 'increment',
    rows: o.rows ?? rows.length,
    ...(o.sumYuan === undefined ? {} : { sumYuan: o.sumYuan }),
    sm3: o.sm3 ?? createHash('sm3').update(bytes).digest('hex'),
    encoding: o.encoding ?? 'utf-8',
  }
  await writeFile(join(folder, `${name}.manifest.json`), JSON.stringify(manifest))
}
const numbersIn = (pages: readonly Page[]): string[] =>
  textsOf(pages).map((text) => (JSON.parse(text) as { HM: string }).HM)
const five = [
  ['1', '0.10'],
  ['2', '0.20'],
  ['3', '-0.05'],
  ['4', '100'],
  ['5', ''],
] as const

describe('files of a drop', () => {
  it('are read in the order of their dates, with rows, sum and watermark', async () => {
    await drop('20240102', [['6', '1.00']], { sumYuan: '1', encoding: 'gb18030' })
    await drop('20240101', five, { sumYuan: '100.25', gzip: true })
    await drop('20240103', [['7', '1.00']], { manifest: false })
    const pages = await pagesOf(pager, access())
    expect(numbersIn(pages)).toEqual(['1', '2', '3', '4', '5', '6'])
    expect(pages.at(-1)).toMatchObject({
      next: null,
      declaredRows: 6,
      declaredFen: 10_125n,
      watermark: { through: '20240102' },
    })
    expect(pages[0]?.rows[0]?.at).toEqual({ source: 'invoices_20240101.csv.gz', row: 2 })
  })

  it('are read on from their last row after a stop anywhere', async () => {
    await drop('20240101', five, { sumYuan: '100.25' })
    await drop('20240102', [...five].slice(0, 3), { sumYuan: '0.25' })
    await drop('20240103', [])
    const whole = await pagesOf(pager, access(), requestOf({ rowsPerPage: 2 }))
    for (let stop = 0; stop < whole.length - 1; stop++) {
      const rest = await pagesOf(pager, access(), requestOf({ rowsPerPage: 2, resume: whole[stop]?.next }))
      expect(numbersIn([...whole.slice(0, stop + 1), ...rest])).toEqual(numbersIn(whole))
      expect(rest.at(-1)).toMatchObject({ declaredRows: 8, watermark: whole.at(-1)?.watermark })
    }
  })

  it('are read once; a late or corrected one is read again with all after it', async () => {
    await drop('20240101', [['1', '1']])
    await drop('20240103', [['3', '1']])
    const since = (await pagesOf(pager, access())).at(-1)?.watermark
    expect(await pagesOf(pager, access(), requestOf({ since }))).toMatchObject([
      { rows: [], next: null, declaredRows: 0, watermark: since },
    ])
    await drop('20240102', [['2', '1']])
    const late = await pagesOf(pager, access(), requestOf({ since }))
    expect(numbersIn(late)).toEqual(['2', '3'])
    await drop('20240101', [['1', '9']])
    expect(numbersIn(await pagesOf(pager, access(), requestOf({ since: late.at(-1)?.watermark })))).toEqual([
      '1',
      '2',
      '3',
    ])
    expect(numbersIn(await pagesOf(pager, access(), requestOf({ since: '2024-01-02', until: '2024-01-02' })))).toEqual([
      '2',
    ])
  })

  it('of lines say that a day brought nothing by having none', async () => {
    await drop('20260310', [['1', '2.00']])
    const sm3 = createHash('sm3').update('').digest('hex')
    const manifest = { feed: 'tax.invoices', date: '20260311', mode: 'increment', rows: 0, sm3, encoding: 'utf-8' }
    await writeFile(join(folder, 'invoices_20260311.jsonl'), '')
    await writeFile(join(folder, 'invoices_20260311.jsonl.manifest.json'), JSON.stringify(manifest))
    const pages = await pagesOf(pager, access(), requestOf())
    expect(textsOf(pages)).toHaveLength(1)
    expect(pages.at(-1)).toMatchObject({ next: null, declaredRows: 1 })
  })

  it('are found in the drop or in its folder for the department', async () => {
    await drop('20240101', [['1', '1']])
    expect(
      await codeOfError(
        pagesOf(
          pager,
          accessTo(
            fakeHttp(() => ({ body: '' })),
            join(folder, 'none'),
          ),
        ),
      ),
    ).toBe('landing.folder_missing')
    expect(
      await codeOfError(
        pagesOf(
          pager,
          accessTo(
            fakeHttp(() => ({ body: '' })),
            null,
          ),
        ),
      ),
    ).toBe('connect.not_configured')
  })

  it.each<[string, Drop]>([
    ['landing.digest_mismatch', { sm3: '0'.repeat(64) }],
    ['landing.short_delivery', { rows: 6 }],
    ['landing.more_than_declared', { rows: 4 }],
    ['landing.sum_mismatch', { sumYuan: '100.26' }],
    ['landing.manifest_unreadable', { feed: 'tax.taxpayers' }],
    ['landing.manifest_unreadable', { sm3: 'short' }],
  ])('are refused with %s for %o', async (code, o) => {
    await drop('20240101', five, o)
    expect(await codeOfError(pagesOf(pager, access()))).toBe(code)
  })

  it('that never came are an error, not an empty delivery', async () => {
    expect(await codeOfError(pagesOf(pager, access()))).toBe('landing.nothing_delivered')
  })

  it('that changed during a pause give up the checkpoint', async () => {
    await drop('20240101', five)
    await drop('20240102', five)
    const [first] = await pagesOf(pager, access())
    await drop('20240103', five)
    expect(await pagesOf(pager, access(), requestOf({ resume: first?.next }))).not.toEqual([])
    await drop('20240101', [['1', '2']])
    expect(await codeOfError(pagesOf(pager, access(), requestOf({ resume: first?.next })))).toBe(
      'connect.checkpoint_gone',
    )
    await rm(join(folder, 'invoices_20240101.csv'))
    expect(await codeOfError(pagesOf(pager, access(), requestOf({ resume: first?.next })))).toBe(
      'connect.checkpoint_gone',
    )
  })
})
