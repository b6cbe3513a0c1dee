import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readInteger, readMoney, readPercentBp, readRateBp } from '../../../src/normalise/values/index.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

/** raw, column's unit, 分, rule */
const amounts: readonly [unknown, 'yuan' | 'tenThousandYuan', bigint, string][] = [
  ['123005000.00', 'yuan', 12_300_500_000n, 'unit:yuan'],
  [123_005_000, 'yuan', 12_300_500_000n, 'unit:yuan'],
  [123_005_000n, 'yuan', 12_300_500_000n, 'unit:yuan'],
  ['12,300.50', 'tenThousandYuan', 12_300_500_000n, 'unit:tenThousandYuan'],
  [12_300.5, 'tenThousandYuan', 12_300_500_000n, 'unit:tenThousandYuan'],
  ['1,234.56万', 'yuan', 1_234_560_000n, 'suffix:万元'],
  ['1,234.56万', 'tenThousandYuan', 1_234_560_000n, 'suffix:万元'],
  ['500元', 'tenThousandYuan', 50_000n, 'suffix:元'],
  ['5千元', 'tenThousandYuan', 500_000n, 'suffix:千元'],
  ['3.2亿元', 'yuan', 32_000_000_000n, 'suffix:亿元'],
  ['3亿2000万元', 'yuan', 32_000_000_000n, 'suffix:亿元'],
  ['12.5 万 元', 'yuan', 12_500_000n, 'suffix:万元'],
  ['30(万元人民币)', 'yuan', 30_000_000n, 'suffix:万元'],
  ['72万人民币', 'yuan', 72_000_000n, 'suffix:万元'],
  ['¥123.45', 'yuan', 12_345n, 'unit:yuan'],
  ['￥１，２３４．５６', 'yuan', 123_456n, 'unit:yuan'],
  ['10500000.00元', 'yuan', 1_050_000_000n, 'suffix:元'],
  ['5400万元整', 'yuan', 5_400_000_000n, 'suffix:万元'],
  ['合同金额：120万元', 'yuan', 120_000_000n, 'suffix:万元'],
  ['人民币壹仟贰佰万元整', 'yuan', 1_200_000_000n, 'uppercase'],
  ['壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分', 'yuan', 123_456_789_012n, 'uppercase'],
  ['壹佰元零伍分', 'yuan', 10_005n, 'uppercase'],
  ['伍角整', 'yuan', 50n, 'uppercase'],
  ['一千二百万元', 'tenThousandYuan', 1_200_000_000n, 'uppercase'],
  ['叁佰', 'tenThousandYuan', 300_000_000n, 'uppercase'],
  ['3905110 元（大写：叁佰玖拾万零伍仟壹佰壹拾元）', 'yuan', 390_511_000n, 'suffix:元'],
  ['-123.45', 'yuan', -12_345n, 'unit:yuan'],
  ['负12.5万元', 'yuan', -12_500_000n, 'suffix:万元'],
  ['−1,000', 'yuan', -100_000n, 'unit:yuan'],
  ['(1,234.56)', 'yuan', -123_456n, 'unit:yuan bracketedNegative'],
  ['0', 'yuan', 0n, 'unit:yuan'],
  ['０.００', 'tenThousandYuan', 0n, 'unit:tenThousandYuan'],
  ['0.005', 'yuan', 1n, 'unit:yuan'],
  ['-0.005', 'yuan', -1n, 'unit:yuan'],
  ['0.0049', 'yuan', 0n, 'unit:yuan'],
  ['1.23456785', 'tenThousandYuan', 1_234_568n, 'unit:tenThousandYuan'],
  [0.1 + 0.2, 'yuan', 30n, 'unit:yuan'],
]

const refusals: readonly [unknown, string][] = [
  ['100-200万元', 'money.range'],
  ['100万~200万', 'money.range'],
  ['不超过500万元', 'money.range'],
  ['下浮3.04%', 'money.rate'],
  ['44 %', 'money.rate'],
  ['6400元/吨', 'money.unit_price'],
  ['每月3000元/月', 'money.unit_price'],
  ['100万美元', 'money.foreign_currency'],
  ['USD 100', 'money.foreign_currency'],
  ['1.23005E+8', 'money.scientific'],
  ['9.141E+17', 'money.scientific'],
  ['1,23', 'money.separators'],
  ['12,3456', 'money.separators'],
  ['1.2.3', 'money.unreadable'],
  ['详见合同', 'money.unreadable'],
  ['一百五', 'money.unreadable'],
  [{}, 'money.unreadable'],
  [Number.NaN, 'money.unreadable'],
  [1e21, 'money.imprecise'],
  ['9999999999999999999999', 'money.out_of_range'],
  ['甲部分602000.00元；乙部分21818000.00元', 'money.several'],
  ['3905110元（大写：叁佰玖拾万零伍仟壹佰壹拾壹元）', 'money.contradiction'],
]

describe('amounts', () => {
  test.each(amounts)('%s in %s is %s 分 by %s', (raw, unit, fen, rule) => {
    expect(readMoney(raw, unit)).toMatchObject({ fen, rule })
    expect(readMoney(raw, unit).issue).toBeUndefined()
  })

  test.each(refusals)('%s is refused as %s', (raw, code) => {
    const reading = readMoney(raw, 'yuan')
    expect(reading.fen).toBeNull()
    expect(reading.issue?.code).toBe(code)
    expect(reading.issue?.message.zh).not.toBe('')
    expect(reading.issue?.message.en).not.toBe('')
  })

  test.each([null, undefined, '', ' ', '无', '/', '-', '暂无', '待定'])('%j is nothing and no fault', (raw) => {
    expect(readMoney(raw, 'yuan')).toEqual({ fen: null, rule: 'empty' })
  })

  test('what the source says of precision and tax is kept', () => {
    expect(readMoney('约3.2亿', 'yuan')).toMatchObject({ fen: 32_000_000_000n, isApproximate: true })
    expect(readMoney('(含税)1200万元', 'yuan')).toMatchObject({ fen: 1_200_000_000n, taxIncluded: true })
    expect(readMoney('1200万元（不含税）', 'yuan')).toMatchObject({ fen: 1_200_000_000n, taxIncluded: false })
    expect(readMoney('1200万元', 'yuan').taxIncluded).toBeUndefined()
  })

  test('water in 万元, transport in 元 and the invoices agree', () => {
    const water = readMoney('12,300.50', 'tenThousandYuan').fen
    expect(readMoney('123005000', 'yuan').fen).toBe(water)
    expect(readMoney('123 005 000.00', 'yuan').fen).toBe(water)
  })

  test('what is written in any way reads back to the same 分', () => {
    const amount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
    fc.assert(
      fc.property(amount, (fen) => {
        const magnitude = fen < 0n ? -fen : fen
        const minus = fen < 0n ? '-' : ''
        const yuan = `${magnitude / 100n}.${String(magnitude % 100n).padStart(2, '0')}`
        const grouped = yuan.replace(/\B(?=(\d{3})+(?=\.))/g, ',')
        const wan = `${magnitude / 1_000_000n}.${String(magnitude % 1_000_000n).padStart(6, '0')}`
        const wide = yuan.replace(/[\d.]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))
        for (const text of [yuan, grouped, wide, `${grouped}元`, `${yuan}元整`])
          expect(readMoney(minus + text, 'yuan').fen).toBe(fen)
        for (const text of [wan, `${wan}万元`]) expect(readMoney(minus + text, 'tenThousandYuan').fen).toBe(fen)
        expect(readMoney(`${minus}${wan}万`, 'yuan').fen).toBe(fen)
      }),
      { seed, numRuns: 500, verbose: 1 },
    )
  })

  test('no text makes it throw, and null always has a reason', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[\d.,万亿千元角分壹贰零拾佰约¥()-]{0,16}$/),
    )
    fc.assert(
      fc.property(text, fc.constantFrom('yuan' as const, 'tenThousandYuan' as const), (raw, unit) => {
        const reading = readMoney(raw, unit)
        if (reading.fen === null && reading.rule !== 'empty') expect(reading.issue?.code).toMatch(/^money\./)
      }),
      { seed, numRuns: 3000, verbose: 1 },
    )
  })
})

describe('shares and counts', () => {
  test.each([
    ['45.5', 4550],
    ['45.5%', 4550],
    [100, 10_000],
    ['0', 0],
    ['45.555', 4556],
  ])('%s percent is %s', (raw, bp) => expect(readPercentBp(raw).value).toBe(bp))
  test.each([
    ['0.09', 900],
    ['9%', 900],
    ['0', 0],
    [0.13, 1300],
    ['免税', 0],
  ])('rate %s is %s', (raw, bp) => expect(readRateBp(raw).value).toBe(bp))
  test.each([
    ['3', 3],
    ['第3期', 3],
    ['1,200', 1200],
    ['12.0', 12],
    [7, 7],
  ])('%s counts %s', (raw, n) => expect(readInteger(raw).value).toBe(n))
  test('what is no number says so', () => {
    expect(readPercentBp('近半').issue?.code).toBe('number.unreadable')
    expect(readInteger('1.5').issue?.code).toBe('number.unreadable')
    expect(readRateBp('99999999999999999').issue?.code).toBe('number.out_of_range')
    expect(readInteger('无')).toEqual({ value: null, rule: 'empty' })
  })
})
