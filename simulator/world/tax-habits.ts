/** How a taxpayer stands to its duties: most as they should, some shares not. Planted by streams of their own, and named in the truth. */
import type { Day } from './calendar.ts'
import { dayOf } from './calendar.ts'
import type { Party } from './party.ts'
import { Random } from './random.ts'
import type { World } from './world.ts'

/** R11 declares less than it invoiced, R07 files zero although it plainly operates, R06 pays next to nothing for months. */
export type Habit = 'honest' | 'declaresLess' | 'filesZero' | 'paysNothing'

/** The habit of a contractor from `since` on; before, everybody is honest. */
export const habitOf = (world: World, party: Party): { readonly habit: Habit; readonly since: Day } => {
  const random = new Random(world.seed, 'habit', party.index)
  const habit = random.weighted<Habit>([
    ['honest', 87],
    ['declaresLess', 5],
    ['filesZero', 4],
    ['paysNothing', 4],
  ])
  // Small ones below the threshold owe nothing: only a general taxpayer is at fault for paying nothing.
  const kept = habit === 'paysNothing' && !party.general ? 'honest' : habit
  return { habit: kept, since: world.begins - random.int(400, 900) }
}

/** Sales without tax up to which small-scale taxpayers owe no VAT, fen a month. */
export const thresholdFen = (day: Day): number => {
  if (day >= dayOf('2023-01-01')) return 10_000_000
  if (day >= dayOf('2021-04-01')) return 15_000_000
  return day >= dayOf('2019-01-01') ? 10_000_000 : 3_000_000
}

/** What of the tax a corrupted habit leaves: pays up to 50 元 in six months. */
export const tokenTaxFen = (world: World, party: Party, from: Day): number =>
  new Random(world.seed, 'token', party.index, from).int(0, 1_600)
