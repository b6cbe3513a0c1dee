/** Projects keep their names: what merges and what splits again, and people's judgements with their exact undo. */
import { beforeAll, describe, expect, test } from 'vitest'
import { readPosition } from '#schemas/canonical/position.ts'
import { systemActor } from '../../../src/access/actor.ts'
import type { Database } from '../../../src/db/database.ts'
import { advance } from '../../../src/pipeline.ts'
import { testDatabase } from '../../support/database.ts'
import { contentDigest } from '../../support/digest.ts'
import { approval, type HandFed, handFed, section, taxpayer } from '../../support/hand-fed.ts'
import { judgeParty } from '../../support/judge.ts'

let db: Database
let hub: HandFed

const projects = async (): Promise<Map<bigint, number>> =>
  new Map(
    (
      await db.pipeline.query<{ id: bigint; members: number }>(
        'SELECT project_id AS id, count(*)::int AS members FROM member_by_project GROUP BY 1 ORDER BY 1',
      )
    ).rows.map((r) => [r.id, r.members]),
  )

describe('project identity', () => {
  const codeA = '2201-410182-04-01-111111'
  const codeB = '2202-410182-04-01-222222'
  const a = approval({ slbh: 'A', xmdm: codeA, xmmc: '荥阳市甲路改建工程', pfwh: '荥发改审批〔2022〕1号' })
  const b = approval({ slbh: 'B', xmdm: codeB, xmmc: '荥阳市乙桥新建工程', pfwh: '荥发改审批〔2022〕2号' })
  const follows = (code: string, gxsj: string) =>
    section({ xmdm: code, xmmc: code === codeA ? '甲路改建' : '乙桥新建', gxsj })
  let first: bigint
  let second: bigint

  beforeAll(async () => {
    db = await testDatabase()
    hub = handFed(db)
    await hub.deliver('development.approvals', [a, b])
    const of = async (name: string) =>
      (
        await db.pipeline.query<{ id: bigint }>(
          'SELECT m.project_id AS id FROM project_record r JOIN member_by_record m USING (key_hash) WHERE r.name = $1',
          [name],
        )
      ).rows[0]!.id
    first = await of(String(a.xmmc))
    second = await of(String(b.xmmc))
  })

  test('records of different codes are different projects', async () => {
    expect(first).not.toBe(second)
    expect(await projects()).toEqual(
      new Map([
        [first, 1],
        [second, 1],
      ]),
    )
  })

  test('a record that changes its code moves from one project to the other, and their names stay', async () => {
    await hub.deliver('transport.sections', [follows(codeA, '2022-11-01 09:00:00')])
    expect(await projects()).toEqual(
      new Map([
        [first, 2],
        [second, 1],
      ]),
    )
    await hub.deliver('transport.sections', [follows(codeB, '2023-01-01 09:00:00')])
    expect(await projects()).toEqual(
      new Map([
        [first, 1],
        [second, 2],
      ]),
    )
  })

  test('a project goes where its anchor record goes; what it leaves behind is a new project that says what it split from', async () => {
    await hub.deliver('development.approvals', [
      { ...b, xmdm: codeA, xmmc: a.xmmc, pfwh: a.pfwh, gxsj: '2023-02-01 09:00:00' },
    ])
    const { rows } = await db.pipeline.query<{ id: bigint; from: bigint }>(
      'SELECT project_id AS id, split_from AS from FROM project_identity WHERE split_from IS NOT NULL',
    )
    expect(rows.map((r) => r.from)).toEqual([second])
    expect([...(await projects()).values()].sort()).toEqual([1, 2])
  })

  test('merged projects come apart again under the names they had', async () => {
    await hub.deliver('transport.sections', [follows(codeA, '2023-02-02 09:00:00')])
    expect([...(await projects()).values()]).toEqual([3])
    await hub.deliver('development.approvals', [{ ...b, gxsj: '2023-03-01 09:00:00' }])
    await hub.deliver('transport.sections', [follows(codeB, '2023-03-02 09:00:00')])
    expect(await projects()).toEqual(
      new Map([
        [first, 1],
        [second, 2],
      ]),
    )
  })
})

describe('judgements', () => {
  const clash = '郑州栩爵建设工程有限公司'
  const party = async (): Promise<{ hash: Buffer; decision: string; registration: string | null; reason: string }> =>
    (
      await db.pipeline.query(
        `SELECT p.text_hash AS hash, l.decision, l.registration_id AS registration, l.reason FROM party p JOIN party_link l USING (text_hash) WHERE p.name = $1`,
        [clash],
      )
    ).rows[0] as never

  beforeAll(async () => {
    db = await testDatabase()
    hub = handFed(db)
    await hub.deliver('tax.taxpayers', [
      taxpayer({ DJXH: '10114101000000000001', NSRMC: '郑州栩爵建设工程有限公司荥阳分公司' }),
      taxpayer({ DJXH: '10114101000000000002', NSRMC: '郑州旻琮建筑劳务有限公司' }),
    ])
    await hub.deliver('development.approvals', [approval()])
    await hub.deliver('transport.sections', [section()])
  })

  test('a confirmed link shows in the position; its undo restores every table to the byte', async () => {
    const before = await contentDigest(db)
    const { hash } = await party()
    const said = await judgeParty(
      db,
      { textHash: hash, verdict: 'positive', registrationId: '10114101000000000002', reason: '现场核实' },
      systemActor,
    )
    await advance(hub)
    expect(await party()).toMatchObject({
      decision: 'link',
      registration: '10114101000000000002',
      reason: 'judgement.positive',
    })
    const { rows } = await db.pipeline.query<{ body: string }>('SELECT body FROM position')
    expect(readPosition(rows[0]!.body).parties.find((p) => p.role === 'contractor')).toMatchObject({
      decision: 'link',
      reason: 'judgement.positive',
    })
    expect((await contentDigest(db)).total).not.toBe(before.total)
    await judgeParty(
      db,
      { textHash: hash, verdict: 'undo', undoes: said.judgementId.toString(), reason: '认定有误' },
      systemActor,
    )
    await advance(hub)
    expect(await contentDigest(db)).toEqual(before)
  })

  test('a judgement is refused for an unknown registration, an unknown party, and an undo of nothing, each by its code', async () => {
    const { hash } = await party()
    const code = (p: Promise<unknown>) =>
      p.then(
        () => 'accepted',
        (e: { code: string }) => e.code,
      )
    expect(
      await code(
        judgeParty(db, { textHash: hash, verdict: 'positive', registrationId: '9', reason: 'x' }, systemActor),
      ),
    ).toBe('judgement.unknown_registration')
    expect(
      await code(judgeParty(db, { textHash: Buffer.alloc(16), verdict: 'unsure', reason: 'x' }, systemActor)),
    ).toBe('judgement.unknown_party')
    expect(
      await code(judgeParty(db, { textHash: hash, verdict: 'undo', undoes: '999', reason: 'x' }, systemActor)),
    ).toBe('judgement.unknown')
    expect(await code(judgeParty(db, { textHash: hash, verdict: 'undo', undoes: '1', reason: 'x' }, systemActor))).toBe(
      'judgement.already_undone',
    )
  })

  test('a new registration re-opens the parties that its name reaches', async () => {
    expect((await party()).decision).not.toBe('link')
    await hub.deliver('tax.taxpayers', [taxpayer({ DJXH: '10114101000000000003', NSRMC: clash })])
    expect(await party()).toMatchObject({ decision: 'link', registration: '10114101000000000003' })
    await hub.deliver('tax.taxpayers', [
      taxpayer({
        DJXH: '10114101000000000003',
        NSRMC: '郑州改名后建设有限公司',
        CYMC: clash,
        XGRQ: '2023-01-01 00:00:00',
      }),
    ])
    expect(await party()).toMatchObject({
      decision: 'link',
      registration: '10114101000000000003',
      reason: 'name.former',
    })
  })

  test("two hubs that take turns see each other's taxpayers: a register held in memory never outlives its tick", async () => {
    const other = handFed(db)
    const named = (n: number) =>
      taxpayer({ DJXH: `1011410100000000001${n}`, NSRMC: `郑州${'甲乙丙丁戊己'[n]}埠市政工程有限公司` })
    const decision = async (n: number) =>
      (
        await db.pipeline.query<{ decision: string }>(
          'SELECT l.decision FROM party p JOIN party_link l USING (text_hash) WHERE p.name = $1',
          [`郑州${'甲乙丙丁戊己'[n]}埠市政工程有限公司`],
        )
      ).rows[0]?.decision
    for (const n of [0, 1, 2, 3]) {
      await (n % 2 === 0 ? hub : other).deliver('tax.taxpayers', [named(n)])
      const naming = section({ xmbh: `JT-${n}`, xmmc: `第${n}号乡道`, sgdw: named(n).NSRMC })
      await (n % 2 === 0 ? other : hub).deliver('transport.sections', [naming])
      expect(await decision(n)).toBe('link')
    }
  })
})
