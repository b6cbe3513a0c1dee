import { describe, expect, it } from 'vitest'
import { cursorPages } from '../../src/connect/cursor-pages.ts'
import type { HttpRequest } from '../../src/connect/http.ts'
import { type Answer, accessTo, codeOfError, fakeHttp, pagesOf, requestOf, textsOf } from './support.ts'

interface Row {
  readonly id: number
  readonly gxsj: string
}

const pager = cursorPages({
  path: '/sections',
  query: { cursor: 'cursor', limit: 'limit', since: 'since' },
  rows: ['rows'],
  total: ['total'],
  next: ['nextCursor'],
  updatedAt: 'gxsj',
  overlapMinutes: 10,
})

const time = (n: number): string => `2024-01-01 00:00:${String(n).padStart(2, '0')}`
const rowsUpTo = (n: number): Row[] => Array.from({ length: n }, (_, i) => ({ id: i + 1, gxsj: time(i + 1) }))
const pageOf = (rows: readonly Row[], { query }: HttpRequest): Answer => {
  const from = Number(query?.cursor ?? 0)
  const end = from + Number(query?.limit)
  return {
    body: { total: rows.length, rows: rows.slice(from, end), nextCursor: end < rows.length ? String(end) : null },
  }
}
const idsOf = (texts: readonly string[]): number[] => texts.map((text) => (JSON.parse(text) as Row).id)

describe('cursor pages', () => {
  it('deliver every row once in order, the total and the latest update time', async () => {
    const pages = await pagesOf(pager, accessTo(fakeHttp((request) => pageOf(rowsUpTo(7), request))))
    expect(idsOf(textsOf(pages))).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(pages.at(-1)).toMatchObject({ next: null, declaredRows: 7, watermark: time(7) })
  })

  it('deliver nothing as an empty delivery and keep the watermark', async () => {
    const pages = await pagesOf(
      pager,
      accessTo(fakeHttp((request) => pageOf([], request))),
      requestOf({ since: time(9) }),
    )
    expect(pages).toMatchObject([{ rows: [], next: null, declaredRows: 0, watermark: time(9) }])
  })

  it('go on after any page from its checkpoint, with the same `since`', async () => {
    const http = fakeHttp((request) => pageOf(rowsUpTo(10), request))
    const whole = await pagesOf(pager, accessTo(http), requestOf({ since: '2024-01-01' }))
    for (let stop = 0; stop < whole.length - 1; stop++) {
      const rest = await pagesOf(pager, accessTo(http), requestOf({ resume: whole[stop]?.next, since: 'later' }))
      expect(idsOf([...textsOf(whole.slice(0, stop + 1)), ...textsOf(rest)])).toEqual(idsOf(textsOf(whole)))
      expect(rest.at(-1)).toMatchObject({ declaredRows: 10, watermark: time(10) })
    }
    expect(new Set(http.asked.map((request) => request.query?.since))).toEqual(new Set(['2023-12-31 23:50:00']))
  })

  it('count a row that was updated while we read, and so came twice', async () => {
    const rows = [...rowsUpTo(3), { id: 1, gxsj: '2024-06-01 11:59:00' }]
    const http = fakeHttp((request) => {
      const { body } = pageOf(rows, request) as { body: { total: number } }
      return { body: { ...body, total: 3 } }
    })
    const pages = await pagesOf(pager, accessTo(http))
    expect(pages.at(-1)).toMatchObject({ next: null, declaredRows: 4 })
  })

  const page = (ids: readonly number[], total: number, nextCursor: string | null): Answer => ({
    body: { total, rows: ids.map((id) => ({ id, gxsj: time(id) })), nextCursor },
  })
  it.each<[string, string, (request: HttpRequest, n: number) => Answer]>([
    [
      'landing.repeated_cursor',
      'a cursor that comes again',
      (_, n) => page([n, n + 10], 99, n === 1 ? 'a' : n === 2 ? 'b' : 'a'),
    ],
    ['landing.repeated_page', 'the same page under new cursors', (_, n) => page([1, 2], 99, `c${n}`)],
    [
      'landing.early_empty_page',
      'an empty page with a cursor',
      (_, n) => (n === 1 ? page([1], 9, 'a') : page([], 9, 'b')),
    ],
    [
      'landing.early_empty_page',
      'an empty end before the total',
      (_, n) => (n === 1 ? page([1], 9, 'a') : page([], 9, null)),
    ],
    ['landing.short_delivery', 'an end before the total', (_, n) => (n === 1 ? page([1], 9, 'a') : page([2], 9, null))],
    ['landing.more_than_declared', 'more rows than the total', (_, n) => page([n * 2, n * 2 + 1], 3, `c${n}`)],
    ['landing.total_shrank', 'a total that falls', (_, n) => page([n], 9 - n, `c${n}`)],
    [
      'connect.cursor_expired',
      'an expired cursor',
      (_, n) => (n === 1 ? page([1], 9, 'a') : { status: 410, body: {} }),
    ],
  ])('end with %s at %s', async (code, _, answer) => {
    expect(await codeOfError(pagesOf(pager, accessTo(fakeHttp(answer))))).toBe(code)
  })

  it('give up a checkpoint whose total fell in the pause', async () => {
    const [first] = await pagesOf(pager, accessTo(fakeHttp((request) => pageOf(rowsUpTo(8), request))))
    const shrunk = accessTo(fakeHttp((request) => pageOf(rowsUpTo(5), request)))
    expect(await codeOfError(pagesOf(pager, shrunk, requestOf({ resume: first?.next })))).toBe(
      'connect.checkpoint_gone',
    )
  })
})
