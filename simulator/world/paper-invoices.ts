/** Paper invoices from supply to surrender, and the quotas of digital ones (domain.md 4), for a sample of the sellers of works. */
import { type Day, monthStart } from './calendar.ts'
import type { Party } from './party.ts'
import { Random } from './random.ts'
import { digitalFrom, type SellerBook } from './sales.ts'
import type { World } from './world.ts'

export interface Segment {
  readonly party: Party
  readonly code: string
  readonly from: number
  readonly copies: number
  readonly special: boolean
  readonly suppliedOn: Day
  readonly verifiedOn: Day
  /** The blank rest goes back when paper ends. */
  readonly surrenderedOn: Day | null
  /** Copies that were used, from the first on. */
  readonly used: number
  /** 挂失 of one copy; null for most. */
  readonly lostOn: Day | null
  /** Nothing of it was told before this day. */
  readonly knownFrom: Day
}

const copiesPerSegment = 25

/**
 * The segments that hold a seller's paper invoices. Every number lies in a segment supplied before it was issued, but for one seller in fifty who
 * lacks one (an invoice outside every supply) and one in fifty who was supplied after the fact.
 */
export const segmentsOf = (world: World, party: Party, book: SellerBook): Segment[] => {
  const bySegment = new Map<
    string,
    { code: string; from: number; special: boolean; first: Day; last: Day; top: number; knownFrom: Day }
  >()
  for (const { code, number, special, day, knownFrom } of book.paper) {
    const from = number - (number % copiesPerSegment)
    const known = bySegment.get(`${code}|${from}`)
    bySegment.set(`${code}|${from}`, {
      code,
      from,
      special,
      first: Math.min(known?.first ?? day, day),
      last: Math.max(known?.last ?? day, day),
      top: Math.max(known?.top ?? number, number),
      knownFrom: Math.max(known?.knownFrom ?? knownFrom, knownFrom),
    })
  }
  const habit = new Random(world.seed, 'supply', party.index)
  const lacks = habit.chance(0.02)
  const isAfter = habit.chance(0.02)
  const all = [...bySegment.values()].sort(
    (a, b) => a.first - b.first || (a.code < b.code ? -1 : a.code > b.code ? 1 : a.from - b.from),
  )
  return all.slice(lacks ? 1 : 0).map((s, i) => {
    const random = new Random(world.seed, 'segment', s.code, s.from)
    const suppliedOn = isAfter && i === 0 ? s.first + 3 : s.first - random.int(1, 20)
    const used = s.top - s.from + 1
    return {
      party,
      code: s.code,
      from: s.from,
      copies: copiesPerSegment,
      special: s.special,
      suppliedOn,
      verifiedOn: Math.max(suppliedOn, monthStart(s.last, 1) + random.int(0, 12)),
      surrenderedOn: used < copiesPerSegment ? digitalFrom + random.int(5, 60) : null,
      used,
      lostOn: random.chance(0.004) ? s.last + 5 : null,
      knownFrom: s.knownFrom,
    }
  })
}

export interface Quota {
  readonly party: Party
  readonly month: Day
  readonly kind: 'monthly' | 'temporary' | 'manual'
  readonly quotaFen: number
  readonly effectiveOn: Day
}

const startingQuotaFen = 750_000_000

/** Quotas of a seller for the months in which it issued digital invoices. One month in fifty stays below what was issued. */
export const quotasOf = (world: World, party: Party, book: SellerBook): Quota[] =>
  [...book.digital]
    .sort(([a], [b]) => a - b)
    .flatMap(([month, netFen]): Quota[] => {
      const random = new Random(world.seed, 'quota', party.index, month)
      const monthly: Quota = { party, month, kind: 'monthly', quotaFen: startingQuotaFen, effectiveOn: month }
      if (netFen <= startingQuotaFen) return [monthly]
      const needed = random.chance(0.02) ? netFen * 0.8 : netFen * random.between(1.02, 1.6)
      const raised = Math.ceil(needed / 100_000_000) * 100_000_000
      const kind = random.chance(0.6) ? 'temporary' : 'manual'
      return [monthly, { party, month, kind, quotaFen: raised, effectiveOn: month + random.int(0, 2) }]
    })
