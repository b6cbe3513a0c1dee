/** 发票总额度 of 数电票 (domain.md 4): what a seller may issue in a month, without tax. Σ issued in a month ≤ its quota, but for the planted breaches. */
import type { Day } from './calendar.ts'
import { monthStart, yearOf } from './calendar.ts'
import type { Invoice } from './invoices.ts'
import type { Party } from './party.ts'
import { Random } from './random.ts'
import { bookOf, type TaxBook } from './tax-book.ts'
import { netOf } from './tax-prepayments.ts'
import { paperUntil } from './tax-supplies.ts'
import { isWatched, watched } from './tax-watch.ts'
import type { World } from './world.ts'

export interface QuotaEvent {
  readonly party: Party
  readonly event: 'monthly' | 'temporary' | 'manual'
  /** First day of the month: a monthly quota holds from it on, the others in it alone. */
  readonly month: Day
  readonly day: Day
  readonly sequence: number
  readonly quotaFen: number
}

const tenThousand = 1_000_000

const upTo = (fen: number): number => Math.ceil(fen / tenThousand) * tenThousand

const regularQuota = (world: World, party: Party, year: number): number => {
  const random = new Random(world.seed, 'quota', party.index, year)
  return upTo(10 ** random.between(party.general ? 8.6 : 7.6, party.general ? 10.2 : 9))
}

/** A month in which somebody issued beyond the quota without asking: a breach. */
const isBreached = (world: World, party: Party, month: Day): boolean =>
  new Random(world.seed, 'quota-breach', party.index, month).chance(0.06)

const most = 1_500

const hasQuota = (world: World, book: TaxBook, party: Party): boolean =>
  world.parties.isLocal(party) && (book.isFirst(party) || isWatched(world, 'quotas', party.index, most))

export interface Quotas {
  readonly events: readonly QuotaEvent[]
  /** First days of the months in which more was issued than the quota allows. */
  readonly breaches: ReadonlySet<Day>
}

/** A seller's events in order: a regular quota a year, and a raise whenever the month's invoices come to exceed it. */
export const quotasOf = (world: World, book: TaxBook, party: Party): Quotas => {
  const sales = [...book.sales(party, paperUntil)]
    .filter((invoice) => invoice.grossFen > 0)
    .sort((a, b) => a.day - b.day || a.second - b.second || a.ordinal - b.ordinal)
  const events: QuotaEvent[] = []
  const breaches = new Set<Day>()
  let regular = 0
  let [month, year, quota, issued, raises] = [0, 0, 0, 0, 0]
  for (const invoice of sales) {
    const of = monthStart(invoice.day, 0)
    if (yearOf(of) !== year) {
      year = yearOf(of)
      regular = regularQuota(world, party, year)
      events.push({ party, event: 'monthly', month: of, day: invoice.day, sequence: 0, quotaFen: regular })
    }
    if (of !== month) [month, quota, issued, raises] = [of, regular, 0, 0]
    issued += netOf(invoice)
    if (issued <= quota) continue
    if (isBreached(world, party, month)) {
      breaches.add(month)
      continue
    }
    const raised = raise(world, party, invoice, issued)
    quota = raised.quotaFen
    events.push({ ...raised, month, sequence: ++raises })
  }
  return { events, breaches }
}

const raise = (
  world: World,
  party: Party,
  invoice: Invoice,
  issued: number,
): Omit<QuotaEvent, 'month' | 'sequence'> => {
  const random = new Random(world.seed, 'raise', party.index, invoice.ordinal)
  const event = random.chance(0.3) ? 'temporary' : 'manual'
  return { party, event, day: invoice.day, quotaFen: upTo(issued * random.between(1.1, 2.5)) }
}

/** All events by today, or those of one day. */
export function* quotaEvents(world: World, day: Day | null): Generator<QuotaEvent> {
  const book = bookOf(world)
  for (const party of day === null ? quotaHolders(world, book) : soldOn(world, book, day))
    for (const event of quotasOf(world, book, party).events) if (day === null || event.day === day) yield event
}

function* soldOn(world: World, book: TaxBook, day: Day): Generator<Party> {
  for (const index of book.soldOn(day)) {
    const party = world.parties.at(index)
    if (hasQuota(world, book, party)) yield party
  }
}

/** Whose quotas are told. */
export function* quotaHolders(world: World, book: TaxBook): Generator<Party> {
  for (const party of book.sellers()) if (book.isFirst(party) && world.parties.isLocal(party)) yield party
  for (const party of watched(world, 'quotas', most)) if (!book.isFirst(party)) yield party
}
