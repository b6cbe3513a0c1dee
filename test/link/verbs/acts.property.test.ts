/** Any sequence of judgements and undos: what stands decides what every table holds, not the way there; nothing standing is as if nothing had been said. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Database } from '../../../src/db/database.ts'
import type { Act } from '../../../src/link/verbs/act.ts'
import { advance } from '../../../src/pipeline.ts'
import { testDatabase } from '../../support/database.ts'
import { contentDigest, differingParts } from '../../support/digest.ts'
import { approval, invoice, measurement, section, taxpayer } from '../../support/hand-fed.ts'
import { judge } from '../../support/judge.ts'
import { runSeed } from '../../support/random.ts'
import { first, type Known, knownIn, second } from './support.ts'

const works = ['甲路改建工程', '乙桥新建工程', '丙河治理工程', '丁渠衬砌工程', '戊闸除险工程'].map((n) => `荥阳市${n}`)
const builders = [
  '郑州栩爵建设工程有限公司',
  '郑州旻琮建筑劳务有限公司',
  '开封市翙煐园林绿化有限公司',
  '洛阳市邙澜水务工程有限公司',
]
const djxh = (n: number) => `1011410100000000000${n}`
const codeOf = (n: number) => `220${n + 1}-410182-04-01-12345${n + 1}`

const fill = async (known: Known): Promise<void> => {
  const { hub } = known
  await hub.deliver(
    'tax.taxpayers',
    builders.map((NSRMC, n) => taxpayer({ DJXH: djxh(n + 1), NSRMC })),
  )
  await hub.deliver(
    'development.approvals',
    works.map((xmmc, n) => approval({ slbh: `SL-${n}`, xmmc, xmdm: codeOf(n), pfwh: `荥发改审批〔2022〕${n}号` })),
  )
  await hub.deliver(
    'transport.sections',
    works.map((xmmc, n) =>
      section({
        xmbh: `JT2022-000${n}`,
        htdbh: `TJ-${n}`,
        xmmc,
        xmdm: codeOf(n),
        lxbh: null,
        qdzh: null,
        zdzh: null,
        sgdw: builders[n % 4],
      }),
    ),
  )
  await hub.deliver('transport.measurements', [measurement({ xmbh: 'JT2022-0000', htdbh: 'TJ-0' })])
  await hub.deliver('tax.invoices', [
    invoice({ JZXMMC: works[0] }),
    invoice({ FPHM: '22412000000000000002', JZXMMC: works[4], XSF_MC: builders[0] }),
  ])
}

/** Acts that do not bear on one another, each worked out when it is done: what a project is called may have changed until then. */
const universe = (known: Known): readonly (() => Promise<Act>)[] => {
  const [a, b, c, d, e] = works as [string, string, string, string, string]
  const text = (n: number) => known.textOf(builders[n]!)
  return [
    async () => ({ verb: 'merge', project: await known.projectOf(a), other: await known.projectOf(b) }),
    async () => ({ verb: 'merge', project: await known.projectOf(d), other: await known.projectOf(c) }),
    async () => ({ verb: 'split', project: await known.projectOf(e), records: [(await known.recordsOf(e))[0]!] }),
    async () => ({ verb: 'confirm', textHash: await text(0), registrationId: djxh(2) }),
    async () => ({ verb: 'reject', textHash: await text(1) }),
    async () => ({ verb: 'doubt', textHash: await text(2) }),
    async () => ({
      verb: 'confirm',
      textHash: await text(3),
      registrationId: djxh(3),
      alias: { kind: 'rename', validUntil: '2027-06-30' },
    }),
  ]
}

/** Who judges in a hub, and what stands by now. */
class Bench {
  readonly standing = new Map<number, bigint>()
  /** Taken back since the stages ran: what they were about is not seen again before. */
  private readonly fresh = new Set<number>()
  private readonly db: Database
  private readonly known: Known
  private readonly acts: readonly (() => Promise<Act>)[]

  constructor(db: Database, known: Known) {
    this.db = db
    this.known = known
    this.acts = universe(known)
  }

  async settle(): Promise<void> {
    await advance(this.known.hub)
    this.fresh.clear()
  }

  /** Does an act that does not stand, undoes one that does. */
  async toggle(n: number): Promise<void> {
    const done = this.standing.get(n)
    if (done !== undefined) {
      await judge(this.db, { verb: 'undo', act: done.toString() }, '有误', second)
      this.standing.delete(n)
      this.fresh.add(n)
      return
    }
    if (this.fresh.has(n)) await this.settle()
    this.standing.set(n, (await judge(this.db, await this.acts[n]!(), '核实', first)).actId)
  }

  async undoAll(order: readonly number[]): Promise<void> {
    for (const n of order) if (this.standing.has(n)) await this.toggle(n)
    await this.settle()
  }
}

const steps = fc.record({
  toggles: fc.array(fc.record({ act: fc.nat(6), settles: fc.boolean() }), { minLength: 1, maxLength: 10 }),
  shuffle: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 }),
  settlesBetween: fc.boolean(),
})

test('what stands decides, in whatever order it was said and taken back; with nothing standing every table is as before', async () => {
  const db = await testDatabase()
  const known = knownIn(db)
  await fill(known)
  const before = await contentDigest(db)
  const bench = new Bench(db, known)
  const differing = async (expected: typeof before) => differingParts(expected, await contentDigest(db))
  await fc.assert(
    fc.asyncProperty(steps, async ({ toggles, shuffle, settlesBetween }) => {
      for (const { act, settles } of toggles) {
        await bench.toggle(act)
        if (settles) await bench.settle()
      }
      await bench.settle()
      const said = new Set(bench.standing.keys())
      const reached = await contentDigest(db)
      await bench.undoAll(shuffle)
      expect(await differing(before)).toEqual([])
      for (const n of shuffle) {
        if (said.has(n)) await bench.toggle(n)
        if (settlesBetween) await bench.settle()
      }
      await bench.settle()
      expect(await differing(reached)).toEqual([])
      await bench.undoAll([...shuffle].reverse())
      expect(await differing(before)).toEqual([])
    }),
    // One hub for all runs: a failed one leaves its judgements behind, so that shrinking would tell of another case.
    { seed: runSeed(20_261_126), numRuns: 12, endOnFailure: true },
  )
  await db.close()
}, 240_000)
