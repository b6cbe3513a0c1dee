/** The core's further extracts: a day's increment is just what is new or changed, and the money follows from the invoices of the world. */
import { describe, expect, it } from 'vitest'
import { sources } from '../../simulator/departments/sources.ts'
import { sayInvoice } from '../../simulator/departments/tax.ts'
import type { StreamedSource } from '../../simulator/source.ts'
import { dayOf, isoDay } from '../../simulator/world/calendar.ts'
import { mustReport, prepaidTax, prepaymentsOf, reportsOf } from '../../simulator/world/cross-region.ts'
import { dueAfter, quarterStart } from '../../simulator/world/filing-days.ts'
import { conductOf, filings } from '../../simulator/world/filings.ts'
import { segmentsOf } from '../../simulator/world/paper-invoices.ts'
import { isSupplyTold, sellers } from '../../simulator/world/sales.ts'
import { createWorld, type World } from '../../simulator/world/world.ts'

const seed = Number(process.env.SEED ?? 23)
const isTax = (source: (typeof sources)[number]): source is StreamedSource =>
  source.feed.startsWith('tax.') && source.kind === 'streamed'
const extracts = sources.filter(isTax)
const worldOf = (size: 'tiny' | 'town'): World => createWorld({ size, seed, today: '2025-04-10' })
const contentOf = (source: StreamedSource, world: World, day: number | null): Map<string, string> =>
  new Map([...source.records(world, day)].map((r) => [r.key.join('|'), JSON.stringify(r.row)]))

describe(`extracts of the core (seed ${seed})`, () => {
  it.each(
    extracts.map((source) => [source.feed, source] as const),
  )('%s: the full set is the first one and every day since', (_, source) => {
    const world = worldOf('tiny')
    const held = contentOf(source, world, null)
    for (let day = 0; day < 40; day++) {
      world.advance(1)
      const before = new Map(held)
      for (const [key, row] of contentOf(source, world, world.clock)) held.set(key, row)
      // Nothing that stands unchanged is told again.
      for (const key of contentOf(source, world, world.clock).keys()) expect(before.get(key)).not.toBe(held.get(key))
    }
    expect(held).toEqual(contentOf(source, world, null))
  })

  it('has a key of its own for every row', () => {
    const world = worldOf('town')
    for (const source of extracts) {
      const keys = [...source.records(world, null)].map((r) => r.key.join('|'))
      expect([source.feed, new Set(keys).size]).toEqual([source.feed, keys.length])
      expect(keys.length).toBeGreaterThan(0)
    }
  })
})

describe('money of the core', () => {
  const world = worldOf('town')

  it('honest sellers declare what they invoiced, others less', () => {
    const forms = [...filings(world)].filter((f) => f.taxItem === '10101' && f.version === 1)
    const booked = new Map([...sellers(world)].map(([party, book]) => [party.index, book]))
    let hidden = 0
    for (const f of forms) {
      const sales = booked.get(f.party.index)?.quarters.get(f.from)
      if (!sales) continue
      const declared = f.salesFen + f.exemptFen
      if (conductOf(world.seed, f.party, f.from) === 'honest') expect(declared).toBe(Math.max(0, sales.netFen))
      else if (declared < sales.netFen) hidden++
    }
    expect(hidden).toBeGreaterThan(5)
  })

  it('prepays as the law says: 5 450 万 less 1 635 万 subcontracted gives 70 万 (domain.md 3.7 a)', () => {
    expect(prepaidTax(5_450_000_000, 1_635_000_000, 900, 200)).toBe(70_000_000)
    expect(prepaidTax(1_030_000_000, 206_000_000, 300, 300)).toBe(24_000_000)
  })

  it('only those report and prepay whose home is another prefecture', () => {
    for (const project of world.projects)
      for (const r of reportsOf(world.seed, project)) {
        expect(mustReport(project, r.party)).toBe(true)
        expect(r.party.code.slice(2, 6)).not.toBe('4101')
      }
    expect(world.projects.flatMap((project) => prepaymentsOf(world, project)).length).toBeGreaterThan(50)
  })

  it('S312 TJ-2 has no report, and its invoices name none', () => {
    const project = world.projects.find(({ story }) => story?.id === 'report-missing')!
    expect(reportsOf(world.seed, project)).toEqual([])
    const numbers = [...world.worksInvoices(project)].map((invoice) => sayInvoice(world, invoice).row.KQYSSXBYGLBH)
    expect(new Set(numbers)).toEqual(new Set(['']))
  })

  it('invoices name the number under which their contractor checked in', () => {
    const known = new Set(world.projects.flatMap((project) => reportsOf(world.seed, project)).map((r) => r.siteNumber))
    const named = world.projects.flatMap((project) =>
      [...world.worksInvoices(project)].flatMap((i) => sayInvoice(world, i).row.KQYSSXBYGLBH || []),
    )
    expect(named.length).toBeGreaterThan(100)
    expect(named.filter((number) => known.has(number)).length / named.length).toBeGreaterThan(0.8)
  })

  it('paper invoices lie in segments that were supplied before, but for a few planted breaches', () => {
    let outside = 0
    let all = 0
    for (const [party, book] of sellers(world)) {
      if (!isSupplyTold(party)) continue
      const segments = segmentsOf(world, party, book)
      for (const segment of segments) expect(segment.used).toBeLessThanOrEqual(segment.copies)
      for (const { code, number, day } of book.paper) {
        all++
        const own = segments.find((s) => s.code === code && number >= s.from && number < s.from + s.copies)
        if (!own || own.suppliedOn > day) outside++
      }
    }
    expect(all).toBeGreaterThan(500)
    expect(outside).toBeGreaterThan(0)
    expect(outside / all).toBeLessThan(0.05)
  })
})

describe('filing days', () => {
  it.each([
    ['2025-03-31', '2025-04-15'],
    ['2025-05-31', '2025-06-16'],
    ['2026-02-28', '2026-03-16'],
  ])('a period that ends on %s is due on %s', (end, due) => {
    expect(isoDay(dueAfter(dayOf(end)))).toBe(due)
  })

  it('quarters begin in January, April, July and October', () => {
    expect(isoDay(quarterStart(dayOf('2025-06-30')))).toBe('2025-04-01')
    expect(isoDay(quarterStart(dayOf('2025-12-31')))).toBe('2025-10-01')
  })
})
