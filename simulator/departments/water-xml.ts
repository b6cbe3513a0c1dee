/** Rows as the water bureau's exchange writes them: XML in GB18030, counts as attributes of the data set. */
import type { ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import iconv from 'iconv-lite'
import type { Fault } from '../fault-kinds.ts'
import type { Row } from './wording.ts'

const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : '&gt;'))

const element = (name: string, value: unknown): string => {
  const text = value === null || value === undefined ? '' : escaped(String(value))
  return text === '' ? `<${name}/>` : `<${name}>${text}</${name}>`
}

export interface XmlPage {
  readonly code: string
  readonly message: string
  readonly total?: number
  readonly rows?: readonly Row[]
  /** Token of the next page; null on the last one. */
  readonly next?: string | null
}

/** The whole answer. Records stand one a line. */
export const pageXml = ({ code, message, total, rows = [], next = null }: XmlPage): string => {
  const head = `<?xml version="1.0" encoding="GB18030"?>\r\n<fhjg>\r\n${element('fhm', code)}${element('fhsm', message)}\r\n`
  if (total === undefined) return `${head}</fhjg>\r\n`
  const records = rows.map(
    (row) => `<jl>${Object.entries(row).map(([name, value]) => element(name, value)).join('')}</jl>\r\n`, // biome-ignore format: one line a record
  )
  const token = next === null ? '' : `${element('xylp', next)}\r\n`
  return `${head}${token}<sjj zts="${total}" byts="${rows.length}">\r\n${records.join('')}</sjj>\r\n</fhjg>\r\n`
}

/** Sends it; spoiled are the bytes: half of them (`cut`), or UTF-8 in spite of what is declared (`wrongEncoding`). */
export const sendXml = (c: Context, page: XmlPage, fault: Fault | null, status: 200 | 400 | 401 = 200): Response => {
  const text = pageXml(page)
  const bytes = fault === 'wrongEncoding' ? Buffer.from(text) : iconv.encode(text, 'gb18030')
  const headers = { 'content-type': 'application/xml; charset=GB18030' }
  const outgoing = (c.env as Partial<HttpBindings>).outgoing as ServerResponse | undefined
  if (fault !== 'cut' || !outgoing) return c.body(new Uint8Array(bytes), status, headers)
  outgoing.writeHead(status, { ...headers, 'content-length': String(bytes.length) })
  outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.destroy())
  return RESPONSE_ALREADY_SENT
}
