/** `two-hubs`: two hub processes import the same sources into one database at the same time; the content is that of one import. */
import { checkAll } from '../../src/check.ts'
import { today } from '../../src/kernel/clock.ts'
import { contentDigest, differingParts } from '../support/digest.ts'
import { runHubCommand } from '../support/hub-command.ts'
import { simulate } from '../support/simulated.ts'
import { type AcceptanceRun, expectThat, say } from './run.ts'
import { openScratch } from './scratch.ts'

export const twoHubs: AcceptanceRun = async ({ size, seed, times }) => {
  const scratch = await openScratch()
  const simulated = await simulate({ size, seed, clock: 'wall', today: today() })
  try {
    const [alone, shared] = [await scratch.database(), await scratch.database()]
    let isMet = true
    for (let round = 0; round < times; round++) {
      if (round > 0) await simulated.advance(1)
      const single = await runHubCommand(simulated.environment(alone), ['import', 'all'])
      const both = await Promise.all([1, 2].map(() => runHubCommand(simulated.environment(shared), ['import', 'all'])))
      const busy = both.reduce((n, o) => n + (o.stdout.match(/landing\.busy/g)?.length ?? 0), 0)
      say(`     round ${round + 1}: exit codes ${both.map((o) => o.code).join(' and ')}, ${busy} times a feed was busy`)
      const settled = await runHubCommand(simulated.environment(shared), ['import', 'all'])
      isMet =
        expectThat(single.code === 0 && settled.code === 0, `an import afterwards is green (${settled.code})`) && isMet
      const [a, b] = [await simulated.hub(alone), await simulated.hub(shared)]
      try {
        const differing = differingParts(await contentDigest(a.db), await contentDigest(b.db))
        const findings = (await checkAll(b.db, 1_000_000)).checks.flatMap((c) => c.findings)
        isMet =
          expectThat(
            differing.length === 0,
            `nothing landed twice, same content${differing.length > 0 ? `: differs in ${differing.join(' ')}` : ''}`,
          ) && isMet
        isMet = expectThat(findings.length === 0, `check finds nothing (${findings.length})`) && isMet
      } finally {
        await Promise.all([a.close(), b.close()])
      }
    }
    return isMet
  } finally {
    await simulated.close()
    await scratch.close()
  }
}
