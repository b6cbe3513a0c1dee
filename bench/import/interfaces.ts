/** The interfaces of the simulated departments by their paths: how their rows are written, and how a page is put around rows that are written already. */
import iconv from 'iconv-lite'
import { sealAnswer } from '../../simulator/departments/security-envelope.ts'
import { pageXml } from '../../simulator/departments/water-xml.ts'
import type { FeedId } from '../../simulator/world/entries.ts'
import type { ListedRow, RowList } from './lists.ts'
import type { BenchRow, Row } from './world.ts'

export interface Question {
  readonly query: URLSearchParams
  readonly nonce: string
}

export interface Interface {
  readonly path: string
  readonly contentType: string
  readonly write: (row: Row) => Buffer
  readonly answer: (list: RowList, question: Question) => Promise<Buffer>
}

/** All departments of the bench know the hub by the same secret. */
export const secret = 'bench'

const json = 'application/json; charset=utf-8'

/** A row with a comma behind it. */
const jsonRow = (row: Row): Buffer => Buffer.from(`${JSON.stringify(row)},`)
const jsonLine = (row: Row): Buffer => Buffer.from(`${JSON.stringify(row)}\n`)

const xmlRow = (row: Row): Buffer => {
  const text = pageXml({ code: '0', message: '', total: 1, rows: [row] })
  return iconv.encode(text.slice(text.indexOf('<jl>'), text.lastIndexOf('</sjj>')), 'gb18030')
}

/** Between head and tail, without the last comma. */
const around = (head: string, rows: Buffer, tail: string): Buffer =>
  Buffer.concat([Buffer.from(head), rows.length === 0 ? rows : rows.subarray(0, -1), Buffer.from(tail)])

interface Slice {
  readonly total: number
  readonly page: number
  readonly size: number
  readonly rows: Buffer
}

const numbered = async (list: RowList, query: URLSearchParams, sinceName: string): Promise<Slice> => {
  const start = list.firstFrom(query.get(sinceName) ?? '')
  const page = Number(query.get('page'))
  const size = Number(query.get('size'))
  const from = Math.min(list.length, start + (page - 1) * size)
  const rows = await list.bytes(from, Math.min(list.length, from + size))
  return { total: list.length - start, page, size, rows }
}

const development = (path: string): Interface => ({
  path: `/development${path}`,
  contentType: json,
  write: jsonRow,
  answer: async (list, { query }) => {
    const { total, page, size, rows } = await numbered(list, query, 'updatedFrom')
    return around(`{"code":"0","msg":"ok","data":{"total":${total},"page":${page},"size":${size},"list":[`, rows, ']}}')
  },
})

/** The nonce of the request is part of what is sealed, so that sealing cannot be done ahead. */
const security = (path: string): Interface => ({
  path: `/security${path}`,
  contentType: json,
  write: jsonRow,
  answer: async (list, { query, nonce }) => {
    const { total, page, size, rows } = await numbered(list, query, 'since')
    const head = `{"nonce":${JSON.stringify(nonce)},"code":"0","msg":"ok","total":${total},"page":${page},"size":${size},"rows":[`
    return Buffer.from(JSON.stringify(sealAnswer(secret, around(head, rows, ']}'))))
  },
})

interface CursorSlice {
  readonly total: number
  readonly count: number
  readonly rows: Buffer
  readonly next: string | null
}

/** A cursor here is two numbers, where the delivery began and where it goes on. */
const cursored = async (list: RowList, cursor: string | null, since: string, limit: number): Promise<CursorSlice> => {
  const [start = 0, from = 0] = cursor ? cursor.split('.').map(Number) : [list.firstFrom(since), list.firstFrom(since)]
  const through = Math.min(list.length, from + limit)
  return {
    total: list.length - start,
    count: through - from,
    rows: await list.bytes(from, through),
    next: through < list.length ? `${start}.${through}` : null,
  }
}

const transport = (path: string): Interface => ({
  path: `/transport${path}`,
  contentType: json,
  write: jsonRow,
  answer: async (list, { query }) => {
    const limit = Number(query.get('limit'))
    const { total, rows, next } = await cursored(list, query.get('cursor'), query.get('since') ?? '', limit)
    return around(`{"total":${total},"rows":[`, rows, `],"nextCursor":${JSON.stringify(next)}}`)
  },
})

const water = (path: string): Interface => ({
  path: `/water${path}`,
  contentType: 'application/xml; charset=GB18030',
  write: xmlRow,
  answer: async (list, { query }) => {
    const slice = await cursored(list, query.get('lp'), query.get('qssj') ?? '', Number(query.get('hs')))
    const empty = pageXml({ code: '0', message: '成功', total: slice.total, next: slice.next })
    const page = empty.replace('byts="0"', `byts="${slice.count}"`)
    const at = page.indexOf('</sjj>')
    return Buffer.concat([
      iconv.encode(page.slice(0, at), 'gb18030'),
      slice.rows,
      iconv.encode(page.slice(at), 'gb18030'),
    ])
  },
})

const commerce = (path: string): Interface => ({
  path: `/commerce${path}`,
  contentType: 'application/x-ndjson; charset=utf-8',
  write: jsonLine,
  answer: async (list, { query }) => {
    const from = Math.min(list.length, Number(query.get('after')))
    const through = Math.min(list.length, from + Number(query.get('limit')))
    const trailer = { end: true, from, through, count: through - from, head: list.length }
    return Buffer.concat([await list.bytes(from, through), jsonLine(trailer)])
  },
})

export const interfaces: Partial<Readonly<Record<FeedId, Interface>>> = {
  'development.approvals': development('/api/v2/approvals'),
  'development.progress': development('/api/v2/progress'),
  'development.key-projects': development('/api/v2/key-projects'),
  'transport.projects': transport('/open/v1/projects'),
  'transport.sections': transport('/open/v1/sections'),
  'transport.measurements': transport('/open/v1/measurements'),
  'water.projects': water('/gxjk/xm'),
  'water.contracts': water('/gxjk/ht'),
  'water.progress': water('/gxjk/jd'),
  'water.permits': water('/gxjk/qsxk'),
  'water.usages': water('/gxjk/qsl'),
  'security.rentals': security('/gateway/v1/rentals'),
  'security.seals': security('/gateway/v1/seals'),
  'commerce.registrations': commerce('/stream/registrations'),
  'commerce.changes': commerce('/stream/changes'),
}

export const written = function* (rows: Iterable<BenchRow>, write: Interface['write']): Generator<ListedRow> {
  for (const { key, updatedAt, row } of rows) yield { key, updatedAt, bytes: write(row) }
}
