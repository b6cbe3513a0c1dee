import { createHash } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type AnyFeed, defineFeed, type Page } from '../../src/connect/feed.ts'
import { monthlyFiles } from '../../src/connect/monthly-files.ts'
import { accessTo, codeOfError, fakeHttp, pagesOf, requestOf, scratchFolder, textsOf } from './support.ts'

const feed: AnyFeed = defineFeed({
  id: 'power.readings',
  title: '演示',
  cron: '0 0 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0 },
  pages: null,
  record: z.looseObject({ no: z.string().describe('户号'), amount: z.string().describe('电费(元)') }),
  key: (r) => [r.no],
  map: () => {
    throw new Error('not mapped here')
  },
  ignore: [],
  mapping: 1,
})
const pager = monthlyFiles({
  department: 'power',
  name: 'readings',
  feed: () => feed,
  sumField: 'amount',
  overlapMonths: 6,
})

let folder = ''
beforeEach(async () => {
  folder = await scratchFolder()
})
const access = () =>
  accessTo(
    fakeHttp(() => ({ body: '' })),
    folder,
  )

type Rows = readonly (readonly [string, string])[]

interface Listed {
  readonly file: string
  readonly feed: string
  readonly mode: string
  readonly rows: number
  readonly sumYuan?: string
  readonly sm3: string
  readonly encoding: string
}

/** Writes one file and gives its entry in the manifest, which tells the truth unless told otherwise. */
const file = async (name: string, rows: Rows, wrong: Partial<Listed> & { bytesIn?: string } = {}): Promise<Listed> => {
  const { bytesIn, ...stated } = wrong
  const text = iconv.encode(['户号,电费(元)', ...rows.map((row) => row.join(','))].join('\r\n'), bytesIn ?? 'gb18030')
  const bytes = name.endsWith('.gz') ? gzipSync(text) : text
  await writeFile(join(folder, name), bytes)
  const fen = rows.reduce((sum, [, amount]) => sum + Math.round(Number(amount) * 100), 0)
  return {
    file: name,
    feed: 'power.readings',
    mode: 'increment',
    rows: rows.length,
    sumYuan: (fen / 100).toFixed(2),
    sm3: createHash('sm3').update(bytes).digest('hex'),
    encoding: 'gb18030',
    ...stated,
  }
}
const manifest = (period: string, files: readonly Listed[], stated = period): Promise<void> =>
  writeFile(join(folder, `manifest_${period}.json`), JSON.stringify({ period: stated, files }))

const accounts = (period: string): Listed => ({
  file: `accounts_${period}.csv`,
  feed: 'power.accounts',
  mode: 'increment',
  rows: 0,
  sm3: '0'.repeat(64),
  encoding: 'gb18030',
})

const january: Rows = [
  ['0100000001', '10.00'],
  ['0100000002', '-2.50'],
  ['0100000003', '0.55'],
]
const more: Rows = [
  ['0100000004', '1.00'],
  ['0100000005', '2.00'],
]
const numbersIn = (pages: readonly Page[]): number[] =>
  textsOf(pages).map((text) => Number((JSON.parse(text) as { no: string }).no.slice(-2)))

describe('months of a drop', () => {
  it('are read in their order and in the order of their numbered files, with rows, sum and watermark', async () => {
    await manifest('202402', [await file('readings_202402.csv', [['0100000006', '3.00']]), accounts('202402')])
    await manifest('202401', [
      accounts('202401'),
      await file('readings_202401_02.csv.gz', more),
      await file('readings_202401_01.csv', january),
    ])
    await file('readings_202403.csv', january)
    const pages = await pagesOf(pager, access())
    expect(numbersIn(pages)).toEqual([1, 2, 3, 4, 5, 6])
    expect(pages.at(-1)).toMatchObject({
      next: null,
      declaredRows: 6,
      declaredFen: 1_405n,
      watermark: { through: '20240229' },
    })
  })

  it('are read on from their last row after a stop anywhere, by a checkpoint that does not grow', async () => {
    await manifest('202401', [
      await file('readings_202401_01.csv', january),
      await file('readings_202401_02.csv', more),
    ])
    await manifest('202402', [await file('readings_202402.csv', [])])
    const whole = await pagesOf(pager, access(), requestOf({ rowsPerPage: 2 }))
    for (let stop = 0; stop < whole.length - 1; stop++) {
      expect(JSON.stringify(whole[stop]?.next).length).toBeLessThan(300)
      const rest = await pagesOf(pager, access(), requestOf({ rowsPerPage: 2, resume: whole[stop]?.next }))
      expect(numbersIn([...whole.slice(0, stop + 1), ...rest])).toEqual([1, 2, 3, 4, 5])
      expect(rest.at(-1)).toMatchObject({ declaredRows: 5, watermark: whole.at(-1)?.watermark })
    }
  })

  it('are read once; a late or corrected month is read again with all after it', async () => {
    await manifest('202401', [await file('readings_202401.csv', january)])
    await manifest('202403', [await file('readings_202403.csv', [['0100000009', '1']])])
    const since = (await pagesOf(pager, access())).at(-1)?.watermark
    expect(await pagesOf(pager, access(), requestOf({ since }))).toMatchObject([
      { rows: [], next: null, declaredRows: 0, watermark: since },
    ])
    await manifest('202402', [await file('readings_202402.csv', more)])
    const late = await pagesOf(pager, access(), requestOf({ since }))
    expect(numbersIn(late)).toEqual([4, 5, 9])
    await manifest('202401', [await file('readings_202401.csv', [['0100000001', '11']])])
    const corrected = await pagesOf(pager, access(), requestOf({ since: late.at(-1)?.watermark }))
    expect(numbersIn(corrected)).toEqual([1, 4, 5, 9])
    const chosen = requestOf({ since: '2024-02-10', until: '2024-03-01' })
    expect(numbersIn(await pagesOf(pager, access(), chosen))).toEqual([4, 5])
  })

  it('that were read may be cleared away', async () => {
    await manifest('202401', [await file('readings_202401.csv', january)])
    const since = (await pagesOf(pager, access())).at(-1)?.watermark
    await rm(join(folder, 'readings_202401.csv'))
    await manifest('202402', [await file('readings_202402.csv', more)])
    expect(numbersIn(await pagesOf(pager, access(), requestOf({ since })))).toEqual([4, 5])
  })

  it('that never came are an error, not an empty delivery', async () => {
    await file('readings_202401.csv', january)
    expect(await codeOfError(pagesOf(pager, access()))).toBe('landing.nothing_delivered')
  })

  it('that changed during a pause give up the checkpoint', async () => {
    await manifest('202401', [await file('readings_202401.csv', january)])
    const [first] = await pagesOf(pager, access(), requestOf({ rowsPerPage: 2 }))
    await manifest('202401', [await file('readings_202401.csv', more)])
    expect(await codeOfError(pagesOf(pager, access(), requestOf({ rowsPerPage: 2, resume: first?.next })))).toBe(
      'connect.checkpoint_gone',
    )
  })
})

describe('a month is refused', () => {
  it.each<[string, string, Partial<Listed> & { bytesIn?: string }]>([
    ['landing.digest_mismatch', 'another digest', { sm3: '0'.repeat(64) }],
    ['landing.short_delivery', 'fewer rows', { rows: 4 }],
    ['landing.more_than_declared', 'more rows', { rows: 2 }],
    ['landing.sum_mismatch', 'another sum', { sumYuan: '8.06' }],
    ['connect.wrong_encoding', 'UTF-8 under GB18030', { bytesIn: 'utf-8' }],
    ['connect.wrong_encoding', 'GB18030 under UTF-8', { encoding: 'utf-8' }],
    ['landing.manifest_unreadable', 'a digest that is none', { sm3: 'short' }],
    ['landing.manifest_unreadable', 'a path instead of a name', { file: '../readings_202401.csv' }],
    ['landing.manifest_unreadable', 'a file of another month', { file: 'readings_202312.csv' }],
    ['landing.file_missing', 'no file of the feed', { feed: 'power.others' }],
  ])('with %s for %s', async (code, _, wrong) => {
    await manifest('202401', [await file('readings_202401.csv', january, wrong)])
    expect(await codeOfError(pagesOf(pager, access()))).toBe(code)
  })

  it('before a row is read where a listed file is missing, a number is left out or a file is not listed', async () => {
    const [one, three] = [await file('readings_202401_01.csv', january), await file('readings_202401_03.csv', more)]
    await manifest('202401', [one, three])
    expect(await codeOfError(pagesOf(pager, access()))).toBe('landing.file_missing')
    const two = await file('readings_202401_02.csv', more)
    await manifest('202401', [one, two])
    expect(await codeOfError(pagesOf(pager, access()))).toBe('landing.file_unlisted')
    await rm(join(folder, 'readings_202401_03.csv'))
    expect(await codeOfError(pagesOf(pager, access()))).toBe('no error')
    await rm(join(folder, 'readings_202401_02.csv'))
    expect(await codeOfError(pagesOf(pager, access()))).toBe('landing.file_missing')
  })

  it('where the file was cut, the manifest is no JSON, lists a name twice or speaks of another month', async () => {
    const whole = await file('readings_202401.csv', january)
    await manifest('202401', [whole])
    await writeFile(join(folder, 'readings_202401.csv'), '户号')
    expect(await codeOfError(pagesOf(pager, access()))).toBe('landing.digest_mismatch')
    await writeFile(join(folder, 'manifest_202401.json'), '{"period":"2024')
    expect(await codeOfError(pagesOf(pager, access()))).toBe('landing.manifest_unreadable')
    await manifest('202401', [whole, whole])
    expect(await codeOfError(pagesOf(pager, access()))).toBe('landing.manifest_unreadable')
    await manifest('202401', [whole], '202402')
    expect(await codeOfError(pagesOf(pager, access()))).toBe('landing.manifest_unreadable')
  })
})
