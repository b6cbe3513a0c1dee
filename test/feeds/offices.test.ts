/** Commerce, housing, finance, land and towns against the simulated departments: as the truth has them, and in step with the world's parties. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { departmentById, feedById } from '../../connectors/index.ts'
import { changes, registrations } from '../../simulator/departments/commerce.ts'
import { payments } from '../../simulator/departments/finance.ts'
import { completions, permits } from '../../simulator/departments/housing.ts'
import { land } from '../../simulator/departments/resources.ts'
import { observations } from '../../simulator/departments/town.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import type { SaidRecord } from '../../simulator/source.ts'
import { saidRecords } from '../../simulator/truth.ts'
import { mapRecord } from '../../src/connect/collect.ts'
import { openSource } from '../../src/connect/department.ts'
import type { AnyFeed, Page } from '../../src/connect/feed.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { codeOfError, pagesOf, requestOf, scratchFolder } from '../connect/support.ts'
import { exchangeDatabase } from '../support/database.ts'

const sources = [registrations, changes, permits, completions, payments, land, observations]

let simulator: Simulator
let exchangeUrl = ''
beforeAll(async () => {
  exchangeUrl = await exchangeDatabase()
  const ports = { port: 0, truthPort: 0 }
  const dropFolder = await scratchFolder()
  simulator = await startSimulator({ size: 'town', seed: 9, today: '2024-05-20', ...ports, dropFolder, exchangeUrl })
})
afterAll(() => simulator.close())

const feedOf = (id: string): AnyFeed => {
  const feed = feedById(id)
  if (feed === undefined) throw new Error(id)
  return feed
}

interface Asked {
  readonly since?: unknown
  readonly secret?: string
  readonly rowsPerPage?: number
}

const pull = async (id: string, asked: Asked = {}): Promise<Page[]> => {
  const feed = feedOf(id)
  const department = departmentById(feed.department)
  if (department === undefined || feed.pages === null) throw new Error(`no way to ${id}`)
  const source = openSource(
    department,
    {
      baseUrl: `http://127.0.0.1:${simulator.port}/${department.id}`,
      folder: simulator.dropFolder,
      database: new Secret(exchangeUrl),
      clientId: 'jingwei-hub',
      secret: new Secret(asked.secret ?? `demo-only-${department.id}`),
    },
    { waitMs: 1, pacingMs: 0, attemptsMax: 2, attemptTimeoutMs: 5_000 },
  )
  try {
    const { since = null, rowsPerPage = 500 } = asked
    return await pagesOf(feed.pages, source, requestOf({ since, rowsPerPage }))
  } finally {
    await source.close()
  }
}

/** The last version of each record by key, as the hub reads it from the wire. */
const recordsIn = (id: string, pages: readonly Page[]): Map<string, Record<string, unknown>> => {
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

const truthOf = (id: string): Map<string, SaidRecord> => {
  const source = sources.find(({ feed }) => feed === id)
  if (!source) throw new Error(id)
  return new Map([...saidRecords(simulator.world, source)].map((said) => [said.key.join('|'), said]))
}

const facts = async (id: string): Promise<Map<string, ReturnType<typeof mapRecord>['value']>> =>
  new Map([...recordsIn(id, await pull(id))].map(([key, record]) => [key, mapRecord(feedOf(id), record).value]))

describe.each(sources.map(({ feed }) => [feed] as const))('%s', (id) => {
  it('brings what the truth has, and names the parties that it names, in the same roles and words', async () => {
    const truth = truthOf(id)
    const read = await facts(id)
    expect([...read.keys()].sort()).toEqual([...truth.keys()].sort())
    for (const [key, value] of read) {
      const named = 'parties' in value ? value.parties.map(({ role, raw }) => `${role} ${raw.trim()}`) : []
      const said = (truth.get(key)?.mentions ?? []).flatMap(({ role, members }) =>
        members.map(({ raw }) => `${role} ${raw.trim()}`),
      )
      expect(named, key).toEqual(said)
    }
  })
})

describe('the register of commerce', () => {
  it('has the branches, former names and cancelled registrations of the world', async () => {
    const { parties } = simulator.world
    const read = await facts('commerce.registrations')
    let branches = 0
    let renamed = 0
    for (let i = 0; i < parties.taxpayers; i++) {
      const party = parties.local(i)
      if (party.kind === 'person') continue
      const value = read.get(`uscc|${party.code}`)
      if (value?.kind !== 'enterprise') throw new Error(party.name)
      expect(value.name).toBe(party.name)
      expect(value.formerNames.map(({ name }) => name)).toEqual(party.formerNames.map(({ name }) => name))
      if (party.branchOf !== null) {
        branches++
        expect(value.parentCode?.normalised).toBe(parties.at(party.branchOf).code)
      }
      if (party.formerNames.length > 0) renamed++
    }
    expect(branches).toBeGreaterThan(20)
    expect(renamed).toBeGreaterThan(20)
    const old = [...read].filter(([key]) => key.startsWith('zch|')).map(([, value]) => value)
    expect(old.length).toBeGreaterThan(5)
    for (const value of old)
      expect(value).toMatchObject({ code: null, status: 'cancelled', registrationNumber: { status: 'valid' } })
  })

  it('has enterprises that the tax office does not know, among them a school in 惠济 that teaches, and lawful twins', async () => {
    const taxed = new Set([...simulator.world.taxpayers(null)].map(({ code }) => code))
    const unknown = [...(await facts('commerce.registrations')).values()].flatMap((value) =>
      value.kind === 'enterprise' && value.code && !taxed.has(value.code.normalised) ? [value] : [],
    )
    const day = (value: (typeof unknown)[number]): string => value.establishedOn?.value ?? ''
    const isActive = (value: (typeof unknown)[number]): boolean => value.status === 'active'
    expect(unknown.filter((value) => isActive(value) && day(value) < '2024-04-20').length).toBeGreaterThanOrEqual(15)
    expect(unknown.filter((value) => isActive(value) && day(value) >= '2024-04-20').length).toBeGreaterThanOrEqual(2)
    expect(unknown.filter((value) => value.status === 'cancelled').length).toBeGreaterThanOrEqual(2)
    const school = unknown.find(({ name, place }) => name.includes('培训') && place.divisionCode === '410108')
    expect(school).toMatchObject({ status: 'active' })
    const seen = [...(await facts('town.observations')).values()].filter(
      (value) => value.kind === 'observation' && value.parties.some(({ name }) => name === school?.name),
    )
    expect(seen).toMatchObject([{ subject: 'training', state: 'operating' }])
  })

  it('refuses a wrong key before it looks at anything else', async () => {
    expect(await codeOfError(pull('commerce.changes', { secret: 'wrong' }))).toBe('connect.unauthorized')
  })
})

describe('permits and completions', () => {
  it('are of buildings and municipal works, many to a project of the platform, with completions that name their permit', async () => {
    const truth = truthOf('housing.permits')
    expect(new Set([...truth.values()].map(({ project }) => project?.kind))).toEqual(
      new Set(['housing', 'school', 'factory', 'street']),
    )
    const read = await facts('housing.permits')
    const ofProject = Map.groupBy(read.values(), (value) =>
      value.kind === 'permit' ? (value.sourceProject?.value ?? '') : '',
    )
    expect([...ofProject].filter(([number, list]) => number !== '' && list.length > 1).length).toBeGreaterThan(10)
    for (const key of read.keys()) expect(key).toMatch(/^\d{16}0[12]$/)
    for (const value of (await facts('housing.completions')).values()) {
      if (value.kind !== 'completion') throw new Error(value.kind)
      expect(read.has(value.about.record?.key[0] ?? '')).toBe(true)
    }
  })

  it('copy the investment into the contract price now and then', async () => {
    const copied = [...(await facts('housing.permits')).values()].filter(
      (value) => value.kind === 'permit' && value.contractFen === value.totalInvestmentFen,
    )
    expect(copied.length).toBeGreaterThan(2)
  })
})

describe('days that pass', () => {
  it('rename, end and change enterprises in both streams at once', async () => {
    const first = (await pull('commerce.registrations')).at(-1)?.watermark
    const firstChange = (await pull('commerce.changes')).at(-1)?.watermark
    await simulator.advance(2)
    const news = recordsIn('commerce.registrations', await pull('commerce.registrations', { since: first }))
    const changed = [...recordsIn('commerce.changes', await pull('commerce.changes', { since: firstChange })).values()]
    expect(news.size).toBeGreaterThan(5)
    const renamings = changed.filter(({ bgsx }) => bgsx === '01')
    expect(renamings.length).toBeGreaterThan(0)
    for (const { tyshxydm, bgh } of renamings) expect(news.get(`uscc|${tyshxydm}`)).toMatchObject({ qymc: bgh })
    for (const { tyshxydm, zch } of changed) expect(news.has(tyshxydm ? `uscc|${tyshxydm}` : `zch|${zch}`)).toBe(true)
  })

  it('compact the stream of registrations, which is then read anew from its start', async () => {
    const town = simulator
    const ports = { port: 0, truthPort: 0 }
    simulator = await startSimulator({
      size: 'tiny',
      seed: 4,
      today: '2024-05-20',
      ...ports,
      dropFolder: await scratchFolder(),
    })
    try {
      const mark = (await pull('commerce.registrations')).at(-1)?.watermark
      // The clock alone: nothing of what the days bring to the drop is asked for here.
      simulator.world.advance(46)
      const anew = await pull('commerce.registrations', { since: mark })
      expect([...recordsIn('commerce.registrations', anew).keys()].sort()).toEqual(
        [...truthOf('commerce.registrations').keys()].sort(),
      )
      expect(Number(anew.at(-1)?.watermark)).toBeGreaterThan(Number(mark) + truthOf('commerce.registrations').size)
    } finally {
      await simulator.close()
      simulator = town
    }
  })
})
