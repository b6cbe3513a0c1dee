/** kill -9, in short: `npm run accept -- kill9` does the same at many moments on a town. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { today } from '../../src/kernel/clock.ts'
import { emptyHub, killOnce, type Stage, undisturbed } from '../accept/kill9.ts'
import { runSeed, seededRandom } from '../support/random.ts'
import { type Simulated, simulate } from '../support/simulated.ts'

const seed = runSeed(3)
let simulated: Simulated
let first: Stage
beforeAll(async () => {
  // Processes of their own cannot be told the time, so the world begins today.
  simulated = await simulate({ size: 'tiny', seed, clock: 'wall', today: today() })
  first = await undisturbed(simulated, 'first import', await emptyHub(simulated))
})
afterAll(() => simulated.close())

test.each([
  ['hub', 1],
  ['hub and server', 2],
  ['hub', 3],
] as const)(`an import whose %s is killed comes to the same content when it is done again (seed ${seed})`, async (killed, moment) => {
  const afterMs = (0.25 + 0.7 * seededRandom(seed * 10 + moment)()) * first.tookMs
  const o = await killOnce(simulated, first, killed, afterMs)
  expect({ exitCode: o.exitCode, differing: o.differing, findings: o.findings }).toEqual({
    exitCode: 0,
    differing: [],
    findings: 0,
  })
})
