/** The feeds of water, of road projects and of the commission's reports against the simulated departments: whole, in their own words, and as the truth has them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { departmentById, feedById } from '../../connectors/index.ts'
import { keyProjects } from '../../simulator/departments/development-key-projects.ts'
import { progressReports } from '../../simulator/departments/development-progress.ts'
import { transportProjects } from '../../simulator/departments/transport-projects.ts'
import { waterSources } from '../../simulator/departments/water.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import type { ListedSource } from '../../simulator/source.ts'
import type { DatasetId } from '../../simulator/world/entries.ts'
import { mapRecord } from '../../src/connect/collect.ts'
import { openSource } from '../../src/connect/department.ts'
import type { AnyFeed, Page } from '../../src/connect/feed.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { codeOfError, pagesOf, requestOf, scratchFolder } from '../connect/support.ts'

const sources: readonly ListedSource[] = [...waterSources, transportProjects, progressReports, keyProjects]
const eachSource = sources.map((source) => [source.feed, source] as const)

/** How far the departments' wall clock is ahead of ours. */
let aheadMs = 0
let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({
    size: 'town',
    seed: 9,
    today: '2024-05-20',
    port: 0,
    truthPort: 0,
    dropFolder: await scratchFolder(),
    now: () => Date.now() + aheadMs,
  })
})
afterAll(() => simulator.close())

const feedOf = (id: string): AnyFeed => {
  const feed = feedById(id)
  if (feed === undefined) throw new Error(id)
  return feed
}

const pull = async (id: string, part: { secret?: string; resume?: unknown; rowsPerPage?: number } = {}) => {
  const feed = feedOf(id)
  const department = departmentById(feed.department)
  if (department === undefined || feed.pages === null) throw new Error(`no way to ${id}`)
  const source = openSource(
    department,
    {
      baseUrl: `http://127.0.0.1:${simulator.port}/${department.id}`,
      clientId: 'jingwei-hub',
      secret: new Secret(part.secret ?? `demo-only-${department.id}`),
    },
    { waitMs: 1, pacingMs: 0, attemptsMax: 2, attemptTimeoutMs: 3_000 },
  )
  try {
    return await pagesOf(
      feed.pages,
      source,
      requestOf({ resume: part.resume ?? null, rowsPerPage: part.rowsPerPage ?? 200 }),
    )
  } finally {
    await source.close()
  }
}

/** Records by key, as the hub reads them from the wire. */
const recordsOf = (id: string, pages: readonly Page[]): Map<string, Record<string, unknown>> => {
  const feed = feedOf(id)
  return new Map(
    pages
      .flatMap((page) => page.rows)
      .map(({ text }) => {
        const record = feed.record.parse(JSON.parse(text)) as Record<string, unknown>
        return [feed.key(record as never).join('|'), record]
      }),
  )
}

const listOf = (source: ListedSource) => simulator.world.list(source.feed as DatasetId)

describe.each(eachSource)('%s', (id, source) => {
  it('comes whole in many pages, with the fields that its page of the documents names', async () => {
    const pages = await pull(id, { rowsPerPage: Math.max(7, Math.ceil(listOf(source).length / 9)) })
    expect(pages.length).toBeGreaterThan(4)
    const records = recordsOf(id, pages)
    expect([...records.keys()].sort()).toEqual(
      listOf(source)
        .map(({ entry }) => entry.key.join('|'))
        .sort(),
    )
    const feed = feedOf(id)
    for (const record of records.values()) expect(mapRecord(feed, record).value.kind).toBeTruthy()
  })

  it('names the parties that the truth names, in the same roles and words', async () => {
    const feed = feedOf(id)
    const records = recordsOf(id, await pull(id))
    for (const { entry, updatedAt } of listOf(source)) {
      const record = records.get(entry.key.join('|')) ?? {}
      const isPerson = feed.sealAlso?.(record as never).includes('取水权人') ?? false
      const { value } = mapRecord(feed, record)
      const read = 'parties' in value && !isPerson ? value.parties.map(({ role, raw }) => `${role} ${raw.trim()}`) : []
      const said = source.say(simulator.world, entry, updatedAt).mentions
      expect(read).toEqual(said.flatMap(({ role, members }) => members.map(({ raw }) => `${role} ${raw.trim()}`)))
    }
  })
})

describe('records that speak of others', () => {
  it.each([
    ['water.progress', 'water.contracts'],
    ['water.usages', 'water.permits'],
  ])('%s are of %s that the bureau has told', async (id, other) => {
    const told = recordsOf(other, await pull(other))
    for (const record of recordsOf(id, await pull(id)).values()) {
      const { value } = mapRecord(feedOf(id), record)
      expect('of' in value && value.of.feed === other && told.has(value.of.key.join('|'))).toBe(true)
    }
  })

  it('carry the number of their project in the register: water by SL, roads by JT', async () => {
    const numbers = (id: string, pages: readonly Page[]): Set<string> =>
      new Set([...recordsOf(id, pages).values()].map((record) => String(record.xmbh)))
    const water = numbers('water.projects', await pull('water.projects'))
    for (const number of numbers('water.contracts', await pull('water.contracts'))) expect(water).toContain(number)
    const roads = numbers('transport.projects', await pull('transport.projects'))
    for (const number of numbers('transport.sections', await pull('transport.sections')))
      expect(roads).toContain(number)
  })
})

describe('the exchange of the water bureau', () => {
  it('refuses a wrong key before it looks at anything else', async () => {
    expect(await codeOfError(pull('water.projects', { secret: 'wrong' }))).toBe('connect.unauthorized')
  })

  it('forgets a token after half an hour, and landing is told to begin anew', async () => {
    const [first] = await pull('water.progress')
    aheadMs = 1_800_000
    const work = pull('water.progress', { resume: first?.next })
    expect(await codeOfError(work)).toBe('connect.cursor_expired')
    aheadMs = 0
  })

  it.each([
    ['cut', 'connect.cut_body'],
    ['500', 'connect.server_error'],
    ['envelopeError', 'connect.department_error'],
    ['wrongEncoding', 'connect.wrong_encoding'],
    ['tokenExpired', 'connect.unauthorized'],
    ['gone', 'connect.cursor_expired'],
    ['shortTotal', 'landing.short_delivery'],
    ['totalTooLow', 'landing.more_than_declared'],
    ['drift', 'no error'],
    ['futureDate', 'no error'],
    ['clockStep', 'no error'],
    ['twoPayloads', 'no error'],
  ] as const)('with %s ends with %s', async (kind, code) => {
    simulator.faults.arm({ feed: 'water.usages', kind, times: 99 })
    const work = pull('water.usages')
    expect(await codeOfError(work)).toBe(code)
    simulator.faults.clear()
  })

  it('cannot push the next increment beyond today with times that lie ahead', async () => {
    simulator.faults.arm({ feed: 'water.permits', kind: 'futureDate', times: 99 })
    const pages = await pull('water.permits')
    simulator.faults.clear()
    expect(String(pages.at(-1)?.watermark) < '2027').toBe(true)
  })
})

describe('the lists of key projects', () => {
  it('can lose half of their records in a delivery that agrees with itself: landing has to hold it', async () => {
    simulator.faults.arm({ feed: 'development.key-projects', kind: 'lostHalf', times: 99 })
    const pages = await pull('development.key-projects')
    simulator.faults.clear()
    const rows = recordsOf('development.key-projects', pages).size
    expect(pages.at(-1)).toMatchObject({ declaredRows: rows, watermark: null })
    expect(rows).toBe(Math.ceil(listOf(keyProjects).length / 2))
  })
})

describe('a month that is restated', () => {
  it('is the same record with a later update time, and may fall', async () => {
    const before = recordsOf('water.progress', await pull('water.progress'))
    await simulator.advance(5)
    const after = recordsOf('water.progress', await pull('water.progress'))
    const progressOf = (record: Record<string, unknown>): number => Number.parseFloat(String(record.xxjd))
    const fell = [...before].filter(([key, old]) => {
      const now = after.get(key)
      return now !== undefined && String(now.gxsj) > String(old.gxsj) && progressOf(now) < progressOf(old) * 0.8
    })
    expect(fell.length).toBeGreaterThan(0)
    expect([...before.keys()].every((key) => after.has(key))).toBe(true)
  })
})
