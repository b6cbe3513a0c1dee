/** What holds of the expected tax whatever the figures are. The seed is printed by fast-check on failure and read from SEED. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addBands, bandOf, expectedOf, noBand } from '../../src/tax/expected/expected.ts'
import {
  type Band,
  type ContractorFacts,
  emptyMonth,
  type MonthFacts,
  type Scheme,
} from '../../src/tax/expected/input.ts'
import { shippedTaxRules as rules } from '../../src/tax/rates/index.ts'
import { runSeed } from '../support/random.ts'

const seed = runSeed(20_261_126)
const check = <T>(property: fc.IProperty<T>): void => fc.assert(property, { seed, numRuns: 150, endOnFailure: true })

const periods = Array.from(
  { length: 140 },
  (_, i) => `${2015 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}`,
)
const sum = fc.bigInt({ min: 0n, max: 10_000_000_000n })
const signed = fc.bigInt({ min: -3_000_000_000n, max: 10_000_000_000n })

const monthOf = (period: string): fc.Arbitrary<MonthFacts> =>
  fc.record({
    period: fc.constant(period),
    invoicedFen: signed,
    otherFen: fc.constant(0n),
    otherNetFen: fc.constant(0n),
    advanceFen: fc.oneof(fc.constant(0n), sum),
    receivedFen: fc.oneof(fc.constant(0n), sum),
    measuredFen: fc.oneof(fc.constant(0n), sum),
    subcontractFen: fc.oneof(fc.constant(0n), sum),
    doubtfulSubcontractFen: fc.oneof(fc.constant(0n), sum),
  })
const someMonths = fc
  .subarray(periods, { minLength: 1, maxLength: 12 })
  .chain((chosen) => fc.tuple(...chosen.map(monthOf)))
const contractor: fc.Arbitrary<ContractorFacts> = fc.record({
  scheme: fc.constantFrom<Scheme>('general', 'simplified', 'smallScale', 'unknown'),
  home: fc.constantFrom('420100', '410200', '410181', '410105', null),
  site: fc.constantFrom('410105', '410122', '410173', null),
  isBranch: fc.boolean(),
  isJoint: fc.boolean(),
  months: someMonths,
})

/** Sum over all lines of one tax; no tax named: of all. */
const total = (facts: ContractorFacts, tax?: string): Band =>
  bandOf(
    expectedOf(rules, facts)
      .flatMap((m) => m.lines)
      .filter((line) => tax === undefined || line.row.tax === tax)
      .reduce((all, line) => addBands(all, line.of), noBand),
  )

describe('expected tax', () => {
  test('is never negative, and low ≤ point ≤ high in every line', () => {
    check(
      fc.property(contractor, (facts) => {
        for (const { lines } of expectedOf(rules, facts))
          for (const { band } of lines) {
            expect(band.low >= 0n).toBe(true)
            expect(band.low <= band.point && band.point <= band.high).toBe(true)
          }
      }),
    )
  })

  test('does not fall when more is invoiced', () => {
    check(
      fc.property(contractor, fc.nat(), sum, (facts, pick, more) => {
        const at = pick % facts.months.length
        // Money received would hide what is added; without it the invoice is the base.
        const plain = facts.months.map((m) => ({ ...m, receivedFen: 0n, measuredFen: 0n, advanceFen: 0n }))
        const raised = plain.map((m, i) => (i === at ? { ...m, invoicedFen: m.invoicedFen + more } : m))
        const [less, greater] = [plain, raised].map((months) => total({ ...facts, months }))
        expect(greater!.low >= less!.low && greater!.point >= less!.point && greater!.high >= less!.high).toBe(true)
      }),
    )
  })

  test('does not fall when more is received, within the time of one rate', () => {
    const oneRate = periods.filter((p) => p >= '2019-04' && p <= '2025-12')
    const within = fc
      .subarray(oneRate, { minLength: 1, maxLength: 10 })
      .chain((chosen) => fc.tuple(...chosen.map(monthOf)))
    check(
      fc.property(within, fc.nat(), sum, (months, pick, more) => {
        const facts = { scheme: 'general', home: '420100', site: '410105', isBranch: false, isJoint: false } as const
        const raised = months.map((m, i) =>
          i === pick % months.length ? { ...m, receivedFen: m.receivedFen + more } : m,
        )
        const [less, greater] = [months, raised].map((all) => total({ ...facts, months: all }, 'vatPrepayment'))
        // The same price in other months is rounded in other lines.
        const slack = BigInt(months.length)
        expect(greater!.low >= less!.low - slack && greater!.point >= less!.point - slack).toBe(true)
      }),
    )
  })

  test('sees only the sum of subcontracts, and does not rise with it', () => {
    check(
      fc.property(contractor, sum, sum, (facts, one, other) => {
        const withSub = (fen: bigint) =>
          total({
            ...facts,
            months: facts.months.map((m, i) => (i === 0 ? { ...m, subcontractFen: m.subcontractFen + fen } : m)),
          })
        expect(withSub(one + other).point <= withSub(one).point).toBe(true)
      }),
    )
    check(
      fc.property(fc.array(sum, { minLength: 1, maxLength: 6 }), sum, (subs, price) => {
        // The tax on the price less all subcontracts is that on each part, but for rounding a part.
        const of = (invoicedFen: bigint, subcontractFen: bigint) =>
          total(
            {
              scheme: 'general',
              home: '420100',
              site: '410105',
              isBranch: false,
              isJoint: false,
              months: [{ ...emptyMonth('2024-01'), invoicedFen, subcontractFen }],
            },
            'vatPrepayment',
          ).point
        const all = subs.reduce((a, b) => a + b, 0n)
        const apart = subs.reduce((tax, fen) => tax + of(fen, 0n), of(price, 0n))
        const difference = apart - of(price + all, all) - subs.reduce((tax, fen) => tax + of(fen, 0n), 0n)
        expect(difference <= BigInt(subs.length) && difference >= -BigInt(subs.length)).toBe(true)
      }),
    )
  })

  test('is the same, but for 1 分 a line, when a month’s receipts come in two', () => {
    check(
      fc.property(sum, fc.integer({ min: 0, max: 100 }), sum, (receivedFen, share, subcontractFen) => {
        const facts = { scheme: 'general', home: '420100', site: '410105', isBranch: false, isJoint: false } as const
        const first = (receivedFen * BigInt(share)) / 100n
        const whole = total(
          { ...facts, months: [{ ...emptyMonth('2024-01'), receivedFen, subcontractFen }] },
          'vatPrepayment',
        )
        const parts = total(
          {
            ...facts,
            months: [
              {
                ...emptyMonth('2024-01'),
                receivedFen: first,
                subcontractFen: first < subcontractFen ? first : subcontractFen,
              },
              {
                ...emptyMonth('2024-02'),
                receivedFen: receivedFen - first,
                subcontractFen: first < subcontractFen ? subcontractFen - first : 0n,
              },
            ],
          },
          'vatPrepayment',
        )
        const difference = whole.point - parts.point
        expect(difference <= 1n && difference >= -1n).toBe(true)
      }),
    )
  })

  test('of a prefix of months is that of the whole for these months: later news changes no earlier line', () => {
    check(
      fc.property(contractor, (facts) => {
        const months = facts.scheme === 'smallScale' ? facts.months.slice(0, 1) : facts.months
        const whole = expectedOf(rules, { ...facts, months })
        const prefix = expectedOf(rules, { ...facts, months: months.slice(0, -1) })
        expect(prefix).toEqual(whole.slice(0, -1))
      }),
    )
  })
})
