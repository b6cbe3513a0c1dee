/** The power company's months against the simulated one: what a month brings, what a lie is told by, and what the meters of a site say. */
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import accounts from '../../connectors/power/accounts.ts'
import installations from '../../connectors/power/installations.ts'
import readings from '../../connectors/power/readings.ts'
import { deliver } from '../../simulator/drop.ts'
import type { Fault } from '../../simulator/fault-kinds.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { trueParties, trueProjects } from '../../simulator/truth.ts'
import { dayOf, isoDay } from '../../simulator/world/calendar.ts'
import { deliveredMonth, siteConnections, toldOn, toldUntil } from '../../simulator/world/power.ts'
import { readingsOf } from '../../simulator/world/power-readings.ts'
import { createWorld } from '../../simulator/world/world.ts'
import { mapRecord } from '../../src/connect/collect.ts'
import type { AnyFeed, Page } from '../../src/connect/feed.ts'
import { accessTo, codeOfError, fakeHttp, pagesOf, requestOf, scratchFolder, textsOf } from '../connect/support.ts'

const world = { size: 'tiny', seed: 5, today: '2024-05-20' } as const
const start = async (): Promise<Simulator> =>
  startSimulator({ ...world, port: 0, truthPort: 0, dropFolder: await scratchFolder() })
let simulator: Simulator
beforeAll(async () => {
  simulator = await start()
})
afterAll(() => simulator.close())

const feeds: readonly AnyFeed[] = [installations, accounts, readings]
const pull = (feed: AnyFeed, since: unknown = null, folder = simulator.dropFolder): Promise<Page[]> => {
  const access = accessTo(
    fakeHttp(() => ({ body: '' })),
    folder,
  )
  if (feed.pages === null) throw new Error(feed.id)
  return pagesOf(feed.pages, access, requestOf({ since, rowsPerPage: 50 }))
}
const recordsIn = (feed: AnyFeed, pages: readonly Page[]) =>
  textsOf(pages).map((text) => feed.record.parse(JSON.parse(text)) as Record<string, unknown>)
const keysIn = (feed: AnyFeed, pages: readonly Page[]): string[] =>
  recordsIn(feed, pages).map((record) => feed.key(record as never).join(' '))

describe('the months of the power company', () => {
  it('are delivered by the 8th of the next', () => {
    const told = (clock: string): string => isoDay(deliveredMonth(dayOf(clock)))
    expect([told('2024-05-06'), told('2024-05-07'), told('2024-06-06')]).toEqual([
      '2024-03-01',
      '2024-04-01',
      '2024-04-01',
    ])
    expect(isoDay(toldOn(dayOf('2024-04-30')))).toBe('2024-05-07')
    expect(isoDay(toldUntil(dayOf('2024-05-07')))).toBe('2024-04-30')
  })

  it('begin with all there is, in several files, and go on with what is new', async () => {
    const files = await readdir(join(simulator.dropFolder, 'power'))
    expect(files.filter((file) => file.startsWith('readings_202404_')).length).toBeGreaterThan(1)
    expect(files).toContain('manifest_202404.json')
    const before = new Map(await Promise.all(feeds.map(async (feed) => [feed.id, await pull(feed)] as const)))
    await simulator.advance(18)
    for (const feed of feeds) {
      const pages = await pull(feed, before.get(feed.id)?.at(-1)?.watermark)
      expect(textsOf(pages)).toEqual([])
    }
    await simulator.advance(1)
    expect(simulator.world.today).toBe('2024-06-08')
    for (const feed of feeds) {
      const had = new Set(keysIn(feed, before.get(feed.id) ?? []))
      const month = keysIn(feed, await pull(feed, before.get(feed.id)?.at(-1)?.watermark))
      expect(month.length, feed.id).toBeGreaterThan(0)
      expect(new Set(month).size).toBe(month.length)
      if (feed === readings) expect(month.filter((key) => had.has(key))).toEqual([])
    }
  })

  it('hold all that the truth knows, and no more', async () => {
    const told = new Map(
      await Promise.all(feeds.map(async (feed) => [feed.id, new Set(keysIn(feed, await pull(feed)))] as const)),
    )
    for (const { records } of trueProjects(simulator.world)) {
      for (const { feed, key } of records)
        if (told.has(feed)) expect(told.get(feed)?.has(key.join(' ')), `${feed} ${key}`).toBe(true)
    }
    const listed = simulator.world.list('power.accounts').map(({ entry }) => entry.key.join(' '))
    expect(told.get('power.accounts')).toEqual(new Set(listed))
  })

  it('name the parties that the truth names', async () => {
    for (const feed of [accounts, installations] as readonly AnyFeed[]) {
      const said = new Set<string>()
      for (const record of recordsIn(feed, await pull(feed))) {
        const { value } = mapRecord(feed, record)
        if (value.kind !== 'powerAccount' && value.kind !== 'powerInstallation') throw new Error(value.kind)
        for (const { role, raw } of value.parties) said.add(`${feed.key(record as never)} ${role} ${raw}`)
      }
      const truth = [...trueParties(simulator.world, feed.id as 'power.accounts')]
      const known = new Set(truth.map(({ key, role, raw }) => `${key} ${role} ${raw}`))
      for (const one of said) expect(known.has(one), one).toBe(true)
      expect(said.size / truth.length).toBeGreaterThan(0.9)
    }
  })

  it("leave no natural person in clear: dwellings and shops under their owners' names are sealed and nobody is named", async () => {
    const dwellings = recordsIn(accounts, await pull(accounts)).filter((r) => String(r.elec_type).includes('居民生活'))
    expect(dwellings.length).toBeGreaterThan(0)
    for (const record of dwellings) {
      expect(accounts.sealAlso?.(record as never)).toEqual(['elec_addr', 'cons_name'])
      expect(mapRecord(accounts, record).value).toMatchObject({ parties: [], place: { text: null } })
    }
  })

  it('show nearly every reading with an account that the accounts have, lost zeros included', async () => {
    const known = new Set(keysIn(accounts, await pull(accounts)))
    const maps = recordsIn(readings, await pull(readings)).map((record) => mapRecord(readings, record))
    const tied = maps.filter(({ value }) => value.kind === 'powerReading' && known.has(value.of.key[0] ?? ''))
    expect(tied.length / maps.length).toBeGreaterThan(0.98)
    const lost = maps.filter(({ issues }) => issues.some(({ code }) => code === 'identifier.leading_zero_lost'))
    expect(lost.length).toBeGreaterThan(0)
    for (const { value } of lost) if (value.kind === 'powerReading') expect(known.has(value.of.key[0] ?? '')).toBe(true)
  })

  it('are the same bytes for the same world', async () => {
    const other = await start()
    await other.advance(19)
    for (const file of await readdir(join(other.dropFolder, 'power'))) {
      const [a, b] = await Promise.all(
        [simulator, other].map(({ dropFolder }) => readFile(join(dropFolder, 'power', file))),
      )
      expect(a?.equals(b ?? Buffer.alloc(0)), file).toBe(true)
    }
    await other.close()
  })
})

describe('faults of a month', () => {
  it.each<[Fault, string]>([
    ['cut', 'landing.digest_mismatch'],
    ['badDigest', 'landing.digest_mismatch'],
    ['shortTotal', 'landing.short_delivery'],
    ['totalTooLow', 'landing.more_than_declared'],
    ['repeatPage', 'landing.more_than_declared'],
    ['wrongEncoding', 'connect.wrong_encoding'],
    ['gone', 'landing.file_missing'],
    ['drift', 'no error'],
    ['twoPayloads', 'no error'],
    ['futureDate', 'no error'],
  ])('%s ends with %s in every feed, and well once it is delivered again', async (fault, code) => {
    const folder = await scratchFolder()
    const bare = createWorld(world)
    for (const { id } of feeds) await deliver(bare, folder, id as 'power.accounts', 'full', fault)
    for (const feed of feeds) expect(await codeOfError(pull(feed, null, folder)), feed.id).toBe(code)
    for (const { id } of feeds) await deliver(bare, folder, id as 'power.accounts', 'full', null)
    for (const feed of feeds) expect(await codeOfError(pull(feed, null, folder)), feed.id).toBe('no error')
  })

  it('a month whose manifest is lost waits for it', async () => {
    const folder = await scratchFolder()
    for (const { id } of feeds) await deliver(createWorld(world), folder, id as 'power.accounts', 'full', null)
    await rm(join(folder, 'power', 'manifest_202404.json'))
    expect(await codeOfError(pull(readings, null, folder))).toBe('landing.nothing_delivered')
  })
})

describe('the meters of sites', () => {
  const town = createWorld({ size: 'town', seed: 3, today: '2024-05-20' })
  const sites = town.projects.flatMap((project) => siteConnections(town.seed, project))
  const monthly = (at: number) =>
    [...readingsOf(town.seed, sites[at]!, 0, town.clock)].filter(({ isCorrection }) => !isCorrection)
  const loaded = sites.flatMap((site, i) => {
    const { contract, loadedFrom, connected } = site
    const isLong = contract?.handover != null && loadedFrom !== null && contract.handover - loadedFrom > 300
    return connected !== null && isLong && contract.handover! < town.clock - 60 ? [i] : []
  })

  it('show rising consumption from the start of work until handover', () => {
    expect(loaded.length).toBeGreaterThan(20)
    const rising = loaded.filter((i) => {
      const { contract, loadedFrom } = sites[i]!
      const within = monthly(i).filter(({ readOn }) => readOn > loadedFrom! + 31 && readOn <= contract!.handover!)
      const half = Math.floor(within.length / 2)
      const sum = (list: typeof within): number => list.reduce((kwh, reading) => kwh + reading.kwh, 0)
      return sum(within.slice(half)) > sum(within.slice(0, half)) * 1.2
    })
    expect(rising.length / loaded.length).toBeGreaterThan(0.95)
  })

  it('have sites without load, sites that draw before any start, withdrawn applications and closed accounts', () => {
    const share = (fits: (site: (typeof sites)[number]) => boolean): number => sites.filter(fits).length / sites.length
    expect(share((s) => s.connected !== null && s.loadedFrom === null)).toBeGreaterThan(0.02)
    expect(share((s) => s.loadedFrom !== null && s.loadedFrom < s.contract!.start - 40)).toBeGreaterThan(0.04)
    expect(share((s) => s.withdrawn !== null)).toBeGreaterThan(0.01)
    expect(share((s) => s.closed !== null && s.closed <= town.clock)).toBeGreaterThan(0.3)
    for (const { applied, connected } of sites) if (connected !== null) expect(applied).toBeLessThan(connected)
  })

  it('tell the two stories of power apart: one rises without a reported start, one lies idle', () => {
    const kwhOf = (story: 'rising' | 'noLoad'): number[] => {
      const at = sites.findIndex(({ project }) => project?.story?.power === story)
      return monthly(at).map(({ kwh }) => kwh)
    }
    const rising = kwhOf('rising')
    const idle = kwhOf('noLoad')
    expect(rising.length).toBeGreaterThan(5)
    expect(rising.at(-1)).toBeGreaterThan((rising[1] ?? 0) * 1.5)
    expect(idle.length).toBeGreaterThan(0)
    expect(Math.max(...idle)).toBeLessThan(1_200)
  })

  it('have their corrections as records of their own, mostly negative', () => {
    const all = sites.flatMap((site) => [...readingsOf(town.seed, site, 0, town.clock)])
    const corrections = all.filter(({ isCorrection }) => isCorrection)
    expect(corrections.length / all.length).toBeGreaterThan(0.005)
    expect(corrections.filter(({ kwh }) => kwh < 0).length / corrections.length).toBeGreaterThan(0.5)
    for (const { readOn, month } of corrections) expect(readOn).toBeGreaterThan(month)
  })
})
