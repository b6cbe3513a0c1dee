/** `faults`: each fault of the simulated departments on each feed it applies to: a clear code, a failing exit, and nothing of it left once mended. */
import { simulate } from '../support/simulated.ts'
import { type FaultCase, faultCases, faultsOfOutcome, runFaultCase } from './fault-cases.ts'
import { type AcceptanceRun, expectThat } from './run.ts'
import { openScratch, type Scratch } from './scratch.ts'

const oneCase = async (
  scratch: Scratch,
  one: FaultCase,
  size: Parameters<AcceptanceRun>[0]['size'],
  seed: number,
): Promise<boolean> => {
  const simulated = await simulate({ size, seed, limits: { attemptTimeoutMs: 500, budgetMs: 1_500, rowsPerPage: 3 } })
  const hubs = [await simulated.hub(await scratch.database()), await simulated.hub(await scratch.database())] as const
  try {
    const o = await runFaultCase(simulated, one, ...hubs)
    const wrong = faultsOfOutcome(one, o)
    return expectThat(
      wrong.length === 0,
      `${one.feed} with ${one.kind}: ${o.code ?? 'goes on'}${o.drift.length > 0 ? ` (${o.drift.join(', ')})` : ''}, exit ${o.exitCode}, then ${o.exitCodeAfter}${wrong.length > 0 ? `; ${wrong.join('; ')}` : ''}`,
    )
  } finally {
    for (const hub of hubs) await hub.close()
    await simulated.close()
  }
}

export const faults: AcceptanceRun = async ({ size, seed }) => {
  const scratch = await openScratch()
  try {
    let isMet = true
    for (const one of faultCases) isMet = (await oneCase(scratch, one, size, seed)) && isMet
    return isMet
  } finally {
    await scratch.close()
  }
}
