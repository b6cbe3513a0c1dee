/** Pages in any order and with repeats give one state: the records of a source that orders its versions, delivered anyhow. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkAll } from '../../src/check.ts'
import { testDatabase } from '../support/database.ts'
import { type ContentPart, contentDigest, contentParts, differingParts } from '../support/digest.ts'
import { approval, section } from '../support/hand-fed.ts'
import { runSeed } from '../support/random.ts'
import { pagesOf, type Rows, scripted } from '../support/scripted.ts'

const feedId = 'transport.sections'

/** The history of versions depends on the order of arrival, what is held true does not. */
const present: readonly ContentPart[] = contentParts.filter((p) => p !== 'versions')

const versionsOf = (record: number): Rows =>
  [1, 2, 3].slice(0, 1 + (record % 3)).map((version) =>
    section({
      xmbh: `JT2022-000${record % 2}`,
      htdbh: `TJ-${record}`,
      xmmc: record % 2 === 0 ? 'S312荥阳段改建工程' : 'G310中牟段大修工程',
      htj: `${version}000000.00`,
      gxsj: `2022-11-0${version} 09:00:00`,
    }),
  )

const everyVersion: Rows = [0, 1, 2, 3, 4, 5].flatMap(versionsOf)

/** Deliveries of pages of rows: every version is delivered, some more than once, in any order. */
const deliveries = fc
  .tuple(
    fc.shuffledSubarray([...everyVersion.keys()], { minLength: everyVersion.length }),
    fc.array(fc.nat(everyVersion.length - 1), { maxLength: 6 }),
    fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([order, repeats, sizes, rowsPerPage]) => {
    const rows = [...order, ...repeats].map((i) => everyVersion[i]!)
    const cut: Rows[] = []
    for (let at = 0, i = 0; at < rows.length; i++) {
      const size = sizes[i % sizes.length]!
      cut.push(rows.slice(at, at + size))
      at += size
    }
    return { cut, rowsPerPage }
  })

const stateAfter = async (cut: readonly Rows[], rowsPerPage: number) => {
  const db = await testDatabase()
  const hub = scripted(db)
  await hub.deliver('development.approvals', [approval()])
  for (const rows of cut) {
    hub.source(feedId, pagesOf(rows, { rowsPerPage }))
    expect((await hub.pull(feedId)).state).toBe('green')
  }
  const findings = (await checkAll(db, 100)).checks.flatMap((c) => c.findings)
  const digest = await contentDigest(db, present)
  // A database for each run and all of them open would use up the server's connections.
  await db.close()
  return { digest, findings }
}

test('rows in any order, on any pages and with repeats, give one state', async () => {
  const seed = runSeed(20_260_310)
  const inOrder = await stateAfter([everyVersion], 100)
  await fc.assert(
    fc.asyncProperty(deliveries, async ({ cut, rowsPerPage }) => {
      const { digest, findings } = await stateAfter(cut, rowsPerPage)
      expect(differingParts(inOrder.digest, digest)).toEqual([])
      expect(findings).toEqual([])
    }),
    { seed, numRuns: 12, endOnFailure: true },
  )
}, 180_000)
