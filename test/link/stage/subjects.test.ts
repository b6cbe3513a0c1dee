/** What speaks of a project without being a record of it: how it is led there, and what moves it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { About, Canonical, PowerAccount, PowerInstallation } from '#schemas/canonical/index.ts'
import { readPosition } from '#schemas/canonical/position.ts'
import { checkAll } from '../../../src/check.ts'
import type { Database } from '../../../src/db/database.ts'
import { canonicalFeed, codeOf, dayOf, inCounty, nowhere, partyOf, told } from '../../support/canonical-feeds.ts'
import { testDatabase } from '../../support/database.ts'
import { approval, canWithdraw, type HandFed, handFed, invoice, section, taxpayer } from '../../support/hand-fed.ts'
import { uscc } from '../invented.ts'

const owner = '荥阳市公路事业发展中心'
const road = 'S312荥阳段改建工程'
const code = '2201-410182-04-01-123456'
const feeds = [
  'power.accounts',
  'power.installations',
  'power.readings',
  'housing.permits',
  'housing.completions',
  'development.key-projects',
  'tax.cross-region-reports',
  'tax.prepayments',
  'tax.officer-entries',
  'finance.payments',
  'town.observations',
  'commerce.registrations',
  'commerce.changes',
  'security.seals',
].map(canonicalFeed)

let db: Database
let hub: HandFed
beforeEach(async () => {
  db = await testDatabase()
  hub = handFed(db, canWithdraw, feeds)
})
afterEach(() => db.close())

const rows = async <T extends object>(sql: string, ...values: unknown[]): Promise<T[]> =>
  (await db.pipeline.query<T>(sql, values)).rows
const column = async (sql: string, ...values: unknown[]): Promise<unknown[]> =>
  (await rows<{ x: unknown }>(sql, ...values)).map((r) => r.x)
/** Why each record of the feed lies where it does; `-` before it where it lies nowhere. */
const reasons = (feed: string) =>
  column(
    `SELECT CASE WHEN t.project_id IS NULL THEN '-' ELSE '' END || t.reason AS x FROM fact f JOIN tie t USING (subject_hash) WHERE f.feed = $1 ORDER BY f.key_hash`,
    feed,
  )
const position = async () => readPosition(String((await column('SELECT body AS x FROM position'))[0]))
const milestone = async (kind: string) => (await position()).milestones.find((m) => m.kind === kind)
const findings = async () => (await checkAll(db, 100)).checks.flatMap((c) => c.findings)

const nothing: About = { record: null, projectCode: null, name: null, reportNumber: null }
const account = (over: Partial<PowerAccount> = {}): PowerAccount => ({
  kind: 'powerAccount',
  accountNumber: 'A',
  about: { ...nothing, record: { feed: 'power.installations', key: ['B'] } },
  parties: [partyOf('holder', '某某物业管理有限公司')],
  place: nowhere,
  use: 'temporaryWorks',
  capacityKva: 200,
  connectedOn: dayOf('2022-10-01'),
  closedOn: null,
  status: 'active',
  ...over,
})
const installation = (over: Partial<PowerInstallation> = {}): PowerInstallation => ({
  kind: 'powerInstallation',
  applicationNumber: 'B',
  accountNumber: 'A',
  about: { ...nothing, name: road },
  parties: [partyOf('holder', owner)],
  place: inCounty('410182'),
  use: 'temporaryWorks',
  capacityKva: 200,
  appliedOn: dayOf('2022-09-01'),
  connectedOn: null,
  status: 'connected',
  ...over,
})
const reading = (month: string, energyKwh: number): Canonical => ({
  kind: 'powerReading',
  of: { feed: 'power.accounts', key: ['A'] },
  period: { value: month, precision: 'month' },
  sequence: null,
  energyKwh,
  amountFen: 60_000n,
  isCorrection: false,
  readOn: null,
})

describe('a record that another one names', () => {
  test('leads readings by their account and its installation to the project, whatever comes first', async () => {
    await hub.deliver('power.readings', [
      told(['R1'], reading('2022-10', 40)),
      told(['R2'], reading('2022-11', 1_900)),
      told(['R3'], reading('2022-12', 5_200)),
    ])
    expect(await reasons('power.readings')).toEqual(['-record.unknown', '-record.unknown', '-record.unknown'])
    expect(await column('SELECT count(*) AS x FROM subject')).toEqual([1n])
    await hub.deliver('power.accounts', [told(['A'], account())])
    expect(new Set(await reasons('power.readings'))).toEqual(new Set(['-record.untied']))
    await hub.deliver('power.installations', [told(['B'], installation())])
    await hub.deliver('transport.sections', [section({ sjkg: null })])
    expect(await reasons('power.installations')).toEqual(['holder.named'])
    expect(await reasons('power.accounts')).toEqual(['record.followed'])
    expect(new Set(await reasons('power.readings'))).toEqual(new Set(['record.followed']))
    expect(await milestone('start')).toMatchObject({ on: { value: '2022-11-01' } })
    expect((await position()).departments).toEqual(['power', 'transport'])
    expect(await findings()).toEqual([])
  })

  test('takes its followers along when it goes elsewhere, and leaves them when it is withdrawn', async () => {
    await hub.deliver('transport.sections', [section()])
    await hub.deliver('power.installations', [told(['B'], installation())])
    await hub.deliver('power.accounts', [told(['A'], account())])
    await hub.deliver('power.readings', [told(['R1'], reading('2022-11', 900))])
    expect(await reasons('power.readings')).toEqual(['record.followed'])
    await hub.deliver('power.installations', [told(['B'], installation(), { bz: 'withdrawn' })])
    expect(await reasons('power.readings')).toEqual(['-record.untied'])
    expect((await position()).departments).toEqual(['transport'])
    expect(await findings()).toEqual([])
  })

  test('is not followed in a circle: each then stands by its own words', async () => {
    await hub.deliver('transport.sections', [section()])
    await hub.deliver('power.accounts', [
      told(['A'], account({ parties: [partyOf('holder', owner)], place: inCounty('410182') })),
    ])
    await hub.deliver('power.installations', [
      told(['B'], installation({ about: { ...nothing, record: { feed: 'power.accounts', key: ['A'] } } })),
    ])
    expect([await reasons('power.accounts'), await reasons('power.installations')]).toEqual([
      ['holder.placed'],
      ['holder.placed'],
    ])
    expect(await findings()).toEqual([])
  })

  test('a completion follows its permit, which is a record of the project', async () => {
    await hub.deliver('housing.permits', [
      told(['P'], {
        kind: 'permit',
        name: '阔钟小镇二期建设项目',
        permitNumber: '410105201908150101',
        projectCode: null,
        documentNumber: null,
        sourceProject: { scheme: 'housing', value: '4101051908150101' },
        parties: [partyOf('owner', '郑州栩爵置业有限公司'), partyOf('contractor', '郑州栩爵建设工程有限公司')],
        place: inCounty('410105'),
        contractFen: 5_000_000_000n,
        totalInvestmentFen: null,
        areaM2: 20_000,
        issuedOn: dayOf('2019-08-15'),
        plannedStart: null,
        plannedCompletion: null,
        status: 'valid',
      }),
    ])
    await hub.deliver('housing.completions', [
      told(['C'], {
        kind: 'completion',
        about: { ...nothing, record: { feed: 'housing.permits', key: ['P'] } },
        parties: [],
        place: nowhere,
        costFen: 5_200_000_000n,
        areaM2: 20_000,
        startedOn: dayOf('2019-09-01'),
        completedOn: dayOf('2021-06-30'),
        filedOn: dayOf('2021-07-10'),
      }),
    ])
    expect(await reasons('housing.completions')).toEqual(['record.named'])
    expect(await position()).toMatchObject({
      stage: 'completed',
      sections: [{ kind: 'permit', section: '410105201908150101', contractFen: 5_000_000_000n }],
      ladder: { contractFen: 5_000_000_000n, contractBasis: 'permit' },
    })
    expect((await position()).milestones.map((m) => m.kind)).toEqual(['permit', 'start', 'completion'])
    expect(await findings()).toEqual([])
  })
})

const report = (number: string, over: Partial<About> = {}): Canonical => ({
  kind: 'crossRegionReport',
  reportNumber: number,
  registrationId: null,
  about: { ...nothing, ...over },
  parties: [partyOf('contractor', '开封某某建设有限公司'), partyOf('owner', owner)],
  place: inCounty('410182'),
  homeDivision: '410200',
  contractNumber: null,
  contractFen: null,
  manner: 'installation',
  validFrom: null,
  validTo: null,
  reportedOn: dayOf('2022-09-10'),
  checkedInOn: null,
  feedbackOn: null,
  status: 'reported',
})

describe('numbers', () => {
  test('a code that one project carries ties', async () => {
    await hub.deliver('development.approvals', [approval()])
    await hub.deliver('tax.officer-entries', [told(['E'], entry({ about: { ...nothing, projectCode: codeOf(code) } }))])
    expect(await reasons('tax.officer-entries')).toEqual(['code.named'])
    expect(await findings()).toEqual([])
  })

  test('a report number ties what names it once the report itself is tied: invoices with their tier, prepayments by registration', async () => {
    await hub.deliver('transport.sections', [section()])
    await hub.deliver('tax.invoices', [invoice({ XSF_MC: '开封某某建设有限公司', JZXMMC: '', KQYSSXBYGLBH: 'BY-9' })])
    await hub.deliver('tax.prepayments', [
      told(['Y'], {
        kind: 'prepayment',
        registrationId: '10114101000000000001',
        about: { ...nothing, reportNumber: 'BY-9' },
        place: nowhere,
        taxItem: '10101',
        periodFrom: null,
        periodTo: null,
        grossFen: 100n,
        deductedFen: null,
        rateBp: 200,
        taxFen: 2n,
        isAdvance: null,
        declaredOn: dayOf('2022-12-10'),
        paidOn: null,
      }),
    ])
    expect([await reasons('tax.invoices'), await reasons('tax.prepayments')]).toEqual([
      ['-project.unknown'],
      ['-subject.empty'],
    ])
    await hub.deliver('tax.cross-region-reports', [told(['BY-9'], report('BY-9', { name: road }))])
    expect(await reasons('tax.cross-region-reports')).toEqual(['buyer.named'])
    expect([await reasons('tax.invoices'), await reasons('tax.prepayments')]).toEqual([
      ['report.named'],
      ['report.named'],
    ])
    expect((await position()).ladder).toMatchObject({ netInvoicedFen: 1_000_000_000n, invoices: 1 })
    await hub.deliver('tax.cross-region-reports', [told(['BY-9'], report('BY-9'), { bz: 'withdrawn' })])
    expect(await reasons('tax.invoices')).toEqual(['-project.unknown'])
    expect((await position()).ladder.netInvoicedFen).toBe(0n)
    expect(await findings()).toEqual([])
  })
})

const entry = (over: object = {}): Canonical =>
  ({
    kind: 'officerEntry',
    entry: 'terms',
    about: { ...nothing, name: road },
    parties: [partyOf('owner', owner)],
    amountFen: null,
    paymentRatioBp: 7_000,
    retentionBp: 300,
    happenedOn: dayOf('2022-09-15'),
    remark: null,
    officer: null,
    ...over,
  }) as Canonical

test('terms that an officer entered replace the assumed ones, and what was paid out to the contractor is received', async () => {
  await hub.deliver('transport.sections', [section()])
  await hub.deliver('transport.measurements', [measured()])
  expect((await position()).ladder).toMatchObject({
    paymentRatioBp: 8_000,
    paymentRatioAssumed: true,
    receivedFen: null,
  })
  const pay = (key: string, payee: string, fen: bigint) =>
    told([key], {
      kind: 'fundPayment',
      about: { ...nothing, name: road },
      parties: [partyOf('payee', payee)],
      payment: 'appropriation',
      amountFen: fen,
      submittedFen: null,
      approvedFen: null,
      paidOn: dayOf('2022-12-20'),
    })
  await hub.deliver('tax.officer-entries', [told(['E'], entry())])
  await hub.deliver('finance.payments', [
    pay('F1', '郑州栩爵建设工程有限公司', 900_000_000n),
    pay('F2', owner, 5_000_000_000n),
  ])
  expect((await position()).ladder).toMatchObject({
    paymentRatioBp: 7_000,
    paymentRatioAssumed: false,
    retentionBp: 300,
    receivableFen: 1_400_000_000n,
    receivedFen: 900_000_000n,
  })
  expect(await findings()).toEqual([])
})

const measured = () => ({
  xmbh: 'JT2022-0001',
  htdbh: 'TJ-1',
  qs: 1,
  jlny: '202211',
  bqjl: '20000000',
  ljjl: '20000000',
  xxjd: '20',
  shrq: '2022-12-05',
  sgdw: '',
  tbr: '',
  bz: '',
  gxsj: '2022-12-06 09:00:00',
})

describe('an observation without a name', () => {
  const seen = (divisionCode: string | null) =>
    told(['O'], {
      kind: 'observation',
      about: nothing,
      parties: [partyOf('holder', '郑州栩爵建设工程有限公司')],
      place: { divisionCode, text: null },
      subject: 'construction',
      state: 'operating',
      text: null,
      seenOn: dayOf('2023-03-01'),
    })

  test('is tied where who and where leave one project', async () => {
    await hub.deliver('transport.sections', [section()])
    await hub.deliver('town.observations', [seen('410182')])
    expect(await reasons('town.observations')).toEqual(['holder.placed'])
    await hub.deliver('transport.sections', [
      section({ xmbh: 'JT2022-0002', xmmc: 'S314荥阳段大修工程', lxbh: 'S314' }),
    ])
    expect(await reasons('town.observations')).toEqual(['-project.ambiguous'])
    expect(await findings()).toEqual([])
  })

  test('stays untied where nobody says where', async () => {
    await hub.deliver('transport.sections', [section()])
    await hub.deliver('town.observations', [seen(null)])
    expect(await reasons('town.observations')).toEqual(['-project.weak'])
  })
})

test('a project on two yearly lists is one, and says in which years', async () => {
  const listed = (year: number) =>
    told([`K-${year}`], {
      kind: 'projectEntry',
      name: road,
      sourceProject: null,
      projectCode: null,
      documentNumber: null,
      parties: [partyOf('owner', owner)],
      place: inCounty('410182'),
      totalInvestmentFen: null,
      governmentFunded: true,
      industry: null,
      listedYear: year,
      registeredOn: dayOf(`${year}-01-10`),
      startedOn: null,
      completedOn: null,
      stage: null,
    })
  await hub.deliver('development.key-projects', [listed(2022), listed(2023)])
  await hub.deliver('development.approvals', [approval()])
  expect(await column('SELECT count(DISTINCT project_id) AS x FROM member_by_project')).toEqual([1n])
  expect((await position()).listedYears).toEqual([2022, 2023])
})

describe('the register of commerce', () => {
  const oldName = '郑州栩爵建设工程有限公司'
  const newName = '河南栩爵建工集团有限公司'
  const enterprise = (name: string): Canonical => ({
    kind: 'enterprise',
    code: codeOf(uscc(1), 'uscc'),
    registrationNumber: null,
    name,
    formerNames: name === oldName ? [] : [{ name: oldName, until: dayOf('2020-05-01') }],
    parties: [partyOf('holder', name, uscc(1))],
    parentCode: null,
    enterpriseType: null,
    status: 'active',
    industry: null,
    capitalFen: null,
    capitalCurrency: null,
    establishedOn: null,
    approvedOn: null,
    cancelledOn: null,
    revokedOn: null,
    address: null,
    place: nowhere,
  })
  const contractor = async () => (await position()).parties.find((p) => p.role === 'contractor')

  test.each([
    ['before', true],
    ['after', false],
  ])('a rename that it knows and the tax register does not links the new name (told %s the register)', async (_, first) => {
    const tellRegister = () => hub.deliver('tax.taxpayers', [taxpayer({ SHXYDM: uscc(1), NSRMC: oldName })])
    const tellCommerce = () => hub.deliver('commerce.registrations', [told(['E'], enterprise(newName))])
    await hub.deliver('transport.sections', [section({ sgdw: newName })])
    for (const tell of first ? [tellCommerce, tellRegister] : [tellRegister, tellCommerce]) await tell()
    expect(await contractor()).toMatchObject({ decision: 'link', registrationId: '10114101000000000001' })
    expect(await findings()).toEqual([])
    await hub.deliver('commerce.registrations', [told(['E'], enterprise(newName), { bz: 'withdrawn' })])
    expect((await contractor())?.decision).not.toBe('link')
    expect(await findings()).toEqual([])
  })

  test('parties of enterprises and seals are linked, and are mentions of their records', async () => {
    await hub.deliver('tax.taxpayers', [taxpayer({ SHXYDM: uscc(1), NSRMC: oldName })])
    await hub.deliver('commerce.registrations', [told(['E'], enterprise(oldName))])
    await hub.deliver('security.seals', [
      told(['S'], {
        kind: 'companySeal',
        sealNumber: 'S',
        parties: [partyOf('holder', oldName)],
        sealType: 'official',
        status: 'valid',
        carvedOn: null,
      }),
    ])
    expect(
      await column(
        `SELECT m.feed || ' ' || l.decision AS x FROM mention m JOIN party_link l USING (text_hash) ORDER BY m.feed`,
      ),
    ).toEqual(['commerce.registrations link', 'security.seals link'])
    expect(await column('SELECT count(*) AS x FROM project_record')).toEqual([0n])
    expect(await findings()).toEqual([])
  })
})
