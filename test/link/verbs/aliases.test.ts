/** Names that a person gives a registration: evidence for every text that is written so, as long as they are valid. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { performAct } from '../../../src/acts.ts'
import { checkAll } from '../../../src/check.ts'
import type { Database } from '../../../src/db/database.ts'
import { setClockOffset, today } from '../../../src/kernel/clock.ts'
import { emptyMemory } from '../../../src/link/stage/memory.ts'
import { endAlias } from '../../../src/link/verbs/aliases.ts'
import { advance } from '../../../src/pipeline.ts'
import { rebuild } from '../../../src/rebuild.ts'
import { testDatabase } from '../../support/database.ts'
import { contentDigest } from '../../support/digest.ts'
import { section, taxpayer } from '../../support/hand-fed.ts'
import { uscc } from '../invented.ts'
import { actDeps, ask, codeOf, derived, first, type Known, knownIn } from './support.ts'

const full = '郑州栩爵建设工程有限公司'
const short = '鑫淼三队'
const until = `${Number(today().slice(0, 4)) + 1}${today().slice(4)}`.replace('02-29', '02-28')

let db: Database
let known: Known
beforeEach(async () => {
  db = await testDatabase()
  known = knownIn(db)
  await known.hub.deliver('tax.taxpayers', [
    taxpayer(),
    taxpayer({ DJXH: '10114101000000000002', NSRMC: '开封市翙煐园林绿化有限公司' }),
  ])
  // The short name alone, and once more with a code that nobody knows: another text.
  await known.hub.deliver('transport.sections', [section({ sgdw: short })])
})
afterEach(async () => {
  setClockOffset(0)
  await db.close()
})

const confirm = async (kind: 'shortName' | 'siteName' | 'rename' = 'shortName', validUntil = until) =>
  performAct(
    actDeps(known.hub),
    ask({
      verb: 'confirm',
      textHash: await known.textOf(short),
      registrationId: '10114101000000000001',
      alias: { kind, validUntil },
    }),
  )

const otherText = () =>
  known.hub.deliver('transport.sections', [
    section({
      xmbh: 'JT2022-0009',
      htdbh: 'TJ-9',
      xmmc: '荥阳市辛路养护工程',
      lxbh: null,
      sgdw: `${short}（盖章）`,
      sgdwdm: uscc(8),
    }),
  ])

const linksOf = async (): Promise<unknown[]> =>
  (
    await db.pipeline.query(
      `SELECT l.decision, l.registration_id AS registration, l.reason FROM party p JOIN party_link l USING (text_hash) WHERE p.name LIKE '鑫淼三队%' ORDER BY l.reason`,
    )
  ).rows
const findings = async () => (await checkAll(db, 100)).checks.flatMap((c) => c.findings)
const byAlias = { registration: '10114101000000000001', reason: 'name.former' }

test('a confirmed short name links other texts that use it, also those that come later', async () => {
  expect(await linksOf()).toMatchObject([{ decision: 'none' }])
  await confirm()
  await otherText()
  expect(await linksOf()).toMatchObject([{ decision: 'link', reason: 'judgement.positive' }, byAlias])
  expect(await findings()).toEqual([])
})

test('an alias counts until its last day, and stops with the first advance after it', async () => {
  await otherText()
  await confirm()
  expect(await linksOf()).toMatchObject([{ reason: 'judgement.positive' }, byAlias])
  await advance(known.hub, until)
  expect(await linksOf()).toMatchObject([{ reason: 'judgement.positive' }, byAlias])
  await advance(known.hub, `${Number(until.slice(0, 4)) + 1}-01-01`)
  expect(await linksOf()).toMatchObject([
    { reason: 'judgement.positive' },
    { registration: null, reason: 'register.absent' },
  ])
  expect(await findings()).toEqual([])
  const { rows } = await db.pipeline.query('SELECT why, author FROM alias_end')
  expect(rows).toEqual([{ why: 'expired', author: 'system' }])
})

test('an alias that is taken back stops counting, its judgement stands; undoing the judgement ends both', async () => {
  await otherText()
  const before = await contentDigest(db)
  const { act } = await confirm()
  await endAlias(db, 1n, '写法已弃用', first)
  await advance(known.hub)
  expect(await linksOf()).toMatchObject([{ reason: 'judgement.positive' }, { reason: 'register.absent' }])
  expect(await codeOf(endAlias(db, 1n, '再一次', first))).toBe('alias.unknown')
  await performAct(actDeps(known.hub), ask({ verb: 'undo', act: act! }))
  expect(await contentDigest(db)).toEqual(before)
  await confirm('rename')
  expect(await linksOf()).toMatchObject([{ reason: 'judgement.positive' }, byAlias])
  const { rows } = await db.pipeline.query<{ id: bigint }>('SELECT max(act_id) AS id FROM act')
  await performAct(actDeps(known.hub), ask({ verb: 'undo', act: rows[0]!.id.toString() }))
  expect(await contentDigest(db)).toEqual(before)
})

test('a preview of an alias leaves the register in memory as it was, and a rebuild finds the alias again', async () => {
  await otherText()
  const textHash = await known.textOf(short)
  const act = {
    verb: 'confirm',
    textHash,
    registrationId: '10114101000000000001',
    alias: { kind: 'shortName', validUntil: until },
  } as const
  const told = await performAct(actDeps(known.hub), { ...ask(act), dryRun: true })
  expect(told).toMatchObject({ state: 'previewed', effect: { linksChanged: 2 } })
  await known.hub.deliver('transport.sections', [
    section({
      xmbh: 'JT2022-0010',
      htdbh: 'TJ-10',
      xmmc: '荥阳市壬路养护工程',
      lxbh: null,
      sgdw: '鑫淼三队',
      sgdwdm: uscc(9),
    }),
  ])
  expect(await linksOf()).toMatchObject([
    { reason: 'register.absent' },
    { reason: 'register.absent' },
    { reason: 'register.absent' },
  ])
  await performAct(actDeps(known.hub), ask(act))
  const held = await contentDigest(db, derived)
  await rebuild({ ...known.hub, linkMemory: emptyMemory() }, 'test')
  expect(await contentDigest(db, derived)).toEqual(held)
})

test.each([
  ['yesterday', '2020-01-01'],
  ['far away', '2099-01-01'],
])('an alias that is valid until %s is refused', async (_, day) => {
  expect(await codeOf(confirm('shortName', day))).toBe('judgement.bad_alias')
})

test('a name is the registration’s own word for it: the whole name needs no alias', async () => {
  await known.hub.deliver('transport.sections', [section({ xmbh: 'JT2022-0011', htdbh: 'TJ-11', sgdw: full })])
  expect(await known.linkOf(full)).toMatchObject({ decision: 'link', reason: 'name.exact' })
})
