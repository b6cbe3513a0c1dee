import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '../../src/connect/http.ts'
import { sequenceStream } from '../../src/connect/sequence-stream.ts'
import { type Answer, accessTo, codeOfError, fakeHttp, pagesOf, requestOf, textsOf } from './support.ts'

const pager = sequenceStream({
  path: '/stream/registrations',
  query: { after: 'after', limit: 'limit' },
  sequence: 'seq',
  updatedAt: 'gxsj',
})

const day = (seq: number): string => `2024-01-${String(seq).padStart(2, '0')} 09:00:00`
const line = (seq: number): string => `{"seq": ${seq},"name":"甲\\"seq\\":7","gxsj":"${day(seq)}"}`

interface Lie {
  readonly from?: number
  readonly through?: number
  readonly count?: number
  readonly head?: number
  readonly lines?: readonly string[]
  readonly noTrailer?: boolean
}

/** An honest stream of the numbers `base + 1` to `head`, but for what the lie says. */
const answer = (head: number, { query }: HttpRequest, lie: Lie = {}, base = 0): Answer => {
  const asked = Number(query?.after)
  if (asked !== 0 && asked < base) return { status: 410, body: '' }
  const from = asked === 0 ? base : asked
  const through = Math.max(from, Math.min(head, from + Number(query?.limit)))
  const lines = lie.lines ?? Array.from({ length: through - from }, (_, i) => line(from + 1 + i))
  const trailer = {
    end: true,
    from,
    through,
    count: through - from,
    head,
    ...lie,
    lines: undefined,
    noTrailer: undefined,
  }
  return { body: `${[...lines, ...(lie.noTrailer ? [] : [JSON.stringify(trailer)])].join('\n')}\n` }
}
const numbersIn = (texts: readonly string[]): number[] => texts.map((text) => (JSON.parse(text) as { seq: number }).seq)

describe('a stream with a sequence', () => {
  it('comes whole and in order, with the lines as they were sent', async () => {
    const pages = await pagesOf(pager, accessTo(fakeHttp((request) => answer(7, request))))
    expect(pages).toHaveLength(3)
    expect(textsOf(pages)).toEqual([1, 2, 3, 4, 5, 6, 7].map(line))
    expect(pages.at(-1)).toMatchObject({ next: null, declaredRows: 7, watermark: 7 })
    expect(pages[1]?.rows[0]?.at).toEqual({ source: '/stream/registrations#4', row: 1 })
  })

  it('brings nothing, or only what came since the last delivery', async () => {
    const http = fakeHttp((request) => answer(9, request))
    expect(await pagesOf(pager, accessTo(http), requestOf({ since: 9 }))).toMatchObject([
      { rows: [], next: null, declaredRows: 0, watermark: 9 },
    ])
    const pages = await pagesOf(pager, accessTo(http), requestOf({ since: 7 }))
    expect(numbersIn(textsOf(pages))).toEqual([8, 9])
    expect(pages.at(-1)).toMatchObject({ declaredRows: 2, watermark: 9 })
  })

  it('goes on after any page from its checkpoint', async () => {
    const http = fakeHttp((request) => answer(10, request))
    const whole = await pagesOf(pager, accessTo(http))
    for (let stop = 0; stop < whole.length - 1; stop++) {
      const rest = await pagesOf(pager, accessTo(http), requestOf({ resume: whole[stop]?.next, since: 99 }))
      expect(numbersIn([...textsOf(whole.slice(0, stop + 1)), ...textsOf(rest)])).toEqual(numbersIn(textsOf(whole)))
      expect(rest.at(-1)).toMatchObject({ declaredRows: 10, watermark: 10 })
    }
  })

  it('ends where its head stood at the beginning, however fast the stream grows', async () => {
    const pages = await pagesOf(pager, accessTo(fakeHttp((request, n) => answer(5 + n * 9, request))))
    expect(pages.at(-1)).toMatchObject({ next: null, declaredRows: 15, watermark: 15 })
  })

  it('is read anew from its start where it was compacted since', async () => {
    const http = fakeHttp((request) => answer(24, request, {}, 20))
    const pages = await pagesOf(pager, accessTo(http), requestOf({ since: 12 }))
    expect(numbersIn(textsOf(pages))).toEqual([21, 22, 23, 24])
    expect(pages.at(-1)).toMatchObject({ declaredRows: 4, watermark: 24 })
  })

  it('gives the lines of the days asked for, whatever was read before', async () => {
    const http = fakeHttp((request) => answer(8, request))
    const pages = await pagesOf(pager, accessTo(http), requestOf({ since: '2024-01-03', until: '2024-01-05' }))
    expect(numbersIn(textsOf(pages))).toEqual([3, 4, 5])
    expect(pages.at(-1)).toMatchObject({ declaredRows: 3 })
  })

  it('leaves out what lies after a day, and begins there the next time', async () => {
    const http = fakeHttp((request) => answer(8, request))
    const pages = await pagesOf(pager, accessTo(http), requestOf({ until: '2024-01-05' }))
    expect(numbersIn(textsOf(pages))).toEqual([1, 2, 3, 4, 5])
    expect(pages.at(-1)).toMatchObject({ declaredRows: 5, watermark: 5 })
  })

  it.each<[string, string, (request: HttpRequest, n: number) => Answer]>([
    ['connect.cut_body', 'an answer without a trailer', (r) => answer(2, r, { noTrailer: true })],
    ['connect.cut_body', 'an answer that ends inside a line', () => ({ body: `${line(1)}\n{"seq":2,"na` })],
    ['connect.cut_body', 'an empty answer', () => ({ body: '' })],
    ['connect.answer_unreadable', 'a trailer that is none', () => ({ body: `${line(1)}\n{"end":true,"from":0}` })],
    ['connect.answer_unreadable', 'a line without a number', (r) => answer(2, r, { lines: [line(1), '{"name":"x"}'] })],
    ['landing.sequence_gap', 'a hole', (r) => answer(3, r, { lines: [line(1), line(3)] })],
    ['landing.sequence_gap', 'a hole before the first line', (r, n) => answer(9, r, n === 1 ? {} : { from: 5 })],
    ['landing.sequence_step_back', 'a step back', (r) => answer(3, r, { lines: [line(1), line(2), line(2)] })],
    [
      'landing.sequence_step_back',
      'a start before the one asked for',
      (r, n) => answer(9, r, n === 1 ? {} : { from: 1 }),
    ],
    ['landing.sequence_step_back', 'a head that falls', (r, n) => answer(n === 1 ? 9 : 6, r)],
    ['landing.sequence_step_back', 'a head before its own last line', (r) => answer(3, r, { head: 2 })],
    [
      'landing.repeated_page',
      'the page before',
      (r, n) => answer(9, r, n === 1 ? {} : { lines: [line(1), line(2), line(3)] }),
    ],
    ['landing.short_delivery', 'fewer lines than counted', (r) => answer(3, r, { lines: [line(1), line(2)] })],
    ['landing.short_delivery', 'a number that no line brings', (r) => answer(2, r, { through: 3, head: 3 })],
    [
      'landing.short_delivery',
      'nothing before the head',
      (r, n) => (n === 1 ? answer(9, r) : answer(9, r, { lines: [], count: 0, through: 3 })),
    ],
    ['landing.more_than_declared', 'more lines than counted', (r) => answer(3, r, { count: 2 })],
    [
      'connect.cursor_expired',
      'a 410 within a delivery',
      (r, n) => (n === 1 ? answer(9, r) : { status: 410, body: '' }),
    ],
    ['connect.cursor_expired', 'a 410 for the very start', () => ({ status: 410, body: '' })],
  ])('ends with %s at %s', async (code, _, reply) => {
    expect(await codeOfError(pagesOf(pager, accessTo(fakeHttp(reply))))).toBe(code)
  })

  it('gives up a checkpoint whose stream was set back in the pause, and one that it cannot read', async () => {
    const [first] = await pagesOf(pager, accessTo(fakeHttp((request) => answer(8, request))))
    const shrunk = accessTo(fakeHttp((request) => answer(5, request)))
    expect(await codeOfError(pagesOf(pager, shrunk, requestOf({ resume: first?.next })))).toBe(
      'connect.checkpoint_gone',
    )
    expect(await codeOfError(pagesOf(pager, shrunk, requestOf({ resume: { pager: 'cursor' } })))).toBe(
      'connect.checkpoint_gone',
    )
  })

  it('refuses a stream that ends before what was read of it', async () => {
    const http = fakeHttp((request) => answer(5, request))
    expect(await codeOfError(pagesOf(pager, accessTo(http), requestOf({ since: 9 })))).toBe(
      'landing.sequence_step_back',
    )
  })
})
