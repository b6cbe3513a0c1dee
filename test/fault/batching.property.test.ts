/** Whatever is delivered, and however the stages' turns fall between deliveries: what is held true in the end is the same. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkAll } from '../../src/check.ts'
import type { Database } from '../../src/db/database.ts'
import { estimateLinkSettings } from '../../src/link/parties/register.ts'
import { advance } from '../../src/pipeline.ts'
import { rebuild } from '../../src/rebuild.ts'
import { inventedRegister, uscc } from '../link/invented.ts'
import { testDatabase } from '../support/database.ts'
import { type ContentDigest, contentDigest, differingParts, explainDifference } from '../support/digest.ts'
import {
  approval,
  canWithdraw,
  type HandFed,
  handFed,
  invoice,
  measurement,
  section,
  taxpayer,
} from '../support/hand-fed.ts'
import { runSeed } from '../support/random.ts'
import { otherDepartments, otherFeeds } from './other-departments.ts'

interface Delivery {
  readonly feed: string
  readonly rows: readonly Record<string, unknown>[]
}

const companies = [
  '郑州栩爵建设工程有限公司',
  '郑州旻琮建筑劳务有限公司',
  '荥阳市公路事业发展中心',
  '郑州栩爵市政工程有限公司',
]
const names = [
  'S312荥阳段改建工程',
  'S312线荥阳段改建工程（K12+300~K18+050）',
  '荥阳市甲河大桥新建工程',
  'G310中牟段大修工程',
]
const codes = [null, '2201-410182-04-01-111111', '2202-410182-04-01-222222']
const company = fc.constantFrom(...companies)
const creditCode = fc.constantFrom('', uscc(1), uscc(2))
const moment = fc.integer({ min: 1, max: 9 }).map((n) => `2022-12-0${n} 09:00:00`)
const withdrawn = fc.constantFrom('', '', '', 'withdrawn')

const registrations = ['1', '2', '3'].map((n) => `1011410100000000000${n}`)
const words = { companies, names, codes, registrations }

/** Rows of each feed from so small a set of words that records meet: same names, same codes, companies that change theirs. */
const rowsOf: Readonly<Record<string, fc.Arbitrary<Record<string, unknown>>>> = {
  'tax.taxpayers': fc
    .record({
      DJXH: fc.constantFrom(...registrations),
      NSRMC: company,
      CYMC: fc.constantFrom('', '', companies[1]!),
      SHXYDM: creditCode,
      office: fc.constantFrom('14101050000', '14101820000'),
      NSRZT_DM: fc.constantFrom('03', '07'),
      XGRQ: moment,
      bz: withdrawn,
    })
    .map(({ DJXH, office, ...r }) => taxpayer({ ...r, DJXH, ZGSWSKFJ_DM: office })),
  'development.approvals': fc
    .record({
      slbh: fc.constantFrom('SL-1', 'SL-2'),
      xmdm: fc.constantFrom(...codes),
      xmmc: fc.constantFrom(...names),
      xmdw: company,
      gxsj: moment,
      bz: withdrawn,
    })
    .map((r) => approval({ ...r, pfwh: `荥发改审批〔2022〕${r.slbh.slice(-1)}号` })),
  'transport.sections': fc
    .record({
      xmbh: fc.constantFrom('JT2022-0001', 'JT2022-0002'),
      htdbh: fc.constantFrom('TJ-1', 'TJ-2'),
      xmdm: fc.constantFrom(...codes),
      xmmc: fc.constantFrom(...names),
      jsdw: company,
      sgdw: company,
      sgdwdm: creditCode,
      gxsj: moment,
      bz: withdrawn,
    })
    .map((r) => section(r)),
  'transport.measurements': fc
    .record({
      xmbh: fc.constantFrom('JT2022-0001', 'JT2022-0002'),
      htdbh: fc.constantFrom('TJ-1', 'TJ-2'),
      qs: fc.constantFrom(1, 2),
      ljjl: fc.constantFrom('20000000', '30000000'),
      gxsj: moment,
      bz: withdrawn,
    })
    .map((r) => measurement(r)),
  'tax.invoices': fc
    .record({
      number: fc.constantFrom('1', '2', '3'),
      XSF_MC: company,
      GMF_MC: company,
      JZXMMC: fc.constantFrom('', ...names),
      FPZT_DM: fc.constantFrom('0', '0', '2'),
      KQYSSXBYGLBH: fc.constantFrom('', '', 'BY-1', 'BY-2'),
      BZ: fc.constant(''),
      bz: withdrawn,
    })
    .map(({ number, ...r }) => invoice({ ...r, FPHM: `2241200000000000000${number}` })),
  ...otherDepartments(words),
}

const delivery: fc.Arbitrary<Delivery> = fc
  .constantFrom(...Object.keys(rowsOf))
  .chain((feed) => fc.array(rowsOf[feed]!, { minLength: 1, maxLength: 3 }).map((rows) => ({ feed, rows })))

/** Deliveries, some of them sent again later, and after which of them the stages have a turn. */
const histories = fc
  .tuple(
    fc.array(delivery, { minLength: 4, maxLength: 24 }),
    fc.array(fc.nat(), { maxLength: 3 }),
    fc.array(fc.boolean(), { minLength: 27, maxLength: 27 }),
  )
  .map(([first, again, turns]) => ({ all: [...first, ...again.map((i) => first[i % first.length]!)], turns }))

/** Deliveries of one feed put together, in their order. */
const merged = (all: readonly Delivery[]): Delivery[] =>
  [...Map.groupBy(all, (d) => d.feed)].map(([feed, own]) => ({ feed, rows: own.flatMap((d) => d.rows) }))

const frozen = estimateLinkSettings(inventedRegister(200), 1)
const day = '2026-03-10'

const hubWith = async () => {
  const db = await testDatabase()
  await db.pipeline.query(`INSERT INTO settings_version (kind, version, tick, body) VALUES ('link', 1, 0, $1)`, [
    JSON.stringify(frozen),
  ])
  return { db, hub: handFed(db, canWithdraw, otherFeeds(words)) }
}

interface State {
  readonly db: Database
  readonly hub: HandFed
  readonly digest: ContentDigest
  readonly close: () => Promise<void>
}

/** Lands these in order, with a turn of the stages where `isTurn` says so, and one at the end. */
const feedIn = async (all: readonly Delivery[], isTurn: (i: number) => boolean): Promise<State> => {
  const { db, hub } = await hubWith()
  for (const [i, d] of all.entries()) {
    await hub.land(d.feed, d.rows)
    if (isTurn(i)) await advance(hub, day)
  }
  await advance(hub, day)
  return { db, hub, digest: await contentDigest(db), close: () => db.close() }
}

/** Records by the very number of their project. */
const numbered = async (db: Database): Promise<string[]> =>
  (
    await db.pipeline.query<{ line: string }>(
      `SELECT project_id || ' ' || encode(key_hash, 'hex') AS line FROM member_by_record ORDER BY 1`,
    )
  ).rows.map((r) => r.line)

const rebuilt = async (state: State): Promise<State> => {
  const before = await numbered(state.db)
  await rebuild(state.hub, 'test', day)
  expect(await numbered(state.db)).toEqual(before)
  return { ...state, digest: await contentDigest(state.db) }
}

const expectSame = async (a: State, b: State, what: string) => {
  const parts = differingParts(a.digest, b.digest)
  if (parts.length > 0) throw new Error(`${what} differs\n${await explainDifference(a.db, b.db, parts)}`)
}

test('deliveries one by one, all at once, in other batches and rebuilt from facts give one content', async () => {
  const seed = runSeed(20_260_311)
  await fc.assert(
    fc.asyncProperty(histories, async ({ all, turns }) => {
      const oneByOne = await feedIn(all, () => true)
      const others = [
        { what: 'all at once', state: await feedIn(all, () => false) },
        { what: 'some turns', state: await feedIn(all, (i) => turns[i] ?? false) },
        { what: 'feeds in one delivery each', state: await feedIn(merged(all), () => false) },
      ]
      try {
        for (const { what, state } of others) await expectSame(oneByOne, state, what)
        const again = others[1]!.state
        await expectSame(oneByOne, await rebuilt(again), 'rebuilt from facts')
        expect((await checkAll(again.db, 100)).checks.flatMap((c) => c.findings)).toEqual([])
      } finally {
        await oneByOne.close()
        for (const { state } of others) await state.close()
      }
    }),
    { seed, numRuns: 10, endOnFailure: true },
  )
  expect(seed).toBeTypeOf('number')
}, 300_000)
