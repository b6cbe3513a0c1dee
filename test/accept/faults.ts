/** `faults`: every fault on every feed, then every two on each department (`--times N`: each N-th of the pairs): a clear report, a failing exit, and nothing of it left once mended. */
import { simulate } from '../support/simulated.ts'
import {
  type FaultCase,
  faultsOfOutcome,
  nameOf,
  pairCases,
  rowsPerPage,
  runFaultCase,
  singleCases,
} from './fault-cases.ts'
import { type AcceptanceRun, expectThat, say } from './run.ts'
import { openScratch, type Scratch } from './scratch.ts'

const oneCase = async (scratch: Scratch, one: FaultCase, seed: number): Promise<boolean> => {
  const simulated = await simulate({ seed, limits: { attemptTimeoutMs: 300, budgetMs: 900, rowsPerPage } })
  const hubs = [await simulated.hub(await scratch.database()), await simulated.hub(await scratch.database())] as const
  try {
    const o = await runFaultCase(simulated, one, ...hubs)
    const wrong = faultsOfOutcome(one, o)
    const told = [...o.codes.values()].map((code) => code ?? 'goes on').join(', ')
    return expectThat(
      wrong.length === 0,
      `${nameOf(one)}: ${told}, exit ${o.exitCode}, then ${o.exitCodeAfter}${wrong.length > 0 ? `; ${wrong.join('; ')}` : ''}`,
    )
  } finally {
    for (const hub of hubs) await hub.close()
    await simulated.close()
  }
}

/** Every so many of the pairs, the first by the seed: with `--times 1` all of them. */
const somePairs = (every: number, seed: number): readonly FaultCase[] =>
  pairCases.filter((_, i) => (i + seed) % Math.max(1, every) === 0)

export const faults: AcceptanceRun = async ({ seed, times }) => {
  const scratch = await openScratch()
  try {
    let met = 0
    const pairs = somePairs(times, seed)
    const cases = [...singleCases, ...pairs]
    for (const one of cases) if (await oneCase(scratch, one, seed)) met++
    say(
      `     ${met} of ${cases.length} cases (${singleCases.length} alone, ${pairs.length} of ${pairCases.length} in pairs)`,
    )
    return met === cases.length
  } finally {
    await scratch.close()
  }
}
