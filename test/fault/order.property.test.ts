/** Pages in any order and with repeats give one state: the records of a source that orders its versions, delivered anyhow. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Canonical } from '#schemas/canonical/index.ts'
import { checkAll } from '../../src/check.ts'
import { canonicalFeed, dayOf, inCounty, partyOf, told } from '../support/canonical-feeds.ts'
import { testDatabase } from '../support/database.ts'
import { type ContentPart, contentDigest, contentParts, differingParts } from '../support/digest.ts'
import { approval, section } from '../support/hand-fed.ts'
import { runSeed } from '../support/random.ts'
import { pagesOf, type Rows, scripted } from '../support/scripted.ts'

/** The history of versions depends on the order of arrival, what is held true does not. */
const present: readonly ContentPart[] = contentParts.filter((p) => p !== 'versions')

/** Record `n` in each of its versions, of one, two or three. */
const versionsOf = (n: number, row: (version: number) => Record<string, unknown>): Rows =>
  [1, 2, 3].slice(0, 1 + (n % 3)).map(row)

const sixOf = (row: (n: number, version: number) => Record<string, unknown>): Rows =>
  [0, 1, 2, 3, 4, 5].flatMap((n) => versionsOf(n, (version) => row(n, version)))

const roads = ['S312荥阳段改建工程', 'G310中牟段大修工程']
const at = (version: number) => `2022-11-0${version} 09:00:00`

interface World {
  readonly feed: string
  readonly rows: Rows
  /** What the hub holds before. */
  readonly before: readonly (readonly [feed: string, rows: Rows])[]
}

const account = (n: number, record: string | null): Canonical => ({
  kind: 'powerAccount',
  accountNumber: `A-${n}`,
  about: {
    record: record === null ? null : { feed: 'power.installations', key: [record] },
    projectCode: null,
    name: null,
    reportNumber: null,
  },
  parties: [partyOf('holder', '荥阳市公路事业发展中心')],
  place: inCounty('410182'),
  use: 'temporaryWorks',
  capacityKva: 200,
  connectedOn: dayOf('2022-10-01'),
  closedOn: null,
  status: 'active',
})

const installation = (n: number): Canonical => ({
  kind: 'powerInstallation',
  applicationNumber: `B-${n}`,
  accountNumber: null,
  about: { record: null, projectCode: null, name: roads[n % 2]!, reportNumber: null },
  parties: [partyOf('holder', '荥阳市公路事业发展中心')],
  place: inCounty('410182'),
  use: 'temporaryWorks',
  capacityKva: 200,
  appliedOn: dayOf('2022-09-01'),
  connectedOn: null,
  status: 'applied',
})

const reading = (n: number): Canonical => ({
  kind: 'powerReading',
  of: { feed: 'power.accounts', key: [`A-${n}`] },
  period: dayOf('2022-12-31'),
  sequence: null,
  energyKwh: 900,
  amountFen: 60_000n,
  isCorrection: false,
  readOn: null,
})

const numbers = [0, 1, 2, 3, 4, 5]

const worlds: readonly World[] = [
  {
    feed: 'transport.sections',
    before: [['development.approvals', [approval()]]],
    rows: sixOf((n, version) =>
      section({
        xmbh: `JT2022-000${n % 2}`,
        htdbh: `TJ-${n}`,
        xmmc: roads[n % 2],
        htj: `${version}000000.00`,
        gxsj: at(version),
      }),
    ),
  },
  {
    // Accounts that change which installation connected them: readings that are there already go where their account goes.
    feed: 'power.accounts',
    before: [
      ['transport.sections', [0, 1].map((n) => section({ xmbh: `JT2022-000${n}`, xmmc: roads[n] }))],
      ['power.installations', numbers.slice(0, 2).map((n) => told([`B-${n}`], installation(n)))],
      ['power.readings', numbers.map((n) => told([`R-${n}`], reading(n)))],
    ],
    rows: sixOf((n, version) =>
      told([`A-${n}`], account(n, version === 3 ? null : `B-${(n + version) % 3}`), { gxsj: at(version) }),
    ),
  },
]

/** Deliveries of pages of rows: every version is delivered, some more than once, in any order. */
const deliveriesOf = (all: Rows) =>
  fc
    .tuple(
      fc.shuffledSubarray([...all.keys()], { minLength: all.length }),
      fc.array(fc.nat(all.length - 1), { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 4 }),
    )
    .map(([order, repeats, sizes, rowsPerPage]) => {
      const rows = [...order, ...repeats].map((i) => all[i]!)
      const cut: Rows[] = []
      for (let from = 0, i = 0; from < rows.length; i++) {
        const size = sizes[i % sizes.length]!
        cut.push(rows.slice(from, from + size))
        from += size
      }
      return { cut, rowsPerPage }
    })

const others = ['power.accounts', 'power.installations', 'power.readings'].map(canonicalFeed)

const stateAfter = async (world: World, cut: readonly Rows[], rowsPerPage: number) => {
  const db = await testDatabase()
  const hub = scripted(db, (feed) => feed, others)
  for (const [feed, rows] of world.before) await hub.deliver(feed, rows)
  for (const rows of cut) {
    hub.source(world.feed, pagesOf(rows, { rowsPerPage }))
    expect((await hub.pull(world.feed)).state).toBe('green')
  }
  const findings = (await checkAll(db, 100)).checks.flatMap((c) => c.findings)
  const digest = await contentDigest(db, present)
  // A database for each run and all of them open would use up the server's connections.
  await db.close()
  return { digest, findings }
}

test.each(worlds)('$feed: rows in any order, on any pages and with repeats, give one state', async (world) => {
  const seed = runSeed(20_260_310)
  const inOrder = await stateAfter(world, [world.rows], 100)
  await fc.assert(
    fc.asyncProperty(deliveriesOf(world.rows), async ({ cut, rowsPerPage }) => {
      const { digest, findings } = await stateAfter(world, cut, rowsPerPage)
      expect(differingParts(inOrder.digest, digest)).toEqual([])
      expect(findings).toEqual([])
    }),
    { seed, numRuns: 8, endOnFailure: true },
  )
}, 180_000)
