/** Which of a city's taxpayers the core's extracts hold beside those of projects, and numbers that are the same whenever they are asked for. */
import { localsFrom, type Party } from './party.ts'
import { Random } from './random.ts'
import type { World } from './world.ts'

/** A number of the core that is the same whenever it is asked for: `prefix`, then digits drawn from the labels. */
export const serial = (seed: number, prefix: string, digits: number, ...labels: readonly (string | number)[]): string =>
  prefix + new Random(seed, 'serial', ...labels).digits(digits)

/**
 * Whether a city's extract holds a party that it need not hold; about `most` of all taxpayers are. An extract of a city must stay
 * within bounds: smaller worlds hold everybody.
 */
export const isWatched = (world: World, label: string, index: number, most: number): boolean =>
  new Random(world.seed, 'watched', label, index).chance(Math.min(1, most / world.parties.taxpayers))

/** Taxpayers of the city's first day that are watched. */
export function* watched(world: World, label: string, most: number): Generator<Party> {
  for (let number = 0; number < world.parties.taxpayers; number++)
    if (isWatched(world, label, localsFrom + number, most)) yield world.parties.local(number)
}
