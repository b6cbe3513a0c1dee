/** The tax ladder of a project, from what is known of it: who owes, what is expected, what was declared and paid, and which gap that leaves. */
import { describe, expect, test } from 'vitest'
import type { Canonical, Contract, PartyMention, TaxRegistration } from '#schemas/canonical/index.ts'
import type { TaxContractor, TaxLadder, TaxStep } from '#schemas/canonical/tax-ladder.ts'
import { partyTextHash } from '../../src/facts/subject.ts'
import type { Known, KnownRecord, KnownSales, KnownTied, TiedFact } from '../../src/track/known.ts'
import { positionOf } from '../../src/track/position.ts'
import { shippedRules } from '../../src/track/rules.ts'
import { knownUntil } from '../../src/track/until.ts'

const day = (value: string) => ({ value, precision: 'day' as const })
const wan = (amount: number): bigint => BigInt(Math.round(amount * 100)) * 10_000n
const about = { record: null, projectCode: null, name: '东华路改造工程', reportNumber: 'B1' }
const nowhere = { divisionCode: null, text: null }

const mention = (role: PartyMention['role'], name: string, over: Partial<PartyMention> = {}): PartyMention => ({
  role,
  raw: name,
  name,
  siteUnit: null,
  code: null,
  consortium: null,
  ...over,
})
const builder = mention('contractor', '武汉甲建设有限公司')
const owner = mention('owner', '金水区市政设施建设中心')

const contract = (over: Partial<Contract> = {}): Contract => ({
  kind: 'contract',
  name: '东华路改造工程',
  section: 'TJ-1',
  sourceProject: null,
  projectCode: null,
  documentNumber: null,
  contractNumber: null,
  parties: [builder, owner],
  place: { divisionCode: '410105', text: null },
  contractFen: wan(10_900),
  signedOn: day('2023-05-01'),
  plannedStart: null,
  startedOn: null,
  handedOverOn: null,
  stage: null,
  governmentFunded: true,
  ...over,
})

const registration = (over: Partial<TaxRegistration> = {}): TaxRegistration => ({
  kind: 'taxRegistration',
  registrationId: 'R1',
  code: null,
  formerCode: null,
  codeBlind: null,
  name: builder.name,
  formerNames: [],
  status: 'checkedIn',
  isNaturalPerson: false,
  vatScheme: 'general',
  industry: null,
  address: null,
  place: nowhere,
  officeInCharge: { code: null, name: null },
  taxOfficer: null,
  registeredOn: null,
  ...over,
})

let serial = 0
const tied = (fact: TiedFact, eventOn: string | null): KnownTied => ({
  record: `r_t${++serial}`,
  keyHash: String(serial),
  feed: 'tax.x',
  fact,
  eventOn,
})

const report = (over: Partial<Extract<Canonical, { kind: 'crossRegionReport' }>> = {}): KnownTied =>
  tied(
    {
      kind: 'crossRegionReport',
      reportNumber: 'B1',
      registrationId: 'R1',
      about,
      parties: [builder],
      place: nowhere,
      homeDivision: '420100',
      contractNumber: null,
      contractFen: null,
      manner: null,
      validFrom: null,
      validTo: null,
      reportedOn: day('2023-05-10'),
      checkedInOn: day('2023-05-20'),
      feedbackOn: null,
      status: 'checkedIn',
      ...over,
    },
    '2023-05-10',
  )

const prepaid = (taxFen: bigint, over: Partial<Extract<Canonical, { kind: 'prepayment' }>> = {}): KnownTied =>
  tied(
    {
      kind: 'prepayment',
      registrationId: 'R1',
      about,
      place: nowhere,
      taxItem: '10101',
      periodFrom: day('2024-03-01'),
      periodTo: day('2024-03-31'),
      grossFen: null,
      deductedFen: null,
      rateBp: 200,
      taxFen,
      isAdvance: false,
      declaredOn: day('2024-04-10'),
      paidOn: day('2024-04-10'),
      ...over,
    },
    '2024-04-10',
  )

const payment = (taxItem: string, amountFen: bigint): KnownTied =>
  tied(
    {
      kind: 'taxPayment',
      registrationId: 'R1',
      payment: 'paid',
      taxItem,
      periodFrom: day('2024-03-01'),
      periodTo: day('2024-03-31'),
      amountFen,
      lateFeeFen: 0n,
      paidOn: day('2024-04-10'),
      treasury: null,
      reportNumber: 'B1',
    },
    '2024-04-10',
  )

const sale = (grossFen: bigint, over: Partial<KnownSales> = {}): KnownSales => ({
  tier: 1,
  seller: partyTextHash(builder),
  buyer: partyTextHash(owner),
  sellerName: builder.name,
  buyerName: owner.name,
  sellerCode: null,
  period: '2024-03',
  goods: 'taxable',
  rateBp: 900,
  isComplete: true,
  grossFen,
  netFen: null,
  count: 1,
  record: `r_i${++serial}`,
  ...over,
})

const known = (over: Partial<Known> = {}): Known => ({
  records: [{ record: 'r_c1', keyHash: 'aa', feed: 'transport.sections', fact: contract() }],
  links: new Map([
    [
      partyTextHash(builder),
      { decision: 'link', registrationId: 'R1', taxpayerId: 't_1', score: 1, reason: 'code.exact' },
    ],
  ]),
  measurements: [],
  tied: [report()],
  readings: [],
  invoices: [],
  sales: [
    sale(wan(5_450)),
    sale(wan(1_635), {
      tier: 2,
      seller: 's',
      sellerName: '乙劳务公司',
      buyer: partyTextHash(builder),
      buyerName: builder.name,
    }),
  ],
  registrations: new Map([['R1', { registrationId: 'R1', taxpayerId: 't_1', fact: registration() }]]),
  ...over,
})

const at = '2026-11-26'
const taxOf = (k: Known, on = at): TaxLadder => positionOf(k, shippedRules, on).tax!
const only = (k: Known, on = at): TaxContractor => taxOf(k, on).contractors[0]!
const step = (c: TaxContractor, tax: TaxStep['tax']): TaxStep | undefined => c.steps.find((s) => s.tax === tax)

const allPaid = [
  prepaid(wan(70)),
  payment('10101', wan(70)),
  payment('10109', wan(4.9)),
  payment('30203', wan(2.1)),
  payment('30216', wan(1.4)),
  payment('10104', wan(10)),
]

describe('an out-of-city general contractor (vector a)', () => {
  test('owes 70, 8.40 and 10 万 and, where all came in with the report number, leaves no gap', () => {
    const c = only(known({ tied: [report(), ...allPaid] }))
    expect(c).toMatchObject({ scheme: 'general', homeDivision: '420100', isCrossRegion: true, gapKinds: [] })
    expect(c.steps.map((s) => [s.tax, s.expected.pointFen, s.declaredFen, s.paidFen, s.gapFen])).toEqual([
      ['vatPrepayment', wan(70), wan(70), wan(70), 0n],
      ['cityTax', wan(4.9), null, wan(4.9), 0n],
      ['educationSurcharge', wan(2.1), null, wan(2.1), 0n],
      ['localEducationSurcharge', wan(1.4), null, wan(1.4), 0n],
      ['incomeTax', wan(10), null, wan(10), 0n],
    ])
    expect(c.steps.every((s) => s.attribution === 'project')).toBe(true)
  })

  test('that declared nothing has 未申报; that declared and did not pay has 欠税', () => {
    expect(step(only(known()), 'vatPrepayment')).toMatchObject({
      gapFen: wan(70),
      gapKind: 'notDeclared',
      arrearsFen: 0n,
    })
    const unpaid = only(known({ tied: [report(), prepaid(wan(70), { paidOn: null })] }))
    expect(step(unpaid, 'vatPrepayment')).toMatchObject({ gapFen: wan(70), gapKind: 'arrears', arrearsFen: wan(70) })
    // Surcharges stand on the same form; the income tax has one of its own, which does not reach us.
    expect(unpaid.steps.map((s) => s.gapKind)).toEqual(['arrears', 'arrears', 'arrears', 'arrears', 'notDeclared'])
  })

  test('without a report that was checked in has 未报验, also where the report is void', () => {
    const code = {
      scheme: 'uscc',
      raw: '',
      normalised: '91420100MA4K000101',
      status: 'valid',
      core: null,
      suggestions: [],
    } as const
    const registrations = new Map([
      ['R1', { registrationId: 'R1', taxpayerId: 't_1', fact: registration({ code: { ...code, suggestions: [] } }) }],
    ])
    for (const reports of [[], [report({ status: 'void' })], [report({ checkedInOn: null })]]) {
      const c = only(known({ tied: reports, registrations }))
      expect([c.homeDivision, c.gapKinds.includes('notCheckedIn')]).toEqual(['420100', true])
    }
  })

  test('owes for a month only when its filing has ended; the position says when that will be', () => {
    const before = positionOf(known(), shippedRules, '2024-04-18')
    expect(step(before.tax!.contractors[0]!, 'vatPrepayment')).toMatchObject({
      expected: { lowFen: 0n, pointFen: 0n, highFen: 0n },
      notDueFen: wan(70),
      gapFen: 0n,
    })
    expect(before.changesOn).toBe('2024-04-19')
    expect(step(only(known(), '2024-04-19'), 'vatPrepayment')).toMatchObject({ gapFen: wan(70), notDueFen: 0n })
    expect(positionOf(known(), shippedRules, '2024-04-19').changesOn).toBeNull()
  })

  test('each month names its base, evidence, deduction, records and rows of law', () => {
    const { months } = only(known())
    expect(months).toHaveLength(1)
    expect(months[0]).toMatchObject({
      period: '2024-03',
      dueOn: '2024-04-18',
      evidence: 'invoiced',
      baseFen: wan(5_450),
      deductedFen: wan(1_635),
      records: 1,
    })
    expect(months[0]!.record).toMatch(/^r_i/)
    expect(taxOf(known()).rules.find((r) => r.id === 'incomeTax.otherProvince')?.article).toBe(
      '国税函〔2010〕156号第三条',
    )
    const named = new Set(taxOf(known()).rules.map((r) => r.id))
    for (const line of months[0]!.lines) expect(named.has(line.rule)).toBe(true)
  })
})

describe('what belongs to the taxpayer', () => {
  const resident = new Map([
    [
      'R1',
      {
        registrationId: 'R1',
        taxpayerId: 't_1',
        fact: registration({ status: 'normal', place: { divisionCode: '410181', text: null } }),
      },
    ],
  ])

  test('stands beside the ladder and in none of its sums: a 巩义 company in 金水区 owes nothing by project (0.1)', () => {
    const tax = taxOf(known({ tied: [], registrations: resident }))
    const c = tax.contractors[0]!
    expect(c.steps).toEqual([])
    expect(c.beside.map((s) => [s.tax, s.attribution, s.declaredFen, s.paidFen, s.gapFen])).toEqual([
      ['vat', 'taxpayer', null, null, null],
    ])
    expect(tax).toMatchObject({
      expected: { lowFen: 0n, pointFen: 0n, highFen: 0n },
      declaredFen: 0n,
      paidFen: 0n,
      gapFen: 0n,
    })
    expect(c.gapKinds).toEqual([])
  })

  test('its advance is prepaid by project at home; the surcharges that go with it are not', () => {
    const advance = [sale(wan(1_090), { goods: '612', rateBp: null })]
    const c = only(known({ tied: [], registrations: resident, sales: advance }))
    expect(c.steps.map((s) => [s.tax, s.gapFen, s.gapKind])).toEqual([['vatPrepayment', wan(20), 'notDeclared']])
    expect(c.beside.map((s) => s.tax)).toEqual(['cityTax', 'educationSurcharge', 'localEducationSurcharge', 'vat'])
  })

  test('an invoice of code 603 is no price and no advance (0.5)', () => {
    expect(taxOf(known({ tied: [], sales: [sale(wan(1_090), { goods: '603', rateBp: null })] })).contractors).toEqual(
      [],
    )
  })
})

describe('who owes', () => {
  test('who invoices the owner in the contractor’s place owes on it; what the contractor is paid then raises the upper reading alone (0.7)', () => {
    const member = mention('seller', '武汉甲建设集团成员有限公司')
    const paid = tied(
      {
        kind: 'fundPayment',
        about,
        parties: [mention('payee', builder.name)],
        payment: 'appropriation',
        amountFen: wan(1_090),
        submittedFen: null,
        approvedFen: null,
        paidOn: day('2024-03-05'),
      },
      '2024-03-05',
    )
    const foreign = sale(wan(1_090), {
      seller: partyTextHash(member),
      sellerName: member.name,
      sellerCode: '91420100MA4K000101',
    })
    const tax = taxOf(known({ tied: [report(), paid], sales: [foreign] }))
    const byName = new Map(tax.contractors.map((c) => [c.name, c]))
    expect(step(byName.get(member.name)!, 'vatPrepayment')?.expected.pointFen).toBe(wan(20))
    expect(step(byName.get(builder.name)!, 'vatPrepayment')?.expected).toEqual({
      lowFen: 0n,
      pointFen: 0n,
      highFen: wan(20),
    })
    expect(byName.get(builder.name)!.notes).toContain('received.joint')
  })

  test('a general taxpayer that invoices at 3 % has chosen the simplified method; a person is asked on which ground (0.6)', () => {
    const c = only(known({ sales: [sale(wan(1_030), { rateBp: 300, period: '2026-02' })] }))
    expect([c.scheme, c.notes]).toEqual(['simplified', ['scheme.groundsOf2026']])
    expect(step(c, 'vatPrepayment')?.expected.pointFen).toBe(wan(30))
  })

  test('one whom the register does not know is taken by the rate of its invoices, and says so', () => {
    const c = only(known({ links: new Map(), registrations: new Map() }))
    expect(c).toMatchObject({ taxpayerId: null, scheme: 'general', homeDivision: '420100' })
    expect(c.notes).toEqual(['register.absent', 'scheme.inferred'])
  })

  test('design and equipment under an EPC contract stay out of the prepayment (0.7)', () => {
    const sales = [
      sale(wan(1_090)),
      sale(wan(1_130), { rateBp: 1_300, netFen: wan(1_000) }),
      sale(wan(106), { rateBp: 600, netFen: wan(100) }),
    ]
    const c = only(known({ sales }))
    expect(step(c, 'vatPrepayment')?.expected.pointFen).toBe(wan(20))
    expect(step(c, 'incomeTax')?.expected.pointFen).toBe(wan(4.2))
    expect(c.notes).toEqual(['rates.other'])
  })

  test('a subcontractor’s invoice for goods or design is not deducted from the price', () => {
    const goods = sale(wan(1_130), {
      tier: 2,
      rateBp: 1_300,
      seller: 's',
      sellerName: '丙商贸公司',
      buyer: partyTextHash(builder),
      buyerName: builder.name,
    })
    expect(step(only(known({ sales: [sale(wan(5_450)), goods] })), 'vatPrepayment')?.expected.pointFen).toBe(wan(100))
  })

  test('money told by finance and by an officer is one sum, the greater (0.4)', () => {
    const receipt = (kind: 'finance' | 'officer', amountFen: bigint): KnownTied =>
      kind === 'finance'
        ? tied(
            {
              kind: 'fundPayment',
              about,
              parties: [mention('payee', builder.name)],
              payment: 'appropriation',
              amountFen,
              submittedFen: null,
              approvedFen: null,
              paidOn: day('2024-03-05'),
            },
            '2024-03-05',
          )
        : tied(
            {
              kind: 'officerEntry',
              entry: 'receipt',
              about,
              parties: [builder],
              amountFen,
              paymentRatioBp: null,
              retentionBp: null,
              happenedOn: day('2024-03-09'),
              remark: null,
              officer: null,
            },
            '2024-03-09',
          )
    const c = only(known({ tied: [report(), receipt('finance', wan(545)), receipt('officer', wan(1_090))], sales: [] }))
    expect(c.months[0]).toMatchObject({ evidence: 'received', baseFen: wan(1_090), records: 2 })
  })
})

describe('stamp duty', () => {
  test('is of the contract, whatever the project has paid: one side, VAT listed to not listed (vector b)', () => {
    expect(taxOf(known()).contracts).toEqual([
      {
        record: 'r_c1',
        name: 'TJ-1',
        kind: 'contract',
        parties: [builder.name, owner.name],
        priceFen: wan(10_900),
        signedOn: '2023-05-01',
        rule: 'stampDuty.construction',
        expected: { lowFen: wan(3), pointFen: wan(3), highFen: wan(3.27) },
      },
    ])
  })
})

test('where no record tells of the contract its award stands in', () => {
  const award: KnownRecord['fact'] = {
    kind: 'award',
    name: '东华路改造工程施工',
    lotNumber: null,
    projectCode: null,
    parties: [builder],
    place: { divisionCode: '410105', text: null },
    awardFen: wan(1_090),
    noticedOn: day('2023-04-10'),
    scope: null,
  }
  const records = [{ record: 'r_a1', keyHash: 'bb', feed: 'tendering.awards', fact: award }]
  expect(taxOf(known({ records })).contracts).toMatchObject([
    { record: 'r_a1', kind: 'award', expected: { pointFen: wan(0.3) } },
  ])
})

describe('the business date', () => {
  test('a form that was filed by then and paid later is unpaid on that day', () => {
    const k = known({
      tied: [report(), prepaid(wan(70), { paidOn: day('2024-06-03') })].map((t) =>
        t.fact.kind === 'prepayment' ? { ...t, eventOn: '2024-06-03' } : t,
      ),
    })
    expect(step(only(knownUntil(k, '2024-05-10'), '2024-05-10'), 'vatPrepayment')).toMatchObject({
      declaredFen: wan(70),
      paidFen: 0n,
      arrearsFen: wan(70),
      gapKind: 'arrears',
    })
    expect(step(only(knownUntil(k, '2024-06-03'), '2024-06-03'), 'vatPrepayment')).toMatchObject({
      paidFen: wan(70),
      gapKind: null,
    })
  })
})

test('the ladder does not depend on the order in which its facts came', () => {
  const all = known({ tied: [report(), ...allPaid] })
  const turned = { ...all, tied: [...all.tied].reverse(), sales: [...all.sales].reverse() }
  expect(taxOf(turned)).toEqual(taxOf(all))
})
