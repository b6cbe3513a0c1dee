/** Front-end tables on a real server: what is taken, when, and how every way in which they can lie is told. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ExchangeDatabase, openExchange } from '../../src/connect/exchange-database.ts'
import { exchangeTables } from '../../src/connect/exchange-tables.ts'
import type { Page, PullRequest } from '../../src/connect/feed.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { asSuperuser, exchangeDatabase } from '../support/database.ts'
import { accessTo, codeOfError, fakeHttp, pagesOf, requestOf, textsOf } from './support.ts'

const pager = exchangeTables({ catalogue: 'ZJ/0001', catalogues: ['ZJ/0001', 'ZJ/0002'], table: 'permits' })

let url = ''
let database = ''
let client: pg.Client
const opened: ExchangeDatabase[] = []
beforeAll(async () => {
  url = await exchangeDatabase()
  database = new URL(url).pathname.slice(1)
  client = new pg.Client(url)
  await client.connect()
})
afterAll(() => client.end())
beforeEach(async () => {
  await client.query('DROP TABLE IF EXISTS exchange_batch, permits')
  await client.query(
    `CREATE TABLE exchange_batch (pch varchar(32), zymlbm varchar(64), zt varchar(16), jls integer, sm3 char(64), xrsj timestamp(0), qssj timestamp(0))`,
  )
  await client.query(
    'CREATE TABLE permits (pch varchar(32), hh integer, name varchar(200), money numeric(18, 2), day timestamp(0))',
  )
})
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

const exchange = (options: { url?: string; attemptTimeoutMs?: number } = {}): ExchangeDatabase => {
  const { url: other = url, ...rest } = options
  const one = openExchange({ department: 'housing', url: new Secret(other), attemptsMax: 2, waitMs: 1, ...rest })
  opened.push(one)
  return one
}
const pull = (part: Partial<PullRequest> = {}, db = exchange()): Promise<Page[]> =>
  pagesOf(pager, { ...accessTo(fakeHttp(() => ({ body: '' }))), exchange: db }, requestOf(part))

type Row = readonly [name: string | null, money: string, day: string]
const rowsOf = (count: number, prefix = '甲'): Row[] =>
  Array.from({ length: count }, (_, i) => [`${prefix}${i + 1}`, `${i}.50`, '2024-01-02 00:00:00'])
/** As the documents say: columns in the order of their names, tabs between, a line feed behind. */
const digestOf = (rows: readonly Row[]): string =>
  createHash('sm3')
    .update(rows.map(([name, money, day]) => `${[day, money, name ?? ''].join('\t')}\n`).join(''))
    .digest('hex')

interface Batch {
  readonly status?: string
  readonly rows?: number
  readonly sm3?: string
  readonly code?: string
}

/** Writes a batch that tells the truth unless told otherwise. */
const write = async (number: string, at: string, rows: readonly Row[], o: Batch = {}): Promise<void> => {
  await client.query('INSERT INTO exchange_batch VALUES ($1, $2, $3, $4, $5, $6)', [
    number,
    o.code ?? 'ZJ/0001',
    o.status ?? '待取',
    o.rows ?? rows.length,
    o.sm3 ?? digestOf(rows),
    at,
  ])
  for (const [i, row] of rows.entries())
    await client.query('INSERT INTO permits VALUES ($1, $2, $3, $4, $5)', [number, i + 1, ...row])
}
const statuses = async (): Promise<string[]> =>
  (await client.query<{ s: string }>(`SELECT pch || ' ' || zt AS s FROM exchange_batch ORDER BY 1`)).rows.map(
    (r) => r.s,
  )
const namesIn = (pages: readonly Page[]): string[] =>
  textsOf(pages).map((text) => (JSON.parse(text) as { name: string }).name)

describe('front-end tables', () => {
  it('give finished batches in the order in which they were written, values as the server writes them', async () => {
    await write('B2', '2024-01-03 08:00:00', rowsOf(2, '乙'))
    await write('B1', '2024-01-02 08:00:00', rowsOf(5))
    await write('B3', '2024-01-04 08:00:00', rowsOf(1, '丙'), { status: '写入中' })
    const pages = await pull()
    expect(namesIn(pages)).toEqual(['甲1', '甲2', '甲3', '甲4', '甲5', '乙1', '乙2'])
    expect(textsOf(pages)[1]).toBe('{"day":"2024-01-02 00:00:00","money":"1.50","name":"甲2"}')
    expect(pages[1]?.rows[0]?.at).toEqual({ source: 'permits B1', row: 4 })
    expect(pages.at(-1)).toMatchObject({
      next: null,
      declaredRows: 7,
      watermark: { writtenAt: '2024-01-03 08:00:00', through: '20240103' },
    })
  })

  it('are marked as taken when the next pull begins, and not before', async () => {
    await write('B1', '2024-01-02 08:00:00', rowsOf(2))
    const first = await pull()
    expect(await statuses()).toEqual(['B1 待取'])
    await write('B2', '2024-01-03 08:00:00', rowsOf(1, '乙'))
    const second = await pull({ since: first.at(-1)?.watermark })
    expect(namesIn(second)).toEqual(['乙1'])
    expect(await statuses()).toEqual(['B1 已取', 'B2 待取'])
    const third = await pull({ since: second.at(-1)?.watermark })
    expect(third).toMatchObject([{ rows: [], declaredRows: 0, watermark: second.at(-1)?.watermark }])
    expect(await statuses()).toEqual(['B1 已取', 'B2 已取'])
  })

  it('give a batch again as long as no delivery with it is complete', async () => {
    await write('B1', '2024-01-02 08:00:00', rowsOf(4))
    expect(namesIn(await pull())).toEqual(namesIn(await pull()))
    expect(await statuses()).toEqual(['B1 待取'])
  })

  it('give what another hub has taken meanwhile, and a late or corrected batch', async () => {
    await write('B1', '2024-01-02 08:00:00', rowsOf(1))
    const since = (await pull()).at(-1)?.watermark
    await write('B3', '2024-01-04 08:00:00', rowsOf(1, '丙'), { status: '已取' })
    await write('B0', '2024-01-01 08:00:00', rowsOf(1, '零'))
    const next = await pull({ since })
    expect(namesIn(next)).toEqual(['零1', '丙1'])
    await client.query(`UPDATE permits SET name = '正' WHERE pch = 'B3'`)
    await client.query(`UPDATE exchange_batch SET sm3 = $1, zt = '待取' WHERE pch = 'B3'`, [
      digestOf([['正', '0.50', '2024-01-02 00:00:00']]),
    ])
    expect(namesIn(await pull({ since: next.at(-1)?.watermark }))).toEqual(['正'])
  })

  it('give all that waits in one delivery, however many batches that is, and mark each of them next time', async () => {
    // Nine years of days for a hub that comes late: in a few statements, since each batch has one and the same row.
    const days = 3_300
    const rows = rowsOf(1)
    await client.query(
      `INSERT INTO exchange_batch SELECT to_char(d, 'YYYYMMDD'), 'ZJ/0001', '待取', 1, $1, d FROM generate_series(timestamp '2015-01-01', timestamp '2015-01-01' + ($2::int - 1) * interval '1 day', interval '1 day') AS d`,
      [digestOf(rows), days],
    )
    await client.query(`INSERT INTO permits SELECT pch, 1, $1, $2, $3 FROM exchange_batch`, [...rows[0]!])
    const pages = await pull()
    expect(namesIn(pages)).toHaveLength(days)
    const since = pages.at(-1)?.watermark
    expect(namesIn(await pull({ since }))).toEqual([])
    expect((await statuses()).filter((s) => s.endsWith('待取'))).toEqual([])
  }, 60_000)

  it('are marked whatever letters their digest is written in', async () => {
    const rows = rowsOf(2)
    await write('A', '2024-01-02 01:00:00', rows, { sm3: digestOf(rows).toUpperCase() })
    const since = (await pull()).at(-1)?.watermark
    await pull({ since })
    expect(await statuses()).toEqual(['A 已取'])
  })

  it('give what was written since or until a day, taken or not', async () => {
    for (const [i, day] of ['02', '03', '04'].entries())
      await write(`B${i}`, `2024-01-${day} 08:00:00`, rowsOf(1, `${i}-`), { status: '已取' })
    expect(namesIn(await pull({ since: '2024-01-03' }))).toEqual(['1-1', '2-1'])
    expect(namesIn(await pull({ until: '2024-01-03' }))).toEqual(['0-1', '1-1'])
    expect(await statuses()).toEqual(['B0 已取', 'B1 已取', 'B2 已取'])
  })

  it('go on after any page from its checkpoint, beside batches that came meanwhile', async () => {
    await write('B1', '2024-01-02 08:00:00', rowsOf(7))
    await write('B2', '2024-01-03 08:00:00', [])
    await write('B3', '2024-01-03 08:00:00', rowsOf(3, '丙'))
    const whole = await pull()
    await write('B4', '2024-01-05 08:00:00', rowsOf(1, '丁'))
    for (let stop = 0; stop < whole.length - 1; stop++) {
      const rest = await pull({ resume: whole[stop]?.next })
      expect(namesIn([...whole.slice(0, stop + 1), ...rest])).toEqual(namesIn(whole))
      expect(rest.at(-1)).toMatchObject({ declaredRows: 10, watermark: whole.at(-1)?.watermark })
    }
    await client.query(`UPDATE exchange_batch SET sm3 = repeat('0', 64) WHERE pch = 'B1'`)
    expect(await codeOfError(pull({ resume: whole[0]?.next }))).toBe('connect.checkpoint_gone')
    expect(await codeOfError(pull({ resume: { pager: 'files' } }))).toBe('connect.checkpoint_gone')
  })

  it.each<[string, string, () => Promise<unknown>]>([
    ['landing.nothing_delivered', 'no batch yet', async () => undefined],
    ['landing.short_delivery', 'fewer rows than stated', () => write('B1', '2024-01-02', rowsOf(3), { rows: 4 })],
    ['landing.more_than_declared', 'more rows than stated', () => write('B1', '2024-01-02', rowsOf(3), { rows: 2 })],
    ['landing.digest_mismatch', 'another digest', () => write('B1', '2024-01-02', rowsOf(3), { sm3: '0'.repeat(64) })],
    [
      'landing.digest_mismatch',
      'rows lost on the way into the table',
      async () => {
        await write('B1', '2024-01-02', rowsOf(5))
        await client.query('DELETE FROM permits WHERE hh > 2')
      },
    ],
    ['landing.catalogue_unknown', 'an unknown resource', () => write('B1', '2024-01-02', [], { code: 'ZJ/0009' })],
    [
      'landing.batch_repeated',
      'two batches under one number',
      async () => {
        await write('B1', '2024-01-02', rowsOf(1))
        await write('B1', '2024-01-03', [])
      },
    ],
    [
      'connect.exchange_unreadable',
      'a data table that is gone',
      async () => {
        await write('B1', '2024-01-02', rowsOf(1))
        await client.query('DROP TABLE permits')
      },
    ],
    ['connect.exchange_unreadable', 'no table of batches', () => client.query('DROP TABLE exchange_batch')],
  ])('end with %s at %s', async (code, _, prepare) => {
    await prepare()
    expect(await codeOfError(pull())).toBe(code)
  })

  it('say by name what columns the platform added or dropped', async () => {
    await client.query('ALTER TABLE permits DROP COLUMN day')
    await client.query('ALTER TABLE permits ADD COLUMN "kzXX" varchar(8)')
    await client.query('INSERT INTO permits VALUES ($1, 1, $2, 1.5, $3)', ['B1', '甲', '01'])
    const sm3 = createHash('sm3').update('01\t1.50\t甲\n').digest('hex')
    await write('B1', '2024-01-02', [], { rows: 1, sm3 })
    expect(textsOf(await pull())).toEqual(['{"kzXX":"01","money":"1.50","name":"甲"}'])
  })
})

describe('the way to the front-end database', () => {
  const ask = (db: ExchangeDatabase): Promise<unknown> => db.query('SELECT 1', [], new AbortController().signal)
  const urlWith = (change: (to: URL) => void): string => {
    const to = new URL(url)
    change(to)
    return to.href
  }

  it.each<[string, string, () => string]>([
    ['connect.unauthorized', 'a wrong password', () => urlWith((to) => (to.password = 'wrong'))],
    ['connect.exchange_unreadable', 'a database that is not there', () => urlWith((to) => (to.pathname = '/gone'))],
    ['connect.unreachable', 'a port that nobody listens on', () => urlWith((to) => (to.port = '1'))],
  ])('ends with %s at %s', async (code, _, to) => {
    expect(await codeOfError(ask(exchange({ url: to() })))).toBe(code)
  })

  it('is refused where the setting is no URL, or where there is none', async () => {
    expect(() => openExchange({ department: 'housing', url: new Secret('mysql://x') })).toThrow(
      expect.objectContaining({ code: 'connect.not_configured' }),
    )
    const bare = accessTo(fakeHttp(() => ({ body: '' })))
    expect(await codeOfError(pagesOf(pager, bare))).toBe('connect.not_configured')
  })

  it('gives up a statement that takes too long', async () => {
    const db = exchange({ attemptTimeoutMs: 100 })
    expect(await codeOfError(db.query('SELECT pg_sleep(5)', [], new AbortController().signal))).toBe('connect.timeout')
  })

  it('gives up a server that takes the connection and says nothing', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
    const { port } = silent.address() as { port: number }
    const to = urlWith((address) => (address.port = String(port)))
    const db = openExchange({ department: 'housing', url: new Secret(to), connectTimeoutMs: 100, attemptsMax: 1 })
    expect(await codeOfError(ask(db))).toBe('connect.timeout')
    await db.close()
    silent.close()
  })

  it('connects again after its connection was ended', async () => {
    const db = exchange()
    await ask(db)
    await asSuperuser(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}' AND application_name = 'jingwei-exchange'`,
    )
    expect(await ask(db)).toEqual({ columns: ['?column?'], rows: [['1']] })
  })
})
