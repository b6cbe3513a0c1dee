/** The six feeds against the simulated departments over real HTTP and a real folder: what is delivered is whole, and lies are found out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { departmentById, feedById, feeds } from '../../connectors/index.ts'
import { readFaultOrder } from '../../simulator/faults.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { openSource } from '../../src/connect/department.ts'
import type { AnyFeed, Page } from '../../src/connect/feed.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { codeOfError, pagesOf, requestOf, scratchFolder } from '../connect/support.ts'
import { exchangeDatabase } from '../support/database.ts'

let simulator: Simulator
let exchangeUrl = ''
beforeAll(async () => {
  const dropFolder = await scratchFolder()
  exchangeUrl = await exchangeDatabase()
  const ports = { port: 0, truthPort: 0, requestsPerSecond: 100_000 }
  simulator = await startSimulator({ size: 'tiny', seed: 5, today: '2024-05-20', ...ports, dropFolder, exchangeUrl })
})
afterAll(() => simulator.close())

const pull = async (feed: AnyFeed, since: unknown = null, resume: unknown = null): Promise<Page[]> => {
  const department = departmentById(feed.department)
  if (department === undefined || feed.pages === null) throw new Error(`no way to ${feed.id}`)
  const source = openSource(
    department,
    {
      baseUrl: `http://127.0.0.1:${simulator.port}/${department.id}`,
      folder: simulator.dropFolder,
      database: new Secret(exchangeUrl),
      clientId: 'jingwei-hub',
      secret: new Secret(`demo-only-${department.id}`),
    },
    {
      waitMs: 1,
      pacingMs: 0,
      attemptsMax: 3,
      attemptTimeoutMs: 3_000,
    },
  )
  try {
    return await pagesOf(feed.pages, source, requestOf({ since, resume, rowsPerPage: 7 }))
  } finally {
    await source.close()
  }
}
const keysIn = (feed: AnyFeed, pages: readonly Page[]): string[] =>
  pages
    .flatMap((page) => page.rows.map((row) => feed.key(feed.record.parse(JSON.parse(row.text)) as never).join(' ')))
    .sort()
const feed = (id: string): AnyFeed => {
  const found = feedById(id)
  if (found === undefined) throw new Error(id)
  return found
}

/** Delivered once a month: the next day brings nothing; what the next month brings is tested with the department. */
const monthly = new Set(['power.accounts', 'power.installations', 'power.readings'])

/** Tiny and told by the quarter or when something happens: a day may bring nothing (`test/simulator/tax-extracts.test.ts` has forty of them). */
const quiet = new Set(feeds.flatMap((one) => (/^tax\.(?!taxpayers|invoices$)/.test(one.id) ? [one.id] : [])))

const watermarks = new Map<string, unknown>()

describe('the first day', () => {
  it.each(feeds.map((one) => [one.id, one] as const))('%s comes whole, and again from a checkpoint', async (_, one) => {
    const whole = await pull(one)
    const last = whole.at(-1)
    const keys = keysIn(one, whole)
    expect(keys.length).toBeGreaterThan(0)
    expect(new Set(keys).size).toBe(keys.length)
    expect(last?.declaredRows).toBe(keys.length)
    const half = Math.floor((whole.length - 1) / 2)
    if (half < whole.length - 1) {
      const rest = await pull(one, null, whole[half]?.next)
      expect(keysIn(one, [...whole.slice(0, half + 1), ...rest])).toEqual(keys)
    }
    watermarks.set(one.id, last?.watermark)
  })
})

describe('the next day', () => {
  beforeAll(() => simulator.advance(1))

  it.each(feeds.map((one) => [one.id, one] as const))('%s brings only what is new, all of it', async (_, one) => {
    const whole = new Set(keysIn(one, await pull(one)))
    const day = await pull(one, watermarks.get(one.id))
    const rows = day.reduce((sum, page) => sum + page.rows.length, 0)
    expect(day.at(-1)?.declaredRows).toBe(rows)
    if (monthly.has(one.id)) expect(rows).toBe(0)
    else if (!quiet.has(one.id)) expect(rows).toBeGreaterThan(0)
    const told = new Set(keysIn(one, day)).size
    // A full delivery tells everything each day, and a feed of one record tells that one again.
    if (one.mode === 'full') expect(told).toBe(whole.size)
    else expect(told).toBeLessThan(Math.max(2, whole.size))
  })
})

describe('faults of a department', () => {
  const orders = (id: string, kind: string, times: number): void => {
    const order = readFaultOrder({ feed: id, kind, times })
    if ('code' in order) throw new Error(order.message)
    simulator.faults.arm(order)
  }
  it.each([
    ['development.approvals', '500', 2, 'no error'],
    ['development.approvals', '500', 9, 'connect.server_error'],
    ['development.approvals', 'cut', 1, 'no error'],
    ['development.approvals', 'cut', 9, 'connect.cut_body'],
    ['development.approvals', 'envelopeError', 9, 'connect.department_error'],
    ['transport.measurements', '429', 1, 'no error'],
    ['transport.measurements', 'gone', 1, 'connect.cursor_expired'],
    ['transport.measurements', 'shortTotal', 99, 'landing.short_delivery'],
    ['transport.sections', 'drift', 9, 'no error'],
  ])('%s with %s × %i ends with %s', async (id, kind, times, code) => {
    simulator.faults.clear()
    orders(id, kind, times)
    expect(await codeOfError(pull(feed(id)))).toBe(code)
    simulator.faults.clear()
  })
})
