import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { afterEach, describe, expect, it } from 'vitest'
import type { Simulator } from '../../simulator/server.ts'
import { type ApprovalsPage, approvals, type CursorPage, everyRow, running, signed, today, tokenOf } from './support.ts'

type Running = Awaited<ReturnType<typeof running>>
const started: Running[] = []
const start = async (...options: Parameters<typeof running>): Promise<Running> => {
  const simulator = await running(...options)
  started.push(simulator)
  return simulator
}
afterEach(async () => {
  for (const simulator of started.splice(0)) await simulator.stop()
})

const pageOf = async (response: Response): Promise<ApprovalsPage> => (await response.json()) as ApprovalsPage
const arm = (simulator: Simulator, order: Record<string, unknown>): Promise<Response> =>
  fetch(`http://127.0.0.1:${simulator.truthPort}/faults`, {
    method: 'POST',
    body: JSON.stringify(order),
    headers: { 'content-type': 'application/json' },
  })

describe('development.approvals', () => {
  it('gives a token for the right secret only', async () => {
    const { port } = await start()
    expect(await tokenOf(port)).toMatchObject({ status: 200, expiresIn: 600 })
    expect((await tokenOf(port, 'wrong')).status).toBe(401)
  })

  it('answers 401 without a token and with one that has expired', async () => {
    let clock = Date.now()
    const { port } = await start({ now: () => clock })
    const { token } = await tokenOf(port)
    expect((await approvals(port, '', 'page=1')).status).toBe(401)
    expect((await approvals(port, token, 'page=1')).status).toBe(200)
    clock += 600_000
    expect((await approvals(port, token, 'page=1')).status).toBe(401)
  })

  it('pages through all rows by update time and key, and from a time on', async () => {
    const { port } = await start()
    const { token } = await tokenOf(port)
    const first = await pageOf(await approvals(port, token, 'page=1&size=7'))
    const rows = []
    for (let page = 1; page <= Math.ceil(first.data.total / 7); page++)
      rows.push(...(await pageOf(await approvals(port, token, `page=${page}&size=7`))).data.list)
    expect(rows.length).toBe(first.data.total)
    const order = rows.map((row) => `${row.gxsj}|${row.slbh}`)
    expect(order).toEqual([...order].sort())
    const from = String(rows[10]?.gxsj)
    const later = await pageOf(await approvals(port, token, `page=1&size=500&updatedFrom=${encodeURIComponent(from)}`))
    expect(later.data.list).toEqual(rows.slice(10))
  })

  it('says so in the envelope when a parameter is wrong', async () => {
    const { port } = await start()
    const { token } = await tokenOf(port)
    const response = await approvals(port, token, 'page=0')
    expect(response.status).toBe(200)
    expect((await pageOf(response)).code).toBe('1001')
  })
})

describe('transport', () => {
  it('refuses a wrong signature, an old timestamp and a used nonce', async () => {
    const { port } = await start()
    const path = '/open/v1/sections'
    expect((await signed(port, path, { limit: '5' })).status).toBe(200)
    expect((await signed(port, path, { limit: '5' }, { secret: 'wrong' })).status).toBe(401)
    expect((await signed(port, path, { limit: '5' }, { timestamp: Math.floor(Date.now() / 1000) - 301 })).status).toBe(
      401,
    )
    expect((await signed(port, path, { limit: '5' }, { nonce: 'n1' })).status).toBe(200)
    expect((await signed(port, path, { limit: '5' }, { nonce: 'n1' })).status).toBe(401)
  })

  it('pages through all measurements by cursor, whatever the page size', async () => {
    const { port } = await start({ size: 'town' })
    const small = await everyRow(port, '/open/v1/measurements', 97)
    const large = await everyRow(port, '/open/v1/measurements', 1_000)
    expect(small).toEqual(large)
    const from = String(large[100]?.gxsj)
    expect(await everyRow(port, '/open/v1/measurements', 500, from)).toEqual(
      large.filter((row) => String(row.gxsj) >= from),
    )
  })

  it('answers 410 for a cursor that has expired and 400 for one it never gave', async () => {
    let clock = Date.now()
    const { port } = await start({ size: 'town', cursorLifetimeSeconds: 60, now: () => clock })
    const { nextCursor } = (await (await signed(port, '/open/v1/sections', { limit: '5' })).json()) as CursorPage
    expect((await signed(port, '/open/v1/sections', { limit: '5', cursor: nextCursor ?? '' })).status).toBe(200)
    expect((await signed(port, '/open/v1/sections', { limit: '5', cursor: 'made-up' })).status).toBe(400)
    clock += 60_000
    expect((await signed(port, '/open/v1/sections', { limit: '5', cursor: nextCursor ?? '' })).status).toBe(410)
  })
})

interface Manifest {
  feed: string
  date: string
  mode: string
  rows: number
  sumYuan?: string
  sm3: string
  encoding: string
}

const filesOf = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String).sort()
const manifestOf = (drop: string, file: string): Manifest =>
  JSON.parse(readFileSync(join(drop, `${file}.manifest.json`), 'utf8')) as Manifest
const textOf = (drop: string, file: string): string => {
  const bytes = readFileSync(join(drop, file))
  const plain = file.endsWith('.gz') ? gunzipSync(bytes) : bytes
  return iconv.decode(plain, manifestOf(drop, file).encoding)
}

describe('the file drop', () => {
  const day = today.replaceAll('-', '')
  const files = [`tax/taxpayers_${day}.csv`, `tax/invoices_${day}.csv.gz`, `tendering/awards_${day}.jsonl`]

  it('holds a full file of each feed whose manifest agrees with its bytes', async () => {
    const { dropFolder } = await start()
    for (const file of files) {
      const manifest = manifestOf(dropFolder, file)
      const lines = textOf(dropFolder, file).trimEnd().split(/\r?\n/)
      expect(manifest).toMatchObject({
        date: today,
        mode: 'full',
        rows: lines.length - (file.endsWith('jsonl') ? 0 : 1),
      })
      expect(manifest.sm3).toBe(
        createHash('sm3')
          .update(readFileSync(join(dropFolder, file)))
          .digest('hex'),
      )
      expect(statSync(join(dropFolder, `${file}.manifest.json`)).mtimeMs).toBeGreaterThanOrEqual(
        statSync(join(dropFolder, file)).mtimeMs,
      )
    }
    expect(manifestOf(dropFolder, files[0]!).encoding).toBe('gb18030')
    expect(filesOf(dropFolder).some((name) => name.endsWith('.tmp'))).toBe(false)
  })

  it('states the sum of the invoices to the fen', async () => {
    const { dropFolder } = await start()
    const [header = '', ...lines] = textOf(dropFolder, files[1]!).trimEnd().split('\r\n')
    const column = header.split(',').indexOf('JSHJ')
    const sum = lines.reduce((fen, line) => fen + BigInt((line.split(',')[column] ?? '').replace('.', '')), 0n)
    expect(BigInt((manifestOf(dropFolder, files[1]!).sumYuan ?? '').replace('.', ''))).toBe(sum)
  })

  it('gains an increment of each feed with every day, and equal bytes for equal seeds', async () => {
    const [a, b] = [await start(), await start()]
    for (const simulator of [a, b]) {
      const response = await fetch(`http://127.0.0.1:${simulator.truthPort}/advance?days=2`, { method: 'POST' })
      expect(await response.json()).toEqual({ clock: '2026-03-12' })
    }
    expect(manifestOf(a.dropFolder, 'tax/invoices_20260312.csv.gz')).toMatchObject({
      mode: 'increment',
      date: '2026-03-12',
    })
    expect(filesOf(a.dropFolder)).toEqual(filesOf(b.dropFolder))
    for (const name of filesOf(a.dropFolder).filter((file) => file.includes('.'))) {
      expect(readFileSync(join(a.dropFolder, name)).equals(readFileSync(join(b.dropFolder, name))), name).toBe(true)
    }
  })
})

describe('faults on order', () => {
  it('refuses an order it cannot fill, with a code', async () => {
    const simulator = await start()
    for (const [order, code] of [
      [{ feed: 'nobody.knows', kind: '500' }, 'fault.feed_unknown'],
      [{ feed: 'tax.invoices', kind: 'hang' }, 'fault.kind_unknown'],
      [{ feed: 'transport.sections', kind: 'cut', times: 0 }, 'fault.times_invalid'],
    ] as const) {
      const response = await arm(simulator, order)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ code })
    }
  })

  it('answers 500 and 429 as often as ordered, then well again', async () => {
    const simulator = await start()
    await arm(simulator, { feed: 'transport.sections', kind: '500', times: 2 })
    await arm(simulator, { feed: 'transport.sections', kind: '429', times: 1 })
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await signed(simulator.port, '/open/v1/sections', { limit: '5' }))
    expect(answers.map((answer) => answer.status)).toEqual([500, 500, 429, 200])
    expect(answers[2]?.headers.get('retry-after')).toBe('1')
  })

  it('cuts the body in the middle', async () => {
    const simulator = await start()
    const { token } = await tokenOf(simulator.port)
    await arm(simulator, { feed: 'development.approvals', kind: 'cut' })
    await expect((async () => (await approvals(simulator.port, token, 'page=1')).text())()).rejects.toThrow(
      /terminated|aborted|socket/i,
    )
    expect((await approvals(simulator.port, token, 'page=1')).status).toBe(200)
  })

  it('hangs until the caller gives up, and still stops at once', async () => {
    const simulator = await start()
    await arm(simulator, { feed: 'transport.sections', kind: 'hang' })
    const waiting = signed(simulator.port, '/open/v1/sections', { limit: '5' }).then(
      (response) => response.status,
      () => 'broken',
    )
    const first = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 300, 'still waiting'))])
    expect(first).toBe('still waiting')
    await simulator.close()
    expect(await waiting).toBe('broken')
  })

  it('repeats the page before, keeps a row back, and drifts', async () => {
    const simulator = await start({ size: 'town' })
    const { token } = await tokenOf(simulator.port)
    const get = async (page: number) =>
      (await pageOf(await approvals(simulator.port, token, `page=${page}&size=20`))).data
    const one = await get(1)
    await arm(simulator, { feed: 'development.approvals', kind: 'repeatPage' })
    expect(await get(2)).toMatchObject({ page: 2, list: one.list })
    await arm(simulator, { feed: 'development.approvals', kind: 'shortTotal' })
    expect(await get(3)).toMatchObject({ total: one.total, list: { length: 19 } })
    await arm(simulator, { feed: 'development.approvals', kind: 'drift' })
    const drifted = (await get(4)).list[0] ?? {}
    expect(drifted.kzxx).toBe('01')
    expect('jsgm' in drifted).toBe(false)
  })

  it('spoils the next file: a digest that is wrong, a file cut short, a count too high', async () => {
    const simulator = await start()
    await arm(simulator, { feed: 'tax.invoices', kind: 'badDigest' })
    await arm(simulator, { feed: 'tax.taxpayers', kind: 'cut' })
    await arm(simulator, { feed: 'tendering.awards', kind: 'shortTotal' })
    await simulator.advance(1)
    const digestOf = (file: string): string =>
      createHash('sm3')
        .update(readFileSync(join(simulator.dropFolder, file)))
        .digest('hex')
    for (const file of ['tax/invoices_20260311.csv.gz', 'tax/taxpayers_20260311.csv'])
      expect(manifestOf(simulator.dropFolder, file).sm3).not.toBe(digestOf(file))
    const awards = 'tendering/awards_20260311.jsonl'
    expect(manifestOf(simulator.dropFolder, awards).rows).toBe(
      textOf(simulator.dropFolder, awards).trimEnd().split('\n').length + 1,
    )
    await simulator.advance(1)
    expect(manifestOf(simulator.dropFolder, 'tax/invoices_20260312.csv.gz').sm3).toBe(
      digestOf('tax/invoices_20260312.csv.gz'),
    )
  })
})

describe('the truth port', () => {
  it('answers as one array or line by line', async () => {
    const { truthPort } = await start()
    const list = (await (await fetch(`http://127.0.0.1:${truthPort}/truth/projects`)).json()) as unknown[]
    const lines = (await (await fetch(`http://127.0.0.1:${truthPort}/truth/projects?format=ndjson`)).text())
      .trimEnd()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(list)
    expect(await (await fetch(`http://127.0.0.1:${truthPort}/truth/stats`)).json()).toMatchObject({
      size: 'tiny',
      clock: today,
    })
  })

  it('shows no secret and refuses an unknown feed with a code', async () => {
    const { truthPort } = await start()
    expect(await (await fetch(`http://127.0.0.1:${truthPort}/truth/stats`)).text()).not.toContain('demo-only')
    const response = await fetch(`http://127.0.0.1:${truthPort}/truth/parties?feed=x`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'truth.feed_unknown' })
  })
})
