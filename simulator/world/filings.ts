/**
 * Returns and payments: every seller of works quarter by quarter, and a sample of other taxpayers for their last two. What is declared follows from
 * what was invoiced, but for the shares of the population that the indicators look for, each beside lawful look-alikes (domain.md 5).
 */
import { type Day, monthStart } from './calendar.ts'
import { dueAfter, quarterEnd, quarterStart } from './filing-days.ts'
import type { Party } from './party.ts'
import { Random } from './random.ts'
import { type Sales, type SellerBook, sellers } from './sales.ts'
import type { World } from './world.ts'

export type TaxItem = '10101' | '10111'

export interface Filing {
  readonly party: Party
  readonly taxItem: TaxItem
  readonly from: Day
  readonly to: Day
  /** 1 for the first form of a period, 2 for the one that corrects it. */
  readonly version: 1 | 2
  readonly salesFen: number
  readonly exemptFen: number
  readonly taxFen: number
  readonly reliefFen: number
  readonly prepaidFen: number
  readonly payableFen: number
  readonly declaredOn: Day
  readonly dueOn: Day
  /** The day on which a correction made this form void. */
  readonly voidOn: Day | null
  /** When what it makes payable was paid; null: it was not. */
  readonly paidOn: Day | null
}

/** How a taxpayer files in one quarter. */
export type Conduct = 'honest' | 'underDeclares' | 'zero' | 'none'

/** By 30 万 a quarter small taxpayers owe nothing (to 2027-12-31). */
const thresholdFen = 30_000_000

/** Conduct of a seller of works: most declare what they invoiced; four in a hundred less (R11), two file zero (R07), two do not file (R05). */
export const conductOf = (seed: number, party: Party, quarter: Day): Conduct => {
  // Habits last: who hides does so for years at a time.
  const random = new Random(seed, 'conduct', party.index, Math.floor(quarter / 730))
  return random.weighted<Conduct>([
    ['honest', 92],
    ['underDeclares', 4],
    ['zero', 2],
    ['none', 2],
  ])
}

const declaredShare = (seed: number, party: Party, quarter: Day, conduct: Conduct): number =>
  conduct === 'zero'
    ? 0
    : conduct === 'underDeclares'
      ? new Random(seed, 'share', party.index, quarter).between(0.3, 0.75)
      : 1

interface Draft {
  readonly party: Party
  readonly from: Day
  readonly salesFen: number
  readonly outputFen: number
  readonly prepaidFen: number
}

/** VAT of a quarter: output less a part for inputs for general taxpayers, the levy rate for small ones, nothing below the threshold. */
const vatOf = (seed: number, d: Draft): Omit<Filing, 'party' | 'from' | 'to' | 'taxItem' | 'version' | 'voidOn'> => {
  const random = new Random(seed, 'filing', d.party.index, d.from)
  const isExempt = !d.party.general && d.salesFen <= thresholdFen
  const taxFen = isExempt
    ? 0
    : d.party.general
      ? Math.round(d.outputFen * random.between(0.18, 0.4))
      : Math.round(d.salesFen * (d.from >= 19_358 ? 0.01 : 0.03)) // 1 % since 2023
  const to = quarterEnd(d.from)
  const dueOn = dueAfter(to)
  const declaredOn = dueOn - random.int(0, 11)
  const payableFen = Math.max(0, taxFen - d.prepaidFen)
  const isLate = random.chance(0.03)
  return {
    salesFen: isExempt ? 0 : d.salesFen,
    exemptFen: isExempt ? d.salesFen : 0,
    taxFen,
    reliefFen: isExempt ? Math.round(d.salesFen * 0.01) : 0,
    prepaidFen: Math.min(taxFen, d.prepaidFen),
    payableFen,
    declaredOn,
    dueOn,
    paidOn:
      payableFen === 0
        ? null
        : isLate
          ? random.chance(0.3)
            ? null
            : dueOn + random.int(20, 160)
          : Math.min(dueOn, declaredOn + random.int(0, 3)),
  }
}

/** The form of a quarter, and its correction where one followed. */
const withCorrection = (seed: number, d: Draft): Filing[] => {
  const vat = vatOf(seed, d)
  const random = new Random(seed, 'correction', d.party.index, d.from)
  const base = { party: d.party, taxItem: '10101' as const, from: d.from, to: quarterEnd(d.from) }
  if (!random.chance(0.02)) return [{ ...base, ...vat, version: 1, voidOn: null }]
  const correctedOn = vat.declaredOn + random.int(15, 70)
  const more = Math.round(vat.salesFen * random.between(0.02, 0.2))
  return [
    { ...base, ...vat, version: 1, voidOn: correctedOn },
    { ...base, ...vat, version: 2, salesFen: vat.salesFen + more, declaredOn: correctedOn, voidOn: null },
  ]
}

/** 0.03 % of each contract of the quarter (印花税法). One in twelve is forgotten (R27). */
const stampDuty = (world: World, party: Party, quarter: Day, contractsFen: number): Filing[] => {
  const random = new Random(world.seed, 'stamp', party.index, quarter)
  if (contractsFen === 0 || random.chance(1 / 12)) return []
  const to = quarterEnd(quarter)
  const dueOn = dueAfter(to)
  const declaredOn = dueOn - random.int(0, 11)
  const taxFen = Math.round((contractsFen * 3) / 10_000)
  const rest = { salesFen: contractsFen, exemptFen: 0, taxFen, reliefFen: 0, prepaidFen: 0, payableFen: taxFen }
  return [
    {
      party,
      taxItem: '10111',
      from: quarter,
      to,
      version: 1,
      ...rest,
      declaredOn,
      dueOn,
      voidOn: null,
      paidOn: declaredOn,
    },
  ]
}

/** All forms of one seller of works for the quarters that are over and in which it sold; contracts bring stamp duty. */
export const filingsOfSeller = (world: World, party: Party, book: SellerBook): Filing[] => {
  const vat = [...book.quarters].flatMap(([from, sales]): Filing[] => {
    const conduct = conductOf(world.seed, party, from)
    if (conduct === 'none' || quarterEnd(from) > world.clock) return []
    const share = declaredShare(world.seed, party, from, conduct)
    return withCorrection(world.seed, { party, from, ...scaled(sales, share), prepaidFen: book.prepaid.get(from) ?? 0 })
  })
  const stamp = [...book.contracts].flatMap(([quarter, fen]) =>
    quarterEnd(quarter) > world.clock ? [] : stampDuty(world, party, quarter, fen),
  )
  return [...vat, ...stamp]
}

const scaled = (sales: Sales, share: number): { salesFen: number; outputFen: number } => ({
  salesFen: Math.max(0, Math.round(sales.netFen * share)),
  outputFen: Math.max(0, Math.round(sales.taxFen * share)),
})

/** One company or household of eight files its last two quarters before the world begins, and each quarter that ends later. */
export const isSampled = (party: Party): boolean =>
  party.index % 8 === 3 && !party.closed && (party.kind === 'company' || party.kind === 'household')

/** Forms of a sampled taxpayer. Most small ones lawfully pay nothing; a few never file more than zero although they trade. */
export const filingsOfOther = (world: World, party: Party): Filing[] => {
  const later = world.registeredLater(party)
  const first = later === null ? monthStart(quarterStart(world.begins), -6) : monthStart(quarterStart(later), 3)
  const forms: Filing[] = []
  for (let from = first; quarterEnd(from) <= world.clock; from = monthStart(from, 3)) {
    const random = new Random(world.seed, 'ordinary', party.index, from)
    const habit = new Random(world.seed, 'ordinary', party.index)
    const scale = party.general ? 10 ** habit.between(7.2, 9.2) : 10 ** habit.between(5.5, 7.7)
    const isZero = habit.chance(0.06)
    const salesFen = isZero ? 0 : Math.round(scale * random.between(0.6, 1.4))
    forms.push(
      ...withCorrection(world.seed, { party, from, salesFen, outputFen: Math.round(salesFen * 0.09), prepaidFen: 0 }),
    )
  }
  return forms
}

/** Every form that is known today, seller by seller. */
export function* filings(world: World): Generator<Filing> {
  for (const [party, book] of sellers(world)) yield* filingsOfSeller(world, party, book)
  for (const party of world.taxpayers(null)) if (isSampled(party)) yield* filingsOfOther(world, party)
}
