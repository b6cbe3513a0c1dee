import { describe, expect, test } from 'vitest'
import type { Approval, Contract, Measurement } from '#schemas/canonical/index.ts'
import { positionJson, readPosition } from '#schemas/canonical/position.ts'
import type { Known, KnownInvoices, KnownRecord } from '../../src/track/known.ts'
import { positionOf } from '../../src/track/position.ts'
import { shippedRules } from '../../src/track/rules.ts'

const day = (value: string) => ({ value, precision: 'day' as const })
const tenThousand = 1_000_000n

const contract = (over: Partial<Contract> = {}): Contract => ({
  kind: 'contract',
  name: '贾鲁河中牟段治理工程',
  section: '1',
  sourceProject: null,
  projectCode: null,
  documentNumber: null,
  contractNumber: null,
  parties: [],
  place: { divisionCode: '410122', text: null },
  contractFen: 12_000n * tenThousand,
  signedOn: day('2023-03-01'),
  plannedStart: null,
  startedOn: null,
  handedOverOn: null,
  stage: null,
  governmentFunded: true,
  ...over,
})
const approval = (over: Partial<Approval> = {}): Approval => ({
  kind: 'approval',
  name: '贾鲁河中牟段治理工程',
  projectCode: null,
  documentNumber: null,
  approvalType: 'approval',
  approvalStage: 'feasibility',
  status: 'approved',
  parties: [],
  place: { divisionCode: '410122', text: null },
  totalInvestmentFen: null,
  governmentFunded: true,
  industry: null,
  approvedOn: day('2022-05-10'),
  plannedStart: null,
  plannedCompletion: null,
  ...over,
})
const record = (fact: KnownRecord['fact'], keyHash = 'aa'.repeat(16)): KnownRecord => ({
  record: `r_${keyHash.slice(0, 4)}`,
  keyHash,
  feed: fact.kind === 'approval' ? 'development.approvals' : 'transport.sections',
  fact,
})
const measured = (sequence: number, cumulative: bigint | null, eventOn: string, period: bigint | null = null) => ({
  record: `r_m${sequence}`,
  feed: 'transport.measurements',
  sectionKey: 'aa'.repeat(16),
  eventOn,
  fact: {
    kind: 'measurement',
    of: { feed: 'transport.sections', key: [] },
    sequence,
    period: null,
    periodFen: period,
    cumulativeFen: cumulative,
    physicalProgressBp: null,
    measuredOn: day(eventOn),
  } satisfies Measurement,
})
const invoiced = (sumFen: bigint, over: Partial<KnownInvoices> = {}): KnownInvoices => ({
  tier: 1,
  class: 'taxable',
  count: 1,
  sumFen,
  first: { on: '2023-06-01', record: 'r_i1' },
  last: { on: '2023-09-01', record: 'r_i2' },
  ...over,
})
const known = (over: Partial<Known> = {}): Known => ({
  records: [record(contract())],
  links: new Map(),
  measurements: [],
  tied: [],
  readings: [],
  invoices: [],
  sales: [],
  registrations: new Map(),
  ...over,
})
const ladder = (k: Known) => positionOf(k, shippedRules, '2026-11-23').ladder

describe('the sales ladder', () => {
  test('8 600 万 measured on assumed 80 % terms and 3 100 万 invoiced leave 3 780 万 not invoiced (domain.md 0.4)', () => {
    const l = ladder(
      known({
        measurements: [measured(9, 8_600n * tenThousand, '2024-01-05')],
        invoices: [invoiced(3_100n * tenThousand)],
      }),
    )
    expect(l).toMatchObject({
      receivableFen: 6_880n * tenThousand,
      gapFen: 3_780n * tenThousand,
      gapKind: 'notInvoiced',
      paymentRatioBp: 8_000,
      paymentRatioAssumed: true,
    })
  })

  test('a government contract before 2022-08-01 is assumed at 60 %, a private one at nothing', () => {
    const before = record(contract({ signedOn: day('2022-07-31') }))
    const privately = record(contract({ governmentFunded: false }))
    const measurements = [measured(1, 100n * tenThousand, '2024-01-05')]
    expect(ladder(known({ records: [before], measurements })).receivableFen).toBe(60n * tenThousand)
    expect(ladder(known({ records: [privately], measurements }))).toMatchObject({
      receivableFen: null,
      paymentRatioBp: null,
      gapFen: null,
    })
  })

  test("advances and subcontractors' invoices stay outside net invoiced (domain.md 0.5, 0.7)", () => {
    const l = ladder(
      known({
        invoices: [
          invoiced(100n),
          invoiced(7n, { class: 'nonTaxable' }),
          invoiced(5n, { tier: 2 }),
          invoiced(0n, { class: 'void' }),
        ],
      }),
    )
    expect(l).toMatchObject({ netInvoicedFen: 100n, advanceInvoicedFen: 7n, subcontractInvoicedFen: 5n })
  })

  test('the latest measurement counts, a restatement downwards included; periods add up where nobody states a total', () => {
    const restated = [measured(5, 60n, '2024-01-05'), measured(6, 45n, '2024-02-05')]
    expect(ladder(known({ measurements: restated })).workDoneFen).toBe(45n)
    expect(
      ladder(known({ measurements: [measured(1, null, '2024-01-05', 10n), measured(2, null, '2024-02-05', 11n)] }))
        .workDoneFen,
    ).toBe(21n)
  })

  test('what is not known is null, never zero', () => {
    expect(ladder(known({ records: [record(contract({ contractFen: null }))] }))).toMatchObject({
      contractFen: null,
      workDoneFen: null,
      receivableFen: null,
      gapFen: null,
      netInvoicedFen: 0n,
    })
  })
})

describe('milestones', () => {
  const start = (k: Known) => positionOf(k, shippedRules, '2026-11-23').milestones.find((m) => m.kind === 'start')

  test('a reported start outweighs the first measurement, which outweighs the first invoice (domain.md 2, note A)', () => {
    const measurements = [measured(1, 1n, '2023-05-20')]
    const invoices = [invoiced(1n)]
    expect(
      start(known({ records: [record(contract({ startedOn: day('2023-04-15') }))], measurements, invoices }))?.on.value,
    ).toBe('2023-04-15')
    expect(start(known({ measurements, invoices }))?.on.value).toBe('2023-05-20')
    expect(start(known({ invoices }))?.on.value).toBe('2023-06-01')
  })

  test('evidence that agrees raises the confidence, evidence of another year stays listed and adds nothing', () => {
    const near = start(known({ measurements: [measured(1, 1n, '2023-05-20')], invoices: [invoiced(1n)] }))!
    const far = start(known({ measurements: [measured(1, 1n, '2021-05-20')], invoices: [invoiced(1n)] }))!
    expect(near.confidence).toBeGreaterThan(far.confidence)
    expect(far.evidence).toHaveLength(2)
  })

  test('a project is handed over when its last section is', () => {
    const done = record(contract({ handedOverOn: day('2024-06-01') }))
    const open = record(contract({ section: '2' }), 'bb'.repeat(16))
    const closed = record(contract({ section: '2', handedOverOn: day('2024-09-01') }), 'bb'.repeat(16))
    const stageOf = (records: KnownRecord[]) => positionOf(known({ records }), shippedRules, '2026-11-23')
    expect(stageOf([done, open]).milestones.some((m) => m.kind === 'handover')).toBe(false)
    expect(stageOf([done, closed]).milestones.find((m) => m.kind === 'handover')?.on.value).toBe('2024-09-01')
  })
})

describe('the calendar', () => {
  const approved = known({ records: [record(approval())] })

  test('an approved project without a sign of a start stalls after 365 days, and says beforehand on which day that will be', () => {
    expect(positionOf(approved, shippedRules, '2023-05-09')).toMatchObject({
      stalledSince: null,
      changesOn: '2023-05-10',
    })
    expect(positionOf(approved, shippedRules, '2023-05-10')).toMatchObject({
      stalledSince: '2023-05-10',
      changesOn: null,
    })
  })

  test('days on which nothing changes give equal bytes', () => {
    expect(positionJson(positionOf(approved, shippedRules, '2022-06-01'))).toBe(
      positionJson(positionOf(approved, shippedRules, '2023-05-09')),
    )
  })
})

test('a position does not depend on the order in which its records came, and survives its own text', () => {
  const records = [
    record(contract()),
    record(contract({ section: '2' }), 'bb'.repeat(16)),
    record(approval(), 'cc'.repeat(16)),
  ]
  const forwards = positionJson(positionOf(known({ records }), shippedRules, '2026-11-23'))
  expect(positionJson(positionOf(known({ records: [...records].reverse() }), shippedRules, '2026-11-23'))).toBe(
    forwards,
  )
  expect(positionJson(readPosition(forwards))).toBe(forwards)
})
