/** XML answers and the pager over them: the form of records, and every way in which an answer can lie. */
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '../../src/connect/http.ts'
import { readXmlRows } from '../../src/connect/xml-answer.ts'
import { xmlPages } from '../../src/connect/xml-pages.ts'
import { type Answer, accessTo, codeOfError, fakeHttp, pagesOf, requestOf, textsOf } from './support.ts'

const path = ['r', 'd', 'x']
const read = (text: string, contentType: string | null = null) => readXmlRows(Buffer.from(text), contentType, path)
const rowsIn = async (inside: string): Promise<unknown[]> =>
  (await read(`<r><d>${inside}</d></r>`)).rows.map((row) => JSON.parse(row))

describe('a record of XML as JSON', () => {
  it.each([
    ['keeps text as it stands', '<x><a> 1,234.50 </a><b>007</b><c/></x>', { a: ' 1,234.50 ', b: '007', c: '' }],
    [
      'reads CDATA, references and Chinese names',
      '<x><项目>甲<![CDATA[<&>]]>&amp;&#x4e59;</项目></x>',
      { 项目: '甲<&>&乙' },
    ],
    ['makes a list of repeated elements', '<x><a>1</a><b/><a>2</a><a>3</a></x>', { a: ['1', '2', '3'], b: '' }],
    ['keeps attributes of the record', '<x id="7" s:k="v"><a>1</a></x>', { '@id': '7', '@k': 'v', a: '1' }],
    ['puts attributes of a leaf beside it', '<x><a dw="万元">1</a></x>', { a: '1', 'a@dw': '万元' }],
    [
      'puts attributes of repeated leaves by position',
      '<x><a>1</a><a dw="元">2</a></x>',
      { a: ['1', '2'], 'a@dw': [null, '元'] },
    ],
    ['nests', '<x><a k="1"><b>2</b>text</a></x>', { a: { b: '2', '@k': '1', '#text': 'text' } }],
    ['knows nil', '<x xmlns:xsi="u"><a xsi:nil="true"/></x>', { a: null }],
    ['drops prefixes', '<n:x xmlns:n="u"><n:a>1</n:a></n:x>', null],
    ['gives a record without fields', '<x/>', {}],
  ])('%s', async (_, xml, expected) => {
    expect(await rowsIn(xml)).toEqual([expected ?? { a: '1' }])
  })

  it('is safe from names that are members of every object', async () => {
    const { rows } = await read('<r><d><x><__proto__>1</__proto__><constructor>2</constructor></x></d></r>')
    expect(rows).toEqual(['{"__proto__":"1","constructor":"2"}'])
  })

  it('leaves the envelope with its counts, whether or not there are records', async () => {
    const none = await read('<r><code>0</code><d total="0"/></r>')
    expect(none).toEqual({ envelope: { r: { code: '0', d: { '@total': '0' } } }, rows: [] })
    const two = await read('<r><d total="2"><x/><x/></d></r>')
    expect(two.envelope).toEqual({ r: { d: { '@total': '2' } } })
  })
})

describe('an encoding', () => {
  const text = '<?xml version="1.0" encoding="GB18030"?><r><d><x><a>郑州市贾鲁河综合治理工程项目㎡𠮷</a></x></d></r>'
  const asking = (bytes: Buffer, contentType: string | null = null) =>
    codeOfError(readXmlRows(bytes, contentType, path))

  it.each([
    ['by its declaration', null],
    ['by charset and declaration', 'application/xml; charset=gb18030'],
    ['under an older name of it', 'text/xml; charset="GB2312"'],
  ])('is GB18030 %s', async (_, contentType) => {
    const { rows } = await readXmlRows(iconv.encode(text, 'gb18030'), contentType, path)
    expect(rows).toEqual(['{"a":"郑州市贾鲁河综合治理工程项目㎡𠮷"}'])
  })

  it('may be cut anywhere between two pieces', async () => {
    const long = '<a>建设管理局</a>'.repeat(20_000)
    const { rows } = await readXmlRows(
      iconv.encode(`<r><d><x>1${long}</x></d></r>`, 'gb18030'),
      'a/b; charset=gbk',
      path,
    )
    expect((JSON.parse(rows[0] ?? '') as { a: string[] }).a).toEqual(Array(20_000).fill('建设管理局'))
  })

  it.each<[string, Buffer, string | null]>([
    ['UTF-8 that calls itself GB18030', Buffer.from(text), null],
    ['GB18030 that calls itself UTF-8', iconv.encode(text.replace('GB18030', 'UTF-8'), 'gb18030'), null],
    ['GB18030 that says nothing', iconv.encode('<r><d><x><a>郑州</a></x></d></r>', 'gb18030'), null],
    [
      'a charset and a declaration that differ',
      Buffer.from('<?xml version="1.0" encoding="UTF-8"?><r/>'),
      'a/b; charset=gbk',
    ],
    ['a name that nobody knows', Buffer.from('<r/>'), 'a/b; charset=klingon'],
    [
      'bytes that are no character',
      Buffer.concat([iconv.encode(text.slice(0, 80), 'gb18030'), Buffer.from([0xff])]),
      null,
    ],
  ])('is refused for %s', async (_, bytes, contentType) => {
    expect(await asking(bytes, contentType)).toBe('connect.wrong_encoding')
  })
})

describe('a text that is no honest XML', () => {
  it.each([
    ['connect.doctype_refused', 'a DOCTYPE', '<!DOCTYPE r [<!ENTITY a "aaa">]><r>&a;</r>'],
    ['connect.doctype_refused', 'an external entity', '<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>'],
    ['connect.doctype_refused', 'a login page', '<!DOCTYPE html><html><body>请登录</body></html>'],
    ['connect.answer_unreadable', 'an entity that nobody declared', '<r><d><x><a>&laugh;</a></x></d></r>'],
    ['connect.answer_unreadable', 'an end inside a record', '<r><d><x><a>1</a>'],
    ['connect.answer_unreadable', 'an end inside a tag', '<r><d><x><a'],
    ['connect.answer_unreadable', 'elements that cross', '<r><d><x></d></x></r>'],
    ['connect.answer_unreadable', 'a second root', '<r/><r/>'],
    ['connect.answer_unreadable', 'nothing', ''],
    ['connect.answer_unreadable', 'JSON', '{"rows":[]}'],
    ['connect.answer_unreadable', 'a control character', '<r><d><x><a>\u0001</a></x></d></r>'],
    ['connect.answer_unreadable', 'endless depth', '<a>'.repeat(2_000)],
    ['decode.cell_too_large', 'a text without end', `<r><d><x><a>${'a'.repeat(11_000_000)}</a>`],
  ])('ends with %s at %s', async (code, _, text) => {
    expect(await codeOfError(read(text))).toBe(code)
  })

  it('leaves the event loop free while it reads', async () => {
    const many = Buffer.from(`<r><d>${'<x><a>1</a><b>2</b><c>3</c></x>'.repeat(60_000)}</d></r>`)
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const { rows } = await readXmlRows(many, null, path)
    clearInterval(timer)
    expect(rows).toHaveLength(60_000)
    expect(turns).toBeGreaterThan(5)
  })
})

interface Row {
  readonly id: number
  readonly gxsj: string
}
const pager = xmlPages({
  path: '/x',
  query: { token: 'lp', limit: 'hs', since: 'qssj' },
  rows: ['fhjg', 'sjj', 'jl'],
  total: ['fhjg', 'sjj', '@zts'],
  count: ['fhjg', 'sjj', '@byts'],
  next: ['fhjg', 'xylp'],
  verdict: { code: ['fhjg', 'fhm'], message: ['fhjg', 'fhsm'], ok: '0', expired: '1410' },
  updatedAt: 'gxsj',
  overlapMinutes: 10,
})
const time = (n: number): string => `2024-01-01 00:00:${String(n).padStart(2, '0')}`
const rowsUpTo = (n: number): Row[] => Array.from({ length: n }, (_, i) => ({ id: i + 1, gxsj: time(i + 1) }))
const body = (rows: readonly Row[], total: number, next: string | null, stated = rows.length): Answer => ({
  headers: { 'content-type': 'application/xml; charset=GB18030' },
  body: iconv.encode(
    `<?xml version="1.0" encoding="GB18030"?><fhjg><fhm>0</fhm><fhsm>成功</fhsm>${next === null ? '' : `<xylp>${next}</xylp>`}<sjj zts="${total}" byts="${stated}">${rows
      .map(({ id, gxsj }) => `<jl><id>${id}</id><gxsj>${gxsj}</gxsj></jl>`)
      .join('')}</sjj></fhjg>`,
    'gb18030',
  ),
})
const verdict = (code: string): Answer => ({ body: `<fhjg><fhm>${code}</fhm><fhsm>系统维护</fhsm></fhjg>` })
const pageOf = (rows: readonly Row[], { query }: HttpRequest): Answer => {
  const from = Number(query?.lp ?? 0)
  const end = from + Number(query?.hs)
  return body(rows.slice(from, end), rows.length, end < rows.length ? String(end) : null)
}
const idsOf = (texts: readonly string[]): number[] => texts.map((text) => Number((JSON.parse(text) as Row).id))

describe('XML pages', () => {
  it('deliver every row once in order, the total and the latest update time', async () => {
    const http = fakeHttp((request) => pageOf(rowsUpTo(7), request))
    const pages = await pagesOf(pager, accessTo(http))
    expect(idsOf(textsOf(pages))).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(pages.at(-1)).toMatchObject({ next: null, declaredRows: 7, watermark: time(7) })
    expect(http.asked.every(({ accept }) => accept === 'application/xml')).toBe(true)
  })

  it('deliver nothing as an empty delivery and keep the watermark', async () => {
    const http = fakeHttp((request) => pageOf([], request))
    const pages = await pagesOf(pager, accessTo(http), requestOf({ since: time(9) }))
    expect(pages).toMatchObject([{ rows: [], next: null, declaredRows: 0, watermark: time(9) }])
  })

  it('go on after any page from its checkpoint, which does not grow', async () => {
    const http = fakeHttp((request) => pageOf(rowsUpTo(10), request))
    const whole = await pagesOf(pager, accessTo(http), requestOf({ since: '2024-01-01' }))
    for (let stop = 0; stop < whole.length - 1; stop++) {
      const rest = await pagesOf(pager, accessTo(http), requestOf({ resume: whole[stop]?.next, since: 'later' }))
      expect(idsOf([...textsOf(whole.slice(0, stop + 1)), ...textsOf(rest)])).toEqual(idsOf(textsOf(whole)))
      expect(rest.at(-1)).toMatchObject({ declaredRows: 10, watermark: time(10) })
      expect(JSON.stringify(whole[stop]?.next).length).toBeLessThan(400)
    }
    expect(new Set(http.asked.map((request) => request.query?.qssj))).toEqual(new Set(['2023-12-31 23:50:00']))
  })

  const page = (ids: readonly number[], total: number, next: string | null, stated?: number): Answer =>
    body(
      ids.map((id) => ({ id, gxsj: time(id) })),
      total,
      next,
      stated,
    )
  it.each<[string, string, (request: HttpRequest, n: number) => Answer]>([
    ['landing.repeated_cursor', 'a token again', (_, n) => page([n, n + 10], 99, n % 2 === 1 ? 'a' : 'b')],
    ['landing.repeated_page', 'the same page under new tokens', (_, n) => page([1, 2], 99, `c${n}`)],
    [
      'landing.early_empty_page',
      'an empty page with a token',
      (_, n) => (n === 1 ? page([1], 9, 'a') : page([], 9, 'b')),
    ],
    ['landing.early_empty_page', 'an empty end', (_, n) => (n === 1 ? page([1], 9, 'a') : page([], 9, null))],
    ['landing.short_delivery', 'an end before the total', () => page([1], 9, null)],
    ['landing.short_delivery', 'fewer rows than the page states', () => page([1, 2], 9, 'a', 3)],
    ['landing.more_than_declared', 'more rows than the page states', () => page([1, 2], 9, 'a', 1)],
    ['landing.more_than_declared', 'more rows than the total', (_, n) => page([n * 2, n * 2 + 1], 3, `c${n}`)],
    ['landing.total_shrank', 'a total that falls', (_, n) => page([n], 9 - n, `c${n}`)],
    [
      'connect.cursor_expired',
      'an expired token (410)',
      (_, n) => (n === 1 ? page([1], 9, 'a') : { status: 410, body: '' }),
    ],
    [
      'connect.cursor_expired',
      'an expired token (envelope)',
      (_, n) => (n === 1 ? page([1], 9, 'a') : verdict('1410')),
    ],
    ['connect.department_error', 'an error in the envelope', () => verdict('1500')],
    ['connect.answer_unreadable', 'an answer of another system', () => ({ body: '<html><body>ok</body></html>' })],
    ['connect.answer_unreadable', 'no total', () => ({ body: '<fhjg><fhm>0</fhm><sjj byts="0"/></fhjg>' })],
    [
      'connect.answer_unreadable',
      'a total that is no count',
      () => ({ body: '<fhjg><fhm>0</fhm><sjj zts="-1" byts="0"/></fhjg>' }),
    ],
  ])('end with %s at %s', async (code, _, answer) => {
    expect(await codeOfError(pagesOf(pager, accessTo(fakeHttp(answer))))).toBe(code)
  })

  it('give up a checkpoint of another kind, and one whose total fell in the pause', async () => {
    const [first] = await pagesOf(pager, accessTo(fakeHttp((request) => pageOf(rowsUpTo(8), request))))
    const shrunk = accessTo(fakeHttp((request) => pageOf(rowsUpTo(5), request)))
    for (const resume of [first?.next, { page: 3 }])
      expect(await codeOfError(pagesOf(pager, shrunk, requestOf({ resume })))).toBe('connect.checkpoint_gone')
  })
})
