import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { say } from '../../simulator/departments/say.ts'
import { sources } from '../../simulator/departments/sources.ts'
import { sayInvoice, sayTaxpayer } from '../../simulator/departments/tax.ts'
import { trueParties, trueProjects } from '../../simulator/truth.ts'
import { isoDay } from '../../simulator/world/calendar.ts'
import { projectFeeds } from '../../simulator/world/entries.ts'
import { measurementsOf } from '../../simulator/world/lifecycle.ts'
import { createWorld, type Size, type World } from '../../simulator/world/world.ts'
import { today } from './support.ts'

const worldOf = (size: Size, seed: number): World => createWorld({ size, seed, today })

/** Key of an invoice in the form of the truth. */
const invoiceText = (row: Record<string, string>): string =>
  ['tax.invoices', ...(row.FPDM ? [row.FPDM] : []), row.FPHM].join('|')

/** Datasets that departments add as sources have tests of their own; here the world's own six are looked at. */
const isOfTheSix = ({ feed }: { readonly feed: string }): boolean => !sources.some((source) => source.feed === feed)

/** Text of every record of the six, by feed and key. */
const everything = (world: World): Map<string, string> => {
  const records = new Map<string, string>()
  for (const feed of projectFeeds)
    for (const { entry, updatedAt } of world.list(feed))
      records.set([feed, ...entry.key].join('|'), JSON.stringify(say(world, entry, updatedAt).row))
  for (const party of world.taxpayers(null))
    records.set(`tax.taxpayers|${party.registration}`, JSON.stringify(sayTaxpayer(world, party)))
  for (const invoice of world.invoices(null)) {
    const { row } = sayInvoice(world, invoice)
    records.set(invoiceText(row), JSON.stringify(row))
  }
  return records
}

const digest = (world: World): string =>
  createHash('sha256')
    .update(JSON.stringify([...everything(world)]))
    .digest('hex')

/** Keys that are new, and keys whose text is another, from one state to the next. */
const difference = (
  before: Map<string, string>,
  after: Map<string, string>,
  feed: string,
): { had: number; fresh: string[]; changed: string[] } => {
  const of = (records: Map<string, string>): string[] => [...records.keys()].filter((key) => key.startsWith(`${feed}|`))
  return {
    had: of(before).length,
    fresh: of(after).filter((key) => !before.has(key)),
    changed: of(after).filter((key) => before.has(key) && before.get(key) !== after.get(key)),
  }
}

describe('a seeded world', () => {
  it('tells the same bytes again for the same seed, size and day', () => {
    expect(digest(worldOf('tiny', 3))).toBe(digest(worldOf('tiny', 3)))
  })

  it('tells the same bytes again after the same days', () => {
    const [a, b] = [worldOf('tiny', 3), worldOf('tiny', 3)]
    a.advance(4)
    for (let i = 0; i < 4; i++) {
      b.advance(1)
      digest(b) // asking in between must not move anything
    }
    expect(digest(a)).toBe(digest(b))
  })

  it('keeps keys apart and the truth complete, whatever the seed and however many days pass', () => {
    const seed = Number(process.env.SEED ?? 4_711)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 0, max: 5 }), (worldSeed, days) => {
        const world = worldOf('tiny', worldSeed)
        world.advance(days)
        const records = everything(world)
        const told = [...trueParties(world, null)].filter(isOfTheSix)
        const covered = new Set(told.map((party) => [party.feed, ...party.key].join('|')))
        const rows =
          projectFeeds.reduce((sum, feed) => sum + world.list(feed).length, 0) +
          [...world.taxpayers(null)].length +
          [...world.invoices(null)].length
        expect(records.size).toBe(rows)
        expect(covered).toEqual(new Set(records.keys()))
        for (const text of records.values())
          expect((/"(?:gxsj|KPRQ|notice_date)":"([^"]{10})/.exec(text)?.[1] ?? '') <= isoDay(world.clock)).toBe(true)
      }),
      { seed, numRuns: 25 },
    )
  })

  it('is another one for another seed', () => {
    expect(digest(worldOf('tiny', 3))).not.toBe(digest(worldOf('tiny', 4)))
  })

  it('has a key of its own for every record', () => {
    const world = worldOf('town', 5)
    const invoices = [...world.invoices(null)]
    const keys = new Set(
      invoices.map((invoice) => sayInvoice(world, invoice).row.FPHM! + sayInvoice(world, invoice).row.FPDM!),
    )
    expect(keys.size).toBe(invoices.length)
    const registrations = [...world.taxpayers(null)].map((party) => party.registration)
    expect(new Set(registrations).size).toBe(registrations.length)
    for (const feed of projectFeeds) {
      const list = world.list(feed)
      expect(new Set(list.map((listed) => listed.sortKey)).size).toBe(list.length)
    }
  })

  it('gives two taxpayers neither the same name nor the same code', () => {
    const organisations = [...worldOf('town', 6).taxpayers(null)].filter(
      (party) => party.kind !== 'person' && !party.closed,
    )
    expect(new Set(organisations.map((party) => party.name)).size).toBe(organisations.length)
    expect(new Set(organisations.map((party) => party.code)).size).toBe(organisations.length)
  })

  it('keeps its sizes near what was asked', () => {
    const world = worldOf('town', 1)
    expect(world.projects.filter(({ story }) => story === null).length).toBe(300)
    expect(world.counts.invoices).toBeGreaterThan(18_000)
    expect(world.counts.invoices).toBeLessThan(22_000)
    expect(world.counts.worksInvoices / world.counts.invoices).toBeGreaterThan(0.33)
    expect(world.counts.worksInvoices / world.counts.invoices).toBeLessThan(0.47)
  })

  it('never measures more than 1.1 times the contract, nor a falling sum', () => {
    const world = worldOf('town', 2)
    for (const project of world.projects) {
      for (const contract of project.contracts) {
        let before = 0
        for (const { cumulativeFen, periodFen } of measurementsOf(world.seed, project, contract)) {
          expect(cumulativeFen).toBe(before + periodFen)
          expect(cumulativeFen).toBeLessThanOrEqual(contract.priceFen * 1.1)
          before = cumulativeFen
        }
      }
    }
  })

  it('invoices a contract never beyond what its story allows, red ones taken off', () => {
    const world = worldOf('town', 2)
    let checked = 0
    for (const project of world.projects) {
      const price = project.contracts.reduce((sum, contract) => sum + contract.priceFen, 0)
      let net = 0
      for (const invoice of world.worksInvoices(project))
        if (invoice.work?.tier === 1 && !invoice.goods.startsWith('612')) net += invoice.grossFen
      if (price === 0) continue
      checked++
      expect(net).toBeGreaterThanOrEqual(-price * 0.01)
      expect(net).toBeLessThanOrEqual(price * 1.25)
    }
    expect(checked).toBeGreaterThan(200)
  })
})

describe('a day that passes', () => {
  it('brings about one per cent of new and one of changed records to each feed', () => {
    const world = worldOf('town', 1)
    const days = 4
    const before = everything(world)
    world.advance(days)
    const after = everything(world)
    for (const feed of [...projectFeeds, 'tax.taxpayers', 'tax.invoices']) {
      const { had, fresh, changed } = difference(before, after, feed)
      const share = { feed, fresh: fresh.length / had / days, changed: changed.length / had / days }
      expect(share.fresh, JSON.stringify(share)).toBeGreaterThan(0.003)
      expect(share.fresh, JSON.stringify(share)).toBeLessThan(0.025)
      expect(share.changed, JSON.stringify(share)).toBeGreaterThan(0.004)
      expect(share.changed, JSON.stringify(share)).toBeLessThan(0.025)
    }
  })

  it('changes no record whose update time stands still, and never takes one back', () => {
    const world = worldOf('town', 8)
    for (let day = 0; day < 3; day++) {
      const before = everything(world)
      world.advance(1)
      const after = everything(world)
      for (const [key, text] of before) {
        expect(after.has(key), key).toBe(true)
        if (after.get(key) === text || key.startsWith('tax.') || key.startsWith('tendering.')) continue
        expect((JSON.parse(after.get(key)!) as { gxsj: string }).gxsj.startsWith(isoDay(world.clock)), key).toBe(true)
      }
    }
  })

  it('puts every new or changed row of a file feed into that day, and no other', () => {
    const world = worldOf('town', 9)
    for (let day = 0; day < 12; day++) {
      const before = everything(world)
      world.advance(1)
      const after = everything(world)
      const sent = [...world.invoices(world.clock)].map((invoice) => invoiceText(sayInvoice(world, invoice).row))
      const invoices = difference(before, after, 'tax.invoices')
      expect(new Set(sent)).toEqual(new Set([...invoices.fresh, ...invoices.changed]))
      const named = [...world.taxpayers(world.clock)].map((party) => `tax.taxpayers|${party.registration}`)
      const taxpayers = difference(before, after, 'tax.taxpayers')
      expect(new Set(named)).toEqual(new Set([...taxpayers.fresh, ...taxpayers.changed]))
    }
  })

  it('takes no invoice back by more than it was', () => {
    const world = worldOf('town', 10)
    world.advance(10)
    const left = new Map<number, number>()
    for (const { ordinal, blueOrdinal, grossFen } of world.invoices(null)) {
      const blue = blueOrdinal ?? ordinal
      left.set(blue, (left.get(blue) ?? 0) + grossFen)
    }
    for (const [ordinal, fen] of left) expect(fen, String(ordinal)).toBeGreaterThanOrEqual(0)
  })
})

describe('the truth', () => {
  const world = worldOf('town', 11)
  world.advance(2)
  const records = everything(world)
  const parties = [...trueParties(world, null)]
  const projects = [...trueProjects(world)]

  it('names every project record once and no record that is not there', () => {
    const named = projects.flatMap((project) => project.records.map((record) => [record.feed, ...record.key].join('|')))
    expect(new Set(named).size).toBe(named.length)
    const ofTheSix = projects.flatMap((project) => project.records.filter(isOfTheSix))
    for (const record of ofTheSix) expect(records.has([record.feed, ...record.key].join('|')), record.feed).toBe(true)
    const works = [...records.keys()].filter((key) => projectFeeds.some((feed) => key.startsWith(`${feed}|`)))
    for (const key of works) expect(named.includes(key), key).toBe(true)
  })

  it('covers every record of every feed with its parties', () => {
    const covered = new Set(parties.map((party) => [party.feed, ...party.key].join('|')))
    for (const key of records.keys()) expect(covered.has(key), key).toBe(true)
  })

  it('points to registrations that the register has, or says that there is none', () => {
    const registered = new Set(parties.filter((party) => party.feed === 'tax.taxpayers').map((party) => party.djxh))
    const absent = parties.filter((party) => party.djxh === null)
    for (const party of parties) if (party.djxh !== null) expect(registered.has(party.djxh)).toBe(true)
    expect(absent.length / parties.length).toBeGreaterThan(0.01)
  })

  it('quotes the field as the record has it, each member of a 联合体 in its place', () => {
    const fields: Record<string, string> = { owner: 'jsdw', contractor: 'sgdw' }
    const sections = parties.filter((party) => party.feed === 'transport.sections')
    for (const party of sections) {
      const row = JSON.parse(records.get([party.feed, ...party.key].join('|'))!) as Record<string, string>
      expect(row[fields[party.role]!]).toBe(party.raw)
      expect(party.raw).toContain(party.memberRaw)
    }
    expect(sections.some((party) => party.memberIndex === 1)).toBe(true)
  })
})
