/**
 * 发票领用、验旧、缴销、挂失 of paper invoices (domain.md 4): 领用 = 开具 + 作废 + 空白结存 + 缴销 + 遗失, segment by segment. Paper went out of use
 * when 数电票 came: what was blank by then was handed in or reported lost, but for the breaches that are planted.
 */
import type { Day } from './calendar.ts'
import { dayOf } from './calendar.ts'
import type { Invoice } from './invoices.ts'
import type { Party } from './party.ts'
import { Random } from './random.ts'
import { bookOf } from './tax-book.ts'
import { watched } from './tax-watch.ts'
import type { World } from './world.ts'

/** Paper invoices were issued before this day. */
export const paperUntil = dayOf('2023-07-01')
/** Nothing happens to paper after this day. */
const paperSettled = dayOf('2024-02-01')

export type SupplyBreach = 'gap' | 'stranger' | 'early' | 'blank'

/** The segment to which one paper invoice belongs: its number is the first, blank copies follow. */
export interface Segment {
  readonly invoice: Invoice
  readonly holder: Party
  readonly copies: number
  readonly breach: SupplyBreach | null
  /** Told from this day on; the date in the record can be earlier. */
  readonly toldOn: Day
  readonly suppliedOn: Day
  readonly verifiedOn: Day | null
  /** When and how the blank copies left; null where they never did, or there were none. */
  readonly blanks: { readonly event: 'surrender' | 'loss'; readonly on: Day } | null
}

const segmentOf = (world: World, invoice: Invoice): Segment => {
  const random = new Random(world.seed, 'segment', invoice.ordinal)
  const breach = random.weighted<SupplyBreach | null>([
    [null, 984],
    ['gap', 4],
    ['stranger', 4],
    ['early', 4],
    ['blank', 4],
  ])
  const copies = breach === 'blank' || random.chance(0.35) ? random.int(2, 6) : 1
  const other = world.parties.some('contractor', random)
  const suppliedOn = invoice.day + (breach === 'early' ? random.int(1, 20) : -random.int(1, 45))
  const verifiedOn = random.chance(0.15) ? invoice.day + random.int(5, 40) : null
  const event = random.chance(0.04) ? 'loss' : 'surrender'
  const on = event === 'loss' ? invoice.day + random.int(1, 60) : Math.max(paperUntil, invoice.day) + random.int(3, 120)
  const hasBlanks = copies > 1 && breach !== 'blank'
  return {
    invoice,
    holder: breach === 'stranger' && other.index !== invoice.seller.index ? other : invoice.seller,
    copies,
    breach: breach === 'stranger' && other.index === invoice.seller.index ? null : breach,
    toldOn: Math.max(invoice.day, suppliedOn),
    suppliedOn,
    verifiedOn,
    blanks: hasBlanks ? { event, on } : null,
  }
}

/** A city's extract holds the segments of a share of its taxpayers, and of those in the cases. */
function* holders(world: World): Generator<Party> {
  const inCases = new Map<number, Party>()
  for (const { story, contracts } of world.projects)
    if (story !== null) for (const party of contracts.flatMap(({ members }) => members)) inCases.set(party.index, party)
  yield* [...inCases.values()].filter((party) => world.parties.isLocal(party))
  for (const party of watched(world, 'supplies', 6_000)) if (!inCases.has(party.index)) yield party
}

/** All segments known today (`day` null), or those on which something can happen that day. */
export function* segments(world: World, day: Day | null): Generator<Segment> {
  if (day !== null && day > paperSettled) return
  const book = bookOf(world)
  for (const party of holders(world)) {
    for (const invoice of book.sales(party, 0)) if (invoice.day < paperUntil) yield segmentOf(world, invoice)
  }
}
