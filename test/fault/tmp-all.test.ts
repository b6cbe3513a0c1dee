import { expect, test } from 'vitest'
import { setLogLevel } from '../../src/kernel/log.ts'
import { faultsOfOutcome, nameOf, runFaultCase, singleCases } from '../accept/fault-cases.ts'
import { testUrl } from '../support/database-url.ts'
import { simulate } from '../support/simulated.ts'
setLogLevel('silent')
const cases = singleCases.filter((one) => ['water.usages', 'development.key-projects', 'transport.projects', 'development.progress'].includes(one[0].feed)).map((one) => [nameOf(one), one] as const)
test.each(cases)('%s', async (_, one) => {
  const simulated = await simulate({ limits: { attemptTimeoutMs: 400, budgetMs: 1_200, rowsPerPage: 3 } })
  const hubs = [await simulated.hub(await testUrl()), await simulated.hub(await testUrl())] as const
  try { expect(faultsOfOutcome(one, await runFaultCase(simulated, one, ...hubs))).toEqual([]) } finally { for (const hub of hubs) await hub.close(); await simulated.close() }
}, 60_000)
