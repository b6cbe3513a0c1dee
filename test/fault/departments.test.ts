/** What departments do wrong, one case of each kind; `npm run accept -- faults` runs every kind on every feed. */
import { afterAll, expect, test } from 'vitest'
import { setLogLevel } from '../../src/kernel/log.ts'
import { faultsOfOutcome, runFaultCase, singleCases } from '../accept/fault-cases.ts'
import { testUrl } from '../support/database-url.ts'
import { simulate } from '../support/simulated.ts'

setLogLevel('silent')
afterAll(() => setLogLevel('info'))

const chosen = [
  ['development.approvals', '500'],
  ['development.approvals', 'envelopeError'],
  ['development.approvals', 'repeatPage'],
  ['transport.sections', 'hang'],
  ['transport.sections', 'drift'],
  ['transport.measurements', 'gone'],
  ['transport.measurements', 'shortTotal'],
  ['transport.measurements', 'cut'],
  ['transport.measurements', '429'],
  ['transport.projects', 'totalTooLow'],
  ['development.key-projects', 'tokenExpired'],
  ['water.contracts', 'wrongEncoding'],
  ['water.progress', 'gone'],
  ['water.permits', 'drift'],
  ['water.usages', 'envelopeError'],
  ['water.usages', 'futureDate'],
  ['tax.invoices', 'badDigest'],
  ['tax.taxpayers', 'shortTotal'],
  ['tendering.awards', 'repeatPage'],
] as const

test.each(
  chosen,
)('%s with %s is told by its code, fails the import, and leaves nothing once it is mended', async (feed, kind) => {
  const one = singleCases.find(([c]) => c.feed === feed && c.kind === kind)!
  const simulated = await simulate({ limits: { attemptTimeoutMs: 400, budgetMs: 1_200, rowsPerPage: 3 } })
  const hubs = [await simulated.hub(await testUrl()), await simulated.hub(await testUrl())] as const
  try {
    expect(faultsOfOutcome(one, await runFaultCase(simulated, one, ...hubs))).toEqual([])
  } finally {
    for (const hub of hubs) await hub.close()
    await simulated.close()
  }
})
