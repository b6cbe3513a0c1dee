/** Merging, splitting, confirming, rejecting and undoing, with what each would change. */
import { beforeAll, describe, expect, test } from 'vitest'
import { answerAct, performAct } from '../../../src/acts.ts'
import { checkAll } from '../../../src/check.ts'
import type { Database } from '../../../src/db/database.ts'
import type { Act } from '../../../src/link/verbs/act.ts'
import { betweenAdvances } from '../../../src/pipeline.ts'
import { type Preview, previewAct } from '../../../src/preview.ts'
import { testDatabase } from '../../support/database.ts'
import { contentDigest } from '../../support/digest.ts'
import { approval, invoice, measurement, section, taxpayer } from '../../support/hand-fed.ts'
import { uscc } from '../invented.ts'
import { actDeps, ask, codeOf, first, type Known, knownIn, second, steward } from './support.ts'

const road = 'S312荥阳段改建工程'
const bridge = '荥阳市乙桥新建工程'
const contractor = '郑州栩爵建设工程有限公司'

let db: Database
let known: Known

const approvalOf = (name: string, n: number) =>
  approval({ slbh: `SL-${n}`, xmmc: name, xmdm: `220${n}-410182-04-01-12345${n}`, pfwh: `荥发改审批〔2022〕${n}号` })
const bridgeSection = section({
  xmbh: 'JT2022-0002',
  htdbh: 'TJ-2',
  xmmc: bridge,
  lxbh: null,
  qdzh: null,
  zdzh: null,
  xmdm: '2202-410182-04-01-123452',
  htj: '20000000.00',
})

const fill = async (): Promise<void> => {
  db = await testDatabase()
  known = knownIn(db)
  await known.hub.deliver('tax.taxpayers', [
    taxpayer(),
    taxpayer({ DJXH: '10114101000000000002', NSRMC: '开封市翙煐园林绿化有限公司' }),
  ])
  await known.hub.deliver('development.approvals', [approvalOf(road, 1), approvalOf(bridge, 2)])
  await known.hub.deliver('transport.sections', [section({ xmdm: '2201-410182-04-01-123451' }), bridgeSection])
  await known.hub.deliver('transport.measurements', [measurement()])
  await known.hub.deliver('tax.invoices', [invoice()])
}

const preview = (act: Act, actor = first): Promise<Preview> =>
  betweenAdvances(known.hub, () => previewAct(known.hub, act, actor))

/** Rows of every table that an act may write, so that a preview that left something would be seen. */
const counts = async (): Promise<unknown> =>
  (
    await db.pipeline.query(
      `SELECT (SELECT count(*) FROM judgement) AS judgements, (SELECT count(*) FROM act) AS acts, (SELECT count(*) FROM alias) AS aliases, (SELECT count(*) FROM project_identity) AS identities,
         (SELECT count(*) FROM project_merge) AS merges, (SELECT count(*) FROM member_past) AS members, (SELECT count(*) FROM party_link_past) AS links, (SELECT tick FROM truth_clock) AS tick`,
    )
  ).rows[0]

const stored = async (): Promise<Map<bigint, string>> =>
  new Map(
    (await db.pipeline.query<{ id: bigint; body: string }>('SELECT project_id AS id, body FROM position')).rows.map(
      (r) => [r.id, r.body],
    ),
  )

/** Does the act and holds what came of it against what was told before. */
const asPreviewed = async (act: Act): Promise<Preview> => {
  const before = await stored()
  const [digest, rows] = [await contentDigest(db), await counts()]
  const told = await preview(act)
  expect(await contentDigest(db)).toEqual(digest)
  expect(await counts()).toEqual(rows)
  const done = await performAct(actDeps(known.hub), ask(act))
  expect(done).toMatchObject({ state: 'done', effect: told.effect })
  const after = await stored()
  const changed = new Map(
    [...new Set([...before.keys(), ...after.keys()])]
      .filter((id) => before.get(id) !== after.get(id))
      .map((id) => [before.has(id) ? id : 'new', after.get(id) ?? null]),
  )
  expect(new Map([...told.positions].map(([id, body]) => [before.has(id) ? id : 'new', body]))).toEqual(changed)
  expect((await checkAll(db, 100)).checks.flatMap((c) => c.findings)).toEqual([])
  return told
}

const undoLast = async (): Promise<void> => {
  const { rows } = await db.pipeline.query<{ id: bigint }>('SELECT max(act_id) AS id FROM act')
  await asPreviewed({ verb: 'undo', act: rows[0]!.id.toString() })
}

describe('projects', () => {
  beforeAll(fill)

  test('two are merged as the preview told, and their undo restores every table to the byte', async () => {
    const before = await contentDigest(db)
    expect(await known.clusters()).toHaveLength(2)
    const told = await asPreviewed({
      verb: 'merge',
      project: await known.projectOf(road),
      other: await known.projectOf(bridge),
    })
    expect(await known.clusters()).toHaveLength(1)
    expect(told.effect).toMatchObject({
      recordsMoved: 2,
      projectsChanged: 2,
      projectsHidden: 0,
      movedFen: 10_000_000_000n,
    })
    expect(told.effect.before.contractFen).toBe(told.effect.after.contractFen)
    expect(told.effect.projects.map((p) => [p.before?.records, p.after?.records])).toEqual([
      [2, 4],
      [2, undefined],
    ])
    await undoLast()
    expect(await contentDigest(db)).toEqual(before)
  })

  test('a record is split off as the preview told; what is tied to it goes along; its undo restores every table', async () => {
    const before = await contentDigest(db)
    const [contract] = (
      await db.pipeline.query<{ key: string }>(
        `SELECT encode(key_hash, 'hex') AS key FROM project_record WHERE name = $1 AND kind = 'contract'`,
        [road],
      )
    ).rows
    const told = await asPreviewed({
      verb: 'split',
      project: await known.projectOf(road),
      records: [contract!.key],
    })
    expect(await known.clusters()).toHaveLength(3)
    expect(told.effect).toMatchObject({ recordsMoved: 1, movedFen: 10_000_000_000n })
    expect(told.effect.projects.filter((p) => p.id === null)).toMatchObject([{ before: null, after: { records: 1 } }])
    await undoLast()
    expect(await contentDigest(db)).toEqual(before)
  })

  test('each refusal has its code', async () => {
    const [one, other] = [await known.projectOf(road), await known.projectOf(bridge)]
    const contract = (
      await db.pipeline.query<{ key: string }>(
        `SELECT encode(key_hash, 'hex') AS key FROM project_record WHERE name = $1 AND kind = 'contract'`,
        [bridge],
      )
    ).rows[0]!.key
    const act = (said: Act) => codeOf(performAct(actDeps(known.hub), ask(said)))
    expect(await act({ verb: 'merge', project: one, other: one })).toBe('judgement.same_project')
    expect(await act({ verb: 'merge', project: one, other: '999' })).toBe('judgement.unknown_project')
    expect(await act({ verb: 'split', project: '999', records: [contract] })).toBe('judgement.unknown_project')
    expect(await act({ verb: 'split', project: one, records: [contract] })).toBe('judgement.unknown_record')
    expect(await act({ verb: 'split', project: other, records: await known.recordsOf(bridge) })).toBe(
      'judgement.nothing_to_split',
    )
    expect(await act({ verb: 'undo', act: '999' })).toBe('judgement.unknown')
    expect(await act({ verb: 'split', project: other, records: [contract] })).toBe('accepted')
    const parts = (
      await db.pipeline.query<{ id: string }>(
        'SELECT DISTINCT m.project_id::text AS id FROM project_record r JOIN member_by_record m USING (key_hash) WHERE r.name = $1 ORDER BY 1',
        [bridge],
      )
    ).rows.map((r) => r.id)
    expect(await act({ verb: 'merge', project: parts[0]!, other: parts[1]! })).toBe('judgement.conflict')
    await undoLast()
    const [{ id }] = (await db.pipeline.query<{ id: bigint }>(`SELECT max(act_id) AS id FROM act WHERE verb = 'split'`))
      .rows as [{ id: bigint }]
    expect(await act({ verb: 'undo', act: id.toString() })).toBe('judgement.already_undone')
    expect(await act({ verb: 'merge', project: one, other })).toBe('accepted')
    expect(await act({ verb: 'merge', project: one, other })).toBe('judgement.already_judged')
    const anchors = await known.recordsOf(bridge)
    expect(await act({ verb: 'split', project: await known.projectOf(road), records: anchors })).toBe(
      'judgement.conflict',
    )
    await undoLast()
  })
})

describe('parties', () => {
  beforeAll(fill)

  test('a confirmation changes what the preview told, and once only', async () => {
    const before = await contentDigest(db)
    const textHash = await known.textOf(contractor)
    const act = { verb: 'confirm', textHash, registrationId: '10114101000000000002' } as const
    const told = await asPreviewed(act)
    expect(told.effect.links).toMatchObject([
      {
        name: contractor,
        after: { decision: 'link', registrationId: '10114101000000000002', reason: 'judgement.positive' },
      },
    ])
    expect(told.effect.movedFen).toBe(12_000_000_000n)
    expect(await codeOf(performAct(actDeps(known.hub), ask(act)))).toBe('judgement.already_judged')
    expect(await codeOf(performAct(actDeps(known.hub), ask({ ...act, registrationId: '10114101000000000001' })))).toBe(
      'judgement.conflict',
    )
    await undoLast()
    expect(await contentDigest(db)).toEqual(before)
  })

  test('a rejection made on other evidence than there was when the page was read is refused', async () => {
    const textHash = await known.textOf(contractor)
    expect(await codeOf(performAct(actDeps(known.hub), ask({ verb: 'reject', textHash, seen: '0'.repeat(64) })))).toBe(
      'judgement.stale',
    )
  })

  test('a rejection stands until other evidence speaks for what was rejected; then it is asked again, with who said no and why', async () => {
    const textHash = await known.textOf(contractor)
    await performAct(actDeps(known.hub), ask({ verb: 'reject', textHash }, first, '同名的另一家'))
    expect(await known.linkOf(contractor)).toMatchObject({ decision: 'none', reason: 'judgement.negative' })
    // A change of the register that says nothing about the name or the code.
    await known.hub.deliver('tax.taxpayers', [taxpayer({ SSGLY_DM: '2', XGRQ: '2023-01-01 00:00:00' })])
    expect(await known.linkOf(contractor)).toMatchObject({ decision: 'none', reason: 'judgement.negative' })
    await known.hub.deliver('tax.taxpayers', [
      taxpayer({ NSRMC: '郑州栩爵建设有限公司', CYMC: contractor, XGRQ: '2023-02-01 00:00:00' }),
    ])
    expect(await known.linkOf(contractor)).toMatchObject({
      decision: 'review',
      registration: '10114101000000000001',
      reason: 'judgement.reopened',
    })
    const { rows } = await db.pipeline.query(
      'SELECT j.author, j.reason FROM party_link l JOIN judgement j USING (judgement_id) WHERE l.text_hash = decode($1, $2)',
      [textHash, 'hex'],
    )
    expect(rows).toEqual([{ author: 'a', reason: '同名的另一家' }])
    // The same person may now say yes, or no again.
    expect(await codeOf(performAct(actDeps(known.hub), ask({ verb: 'reject', textHash })))).toBe('accepted')
    expect(await known.linkOf(contractor)).toMatchObject({ decision: 'none', reason: 'judgement.negative' })
  })
})

test('a code that the register learns asks again about a company that was rejected by its name', async () => {
  db = await testDatabase()
  known = knownIn(db)
  await known.hub.deliver('tax.taxpayers', [taxpayer()])
  await known.hub.deliver('transport.sections', [section({ sgdwdm: uscc(7) })])
  const textHash = await known.textOf(contractor)
  expect(await known.linkOf(contractor)).toMatchObject({ registration: '10114101000000000001' })
  await performAct(actDeps(known.hub), ask({ verb: 'reject', textHash, registrationId: '10114101000000000001' }))
  expect((await known.linkOf(contractor)).decision).toBe('none')
  await known.hub.deliver('tax.taxpayers', [taxpayer({ SHXYDM: uscc(7), XGRQ: '2023-01-01 00:00:00' })])
  expect(await known.linkOf(contractor)).toEqual({
    decision: 'review',
    registration: '10114101000000000001',
    reason: 'judgement.reopened',
  })
})

describe('two persons', () => {
  beforeAll(fill)
  const large = () => actDeps(known.hub, 2_000_000_000n)

  test('a large act is proposed by one and confirmed by another, never by the same', async () => {
    const before = await contentDigest(db)
    const act: Act = { verb: 'merge', project: await known.projectOf(road), other: await known.projectOf(bridge) }
    const proposed = await performAct(large(), ask(act))
    expect(proposed).toMatchObject({ state: 'proposed', tick: null, effect: { secondPerson: ['amount'] } })
    expect(await contentDigest(db)).toEqual(before)
    const answered = (actor = second, answer: 'confirmed' | 'declined' | 'withdrawn' = 'confirmed') =>
      answerAct(large(), { actId: BigInt(proposed.act!), answer, reason: '同意', actor, dryRun: false })
    expect(await codeOf(performAct(large(), ask(act, second)))).toBe('judgement.already_proposed')
    expect(await codeOf(answered(first))).toBe('proposal.same_person')
    expect(await codeOf(answered(first, 'declined'))).toBe('proposal.same_person')
    expect(await codeOf(answered(second, 'withdrawn'))).toBe('proposal.not_yours')
    expect(await answered()).toMatchObject({ state: 'done', effect: proposed.effect })
    expect(await known.clusters()).toHaveLength(1)
    expect(await codeOf(answered())).toBe('proposal.answered')
    const { rows } = await db.pipeline.query(
      `SELECT action, actor FROM audit WHERE action LIKE 'act.%' AND action <> 'act.preview' ORDER BY audit_id`,
    )
    expect(rows).toEqual([
      { action: 'act.propose', actor: 'a' },
      { action: 'act.confirm', actor: 'b' },
    ])
    const { rows: said } = await db.pipeline.query('SELECT author, verdict FROM judgement')
    expect(said).toEqual(Array(3).fill({ author: 'a', verdict: 'positive' }))
    // Taking it back moves as much, and so needs two as well.
    const undo = await performAct(large(), ask({ verb: 'undo', act: proposed.act! }, second))
    expect(undo).toMatchObject({ state: 'proposed' })
    expect(
      await answerAct(large(), {
        actId: BigInt(undo.act!),
        answer: 'confirmed',
        reason: '同意',
        actor: first,
        dryRun: false,
      }),
    ).toMatchObject({ state: 'done' })
    expect(await contentDigest(db)).toEqual(before)
  })

  test('a declined proposal changes nothing, and may be made again', async () => {
    const before = await contentDigest(db)
    const act: Act = { verb: 'merge', project: await known.projectOf(road), other: await known.projectOf(bridge) }
    for (const [answer, actor] of [
      ['declined', second],
      ['withdrawn', first],
    ] as const) {
      const { act: id } = await performAct(large(), ask(act))
      await answerAct(large(), { actId: BigInt(id!), answer, reason: '不同意', actor, dryRun: false })
    }
    expect(await contentDigest(db)).toEqual(before)
  })

  test('what reaches beyond a person’s area waits for someone who sees all of it', async () => {
    const textHash = await known.textOf(contractor)
    const act: Act = { verb: 'confirm', textHash, registrationId: '10114101000000000002' }
    const proposed = await performAct(actDeps(known.hub), ask(act, steward('c', '410122')))
    expect(proposed).toMatchObject({
      state: 'proposed',
      effect: { secondPerson: ['scope'], projects: [], projectsHidden: 2 },
    })
    const by = (actor = second) =>
      answerAct(actDeps(known.hub), {
        actId: BigInt(proposed.act!),
        answer: 'confirmed',
        reason: '同意',
        actor,
        dryRun: false,
      })
    expect(await codeOf(by(steward('d', '410122')))).toBe('judgement.out_of_scope')
    expect(await by()).toMatchObject({ state: 'done' })
    await undoLast()
  })
})
