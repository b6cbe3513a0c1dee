/**
 * The departments of the import bench as a process of their own. Everything is rendered before anything is measured, by a process that has ended by
 * then, so that answering costs little more than sending bytes from files. Talks with its parent by IPC: `{ day }` shows the departments as they
 * stand after so many days.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { openEmbedded } from '../../src/db/embedded.ts'
import { startChild } from './child.ts'
import { type Interface, interfaces } from './interfaces.ts'
import { RowList } from './lists.ts'
import { showDay } from './manifests.ts'
import type { Rendered } from './render.ts'
import { daysMax } from './world.ts'

/** Answer to `{ day }`, with the processor time of this process so far, before and after it changed what it shows. */
export interface Shown {
  readonly beforeMs: number
  readonly afterMs: number
}

export interface DepartmentsReady {
  readonly port: number
  readonly drop: string
  readonly exchangeUrl: string
  readonly rendered: Rendered
}

const [folder = '', rows = '1000', seed = '1'] = process.argv.slice(2)
const drop = join(folder, 'drop')

const openExchange = async () => {
  const server = await openEmbedded({ dataFolder: join(folder, 'exchange'), durable: false })
  const password = encodeURIComponent(server.password.reveal())
  return { server, url: `postgresql://${server.superuser}:${password}@${server.host}:${server.port}/postgres` }
}

/** Batches of later days are still being written, and none has been taken. Batches are dated by the days on which they were written. */
const showBatches = async (day: number): Promise<void> => {
  const client = new pg.Client({ connectionString: exchange.url })
  await client.connect()
  try {
    await client.query(
      `UPDATE exchange_batch b SET qssj = NULL, zt = CASE WHEN d.place <= $1 THEN '待取' ELSE '写入中' END
       FROM (SELECT pch, zymlbm, dense_rank() OVER (ORDER BY CAST(xrsj AS date)) - 1 AS place FROM exchange_batch) d
       WHERE d.pch = b.pch AND d.zymlbm = b.zymlbm`,
      [day],
    )
  } finally {
    await client.end()
  }
}

const exchange = await openExchange()

const render = async (): Promise<Rendered> => {
  try {
    const renderer = await startChild<never, Rendered>('render', [folder, rows, seed, exchange.url], {})
    await renderer.end()
    return renderer.greeting as Rendered
  } catch (error) {
    // A server outlives the process that started it.
    await exchange.server.stop()
    throw error
  }
}

const rendered = await render()

const usedMs = (): number => {
  const { user, system } = process.cpuUsage()
  return Math.round((user + system) / 1_000)
}

let today = 0
const show = async (day: number): Promise<Shown> => {
  const beforeMs = usedMs()
  today = day
  await showBatches(day)
  await showDay(drop, join(folder, 'held'), day, daysMax)
  return { beforeMs, afterMs: usedMs() }
}

/** By path: the interface, and its list on each day. */
const served = new Map<string, { readonly face: Interface; readonly lists: readonly RowList[] }>()
for (const [feed, face] of Object.entries(interfaces)) {
  const lists: RowList[] = []
  for (let day = 0; day <= daysMax; day++) lists.push(await RowList.open(join(folder, 'lists'), feed, day))
  served.set(face.path, { face, lists })
}

const token = '{"access_token":"bench","token_type":"Bearer","expires_in":86400}'

const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  request.resume()
  const url = new URL(request.url ?? '/', 'http://departments')
  const found = served.get(url.pathname)
  const list = found?.lists[today]
  if (!found || !list) {
    const isToken = url.pathname === '/development/oauth2/token'
    response.writeHead(isToken ? 200 : 404, { 'content-type': 'application/json' }).end(isToken ? token : '{}')
    return
  }
  const nonce = String(request.headers['x-nonce'] ?? '')
  const body = await found.face.answer(list, { query: url.searchParams, nonce })
  response.writeHead(200, { 'content-type': found.face.contentType, 'content-length': body.length }).end(body)
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    process.stderr.write(`${String((error as Error).stack ?? error)}\n`)
    response.destroy()
  })
})
await show(0)
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  const ready: DepartmentsReady = { port, drop, exchangeUrl: exchange.url, rendered }
  process.send?.(ready)
})
process.on('message', (message) => {
  show((message as { day: number }).day).then(
    (shown) => process.send?.(shown),
    (error: unknown) => {
      process.stderr.write(`${String((error as Error).stack ?? error)}\n`)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => void exchange.server.stop().then(() => process.exit(0)))
