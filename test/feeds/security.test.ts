/** Public security's sealed answers over real HTTP: what comes is whole, what lies is told by its code, and nobody stands in clear. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import security from '../../connectors/security/department.ts'
import rentals from '../../connectors/security/rentals.ts'
import seals from '../../connectors/security/seals.ts'
import { rentalsOfWorld } from '../../simulator/departments/security.ts'
import { signatureOf } from '../../simulator/departments/security-envelope.ts'
import { securityRentals } from '../../simulator/departments/security-sources.ts'
import { readFaultOrder } from '../../simulator/faults.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { trueParties } from '../../simulator/truth.ts'
import { fullHouse } from '../../simulator/world/lettings.ts'
import { createWorld } from '../../simulator/world/world.ts'
import { mapRecord } from '../../src/connect/collect.ts'
import { openSource } from '../../src/connect/department.ts'
import type { AnyFeed, Page } from '../../src/connect/feed.ts'
import { createKeyring } from '../../src/kernel/cipher.ts'
import { asError } from '../../src/kernel/errors.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { codeOfError, pagesOf, requestOf, scratchFolder, textsOf } from '../connect/support.ts'

const begin = async (requestsPerSecond?: number): Promise<Simulator> =>
  startSimulator({
    size: 'tiny',
    seed: 5,
    today: '2024-05-20',
    port: 0,
    truthPort: 0,
    dropFolder: await scratchFolder(),
    ...(requestsPerSecond ? { requestsPerSecond } : {}),
  })
let simulator: Simulator
beforeAll(async () => {
  simulator = await begin(100_000)
})
afterAll(() => simulator.close())

interface PullOptions {
  readonly from?: Simulator
  readonly secret?: string
  readonly pacingMs?: number
  readonly since?: unknown
  readonly rowsPerPage?: number
}

const pull = async (feed: AnyFeed, o: PullOptions = {}): Promise<Page[]> => {
  const source = openSource(
    security,
    {
      baseUrl: `http://127.0.0.1:${(o.from ?? simulator).port}/security`,
      clientId: 'jingwei-hub',
      secret: new Secret(o.secret ?? 'demo-only-security'),
    },
    { waitMs: 1, pacingMs: o.pacingMs ?? 0, attemptsMax: 3, attemptTimeoutMs: 3_000, budgetMs: 20_000 },
  )
  try {
    return await pagesOf(feed.pages!, source, requestOf({ rowsPerPage: o.rowsPerPage ?? 20, since: o.since ?? null }))
  } finally {
    await source.close()
  }
}
const recordsIn = (feed: AnyFeed, pages: readonly Page[]) =>
  textsOf(pages).map((text) => feed.record.parse(JSON.parse(text)) as Record<string, unknown>)

describe('sealed answers', () => {
  it('carry nothing readable on the wire, a fresh IV each, and open with the shared secret', async () => {
    const get = async (nonce: string) => {
      const timestamp = String(Math.floor(Date.now() / 1_000))
      const parts = {
        method: 'GET',
        path: '/security/gateway/v1/rentals',
        query: 'page=1&size=5',
        timestamp,
        nonce,
        body: '',
      }
      const headers = {
        'x-app-id': 'jingwei-hub',
        'x-timestamp': timestamp,
        'x-nonce': nonce,
        'x-signature': signatureOf('demo-only-security', parts),
      }
      return await fetch(`http://127.0.0.1:${simulator.port}${parts.path}?${parts.query}`, { headers })
    }
    const [one, two] = [await (await get('a'.repeat(32))).text(), await (await get('b'.repeat(32))).text()]
    for (const text of [one, two]) expect(text).not.toMatch(/cqrzjhm|4199|nonce|rows|郑州/)
    expect((JSON.parse(one) as { iv: string }).iv).not.toBe((JSON.parse(two) as { iv: string }).iv)
    expect((await get('a'.repeat(32))).status).toBe(401)
    expect(textsOf(await pull(rentals)).length).toBeGreaterThan(20)
  })

  it('are refused under another secret, without a row', async () => {
    // The signature is already wrong, so the gateway does not even answer.
    expect(await codeOfError(pull(seals, { secret: 'another' }))).toBe('connect.unauthorized')
  })

  it.each([
    ['badDigest', 99, 'connect.mac_mismatch'],
    ['wrongKey', 99, 'connect.mac_mismatch'],
    ['replay', 99, 'connect.answer_replayed'],
    ['wrongEncoding', 99, 'connect.wrong_encoding'],
    ['envelopeError', 99, 'connect.department_error'],
    ['tokenExpired', 1, 'connect.unauthorized'],
    ['500', 2, 'no error'],
    ['500', 99, 'connect.server_error'],
    ['429', 1, 'no error'],
    ['429', 99, 'connect.rate_limited'],
    ['cut', 99, 'connect.cut_body'],
    ['repeatPage', 99, 'landing.repeated_page'],
    ['shortTotal', 99, 'landing.short_delivery'],
    ['totalTooLow', 99, 'landing.more_than_declared'],
    ['drift', 99, 'no error'],
    ['twoPayloads', 99, 'no error'],
    ['futureDate', 99, 'no error'],
    ['clockStep', 99, 'no error'],
  ])('%s × %i ends with %s, and nothing of the answer in the error', async (kind, times, code) => {
    const order = readFaultOrder({ feed: 'security.rentals', kind, times })
    if ('code' in order) throw new Error(order.message)
    // So that there is an earlier answer to give again.
    await pull(rentals)
    simulator.faults.arm(order)
    let said = 'no error'
    let shown = ''
    try {
      await pull(rentals)
    } catch (error) {
      said = String((error as { code?: unknown }).code)
      const { message, context, publicMessage } = error as Record<string, unknown>
      shown = JSON.stringify([message, context, publicMessage, asError(error).cause instanceof Error])
    }
    simulator.faults.clear()
    expect(said).toBe(code)
    expect(shown).not.toMatch(/4199\d|"data"|cqrz|14100|demo-only/)
  })

  it('a clock that runs ahead does not hide what comes later', async () => {
    const order = readFaultOrder({ feed: 'security.rentals', kind: 'futureDate', times: 99 })
    if ('code' in order) throw new Error(order.message)
    simulator.faults.arm(order)
    const watermark = (await pull(rentals)).at(-1)?.watermark
    simulator.faults.clear()
    expect(String(watermark) < '2099').toBe(true)
  })
})

describe('the limit of two requests a second', () => {
  it('is kept by the pace of the department, and met by who hurries with 429, Retry-After and RateLimit headers', async () => {
    const strict = await begin()
    try {
      const started = performance.now()
      const pages = await pull(rentals, { from: strict, pacingMs: security.pacingMs, rowsPerPage: 10 })
      expect(textsOf(pages).length).toBe(pages.at(-1)?.declaredRows)
      expect(performance.now() - started).toBeGreaterThan(security.pacingMs * 2)
      const hurried = await Promise.all(
        Array.from({ length: 4 }, async (_, i) => {
          const timestamp = String(Math.floor(Date.now() / 1_000))
          const nonce = String(i).repeat(32)
          const path = '/security/gateway/v1/seals'
          const parts = { method: 'GET', path, query: '', timestamp, nonce, body: '' }
          const signature = signatureOf('demo-only-security', parts)
          const headers = {
            'x-app-id': 'jingwei-hub',
            'x-timestamp': timestamp,
            'x-nonce': nonce,
            'x-signature': signature,
          }
          return await fetch(`http://127.0.0.1:${strict.port}${path}`, { headers })
        }),
      )
      const refused = hurried.filter(({ status }) => status === 429)
      expect(refused.length).toBeGreaterThanOrEqual(2)
      expect(refused[0]?.headers.get('retry-after')).toBe('1')
      expect(refused[0]?.headers.get('ratelimit-limit')).toBe('2')
      expect(refused[0]?.headers.get('ratelimit-remaining')).toBe('0')
    } finally {
      await strict.close()
    }
  })
})

describe('lettings', () => {
  const keyring = createKeyring(Buffer.alloc(32, 7))
  /** As landing seals a field: by its text in the record, quotes included. */
  const sealed = (record: Record<string, unknown>) => {
    const names = rentals.sensitive.filter((name) => typeof record[name] === 'string')
    const tokens = names.map((name) => [name, `sealed:${keyring.blind(JSON.stringify(record[name]))}:x:AA`])
    return { ...record, ...Object.fromEntries(tokens) }
  }

  it('give one blind owner to the fourteen rooms of one landlord in 二七, and no word of a person', async () => {
    const maps = recordsIn(rentals, await pull(rentals)).map((record) => mapRecord(rentals, sealed(record)).value)
    const byOwner = Map.groupBy(maps, (value) => (value.kind === 'letting' ? value.ownerBlind : null))
    const rooms = [...byOwner.values()].map((list) => {
      const current = list.filter((value) => value.kind === 'letting' && value.letTo === null)
      return new Set(current.map((value) => (value.kind === 'letting' ? value.dwellingNumber : ''))).size
    })
    expect(Math.max(...rooms)).toBeGreaterThanOrEqual(fullHouse.rooms)
    const owner = [...byOwner].find(
      ([, list]) =>
        list.every((value) => value.kind === 'letting' && value.dwellingNumber.startsWith(`CZ${fullHouse.county}`)) &&
        list.length >= fullHouse.rooms,
    )
    expect(owner?.[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(JSON.stringify(maps, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))).not.toMatch(
      /4199\d{2}|号楼|室/,
    )
  })

  it.each([
    1, 2, 3, 4, 5,
  ])('of a town (seed %i) have the full house let at once, owners in and out of the register, and mostly no rent', (seed) => {
    const world = createWorld({ size: 'town', seed, today: '2024-05-20' })
    const rows = world
      .list('security.rentals')
      .map(({ entry, updatedAt }) => securityRentals.say(world, entry, updatedAt).row)
    const byOwner = Map.groupBy(rows, (row) => row.cqrzjhm)
    const full = [...byOwner.values()].filter((list) => {
      const rooms = new Set(list.filter((row) => row.tzrq === null).map((row) => row.fwbh))
      return rooms.size === fullHouse.rooms && list.every((row) => String(row.fwbh).startsWith(`CZ${fullHouse.county}`))
    })
    expect(full.length).toBeGreaterThanOrEqual(1)
    const registered = new Set(
      [...world.taxpayers(null)].filter(({ kind }) => kind === 'person').map(({ code }) => code),
    )
    const known = [...byOwner.keys()].filter((number) => registered.has(String(number))).length
    expect(known).toBeGreaterThan(10)
    expect(byOwner.size - known).toBeGreaterThan(10)
    const withRent = rows.filter((row) => row.yzj !== null).length
    expect(withRent / rows.length).toBeLessThan(0.25)
    for (const name of Object.keys(rows[0] ?? {})) expect(name).not.toMatch(/czr|zk/)
    expect(new Set(rentalsOfWorld(world).map(({ key }) => key.join(' '))).size).toBe(rentalsOfWorld(world).length)
  })
})

describe('seals', () => {
  it('name the enterprises that the truth names, with slips', async () => {
    const truth = new Map(
      [...trueParties(simulator.world, 'security.seals')].map(({ key, role, raw }) => [key.join(), `${role} ${raw}`]),
    )
    const records = recordsIn(seals, await pull(seals))
    expect(records.length).toBe(truth.size)
    for (const record of records) {
      const { value } = mapRecord(seals, record)
      if (value.kind !== 'companySeal') throw new Error(value.kind)
      for (const { role, raw } of value.parties)
        expect(`${role} ${raw.trim()}`).toBe(truth.get(value.sealNumber)?.trim())
    }
  })

  it('are news when they are filed, lost or corrected', async () => {
    const other = await begin(100_000)
    try {
      const watermark = (await pull(seals, { from: other })).at(-1)?.watermark
      await other.advance(3)
      const news = await pull(seals, { from: other, since: watermark })
      const all = await pull(seals, { from: other })
      expect(textsOf(news).length).toBeGreaterThan(0)
      expect(textsOf(news).length).toBeLessThan(textsOf(all).length)
    } finally {
      await other.close()
    }
  })
})
