/** Tax periods, and the days on which their returns and payments come in. */
import type { Day } from './calendar.ts'
import { isoDay, monthStart } from './calendar.ts'
import type { Party } from './party.ts'
import { Random } from './random.ts'
import type { World } from './world.ts'

export interface Period {
  readonly from: Day
  /** Last day. */
  readonly to: Day
}

/** General taxpayers file by month, others by quarter; a city's all by quarter, so that its extracts stay within bounds. */
export const monthsPerPeriod = (world: World, party: Party): 1 | 3 =>
  party.general && world.options.size !== 'city' ? 1 : 3

export const periodOf = (day: Day, months: 1 | 3): Period => {
  const month = Number(isoDay(day).slice(5, 7)) - 1
  const from = monthStart(day, -(month % months))
  return { from, to: monthStart(from, months) - 1 }
}

/** Periods that ended by `until`, the last of them first, down to the one that holds `since`. */
export function* periodsBack(since: Day, until: Day, months: 1 | 3): Generator<Period> {
  let period = periodOf(until + 1, months)
  for (;;) {
    period = periodOf(period.from - 1, months)
    if (period.to < since) return
    yield period
  }
}

export interface Filing {
  readonly filedOn: Day
  readonly dueOn: Day
  /** Day of a 更正申报; null for most. */
  readonly correctedOn: Day | null
  /** Share of the sales that the first form left out, where a second one corrects it. */
  readonly leftOut: number
  /** Null: paid in time. Else the day on which what is owed was paid, if ever. */
  readonly arrears: { readonly clearedOn: Day | null } | null
}

/** No filing, correction or payment of a period comes later than so many days after its end. */
export const filingSpan = 420

/** How one registration files for one period; a pure function. */
export const filingOf = (seed: number, party: Party, item: string, period: Period): Filing => {
  const random = new Random(seed, 'filing', party.index, item, period.from)
  const first = period.to + 1
  const dueOn = first + 14
  const filedOn = random.chance(0.03) ? dueOn + random.int(3, 45) : first + random.int(0, 13)
  const corrects = random.chance(0.03)
  const correctedOn = corrects ? filedOn + random.int(8, 60) : null
  const leftOut = corrects ? random.between(0.15, 0.4) : 0
  const owes = !corrects && random.chance(0.03)
  const clearedOn = owes && random.chance(0.7) ? Math.max(filedOn, dueOn) + random.int(10, 200) : null
  return { filedOn, dueOn, correctedOn, leftOut, arrears: owes ? { clearedOn } : null }
}
