import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chineseNumber,
  isWaterPermit,
  permitParts,
  projectCodeParts,
  readDocumentNumber,
  readInvoiceNumber,
  readMeterAccount,
  readPermit,
  readPlatformProjectNumber,
  readProjectCode,
  readRoute,
  readStakeM,
} from '#schemas/identifiers/index.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

describe('投资项目统一代码', () => {
  test.each([
    ['2019-410100-48-01-000001', 'old', '2019'],
    ['2013-410100-48-01-000001', 'old', '2013'],
    ['2020-410100-48-03-000001', 'old', '2020'],
    ['2011-410105-04-01-123456', 'new', '2020-11'],
    ['2012-410105-04-01-123456', 'new', '2020-12'],
    ['2509-320193-89-01-544060', 'new', '2025-09'],
    ['2607-440300-04-01-000001', 'new', '2026-07'],
    ['2609-330100-04-01-100001', 'new', '2026-09'],
    ['2303-410105-04-01-123456', 'new', '2023-03'],
  ])('%s is of the %s generation, %s', (code, generation, issued) => {
    expect(projectCodeParts(code)).toMatchObject({ generation, issued })
    expect(readProjectCode(code)).toMatchObject({
      scheme: 'projectCode',
      normalised: code,
      status: 'format_only',
      core: null,
    })
  })
  test.each([
    ['２０１９－４１０１００－４８－０１－０００００１', '2019-410100-48-01-000001', 'format_only'],
    ['20194101054801000123', '2019-410105-48-01-000123', 'format_only'],
    [' 2019—410105—48—01—000123 ', '2019-410105-48-01-000123', 'format_only'],
    ['项目代码：2303-410105-04-01-123456', '2303-410105-04-01-123456', 'format_only'],
    ['2021-410100-48-01-000001', '2021-410100-48-01-000001', 'bad_check'],
    ['1999-410100-48-01-000001', '1999-410100-48-01-000001', 'bad_check'],
    ['2019-410105-48-01', '2019-410105-48-01', 'truncated'],
    ['2.01941E+19', '2.01941E+19', 'damaged'],
    ['2O19-410105-48-01-000123', '2O19-410105-48-01-000123', 'damaged'],
    ['某项目', '某项目', 'unknown_type'],
  ])('%s is read as %s, %s', (raw, normalised, status) =>
    expect(readProjectCode(raw)).toMatchObject({ raw, normalised, status }))
  test('a look-alike is suggested', () =>
    expect(readProjectCode('2O19-410105-48-01-000123')?.suggestions).toEqual(['2019-410105-48-01-000123']))
  test.each([null, '', '/', '无', '0'])('%j is none', (raw) => expect(readProjectCode(raw)).toBeNull())
})

describe('文号', () => {
  test.each([
    ['郑发改审批[2019] 第012号', '郑发改审批〔2019〕12号'],
    ['郑发改审批〔2019〕12号', '郑发改审批〔2019〕12号'],
    ['郑发改审批（２０１９）１２号', '郑发改审批〔2019〕12号'],
    ['郑发改审批【2019】012号', '郑发改审批〔2019〕12号'],
    ['郑发改审批［2019］12 号', '郑发改审批〔2019〕12号'],
    ['郑发改审批﹝二〇一九﹞十二号', '郑发改审批〔2019〕12号'],
    ['郑发改审批2019年12号', '郑发改审批〔2019〕12号'],
    ['郑发改审批〔2019〕12', '郑发改审批〔2019〕12号'],
    ['《郑发改审批（2019）12号》', '郑发改审批〔2019〕12号'],
    ['批复文号：郑发改审批〔2019〕12号', '郑发改审批〔2019〕12号'],
    ['郑发改审批〔2019〕100号', '郑发改审批〔2019〕100号'],
    ['取水(豫郑)字〔2015〕第00012号', '取水〔豫郑〕字〔2015〕12号'],
    ['郑水许准字第012号', '郑水许准字12号'],
  ])('%s is written %s', (raw, expected) => {
    expect(readDocumentNumber(raw)).toBe(expected)
    expect(readDocumentNumber(expected)).toBe(expected)
  })
  test.each([null, undefined, '', '无', '/', '见附件', '已批复', '2019'])('%j is none', (raw) =>
    expect(readDocumentNumber(raw)).toBeNull())
})

describe('numbers without a public check digit', () => {
  test('a permit has a division, a day, a sequence and a class', () => {
    expect(permitParts('330109202101210222')).toEqual({
      divisionCode: '330109',
      registeredOn: '2021-01-21',
      sequence: '02',
      workClass: '22',
      part: null,
    })
    expect(permitParts('410105201908150101S')?.part).toBe('S')
    expect(readPermit('410105201908150101')?.status).toBe('format_only')
    expect(readPermit('410105201913150101')?.status).toBe('bad_check')
    expect(readPermit('〔2015〕施建字0123号')?.status).toBe('format_only')
    expect(readPermit('无')).toBeNull()
  })
  test('a platform number names its project and its child', () => {
    expect(readPlatformProjectNumber('4101051908150101')).toMatchObject({ registeredOn: '2019-08-15', child: null })
    expect(readPlatformProjectNumber('4101051908150101-SX-003')).toMatchObject({
      projectNumber: '4101051908150101',
      child: 'SX',
      childSequence: '003',
    })
    expect(readPlatformProjectNumber('4101051913150101')).toBeNull()
    expect(readPlatformProjectNumber('2019-410100-48-01-000001')).toBeNull()
  })
  test('an invoice is known by 20 digits, else by code and number', () => {
    expect(readInvoiceNumber(null, '24412000000012345678')).toMatchObject({
      era: 'digital',
      key: '24412000000012345678',
    })
    expect(readInvoiceNumber('041002100111', '24412000000012345678')?.key).toBe('24412000000012345678')
    expect(readInvoiceNumber('041002100111', '12345678')).toMatchObject({ era: 'vat', key: '04100210011112345678' })
    expect(readInvoiceNumber('4100204130', '08123456')?.key).toBe('410020413008123456')
    expect(readInvoiceNumber('241011520101', '00012345')?.era).toBe('localTax')
    expect(readInvoiceNumber(null, '12345678')).toBeNull()
    expect(readInvoiceNumber(null, '2.4412E+19')).toBeNull()
  })
  test('a meter number that lost its leading zero is suggested whole', () => {
    expect(readMeterAccount('0123456789')?.status).toBe('format_only')
    expect(readMeterAccount('4101234567890')?.status).toBe('format_only')
    expect(readMeterAccount('123456789')).toEqual({
      normalised: '123456789',
      status: 'damaged',
      suggestions: ['0123456789'],
    })
    expect(readMeterAccount('12')?.status).toBe('unknown_type')
  })
  test('a water permit of the electronic licence is known by its shape', () => {
    expect(isWaterPermit('C15030362021-0093')).toBe(true)
    expect(isWaterPermit('D410105G2021-0001')).toBe(true)
    expect(isWaterPermit('取水(豫郑)字〔2015〕第00012号')).toBe(false)
  })
  test.each([
    ['G107', 'G107'],
    ['国道107线', 'G107'],
    ['107国道', 'G107'],
    ['ｇ107线', 'G107'],
    ['省道S312线', 'S312'],
    ['X012', 'X012'],
    ['某路', null],
    ['', null],
  ])('route %s is %s', (raw, expected) => expect(readRoute(raw)).toBe(expected))
  test('a stake is metres from the origin', () => {
    expect(readStakeM('K12+300')).toBe(12_300)
    expect(readStakeM('ＡＫ0＋100.5')).toBe(100.5)
    expect(readStakeM('12+300')).toBeNull()
  })
})

describe('Chinese numerals', () => {
  test.each([
    ['十二', 12n],
    ['二〇一九', 2019n],
    ['一百零五', 105n],
    ['廿三', 23n],
    ['壹仟贰佰万', 12_000_000n],
    ['叁佰玖拾万零伍仟壹佰壹拾', 3_905_110n],
    ['一万二千亿', 1_200_000_000_000n],
    ['玖亿零叁万', 900_030_000n],
    ['12', 12n],
    ['十', 10n],
    ['一百一十', 110n],
  ])('%s is %s', (text, value) => expect(chineseNumber(text)).toBe(value))
  test.each([
    '一百五',
    '一万五',
    '百百',
    '万',
    'abc',
    '',
    '一二三四五六七八九十百',
  ])('%s is none, or could be two', (text) => expect(chineseNumber(text)).toBeNull())
})

test('no text makes any reader throw', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[一-三十百万亿号第字〔〕\d()年-]{0,24}$/))
  fc.assert(
    fc.property(text, (raw) => {
      readProjectCode(raw)
      readPermit(raw)
      readPlatformProjectNumber(raw)
      readInvoiceNumber(raw, raw)
      readMeterAccount(raw)
      readRoute(raw)
      readStakeM(raw)
      chineseNumber(raw)
      const number = readDocumentNumber(raw)
      if (number !== null) expect(readDocumentNumber(number)).toBe(number)
    }),
    { seed, numRuns: 3000, verbose: 1 },
  )
})
