/**
 * The departments of the import bench as a process of their own: rows are rendered before anything is measured, so that answering costs little
 * more than sending bytes. Talks with its parent by IPC: `{ day }` shows the departments as they stand after so many days.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type FileFeed, publish, type WrittenExtract, withdraw, writeExtract } from './drop.ts'
import { createBenchWorld, daysMax, type SaidRow } from './world.ts'

type HttpFeed = 'development.approvals' | 'transport.sections' | 'transport.measurements'
const httpFeeds: readonly HttpFeed[] = ['development.approvals', 'transport.sections', 'transport.measurements']
const fileFeeds: readonly FileFeed[] = ['tax.taxpayers', 'tax.invoices', 'tendering.awards']

interface RenderedRow {
  readonly key: string
  readonly updatedAt: string
  /** The row's JSON with a comma after it. */
  readonly bytes: Buffer
}

const render = ({ key, updatedAt, row }: SaidRow): RenderedRow => ({
  key,
  updatedAt,
  bytes: Buffer.from(`${JSON.stringify(row)},`),
})

const byTime = (a: RenderedRow, b: RenderedRow): number =>
  a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : a.key < b.key ? -1 : 1

const [folder = '', rows = '1000', seed = '1'] = process.argv.slice(2)
const world = createBenchWorld(Number(rows), Number(seed))

/** What each HTTP feed shows on each day, and the extracts that appear on it. */
const lists: Map<HttpFeed, RenderedRow[]>[] = []
const extracts: WrittenExtract[][] = []

const renderFirst = async (): Promise<void> => {
  lists.push(new Map(httpFeeds.map((feed) => [feed, world.projectRows(feed).map(render)])))
  extracts.push([
    await writeExtract(folder, 'tax.taxpayers', world.today, 'full', world.taxpayerRows()),
    await writeExtract(folder, 'tax.invoices', world.today, 'full', world.invoiceRows()),
    await writeExtract(
      folder,
      'tendering.awards',
      world.today,
      'full',
      world.projectRows('tendering.awards').map((said) => said.row),
    ),
  ])
}

const renderNext = async (): Promise<void> => {
  const before = lists.at(-1)!
  const day = world.nextDay()
  lists.push(
    new Map(
      httpFeeds.map((feed) => {
        const news = (day.rows.get(feed) ?? []).map(render)
        const isNews = new Set(news.map((row) => row.key))
        return [feed, [...before.get(feed)!.filter((row) => !isNews.has(row.key)), ...news].sort(byTime)]
      }),
    ),
  )
  const written: WrittenExtract[] = []
  for (const feed of fileFeeds) {
    const news = (day.rows.get(feed) ?? []).map((said) => said.row)
    written.push(await writeExtract(folder, feed, day.date, 'increment', news))
  }
  extracts.push(written)
}

let today = 0

const show = async (day: number): Promise<void> => {
  today = day
  for (const [i, written] of extracts.entries())
    for (const extract of written) await (i <= day ? publish(extract) : withdraw(extract))
}

const firstFrom = (list: readonly RenderedRow[], since: string): number => {
  const index = since === '' ? 0 : list.findIndex((row) => row.updatedAt >= since)
  return index === -1 ? list.length : index
}

/** The rows from `from` on as `[…]`, at most `count` of them. */
const arrayOf = (list: readonly RenderedRow[], from: number, count: number): Buffer => {
  const bytes = Buffer.concat([
    Buffer.from('['),
    ...list.slice(from, from + count).map((row) => row.bytes),
    Buffer.from(']'),
  ])
  // The last comma gives way to the bracket.
  return bytes.length === 2 ? bytes : Buffer.concat([bytes.subarray(0, -2), Buffer.from(']')])
}

const approvals = (query: URLSearchParams): Buffer => {
  const list = lists[today]!.get('development.approvals')!
  const start = firstFrom(list, query.get('updatedFrom') ?? '')
  const page = Number(query.get('page'))
  const size = Number(query.get('size'))
  const head = `{"code":"0","msg":"ok","data":{"total":${list.length - start},"page":${page},"size":${size},"list":`
  return Buffer.concat([Buffer.from(head), arrayOf(list, start + (page - 1) * size, size), Buffer.from('}}')])
}

const cursored = (feed: HttpFeed, query: URLSearchParams): Buffer => {
  const list = lists[today]!.get(feed)!
  const start = firstFrom(list, query.get('since') ?? '')
  const from = Number(query.get('cursor') ?? start)
  const limit = Number(query.get('limit'))
  const next = from + limit < list.length ? `"${from + limit}"` : 'null'
  return Buffer.concat([
    Buffer.from(`{"total":${list.length - start},"rows":`),
    arrayOf(list, from, limit),
    Buffer.from(`,"nextCursor":${next}}`),
  ])
}

const answer = (path: string, query: URLSearchParams): Buffer | null => {
  if (path === '/development/oauth2/token')
    return Buffer.from('{"access_token":"bench","token_type":"Bearer","expires_in":86400}')
  if (path === '/development/api/v2/approvals') return approvals(query)
  if (path === '/transport/open/v1/sections') return cursored('transport.sections', query)
  if (path === '/transport/open/v1/measurements') return cursored('transport.measurements', query)
  return null
}

const handle = (request: IncomingMessage, response: ServerResponse): void => {
  request.resume()
  const url = new URL(request.url ?? '/', 'http://departments')
  const body = answer(url.pathname, url.searchParams)
  response.writeHead(body ? 200 : 404, { 'content-type': 'application/json; charset=utf-8' }).end(body ?? '{}')
}

await renderFirst()
for (let i = 0; i < daysMax; i++) await renderNext()
await show(0)
const server = createServer(handle)
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', (message) => {
  void show((message as { day: number }).day).then(() => process.send?.({ day: today }))
})
process.on('disconnect', () => process.exit(0))
