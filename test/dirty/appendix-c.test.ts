/**
 * The dirty records of domain.md appendix C, one test for each, named by its number. Where the point is a value, through the readers of a feed's
 * map; where it is what becomes of records, through landing, normalise, link and track.
 */
import { describe, expect, test } from 'vitest'
import { type AnyFeed, parties, place, tenThousandYuan, yuan } from '#connect'
import type { Contract, Invoice } from '#schemas/canonical/index.ts'
import { readPosition } from '#schemas/canonical/position.ts'
import { readCode, readMeterAccount } from '#schemas/identifiers/index.ts'
import { feedById } from '../../connectors/index.ts'
import { mapRecord } from '../../src/connect/collect.ts'
import type { Database } from '../../src/db/database.ts'
import { readFact } from '../../src/facts/columns.ts'
import { recordKeyHash } from '../../src/kernel/record-key.ts'
import { checkRecord } from '../../src/normalise/checks/within-record.ts'
import { crossRegion, readDate } from '../../src/normalise/values/index.ts'
import { testDatabase } from '../support/database.ts'
import { approval, type HandFed, handFed, invoice, measurement, section, taxpayer } from '../support/hand-fed.ts'

const feed = (id: string): AnyFeed => feedById(id)!
const mapped = (id: string, record: Record<string, unknown>) => mapRecord(feed(id), record)

const usccOf = { first: '91410000170001401D', second: '91410105MA44TERT3N', third: '91410184MA9F888898' }

/** A hub of the test's own. */
const withHub = (use: () => Promise<void>) => async () => {
  db = await testDatabase()
  hub = handFed(db)
  try {
    await use()
  } finally {
    await db.close()
  }
}
let db: Database
let hub: HandFed

const rowsOf = async <T extends Record<string, unknown>>(sql: string, ...values: unknown[]): Promise<T[]> =>
  (await db.pipeline.query<T>(sql, values)).rows
const key = (feedId: string, ...parts: string[]): string => `\\x${recordKeyHash(feedId, parts)}`
const issuesOf = async (feedId: string, ...parts: string[]): Promise<string[]> =>
  (
    await rowsOf<{ code: string }>(
      'SELECT code FROM issue WHERE key_hash = $1::bytea ORDER BY code',
      key(feedId, ...parts),
    )
  ).map((r) => r.code)
const projectsOf = async (): Promise<string[][]> =>
  (
    await rowsOf<{ names: string[] }>(
      'SELECT array_agg(r.name ORDER BY r.name) AS names FROM member_by_project m JOIN project_record r USING (key_hash) GROUP BY m.project_id ORDER BY 1',
    )
  ).map((r) => r.names)
const positions = async () =>
  (await rowsOf<{ body: string }>('SELECT body FROM position ORDER BY project_id')).map((r) => readPosition(r.body))

test('1: the same sum in 万元, in 元 and as invoices is equal to the 分', () => {
  const fen = 12_300_500_000n
  expect(tenThousandYuan('12,300.50')).toBe(fen)
  expect(yuan('123005000')).toBe(fen)
  const invoices = ['61502500.00', '61,502,500.00'].map(
    (JSHJ) => mapped('tax.invoices', invoice({ JSHJ })).value as Invoice,
  )
  expect(invoices.reduce((sum, i) => sum + (i.grossFen ?? 0n), 0n)).toBe(fen)
  expect((mapped('transport.sections', section({ htj: '123005000' })).value as Contract).contractFen).toBe(fen)
  const water = { xmbh: 'SL2022-0001', bdbh: 'SG-1', xmmc: '贾鲁河治理工程', hte: '12,300.50' }
  expect((mapped('water.contracts', water).value as Contract).contractFen).toBe(fen)
  expect(mapped('development.approvals', approval({ ztz: '12,300.50' })).value).toMatchObject({
    totalInvestmentFen: fen,
  })
})

/** A permit as the housing bureau sends it. */
const permit = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  builderlicencenum: '410105201908150102',
  prjname: '某某路道路工程',
  areacode: '410105',
  prjaddress: '郑州市金水区花园路',
  contractmoney: '12345.60',
  allinvest: '15000.00',
  updatedate: '2019-09-01 09:00:00',
  ...over,
})

describe('2: a contract sum that equals the total investment', () => {
  const codesOf = (over: Record<string, unknown>) =>
    checkRecord(mapped('housing.permits', permit(over)).value).map((i) => i.code)
  test('is suspected to be copied from it, and kept', () => {
    const over = { contractmoney: '12,345.60', allinvest: '12345.6' }
    expect(codesOf(over)).toEqual(['money.copied_from_investment'])
    expect(mapped('housing.permits', permit(over)).value).toMatchObject({ contractFen: 12_345_600_000n })
  })
  test.each([
    ['12345.60', '15000.00'],
    ['', ''],
    ['12345.60', ''],
  ])('%s beside %s is not', (contractmoney, allinvest) => expect(codesOf({ contractmoney, allinvest })).toEqual([]))
})

test('3: a project department without a code is its company and a site unit', () =>
  expect(parties('中国建筑第七工程局有限公司郑州地铁项目经理部', '', 'contractor')).toMatchObject([
    { name: '中国建筑第七工程局有限公司', siteUnit: '郑州地铁项目经理部', code: null, consortium: null },
  ]))

test('4: of a consortium with one code there are two parties, and the code belongs to the first', () =>
  expect(parties('甲建设有限公司（牵头人）、乙路桥有限公司（联合体成员）', usccOf.first, 'contractor')).toMatchObject([
    { name: '甲建设有限公司', consortium: 'leader', code: { normalised: usccOf.first } },
    { name: '乙路桥有限公司', consortium: 'member', code: null },
  ]))

test.each(['组织结构代码', '/', '无'])('5: %s for a code is none, and no fault', (sgdwdm) => {
  const { value, issues } = mapped('transport.sections', section({ sgdwdm }))
  expect((value as Contract).parties.find((p) => p.role === 'contractor')?.code).toBeNull()
  expect(issues).toEqual([])
})

describe('6: a USCC cut to 15 characters', () => {
  test.each([
    'any',
    'uscc',
    'businessLicence',
    'legacyTax',
  ] as const)('is truncated, and no 注册号 although it is all digits (column: %s)', (hint) =>
    expect(readCode('914100001700014', hint)).toMatchObject({ scheme: 'uscc', status: 'truncated', core: null }))
  test('names nobody by itself: it is a candidate by its prefix', () => {
    const { value, issues } = mapped('transport.sections', section({ sgdwdm: '914100001700014' }))
    expect((value as Contract).parties.find((p) => p.role === 'contractor')?.code).toMatchObject({
      scheme: 'uscc',
      status: 'truncated',
      normalised: '914100001700014',
    })
    expect(issues).toMatchObject([{ field: '/sgdwdm', code: 'identifier.truncated' }])
  })
})

test(
  '7: a company that was renamed is one party in papers of both names',
  withHub(async () => {
    await hub.deliver('tax.taxpayers', [
      taxpayer({ NSRMC: '郑州栩爵建设集团有限公司', CYMC: '郑州栩爵建设工程有限公司', SHXYDM: usccOf.first }),
    ])
    await hub.deliver('transport.sections', [section({ qdrq: '2019-03-01', sgdw: '郑州栩爵建设工程有限公司' })])
    await hub.deliver('tax.invoices', [
      invoice({ XSF_MC: '郑州栩爵建设集团有限公司', XSF_NSRSBH: usccOf.first, KPRQ: '2021-05-01 10:00:00' }),
    ])
    const links = await rowsOf<{ name: string; registration: string }>(
      `SELECT p.name, l.registration_id AS registration FROM party_link l JOIN party p USING (text_hash) WHERE l.decision = 'link' AND p.name LIKE '郑州栩爵%'`,
    )
    expect(new Set(links.map((l) => l.name))).toEqual(new Set(['郑州栩爵建设工程有限公司', '郑州栩爵建设集团有限公司']))
    expect(new Set(links.map((l) => l.registration)).size).toBe(1)
  }),
)

test(
  '8: a branch that invoices for the contract of its head office is a relation that is allowed: tied, and no issue',
  withHub(async () => {
    await hub.deliver('tax.taxpayers', [
      taxpayer({ SHXYDM: usccOf.first }),
      taxpayer({ DJXH: '10114101000000000002', NSRMC: '郑州栩爵建设工程有限公司荥阳分公司', SHXYDM: usccOf.second }),
    ])
    await hub.deliver('transport.sections', [section({ sgdwdm: usccOf.first })])
    await hub.deliver('tax.invoices', [
      invoice({ XSF_MC: '郑州栩爵建设工程有限公司荥阳分公司', XSF_NSRSBH: usccOf.second }),
    ])
    expect(
      await rowsOf(
        'SELECT project_id IS NOT NULL AS tied FROM tie JOIN subject USING (subject_hash) WHERE kind = $1',
        'invoice',
      ),
    ).toEqual([{ tied: true }])
    expect(await issuesOf('tax.invoices', '22412000000000000001')).toEqual([])
    expect((await positions())[0]?.ladder.netInvoicedFen).toBe(1_000_000_000n)
    // The branch stays a registrant of its own: it is not taken for its head office.
    const [seller] = await rowsOf<{ registration: string }>(
      `SELECT l.registration_id AS registration FROM subject s JOIN party_link l ON l.text_hash = s.seller_hash`,
    )
    expect(seller?.registration).toBe('10114101000000000002')
  }),
)

test(
  '9: one road under three names is one project with its children',
  withHub(async () => {
    const owner = '郑州市公路事业发展中心'
    await hub.deliver('development.approvals', [
      approval({ xmmc: 'G107郑州境改建工程', xmdw: owner, xmdm: '', pfwh: '', jsdd: '郑州市', xzqh: '410100' }),
    ])
    await hub.deliver('transport.sections', [
      section({ xmmc: '国道107线郑州境改建工程（一期）', htdbh: 'TJ-1', lxbh: 'G107', jsdw: owner, xzqh: '410100' }),
      section({
        xmmc: '107国道改建TJ-2标',
        htdbh: 'TJ-2',
        lxbh: 'G107',
        jsdw: owner,
        xzqh: '410100',
        sgdw: '河南翀廪基础工程有限公司',
      }),
    ])
    expect(await projectsOf()).toEqual([['107国道改建TJ-2标', 'G107郑州境改建工程', '国道107线郑州境改建工程（一期）']])
    expect((await positions())[0]?.sections.map((s) => s.section)).toEqual(['TJ-1', 'TJ-2'])
  }),
)

test(
  '10: a project whose code was given anew after a new approval is one, with both codes and one timeline',
  withHub(async () => {
    const same = {
      xmmc: '贾鲁河中牟段综合治理工程',
      xmdw: '中牟县水利局',
      jsdd: '中牟县',
      xzqh: '410122',
      ztz: '12,300.50',
    }
    await hub.deliver('development.approvals', [
      approval({
        ...same,
        slbh: 'SL-1',
        xmdm: '2019-410122-48-01-000001',
        pfwh: '牟发改审批〔2019〕12号',
        pfrq: '2019-05-10',
      }),
      approval({
        ...same,
        slbh: 'SL-2',
        xmdm: '2103-410122-04-01-123456',
        pfwh: '牟发改审批〔2021〕7号',
        pfrq: '2021-03-20',
      }),
    ])
    const [position, ...others] = await positions()
    expect(others).toEqual([])
    expect(position?.projectCodes).toEqual(['2019-410122-48-01-000001', '2103-410122-04-01-123456'])
    expect(position?.milestones.find((m) => m.kind === 'approval')?.evidence).toHaveLength(2)
  }),
)

describe('11: dates', () => {
  test.each(['2021.02.30', '20211301'])('%s is no day: an issue, and the raw text is kept', (pfrq) => {
    const { value, issues } = mapped('development.approvals', approval({ pfrq }))
    expect(value).toMatchObject({ approvedOn: null })
    expect(issues).toMatchObject([{ field: '/pfrq', code: 'date.impossible', raw: pfrq }])
  })
  test('2021年 is a year', () => expect(readDate('2021年').date).toEqual({ value: '2021', precision: 'year' }))
})

describe('12: progress that drops from 60 % to 45 %', () => {
  const at = (qs: number, xxjd: string, over: Record<string, unknown> = {}) =>
    measurement({
      qs,
      xxjd,
      jlny: `2023${String(qs).padStart(2, '0')}`,
      ljjl: String(qs * 1_000_000),
      shrq: `2023-${String(qs).padStart(2, '0')}-28`,
      ...over,
    })
  const periodOf = (qs: number) => ['transport.measurements', 'JT2022-0001', 'TJ-1', String(qs)] as const

  test(
    'in the next period is flagged there, and nowhere else',
    withHub(async () => {
      await hub.deliver('transport.sections', [section()])
      await hub.deliver('transport.measurements', [at(1, '30'), at(2, '60'), at(3, '45'), at(4, '50')])
      expect(await issuesOf(...periodOf(3))).toEqual(['progress.dropped'])
      expect([...(await issuesOf(...periodOf(2))), ...(await issuesOf(...periodOf(4)))]).toEqual([])
    }),
  )
  test(
    'in the same period is a version of its own: what was held before is kept, and the drop is flagged',
    withHub(async () => {
      await hub.deliver('transport.sections', [section()])
      await hub.deliver('transport.measurements', [at(1, '50'), at(2, '60')])
      expect(await issuesOf(...periodOf(2))).toEqual([])
      await hub.deliver('transport.measurements', [at(2, '45', { gxsj: '2023-06-01 09:00:00' })])
      expect(await issuesOf(...periodOf(2))).toEqual(['progress.dropped'])
      const versions = await rowsOf<{ body: string }>(
        'SELECT body FROM (SELECT body, known_from FROM fact WHERE key_hash = $1::bytea UNION ALL SELECT body, known_from FROM fact_past WHERE key_hash = $1::bytea) x ORDER BY known_from',
        key(...periodOf(2)),
      )
      expect(versions.map((v) => readFact(v.body))).toMatchObject([
        { physicalProgressBp: 6_000 },
        { physicalProgressBp: 4_500 },
      ])
      // Mended again, the flag is gone.
      await hub.deliver('transport.measurements', [at(2, '61', { gxsj: '2023-07-01 09:00:00' })])
      expect(await issuesOf(...periodOf(2))).toEqual([])
    }),
  )
  test(
    'in what a project unit reports month by month is flagged by its project code',
    withHub(async () => {
      const report = (bsyf: string, xxjd: string, over: Record<string, unknown> = {}) => ({
        xmdm: '2201-410182-04-01-123456',
        bsyf,
        xmmc: 'S312荥阳段改建工程',
        xxjd,
        ljwctz: '1000.00',
        gxsj: '2023-06-01 09:00:00',
        ...over,
      })
      const of = (bsyf: string) => issuesOf('development.progress', '2201-410182-04-01-123456', bsyf)
      await hub.deliver('development.progress', [
        report('202303', '45'),
        report('202301', '30'),
        report('202301', '90', { xmdm: '2201-410182-04-01-654321' }),
      ])
      expect(await of('202303')).toEqual([])
      await hub.deliver('development.progress', [report('202302', '60')])
      expect([await of('202302'), await of('202303')]).toEqual([[], ['progress.dropped']])
    }),
  )
  test(
    'is found whatever the order in which the periods come',
    withHub(async () => {
      await hub.deliver('transport.sections', [section()])
      await hub.deliver('transport.measurements', [at(3, '45')])
      expect(await issuesOf(...periodOf(3))).toEqual([])
      await hub.deliver('transport.measurements', [at(2, '60')])
      expect(await issuesOf(...periodOf(3))).toEqual(['progress.dropped'])
    }),
  )
})

test('13: a meter number of nine digits lost its zero: a candidate that is told, and the key stays as it was sent', () => {
  expect(readMeterAccount('123456789')).toEqual({
    normalised: '123456789',
    status: 'damaged',
    suggestions: ['0123456789'],
  })
  const account = {
    cons_no: '123456789',
    cons_name: '郑州栩爵建设工程有限公司',
    elec_addr: '郑州市金水区花园路',
    elec_type: '一般工商业',
    status: '正常用电客户',
  }
  const { issues } = mapped('power.accounts', account)
  expect(issues.map((i) => [i.field, i.raw])).toEqual([['/cons_no', '123456789']])
  expect(issues[0]?.expected).toContain('0123456789')
  expect(feed('power.accounts').key(account as never)).toEqual(['123456789'])
})

test(
  '14: 交工验收 in 2021 and 竣工验收 in 2023 are two milestones',
  withHub(async () => {
    await hub.deliver('transport.sections', [
      section({ jgrq: '2021-11-20', zt: '3', qdrq: '2019-03-01', sjkg: '2019-04-01' }),
    ])
    const milestone = async (kind: string) => (await positions())[0]?.milestones.find((m) => m.kind === kind)?.on
    // The tax clock runs from 交工: until the completion is known the project counts as handed over.
    expect([await milestone('handover'), await milestone('completion')]).toEqual([
      { value: '2021-11-20', precision: 'day' },
      undefined,
    ])
    expect((await positions())[0]?.stage).toBe('handedOver')
    await hub.deliver('transport.projects', [
      {
        xmbh: 'JT2022-0001',
        xmmc: 'S312荥阳段改建工程',
        jsdw: '荥阳市公路事业发展中心',
        xzqh: '410182',
        jgysrq: '2023-12-08',
        gxsj: '2023-12-10 09:00:00',
      },
    ])
    expect([await milestone('handover'), await milestone('completion')]).toEqual([
      { value: '2021-11-20', precision: 'day' },
      { value: '2023-12-08', precision: 'day' },
    ])
  }),
)

test('15: a permit of the city with an address in 金水区 lies in the district; its number keeps the code', () => {
  expect(place('410100', '郑州市金水区花园路 1 号')).toEqual({
    divisionCode: '410105',
    text: '郑州市金水区花园路 1 号',
  })
  const { value, issues } = mapped(
    'housing.permits',
    permit({ builderlicencenum: '410100201908150102', areacode: '410100' }),
  )
  expect(value).toMatchObject({ permitNumber: '410100201908150102', place: { divisionCode: '410105' } })
  expect(issues).toEqual([])
})

test(
  '16: fourteen rooms with two tenants each add up by their landlord, whose number is never told',
  withHub(async () => {
    const owner = '11010519491231002X'
    const room = (n: number, cqrzjhm: string) => ({
      fwbh: `CZ41010500000010${String(n).padStart(2, '0')}`,
      qzrq: '2023-03-01',
      tzrq: null,
      bzdz: '郑州市金水区花园路 1 号',
      bzdzbm: '41010500100200001001',
      cqrxm: '某某',
      cqrzjhm,
      cqrlxdh: '14100000001',
      jzrs: 2,
      yzj: '800.00',
      mj: 18,
      djrq: '2023-03-12',
      gxsj: '2023-03-12 09:00:00',
    })
    await hub.deliver(
      'security.rentals',
      Array.from({ length: 14 }, (_, n) => room(n, owner)),
    )
    await hub.deliver('security.rentals', [room(14, '440524188001010014')])
    const owners = await rowsOf<{ rooms: number; tenants: number; rent: string }>(
      `SELECT count(*)::int AS rooms, sum((body::jsonb->>'tenants')::int)::int AS tenants, sum(amount_fen)::text AS rent FROM fact WHERE kind = 'letting' GROUP BY body::jsonb->>'ownerBlind' ORDER BY 1 DESC`,
    )
    expect(owners).toEqual([
      { rooms: 14, tenants: 28, rent: '1120000' },
      { rooms: 1, tenants: 2, rent: '80000' },
    ])
    const [told] = await rowsOf<{ n: number }>(
      'SELECT count(*)::int AS n FROM (SELECT payload AS t FROM raw_version UNION ALL SELECT body FROM fact UNION ALL SELECT coalesce(raw, $1) || message::text FROM issue) x WHERE strpos(t, $2) > 0',
      '',
      owner,
    )
    expect(told?.n).toBe(0)
  }),
)

describe('17: red invoices against a blue one', () => {
  const blue = '22412000000000000001'
  const red = (n: number, sum: string, on: string) =>
    invoice({
      FPHM: `2241200000000000010${n}`,
      FPZT_DM: '3',
      LZFPHM: blue,
      JSHJ: `-${sum}`,
      JE: `-${sum}`,
      SE: '0.00',
      KPRQ: `${on} 10:00:00`,
    })
  const redKey = (n: number) => ['tax.invoices', `2241200000000000010${n}`] as const

  test(
    'that exceed it in a later month are an integrity issue at the one that does',
    withHub(async () => {
      await hub.deliver('tax.invoices', [invoice({ FPHM: blue })])
      await hub.deliver('tax.invoices', [red(1, '6000000.00', '2023-01-10')])
      expect(await issuesOf(...redKey(1))).toEqual([])
      await hub.deliver('tax.invoices', [red(2, '5000000.00', '2023-02-10')])
      expect(await issuesOf(...redKey(1))).toEqual([])
      expect(await issuesOf(...redKey(2))).toEqual(['invoice.red_exceeds_blue'])
    }),
  )
  test(
    'is found also where the blue one comes last, and gone where a red one is mended',
    withHub(async () => {
      await hub.deliver('tax.invoices', [red(1, '6000000.00', '2023-01-10'), red(2, '5000000.00', '2023-02-10')])
      expect(await issuesOf(...redKey(2))).toEqual([])
      await hub.deliver('tax.invoices', [invoice({ FPHM: blue })])
      expect(await issuesOf(...redKey(2))).toEqual(['invoice.red_exceeds_blue'])
      await hub.deliver('tax.invoices', [red(1, '5000000.00', '2023-01-10')])
      expect(await issuesOf(...redKey(2))).toEqual([])
    }),
  )
  test(
    'up to the whole sum are in order',
    withHub(async () => {
      await hub.deliver('tax.invoices', [invoice({ FPHM: blue }), red(1, '10000000.00', '2023-01-10')])
      expect(await issuesOf(...redKey(1))).toEqual([])
    }),
  )
})

test('18: 巩义 to 金水区 needs no report and no prepayment on progress; 开封 to the airport zone needs both', () => {
  expect(crossRegion('410181', '410105')).toBe(false)
  expect(crossRegion('410200', '410173')).toBe(true)
})

describe('19: the site on an invoice', () => {
  const codes = (over: Record<string, unknown>) =>
    checkRecord(mapped('tax.invoices', invoice(over)).value).map((i) => i.code)
  test.each(['郑州', '河南省郑州市', '河南省'])('%s alone is incomplete', (JZFWFSD) =>
    expect(codes({ JZFWFSD })).toEqual(['place.incomplete']))
  test.each(['河南省郑州市荥阳市', '郑州市金水区', '河南省郑州市郑东新区'])('%s is not', (JZFWFSD) =>
    expect(codes({ JZFWFSD })).toEqual([]))
  test('and goods need no site', () =>
    expect(codes({ JZFWFSD: '郑州', JZXMMC: '', SPBM: '1080000000000000000' })).toEqual([]))
})

test('20: full-width digits are the same code, and valid', () => {
  const { value, issues } = mapped('transport.sections', section({ sgdwdm: '９１４１００００１７０００１４０１Ｄ' }))
  expect((value as Contract).parties.find((p) => p.role === 'contractor')?.code).toMatchObject({
    normalised: usccOf.first,
    status: 'valid',
  })
  expect(issues).toEqual([])
})
