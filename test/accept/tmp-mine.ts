import { setLogLevel } from '../../src/kernel/log.ts'
import { simulate } from '../support/simulated.ts'
import { faultsOfOutcome, nameOf, runFaultCase, singleCases } from './fault-cases.ts'
import { openScratch } from './scratch.ts'
setLogLevel('silent')
const scratch = await openScratch()
const want = process.argv[2] ? new RegExp(process.argv[2]) : /./
let bad = 0
for (const one of singleCases) {
  if (!/^(commerce|housing|finance|resources|town)\./.test(one[0].feed) || !want.test(nameOf(one))) continue
  const simulated = await simulate({ seed: 1, limits: { attemptTimeoutMs: 300, budgetMs: 900, rowsPerPage: 3 } })
  const hubs = [await simulated.hub(await scratch.database()), await simulated.hub(await scratch.database())] as const
  try {
    const o = await runFaultCase(simulated, one, ...hubs)
    const wrong = faultsOfOutcome(one, o)
    if (wrong.length) bad++
    process.stdout.write(`${nameOf(one)}: ${[...o.codes.values()]} exit ${o.exitCode} ${o.exitCodeAfter} ${wrong.length ? 'WRONG ' + wrong.join('; ') + o.lines.slice(0,6).join('|') : ''}\n`)
  } catch (e) { bad++; process.stdout.write(`${nameOf(one)}: THROWN ${e}\n`) } finally {
    for (const hub of hubs) await hub.close()
    await simulated.close()
  }
}
await scratch.close()
process.stdout.write(`bad ${bad}\n`)
process.exit(0)
