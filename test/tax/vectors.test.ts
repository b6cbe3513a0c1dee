/** domain.md 3 and 0: the worked figures and the rules behind them, to the 分. */
import { describe, expect, test } from 'vitest'
import { addBands, bandOf, type ExpectedMonth, expectedOf, noBand } from '../../src/tax/expected/expected.ts'
import { type Band, type ContractorFacts, emptyMonth, type MonthFacts } from '../../src/tax/expected/input.ts'
import { stampDuty } from '../../src/tax/expected/stamp-duty.ts'
import { isCrossProvince, isCrossRegion } from '../../src/tax/place.ts'
import { shippedTaxRules as rules, type TaxName } from '../../src/tax/rates/index.ts'

const wan = (amount: number): bigint => BigInt(Math.round(amount * 100)) * 10_000n
const month = (period: string, over: Partial<MonthFacts> = {}): MonthFacts => ({ ...emptyMonth(period), ...over })
const facts = (months: readonly MonthFacts[], over: Partial<ContractorFacts> = {}): ContractorFacts => ({
  scheme: 'general',
  home: '420100',
  site: '410105',
  isBranch: false,
  isJoint: false,
  months,
  ...over,
})

const readings = (
  found: readonly ExpectedMonth[],
  tax: TaxName,
  attribution: 'project' | 'taxpayer' = 'project',
): Band =>
  bandOf(
    found
      .flatMap((m) => m.lines)
      .filter((line) => line.row.tax === tax && line.attribution === attribution)
      .reduce((sum, line) => addBands(sum, line.of), noBand),
  )
const point = (of: ContractorFacts, tax: TaxName): bigint => readings(expectedOf(rules, of), tax).point
const surcharges = ['cityTax', 'educationSurcharge', 'localEducationSurcharge'] as const

describe('the vectors of domain.md 3', () => {
  const a = facts([month('2021-06', { receivedFen: wan(5_450), subcontractFen: wan(1_635) })])

  test('(a) out-of-city general: 5 450 万 received, 1 635 万 to subcontractors → 70.00, 8.40 and 10.00 万', () => {
    expect(point(a, 'vatPrepayment')).toBe(wan(70))
    expect(surcharges.map((tax) => point(a, tax)).reduce((x, y) => x + y)).toBe(wan(8.4))
    expect(point(a, 'incomeTax')).toBe(wan(10))
  })

  test('(b) 10 900 万 with 9 % listed → 3.00 万, not listed 3.27 万, not known the one to the other', () => {
    const of = (listed: boolean | null) => stampDuty(rules, wan(10_900), '2023-05-01', listed)?.band
    expect(of(true)).toEqual({ low: wan(3), point: wan(3), high: wan(3) })
    expect(of(false)).toEqual({ low: wan(3.27), point: wan(3.27), high: wan(3.27) })
    expect(of(null)).toEqual({ low: wan(3), point: wan(3), high: wan(3.27) })
  })

  test('(c) simplified: 1 030 − 206 → 24.00 万, prepaid and in all', () => {
    const c = facts([month('2021-06', { invoicedFen: wan(1_030), subcontractFen: wan(206) })], { scheme: 'simplified' })
    expect(point(c, 'vatPrepayment')).toBe(wan(24))
    expect(readings(expectedOf(rules, c), 'vat', 'taxpayer').point).toBe(wan(24))
  })

  test('(d) 2017: 1 110 received, no subcontract → 1 110 ÷ 1.11 × 2 % = 20.00 万', () => {
    expect(point(facts([month('2017-08', { receivedFen: wan(1_110) })]), 'vatPrepayment')).toBe(wan(20))
  })

  test('(e) 2015: 1 000 received, 200 to a subcontractor → 营业税 24.00 万, of whoever works here', () => {
    const e = [month('2015-09', { receivedFen: wan(1_000), subcontractFen: wan(200) })]
    expect(point(facts(e), 'businessTax')).toBe(wan(24))
    expect(point(facts(e, { home: '410103' }), 'businessTax')).toBe(wan(24))
    expect(point(facts(e), 'vatPrepayment')).toBe(0n)
  })

  test('(5450 − 1635) ÷ 1.09 × 2 % is 70 exactly, where floating numbers give 69.99…', () => {
    expect(point(facts([month('2021-06', { invoicedFen: 545_000n, subcontractFen: 163_500n })]), 'vatPrepayment')).toBe(
      7_000n,
    )
  })
})

describe('the rate of the liability date', () => {
  test.each([
    ['2016-05', 1_110, 20],
    ['2018-04', 1_110, 20],
    ['2018-05', 1_100, 20],
    ['2019-03', 1_100, 20],
    ['2019-04', 1_090, 20],
    ['2026-01', 1_090, 20],
  ])('%s: %d 万 general → %d 万 prepaid', (period, gross, tax) => {
    expect(point(facts([month(period, { invoicedFen: wan(gross) })]), 'vatPrepayment')).toBe(wan(tax))
  })

  test('the row that was used is named, with its article', () => {
    const lines = expectedOf(rules, facts([month('2026-02', { invoicedFen: wan(1_090) })]))[0]!.lines
    expect(lines.map((line) => line.row.id)).toEqual([
      'vatPrepayment.general.9.2026',
      'cityTax.urban',
      'educationSurcharge',
      'localEducationSurcharge',
      'incomeTax.otherProvince',
      'vat.general.9.law',
    ])
    expect(lines.every((line) => line.row.article !== '')).toBe(true)
  })
})

describe('where', () => {
  test('a 巩义 company in 金水区 prepays nothing on the price; one from 开封 in the airport zone does (appendix C 18)', () => {
    const price = [month('2024-03', { invoicedFen: wan(1_090) })]
    const gongyi = expectedOf(rules, facts(price, { home: '410181' }))
    expect(readings(gongyi, 'vatPrepayment')).toEqual(noBand)
    expect(readings(gongyi, 'cityTax')).toEqual(noBand)
    expect(point(facts(price, { home: '410200', site: '410173' }), 'vatPrepayment')).toBe(wan(20))
  })

  test.each([
    ['410181', '410105', false, false],
    ['410200', '410173', true, false],
    ['419001', '419002', true, false],
    ['110105', '110101', true, false],
    ['420100', '410105', true, true],
    ['410000', '410105', null, false],
    [null, '410105', null, null],
  ])('home %s, site %s: across prefectures %s, across provinces %s', (home, site, region, province) => {
    expect([isCrossRegion(home, site), isCrossProvince(home, site)]).toEqual([region, province])
  })

  test('where the home is not known only the upper reading counts it as from elsewhere', () => {
    const found = readings(
      expectedOf(rules, facts([month('2024-03', { invoicedFen: wan(1_090) })], { home: null })),
      'vatPrepayment',
    )
    expect(found).toEqual({ low: 0n, point: 0n, high: wan(20) })
  })

  test('until 2017-04 another county of the city was away from home, which today’s register cannot prove', () => {
    const at = (period: string) =>
      readings(
        expectedOf(rules, facts([month(period, { invoicedFen: wan(1_110) })], { home: '410181' })),
        'vatPrepayment',
      )
    expect(at('2017-04')).toEqual({ low: 0n, point: 0n, high: wan(20) })
    expect(at('2017-05')).toEqual(noBand)
  })

  test.each([
    ['410105', 7],
    ['410173', 7],
    ['410122', 5],
    ['410122200', 1],
    ['410182101', 5],
    ['410182001', 7],
  ])('城建税 at %s is %d % of 20 万', (site, percent) => {
    const of = facts([month('2024-03', { invoicedFen: wan(1_090) })], { site })
    expect(point(of, 'cityTax')).toBe(wan(20 * percent) / 100n)
  })

  test('income tax is prepaid by project departments from another province alone, and by no branch', () => {
    const price = [month('2024-03', { invoicedFen: wan(1_090), subcontractFen: wan(500) })]
    expect(point(facts(price), 'incomeTax')).toBe(wan(2))
    expect(point(facts(price, { isBranch: true }), 'incomeTax')).toBe(0n)
    expect(point(facts(price, { home: '410200' }), 'incomeTax')).toBe(0n)
  })
})

describe('the base', () => {
  test('is as old as the earliest of invoice and receipt; what was invoiced is not owed again when it is paid (0.4)', () => {
    const found = expectedOf(
      rules,
      facts([
        month('2024-01', { invoicedFen: wan(109) }),
        month('2024-02', { receivedFen: wan(109) }),
        month('2024-03', { receivedFen: wan(109) }),
      ]),
    )
    expect(found.map((m) => [m.evidence, m.baseFen])).toEqual([
      ['invoiced', wan(109)],
      ['invoiced', 0n],
      ['received', wan(109)],
    ])
  })

  test('measured work alone raises the upper reading and no other (0.4)', () => {
    const found = expectedOf(rules, facts([month('2024-01', { measuredFen: wan(1_090) })]))
    expect(found[0]).toMatchObject({ evidence: 'measured', baseFen: 0n, highBaseFen: wan(1_090) })
    expect(readings(found, 'vatPrepayment')).toEqual({ low: 0n, point: 0n, high: wan(20) })
  })

  test('a month of more subcontracts than price pays nothing, and the rest comes off the next (0.5)', () => {
    const found = expectedOf(
      rules,
      facts([
        month('2024-01', { invoicedFen: wan(109), subcontractFen: wan(327) }),
        month('2024-02', { invoicedFen: wan(1_308) }),
      ]),
    )
    expect(found.map((m) => m.lines.find((line) => line.row.tax === 'vatPrepayment')?.band.point ?? 0n)).toEqual([
      0n,
      wan(20),
    ])
  })

  test('a red invoice takes back what comes next', () => {
    const of = facts([
      month('2024-01', { invoicedFen: wan(1_090) }),
      month('2024-02', { invoicedFen: -wan(545) }),
      month('2024-03', { invoicedFen: wan(545) }),
    ])
    expect(point(of, 'vatPrepayment')).toBe(wan(20))
  })

  test('a subcontract without site or project on its invoice is deducted under the lower reading alone (4)', () => {
    const of = facts([month('2024-01', { invoicedFen: wan(1_090), doubtfulSubcontractFen: wan(545) })])
    expect(readings(expectedOf(rules, of), 'vatPrepayment')).toEqual({ low: wan(10), point: wan(20), high: wan(20) })
  })

  test('design and equipment of an EPC contract are no construction service: income tax bears on them, prepayment does not (0.7)', () => {
    const of = facts([month('2024-01', { invoicedFen: wan(1_090), otherFen: wan(113), otherNetFen: wan(100) })])
    expect(point(of, 'vatPrepayment')).toBe(wan(20))
    expect(point(of, 'incomeTax')).toBe(wan(2.2))
  })

  test('what the leader of a consortium receives is not all its own: it raises the upper reading', () => {
    const of = facts([month('2024-01', { receivedFen: wan(1_090) })], { isJoint: true })
    expect(readings(expectedOf(rules, of), 'vatPrepayment')).toEqual({ low: 0n, point: 0n, high: wan(20) })
  })
})

describe('advances', () => {
  test('are prepaid on from wherever one comes: at home within the city, at the site otherwise (0.5, 3.1)', () => {
    const advance = [month('2024-01', { advanceFen: wan(1_090) })]
    for (const home of ['410181', '420100']) expect(point(facts(advance, { home }), 'vatPrepayment')).toBe(wan(20))
    const atHome = expectedOf(rules, facts(advance, { home: '410181' }))
    expect(readings(atHome, 'cityTax')).toEqual(noBand)
    expect(readings(atHome, 'cityTax', 'taxpayer').point).toBe(wan(1))
  })

  test('that were prepaid are not prepaid on again when the price is invoiced (0.5)', () => {
    const of = facts([
      month('2024-01', { advanceFen: wan(1_090) }),
      month('2024-02', { invoicedFen: wan(545) }),
      month('2024-03', { invoicedFen: wan(1_090) }),
    ])
    const found = expectedOf(rules, of)
    expect(found.map((m) => m.baseFen)).toEqual([wan(1_090), 0n, wan(545)])
    expect(point(of, 'vatPrepayment')).toBe(wan(30))
  })

  test('were the liability itself from 2016-05-01 to 2017-06-30, and are not since (0.5)', () => {
    const vatOn = (period: string): Band =>
      readings(
        expectedOf(rules, facts([month(period, { advanceFen: wan(1_110) })], { home: '410105' })),
        'vat',
        'taxpayer',
      )
    expect(vatOn('2017-06').high).toBe(wan(110))
    expect(vatOn('2017-07').high).toBe(wan(20))
    expect(point(facts([month('2017-06', { advanceFen: wan(1_110) })], { home: '410105' }), 'vatPrepayment')).toBe(0n)
  })
})

describe('small-scale taxpayers', () => {
  const small = (period: string, invoiced: number) =>
    readings(
      expectedOf(rules, facts([month(period, { invoicedFen: wan(invoiced) })], { scheme: 'smallScale' })),
      'vatPrepayment',
    )

  test('prepay 1 % while it is reduced; law does not say what of the price is tax then', () => {
    const { low, point: likely, high } = small('2024-02', 103)
    expect([low, likely, high]).toEqual([wan(1), 1_019_802n, 1_019_802n])
  })

  test('owe nothing for a quarter within 30 万 without tax; only the upper reading looks beyond this project (3.1)', () => {
    expect(small('2024-02', 30.3)).toMatchObject({ low: 0n, point: 0n, high: 300_000n })
    expect(small('2024-02', 30.31).point).toBeGreaterThan(0n)
    expect(small('2018-02', 9.2).point).toBe(0n)
    expect(small('2018-02', 9.28).point).toBeGreaterThan(0n)
  })

  test('file by quarter, pay surcharges at half, and paid nothing in the exempt months of 2022', () => {
    const found = expectedOf(rules, facts([month('2024-02', { invoicedFen: wan(103) })], { scheme: 'smallScale' }))
    expect(found[0]?.dueOn).toBe('2024-04-18')
    expect(readings(found, 'cityTax').point).toBe(35_693n)
    expect(small('2022-05', 1_030)).toEqual(noBand)
  })

  test('where the scheme is not known the band runs from general to simplified', () => {
    const of = facts([month('2024-01', { invoicedFen: wan(1_090) })], { scheme: 'unknown' })
    expect(readings(expectedOf(rules, of), 'vatPrepayment')).toEqual({
      low: wan(20),
      point: wan(20),
      high: 31_747_573n,
    })
  })
})

describe('sales within the city', () => {
  test('bear on the taxpayer alone: nothing to prepay, the burden of the trade, the output tax (3.1)', () => {
    const found = expectedOf(rules, facts([month('2024-01', { invoicedFen: wan(1_090) })], { home: '410103' }))
    expect(found[0]?.lines.map((line) => [line.row.tax, line.attribution])).toEqual([['vat', 'taxpayer']])
    expect(readings(found, 'vat', 'taxpayer')).toEqual({ low: 0n, point: wan(20), high: wan(90) })
  })
})

describe('stamp duty', () => {
  test('before 2016-05 nothing of the price was VAT', () => {
    expect(stampDuty(rules, wan(1_000), '2015-01-01', null)?.band).toEqual({
      low: wan(0.3),
      point: wan(0.3),
      high: wan(0.3),
    })
  })
})
