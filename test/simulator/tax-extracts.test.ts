/** The core's further extracts: a day's increment is just what is new or changed, and the money follows from the invoices of the world. */
import { describe, expect, it } from 'vitest'
import { sources } from '../../simulator/departments/sources.ts'
import { sayInvoice } from '../../simulator/departments/tax.ts'
import type { SaidRecord, StreamedSource } from '../../simulator/source.ts'
import { dayOf } from '../../simulator/world/calendar.ts'
import { unrelatedInvoice } from '../../simulator/world/invoices.ts'
import { localsFrom } from '../../simulator/world/party.ts'
import { bookOf, tradeSeller } from '../../simulator/world/tax-book.ts'
import { taxFaults } from '../../simulator/world/tax-faults.ts'
import { habitOf, thresholdFen } from '../../simulator/world/tax-habits.ts'
import { isAdvance, netOf, prepaidOn } from '../../simulator/world/tax-prepayments.ts'
import { contractorsOf, owesReport, reportsOf } from '../../simulator/world/tax-reports.ts'
import { declaredOf, noSales, vatTurns } from '../../simulator/world/tax-returns.ts'
import { segments } from '../../simulator/world/tax-supplies.ts'
import { createWorld, type World } from '../../simulator/world/world.ts'

const seed = Number(process.env.SEED ?? 23)
const isTax = (source: (typeof sources)[number]): source is StreamedSource =>
  source.feed.startsWith('tax.') && source.kind === 'streamed'
const extracts = sources.filter(isTax)
const worldOf = (size: 'tiny' | 'town', today = '2025-04-10'): World => createWorld({ size, seed, today })
/** What each record says; whom it means is left out, since a party may have a new name by now. */
const contentOf = (source: StreamedSource, world: World, day: number | null): Map<string, string> =>
  new Map(
    [...source.records(world, day)].map((r) => [
      r.key.join('|'),
      JSON.stringify([r.row, r.mentions.map(({ role, raw }) => [role, raw])]),
    ]),
  )
/** Where two sets differ, a few of them. */
const differences = (held: Map<string, string>, whole: Map<string, string>): unknown[] =>
  [...new Set([...held.keys(), ...whole.keys()])]
    .filter((key) => held.get(key) !== whole.get(key))
    .slice(0, 3)
    .map((key) => [held.get(key), whole.get(key)])
const rowsOf = (feed: string, world: World): Record<string, string>[] => {
  const source = extracts.find((one) => one.feed === feed)
  return [...(source as StreamedSource).records(world, null)].map(
    ({ row }: SaidRecord) => row as Record<string, string>,
  )
}
const fen = (text: string | undefined): number => Math.round(Number((text ?? '').replaceAll(',', '')) * 100)

describe(`extracts of the core (seed ${seed})`, () => {
  it.each(['2025-04-10', '2023-05-20'])('of %s: the full set is the first one and every day since', (today) => {
    const world = worldOf('tiny', today)
    const held = new Map(extracts.map((source) => [source, contentOf(source, world, null)] as const))
    for (let day = 0; day < 45; day++) {
      world.advance(1)
      for (const [source, records] of held)
        for (const [key, record] of contentOf(source, world, world.clock)) {
          // Nothing that stands unchanged is told again.
          expect([source.feed, key, records.get(key)]).not.toEqual([source.feed, key, record])
          records.set(key, record)
        }
    }
    for (const [source, records] of held) expect(differences(records, contentOf(source, world, null))).toEqual([])
  })

  it('the same in a town, where projects come late with all their past', () => {
    const world = worldOf('town')
    const held = new Map(extracts.map((source) => [source.feed, contentOf(source, world, null)]))
    for (let day = 0; day < 2; day++) {
      world.advance(1)
      for (const source of extracts)
        for (const [key, record] of contentOf(source, world, world.clock)) held.get(source.feed)?.set(key, record)
    }
    for (const source of extracts)
      expect(differences(held.get(source.feed) ?? new Map(), contentOf(source, world, null))).toEqual([])
  })

  it('has a key of its own for every row, whose registration is never blank but before a check-in', () => {
    const world = worldOf('town')
    for (const source of extracts) {
      const records = [...source.records(world, null)]
      const keys = records.map((r) => r.key.join('|'))
      expect([source.feed, new Set(keys).size]).toEqual([source.feed, keys.length])
      expect(keys.length).toBeGreaterThan(0)
      if (source.feed === 'tax.cross-region-reports' || source.feed === 'tax.officer-entries') continue
      for (const { row } of records) expect((row as Record<string, string>).DJXH).toMatch(/^\d{20}$/)
    }
  })
})

describe('the book of sales', () => {
  const world = worldOf('town')
  const book = bookOf(world)

  it('finds sellers of ordinary trade as the invoices have them', () => {
    for (let number = 0; number < 500; number++)
      expect(localsFrom + tradeSeller(seed, world.parties.taxpayers, number)).toBe(
        unrelatedInvoice(seed, world.parties, number, world.begins, null).seller.index,
      )
  })

  it('holds every invoice of a seller, those of advanced days included', () => {
    const later = worldOf('tiny')
    bookOf(later)
    later.advance(6)
    const wanted = new Map<number, number>()
    for (const { seller, grossFen } of later.invoices(null))
      wanted.set(seller.index, (wanted.get(seller.index) ?? 0) + grossFen)
    for (const [index, sum] of wanted) {
      const sales = [...bookOf(later).sales(later.parties.at(index), 0)]
      expect(sales.reduce((total, invoice) => total + invoice.grossFen, 0)).toBe(sum)
    }
  })

  it('honest ones declare all they invoiced, others less', () => {
    let hidden = 0
    let honest = 0
    for (const { party, turns, sales } of vatTurns(world, null)) {
      const all = [...book.sales(party, 0)].filter((i) => !i.void && !isAdvance(i))
      for (const turn of turns) {
        const sold = sales.get(turn.period.from) ?? noSales
        const own = all.filter((i) => i.day >= turn.period.from && i.day <= turn.period.to)
        expect(sold.netFen).toBe(own.reduce((sum, i) => sum + netOf(i), 0))
        const declared = declaredOf(world, turn, sold, false)
        const { habit, since } = habitOf(world, party)
        const isHonest = habit === 'honest' || party.kind !== 'contractor' || turn.period.from < since
        if (isHonest && sold.netFen > 0) {
          honest++
          expect(declared.salesFen + declared.exemptFen).toBeGreaterThanOrEqual(sold.netFen)
        } else if (declared.salesFen + declared.exemptFen < sold.netFen) hidden++
        // Small ones pay nothing up to the threshold of their time, and from there on the levy.
        const total = declared.salesFen + declared.exemptFen
        if (!party.general && total <= thresholdFen(turn.period.to) * 3) expect(declared.payableFen).toBe(0)
      }
    }
    expect(honest).toBeGreaterThan(1_000)
    expect(hidden).toBeGreaterThan(20)
  })
})

describe('money of the core', () => {
  const world = worldOf('town')
  const returns = rowsOf('tax.returns', world)
  const payments = rowsOf('tax.payments', world)
  const prepayments = rowsOf('tax.prepayments', world)

  it('what a valid form makes payable is paid, credited or in arrears', () => {
    const keyOf = (row: Record<string, string>): string => `${row.DJXH}|${row.ZSXM_DM}|${row.SKSSQQ}|${row.SKSSQZ}`
    const came = Map.groupBy(
      payments.filter((row) => row.KQYSSXBYGLBH === ''),
      keyOf,
    )
    let owing = 0
    for (const form of returns.filter((row) => row.ZFBZ === 'N' && row.ZSXM_DM === '10101')) {
      const rows = came.get(keyOf(form)) ?? []
      const sum = (kind: string): number =>
        rows.reduce((total, row) => (row.JNLX_DM === kind ? total + fen(row.SE) : total), 0)
      expect(fen(form.YNSE) - fen(form.JMSE) - fen(form.YJSE)).toBe(fen(form.YBTSE))
      if (sum('5') > 0) owing++
      // What is not yet due need not be paid.
      if ((form.SBQX ?? '') < '2025-04-01') expect(sum('1') + sum('5')).toBeGreaterThanOrEqual(fen(form.YBTSE))
    }
    expect(owing).toBeGreaterThan(10)
    expect(new Set(payments.map((row) => row.JNLX_DM))).toEqual(new Set(['1', '2', '3', '4', '5']))
  })

  it('prepays as the law says: 5 450 万 less 1 635 万 subcontracted gives 70 万 (domain.md 3.7 a)', () => {
    const party = world.parties.outsider(0)
    expect(prepaidOn(5_450_000_000 - 1_635_000_000, party, dayOf('2024-03-01'))).toBe(70_000_000)
    expect(prepaidOn(1_110_000_000, party, dayOf('2017-03-01'))).toBe(20_000_000)
    expect(prepaidOn(-5, party, dayOf('2024-03-01'))).toBe(0)
    for (const row of prepayments) {
      expect(fen(row.KCFBK)).toBeLessThanOrEqual(fen(row.QBJK))
      expect(fen(row.KCFBK)).toBeGreaterThanOrEqual(0)
    }
    expect(prepayments.some((row) => row.YSKBZ === 'Y')).toBe(true)
  })

  it('a payment names the site only where it was prepaid there', () => {
    const numbers = new Set(rowsOf('tax.cross-region-reports', world).map((row) => row.KQYSSXBYGLBH))
    const named = payments.filter((row) => row.KQYSSXBYGLBH !== '')
    expect(named.length).toBeGreaterThan(100)
    for (const row of named) expect(numbers.has(row.KQYSSXBYGLBH)).toBe(true)
  })

  it('only those report whose home is another prefecture; 巩义 in 金水区 owes none', () => {
    for (const project of world.projects)
      for (const contract of project.contracts)
        for (const party of contractorsOf(world, project, contract)) {
          const reports = reportsOf(world.seed, project, contract, party)
          if (reports.length > 0) expect(party.code.slice(2, 6)).not.toBe('4101')
          if (world.parties.isLocal(party)) expect(owesReport(party, project)).toBe(false)
        }
  })

  it('S312 TJ-2 has no report and no prepayment, and its invoices name none', () => {
    const project = world.projects.find(({ story }) => story?.id === 'report-missing')!
    const contract = project.contracts[1]!
    expect(reportsOf(world.seed, project, contract, contract.members[0]!)).toEqual([])
    const numbers = [...world.worksInvoices(project)].map((invoice) => sayInvoice(world, invoice).row.KQYSSXBYGLBH)
    expect(new Set(numbers)).toEqual(new Set(['']))
    const { registration } = contract.members[0]!
    const others = world.projects.filter((p) => p !== project).flatMap((p) => p.contracts.flatMap((c) => c.members))
    if (!others.some((party) => party.registration === registration))
      expect(prepayments.filter((row) => row.DJXH === registration)).toEqual([])
  })

  it('invoices name the number under which their contractor checked in', () => {
    const known = new Set(rowsOf('tax.cross-region-reports', world).map((row) => row.KQYSSXBYGLBH))
    const named = world.projects.flatMap((project) =>
      [...world.worksInvoices(project)].flatMap((i) => sayInvoice(world, i).row.KQYSSXBYGLBH || []),
    )
    expect(named.length).toBeGreaterThan(100)
    for (const number of named) expect(known.has(number)).toBe(true)
  })
})

describe('paper and quotas', () => {
  const world = worldOf('town')

  it('every segment: supplied = issued + surrendered + lost, but for the planted breaches', () => {
    const rows = rowsOf('tax.invoice-supplies', world)
    const of = (row: Record<string, string>): string => `${row.DJXH}|${row.FPDM}`
    const supplied = Map.groupBy(
      rows.filter((row) => row.YWLX_DM === '1'),
      of,
    )
    const gone = Map.groupBy(
      rows.filter((row) => row.YWLX_DM === '3' || row.YWLX_DM === '4'),
      of,
    )
    const issued = new Map<string, number[]>()
    for (const { invoice, breach } of segments(world, null)) {
      const { row } = sayInvoice(world, invoice)
      const key = `${invoice.seller.registration}|${row.FPDM}`
      issued.set(key, [...(issued.get(key) ?? []), Number(row.FPHM)])
      const own = (supplied.get(key) ?? []).some(
        (s) => Number(s.FPQSHM) <= Number(row.FPHM) && Number(row.FPHM) <= Number(s.FPZZHM),
      )
      expect(own).toBe(breach !== 'gap' && breach !== 'stranger')
    }
    let open = 0
    for (const segment of rows.filter((row) => row.YWLX_DM === '1')) {
      const [from, to] = [Number(segment.FPQSHM), Number(segment.FPZZHM)]
      expect(to - from + 1).toBe(Number(segment.FS))
      const used = (issued.get(of(segment)) ?? []).filter((number) => number >= from && number <= to).length
      const left = (gone.get(of(segment)) ?? [])
        .filter((row) => Number(row.FPQSHM) >= from && Number(row.FPZZHM) <= to)
        .reduce((sum, row) => sum + Number(row.FS), 0)
      if (used + left !== Number(segment.FS)) open++
    }
    const planted = [...segments(world, null)].filter(({ breach }) => breach === 'blank' || breach === 'stranger')
    expect(open).toBe(planted.length)
    expect(planted.length).toBeGreaterThan(20)
  })

  it('names its faults and their lawful twins, twenty of each and more in a town', () => {
    const faults = [...taxFaults(world)]
    const count = (indicator: string, isFault: boolean): number =>
      faults.filter((fault) => fault.indicator === indicator && fault.isFault === isFault).length
    for (const indicator of ['R03', 'R27', 'supply.gap', 'supply.stranger', 'supply.early', 'supply.blank'])
      expect([indicator, count(indicator, true) > 10]).toEqual([indicator, true])
    expect(count('R04', true)).toBeGreaterThan(5)
    expect(count('R04', false)).toBeGreaterThan(20)
    expect(count('R13', false)).toBeGreaterThan(20)
    expect(count('R11', true)).toBeGreaterThan(0)
    expect(count('R07', false)).toBeGreaterThan(0)
    expect(new Set(faults.map((fault) => JSON.stringify(fault))).size).toBe(faults.length)
  })
})
