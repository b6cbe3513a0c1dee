/** What hangs on a register entry, a record or a fact follows it, however little of the rest it changes. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readPosition } from '#schemas/canonical/position.ts'
import { systemActor } from '../../../src/access/actor.ts'
import { checkAll } from '../../../src/check.ts'
import type { Database } from '../../../src/db/database.ts'
import { blockMembersMax } from '../../../src/link/projects/group.ts'
import { advance } from '../../../src/pipeline.ts'
import { mergedProject } from '../../../src/query/position.ts'
import { testDatabase } from '../../support/database.ts'
import { approval, canWithdraw, type HandFed, handFed, invoice, section, taxpayer } from '../../support/hand-fed.ts'
import { judgeParty } from '../../support/judge.ts'
import { uscc } from '../invented.ts'

const contractor = '郑州栩爵建设工程有限公司'
const other = '郑州旻琮建筑劳务有限公司'

let db: Database
let hub: HandFed
beforeEach(async () => {
  db = await testDatabase()
  hub = handFed(db, canWithdraw)
})
afterEach(() => db.close())

const rows = async <T extends object>(sql: string, ...values: unknown[]): Promise<T[]> =>
  (await db.pipeline.query<T>(sql, values)).rows
const column = async (sql: string, ...values: unknown[]): Promise<unknown[]> =>
  (await rows<{ x: unknown }>(sql, ...values)).map((r) => r.x)
const linkOf = (name: string) =>
  rows(
    `SELECT l.decision, l.registration_id AS registration FROM party p JOIN party_link l USING (text_hash) WHERE p.name = $1`,
    name,
  )
const contractorOf = async () => {
  const [body] = await column('SELECT body AS x FROM position')
  return readPosition(String(body)).parties.find((p) => p.role === 'contractor')
}
const findings = async () => (await checkAll(db, 100)).checks.flatMap((c) => c.findings)

describe('the register', () => {
  test('a taxpayer that goes over to the office of another county takes the sight of its projects along', async () => {
    await hub.deliver('tax.taxpayers', [taxpayer()])
    await hub.deliver('transport.sections', [section()])
    const seenFrom = () => column('SELECT scope AS x FROM project_list ORDER BY scope')
    expect(await seenFrom()).toEqual(['410105', '410182'])
    await hub.deliver('tax.taxpayers', [taxpayer({ ZGSWSKFJ_DM: '14101080000', XGRQ: '2023-01-01 00:00:00' })])
    expect(await seenFrom()).toEqual(['410108', '410182'])
    expect(await column('SELECT DISTINCT scope AS x FROM project_token ORDER BY scope')).toEqual(['410108', '410182'])
    expect(await findings()).toEqual([])
  })

  test('a registration that gets a code is another taxpayer, in the position too', async () => {
    await hub.deliver('tax.taxpayers', [taxpayer()])
    await hub.deliver('transport.sections', [section()])
    const before = await contractorOf()
    await hub.deliver('tax.taxpayers', [taxpayer({ SHXYDM: uscc(7), XGRQ: '2023-01-01 00:00:00' })])
    const after = await contractorOf()
    expect(after).toMatchObject({ decision: 'link', registrationId: before?.registrationId })
    expect(after?.taxpayerId).not.toBe(before?.taxpayerId)
    expect([after?.taxpayerId]).toEqual(await column('SELECT taxpayer_id AS x FROM registration'))
    expect(await findings()).toEqual([])
  })

  test('where one of two of the same name leaves, the other is linked', async () => {
    const twins = [
      taxpayer({ DJXH: '10114101000000000001', SHXYDM: uscc(1) }),
      taxpayer({ DJXH: '10114101000000000002', SHXYDM: uscc(2) }),
    ]
    await hub.deliver('tax.taxpayers', twins)
    await hub.deliver('transport.sections', [section()])
    expect(await linkOf(contractor)).toMatchObject([{ decision: 'review' }])
    await hub.deliver('tax.taxpayers', [{ ...twins[1]!, bz: 'withdrawn', XGRQ: '2023-01-01 00:00:00' }])
    expect(await linkOf(contractor)).toEqual([{ decision: 'link', registration: '10114101000000000001' }])
  })

  test('where one of two of the same name is renamed, the other is linked', async () => {
    const twins = [
      taxpayer({ DJXH: '10114101000000000001', SHXYDM: uscc(1) }),
      taxpayer({ DJXH: '10114101000000000002', SHXYDM: uscc(2) }),
    ]
    await hub.deliver('tax.taxpayers', twins)
    await hub.deliver('transport.sections', [section()])
    await hub.deliver('tax.taxpayers', [
      { ...twins[1]!, NSRMC: '开封市翙煐园林绿化有限公司', XGRQ: '2023-01-01 00:00:00' },
    ])
    expect(await linkOf(contractor)).toEqual([{ decision: 'link', registration: '10114101000000000001' }])
  })
})

test('a judgement whose registration is gone goes to review, and holds again once the registration is back', async () => {
  const judged = taxpayer({ DJXH: '10114101000000000009', NSRMC: '开封市翙煐园林绿化有限公司' })
  await hub.deliver('tax.taxpayers', [taxpayer(), judged])
  await hub.deliver('transport.sections', [section()])
  const [textHash] = await column('SELECT text_hash AS x FROM party WHERE name = $1', contractor)
  const said = {
    textHash: textHash as Buffer,
    verdict: 'positive',
    registrationId: '10114101000000000009',
    reason: '核实',
  } as const
  await judgeParty(db, said, systemActor)
  await advance(hub)
  const found = [{ decision: 'link', registration: '10114101000000000009' }]
  expect(await linkOf(contractor)).toEqual(found)
  await hub.deliver('tax.taxpayers', [{ ...judged, bz: 'withdrawn', XGRQ: '2023-01-01 00:00:00' }])
  expect(await linkOf(contractor)).toMatchObject([{ decision: 'review' }])
  expect(await contractorOf()).toMatchObject({ decision: 'review', reason: 'judgement.gone', taxpayerId: null })
  await hub.deliver('tax.taxpayers', [{ ...judged, XGRQ: '2023-02-01 00:00:00' }])
  expect(await linkOf(contractor)).toEqual(found)
  expect(await findings()).toEqual([])
})

describe('what nobody says any more', () => {
  test('a party that no record names has no link, and gets one again when it is named', async () => {
    await hub.deliver('tax.taxpayers', [taxpayer()])
    await hub.deliver('transport.sections', [section()])
    expect(await linkOf(contractor)).toMatchObject([{ decision: 'link' }])
    await hub.deliver('transport.sections', [section({ sgdw: other, gxsj: '2023-01-01 00:00:00' })])
    expect(await linkOf(contractor)).toEqual([])
    expect(await findings()).toEqual([])
    await hub.deliver('transport.sections', [section({ gxsj: '2023-02-01 00:00:00' })])
    expect(await linkOf(contractor)).toMatchObject([{ decision: 'link' }])
    expect(await findings()).toEqual([])
  })

  test('an invoice that is withdrawn takes its tie along; sent again it is tied again', async () => {
    await hub.deliver('transport.sections', [section()])
    const net = () => column('SELECT net_invoiced_fen AS x FROM project_list')
    await hub.deliver('tax.invoices', [invoice()])
    expect(await net()).toEqual([1_000_000_000n])
    await hub.deliver('tax.invoices', [invoice({ bz: 'withdrawn' })])
    expect(await column('SELECT project_id AS x FROM tie')).toEqual([])
    expect(await net()).toEqual([0n])
    expect(await findings()).toEqual([])
    await hub.deliver('tax.invoices', [invoice()])
    expect(await net()).toEqual([1_000_000_000n])
    expect(await findings()).toEqual([])
  })
})

describe('projects', () => {
  test('an invoice that two projects could claim is tied once one of them is out', async () => {
    const of = (n: number, over: Record<string, unknown> = {}) =>
      section({
        xmbh: `JT2022-000${n}`,
        htbh: `HT-${n}`,
        xmmc: `荥阳市${n === 1 ? '甲' : '乙'}河大桥新建工程`,
        lxbh: null,
        qdzh: null,
        zdzh: null,
        ...over,
      })
    await hub.deliver('transport.sections', [of(1), of(2)])
    await hub.deliver('tax.invoices', [invoice({ JZXMMC: '' })])
    expect(await column('SELECT reason AS x FROM tie')).toEqual(['project.ambiguous'])
    await hub.deliver('transport.sections', [
      of(1, { sgdw: other, jsdw: '荥阳市交通运输局', gxsj: '2023-01-01 00:00:00' }),
    ])
    expect(await column('SELECT reason AS x FROM tie')).toEqual(['parties.only'])
    expect(await findings()).toEqual([])
  })

  test('that lose the record they are anchored in lead to the project of what is left', async () => {
    await hub.deliver('development.approvals', [approval()])
    const [first] = await column('SELECT project_id AS x FROM member_by_project')
    await hub.deliver('transport.sections', [section({ xmdm: approval().xmdm })])
    await hub.deliver('development.approvals', [approval({ bz: 'withdrawn', gxsj: '2023-01-01 00:00:00' })])
    const [heir] = await column('SELECT project_id AS x FROM member_by_project')
    expect(heir).not.toBe(first)
    expect(await mergedProject(db.pipeline, first as bigint)).toBe(heir)
    await hub.deliver('development.approvals', [approval({ gxsj: '2023-02-01 00:00:00' })])
    expect(await findings()).toEqual([])
  })
})

test('edges do not depend on whether a block became crowded in one delivery or in two', async () => {
  const plain = (n: number) =>
    approval({
      slbh: `SL-${n}`,
      xmdm: null,
      pfwh: `荥发改审批〔2022〕${n}号`,
      xmmc: `青禾示范园道路工程${n}标段`,
      xmdw: `荥阳市第${n}公路中心`,
    })
  const all = Array.from({ length: blockMembersMax + 2 }, (_, i) => plain(i + 1))
  const edges = () => column('SELECT count(*) AS x FROM edge')
  await hub.deliver('development.approvals', all.slice(0, 20))
  const few = await edges()
  await hub.deliver('development.approvals', all.slice(20))
  const inTwo = await edges()
  const atOnce = await testDatabase()
  await handFed(atOnce).deliver('development.approvals', all)
  expect([few[0] !== 0n, inTwo]).toEqual([
    true,
    (await atOnce.pipeline.query<{ x: bigint }>('SELECT count(*) AS x FROM edge')).rows.map((r) => r.x),
  ])
  await atOnce.close()
}, 60_000)
