import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '../../src/connect/http.ts'
import { numberedPages } from '../../src/connect/numbered-pages.ts'
import { type Answer, accessTo, codeOfError, fakeHttp, pagesOf, requestOf, textsOf } from './support.ts'

interface Row {
  readonly id: number
  readonly gxsj: string
}

const pager = numberedPages({
  path: '/approvals',
  query: { page: 'page', size: 'size', since: 'updatedFrom' },
  rows: ['data', 'list'],
  total: ['data', 'total'],
  pageEcho: ['data', 'page'],
  sizeEcho: ['data', 'size'],
  updatedAt: 'gxsj',
  overlapMinutes: 10,
})

const time = (n: number): string => `2024-01-01 00:00:${String(n).padStart(2, '0')}`
const rowsUpTo = (n: number): Row[] => Array.from({ length: n }, (_, i) => ({ id: i + 1, gxsj: time(i + 1) }))
const pageOf = (rows: readonly Row[], request: HttpRequest, total = rows.length): Answer => {
  const page = Number(request.query?.page)
  const size = Number(request.query?.size)
  return { body: { data: { total, page, size, list: rows.slice((page - 1) * size, page * size) } } }
}
const idsOf = (texts: readonly string[]): number[] =>
  texts.map((text) => (JSON.parse(text) as Row).id).sort((a, b) => a - b)

describe('numbered pages', () => {
  it('deliver every row once, the total and the latest update time', async () => {
    const http = fakeHttp((request) => pageOf(rowsUpTo(8), request))
    const pages = await pagesOf(pager, accessTo(http))
    expect(idsOf(textsOf(pages))).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(pages.at(-1)).toMatchObject({ next: null, declaredRows: 8, watermark: time(8) })
    expect(http.asked.map((request) => request.query?.page)).toEqual([1, 3, 2, 1])
  })

  it('deliver one page with one request, and none at all as an empty delivery', async () => {
    const http = fakeHttp((request) => pageOf(rowsUpTo(2), request))
    expect(await pagesOf(pager, accessTo(http))).toHaveLength(1)
    expect(http.asked).toHaveLength(1)
    const empty = await pagesOf(
      pager,
      accessTo(fakeHttp((request) => pageOf([], request))),
      requestOf({ since: time(5) }),
    )
    expect(empty).toMatchObject([{ rows: [], next: null, declaredRows: 0, watermark: time(5) }])
  })

  it('look behind a total that ends with a full page: a row that it keeps quiet about is found', async () => {
    const honest = fakeHttp((request) => pageOf(rowsUpTo(6), request))
    expect(await pagesOf(pager, accessTo(honest))).toHaveLength(2)
    expect(honest.asked.map((request) => request.query?.page)).toEqual([1, 3, 2, 1])
    const low = accessTo(fakeHttp((request) => pageOf(rowsUpTo(7), request, 6)))
    expect(await codeOfError(pagesOf(pager, low))).toBe('landing.more_than_declared')
  })

  it('ask for increments with an overlap', async () => {
    const http = fakeHttp((request) => pageOf(rowsUpTo(1), request))
    await pagesOf(pager, accessTo(http), requestOf({ since: '2024-01-01 00:05:00' }))
    expect(http.asked[0]?.query?.updatedFrom).toBe('2023-12-31 23:55:00')
  })

  it('go on after any page from its checkpoint', async () => {
    const access = accessTo(fakeHttp((request) => pageOf(rowsUpTo(11), request)))
    const whole = await pagesOf(pager, access)
    for (let stop = 0; stop < whole.length - 1; stop++) {
      const rest = await pagesOf(pager, access, requestOf({ resume: whole[stop]?.next }))
      expect(idsOf([...textsOf(whole.slice(0, stop + 1)), ...textsOf(rest)])).toEqual(idsOf(textsOf(whole)))
      expect(rest.at(-1)).toMatchObject({ declaredRows: 11, watermark: time(11) })
    }
  })

  it('miss no row when rows are updated while they are read', async () => {
    let rows = rowsUpTo(9)
    const http = fakeHttp((request, n) => {
      if (n === 4) rows = [...rows.slice(0, 1), ...rows.slice(2), { id: 2, gxsj: time(40) }]
      return pageOf(rows, request)
    })
    const pages = await pagesOf(pager, accessTo(http))
    // Row 2 moved behind what was read: it comes with the next increment, whose watermark lies before it. All others are here once.
    expect(idsOf(textsOf(pages))).toEqual([1, 3, 4, 5, 6, 7, 8, 9])
    expect(pages.at(-1)).toMatchObject({ declaredRows: 8, watermark: time(9) })
  })

  it('take a smaller page size that the source insists on', async () => {
    const http = fakeHttp((request) => pageOf(rowsUpTo(5), { ...request, query: { ...request.query, size: 2 } }))
    const pages = await pagesOf(pager, accessTo(http), requestOf({ rowsPerPage: 100 }))
    expect(idsOf(textsOf(pages))).toEqual([1, 2, 3, 4, 5])
  })

  it('leave out rows after the day asked for', async () => {
    const rows = [...rowsUpTo(2), { id: 3, gxsj: '2024-01-02 08:00:00' }]
    const pages = await pagesOf(
      pager,
      accessTo(fakeHttp((request) => pageOf(rows, request))),
      requestOf({ until: '2024-01-01' }),
    )
    expect(idsOf(textsOf(pages))).toEqual([1, 2])
    expect(pages.at(-1)).toMatchObject({ declaredRows: 2, watermark: time(2) })
  })

  it('do not let an update time in the future hide later rows', async () => {
    const rows = [...rowsUpTo(1), { id: 2, gxsj: '2099-01-01 00:00:00' }]
    const pages = await pagesOf(pager, accessTo(fakeHttp((request) => pageOf(rows, request))))
    expect(pages.at(-1)?.watermark).toBe('2024-06-01 12:00:00')
  })

  const list = (rows: readonly Row[], total: number, page: number): Answer => ({
    body: { data: { total, page, size: 3, list: rows } },
  })
  const all = rowsUpTo(7)
  it.each<[string, string, (request: HttpRequest, n: number) => Answer]>([
    ['landing.short_delivery', 'one page short of its total', () => list(rowsUpTo(2), 3, 1)],
    [
      'landing.short_delivery',
      'a page short of its size',
      (r, n) => (n === 3 ? list(all.slice(3, 5), 7, 2) : pageOf(all, r)),
    ],
    ['landing.early_empty_page', 'an empty page in the middle', (r, n) => (n === 3 ? list([], 7, 2) : pageOf(all, r))],
    ['landing.more_than_declared', 'more rows than the total', () => list(rowsUpTo(3), 2, 1)],
    [
      'landing.repeated_page',
      'another page than asked for',
      (r, n) => (n === 3 ? list(all.slice(6), 7, 3) : pageOf(all, r)),
    ],
    [
      'landing.repeated_page',
      'the same rows again',
      (r, n) => (n >= 3 ? list(all.slice(3, 6), 7, Number(r.query?.page)) : pageOf(all, r)),
    ],
    ['landing.total_shrank', 'a total that falls', (r, n) => pageOf(all, r, n === 3 ? 5 : 7)],
    ['connect.answer_unreadable', 'no total', () => ({ body: { data: { list: [] } } })],
  ])('end with %s at %s', async (code, _, answer) => {
    expect(await codeOfError(pagesOf(pager, accessTo(fakeHttp(answer))))).toBe(code)
  })

  it('give up a checkpoint whose total fell in the pause, and one of another pager', async () => {
    const [first] = await pagesOf(pager, accessTo(fakeHttp((request) => pageOf(rowsUpTo(8), request))))
    const shrunk = accessTo(fakeHttp((request) => pageOf(rowsUpTo(4), request)))
    expect(await codeOfError(pagesOf(pager, shrunk, requestOf({ resume: first?.next })))).toBe(
      'connect.checkpoint_gone',
    )
    expect(await codeOfError(pagesOf(pager, shrunk, requestOf({ resume: { cursor: 'x' } })))).toBe(
      'connect.checkpoint_gone',
    )
  })
})
