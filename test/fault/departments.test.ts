/** What departments do wrong, some cases of each department by a seed; `npm run accept -- faults` runs every kind on every feed, and every two. */
import { afterAll, expect, test } from 'vitest'
import { setLogLevel } from '../../src/kernel/log.ts'
import { departmentOf, type FaultCase, nameOf, needsBefore, pairCases, singleCases } from '../accept/fault-cases.ts'
import { stagesOf } from '../accept/fault-plan.ts'
import { type Ground, runStage } from '../accept/fault-stage.ts'
import { asSuperuser } from '../support/database.ts'
import { testUrl } from '../support/database-url.ts'
import { runSeed, seededRandom } from '../support/random.ts'

setLogLevel('silent')
afterAll(() => setLogLevel('info'))

const seed = runSeed(1)
const ground: Ground = {
  seed,
  database: testUrl,
  drop: async (url) =>
    void (await asSuperuser(`DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`)),
}

/** So many of each department's cases. */
const someOf = (cases: readonly FaultCase[], count: number): FaultCase[] => {
  const random = seededRandom(seed)
  return [...Map.groupBy(cases, ({ feed }) => departmentOf(feed)).values()].flatMap((own) => {
    const left = [...own]
    return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0]!)
  })
}

/** Pairs that are met in first deliveries: the others need two imports more. */
const firstPairs = pairCases(seed).filter((one) => !needsBefore(one))

const stages = stagesOf([...someOf(singleCases, 1), ...someOf(firstPairs, 1)])

test.each(stages.map((stage) => [stage.rounds.flat().map(nameOf).join(', '), stage] as const))(
  'each is told by its code, fails the import, and leaves nothing once it is mended: %s',
  async (_, stage) => {
    const wrong: string[] = []
    for await (const verdict of runStage(ground, stage))
      if (verdict.wrong.length > 0) wrong.push(`${nameOf(verdict.one)}: ${verdict.wrong.join('; ')}`)
    expect(wrong).toEqual([])
  },
  180_000,
)
