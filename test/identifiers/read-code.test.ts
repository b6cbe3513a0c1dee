import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CodeHint, codeReadings, isNullToken, readCode } from '#schemas/identifiers/index.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

/** raw, hint, scheme, status, core */
const readings: readonly [string, CodeHint, string, string, string | null][] = [
  ['91410100556930377C', 'any', 'uscc', 'valid', '556930377'],
  ['９１４１０１００５５６９３０３７７Ｃ', 'any', 'uscc', 'valid', '556930377'],
  ['91410100556930377C(1-1)', 'any', 'uscc', 'valid', '556930377'],
  ['91410100556930377C（副本）', 'any', 'uscc', 'valid', '556930377'],
  ["'91410100556930377c", 'uscc', 'uscc', 'valid', '556930377'],
  [' 9141 0100 5569 30377C\u200b', 'any', 'uscc', 'valid', '556930377'],
  ['91410100-556930377-C', 'any', 'uscc', 'valid', '556930377'],
  ['统一社会信用代码：91410100556930377C', 'any', 'uscc', 'valid', '556930377'],
  ['11410100005250009N', 'any', 'uscc', 'valid', '005250009'],
  ['91350100M000100Y4Z', 'any', 'uscc', 'bad_check', 'M000100Y4'],
  ['91410100MA3X9K0P7Y', 'any', 'uscc', 'bad_check', null],
  ['311501053414322665', 'any', 'uscc', 'bad_check', '341432266'],
  ['914100001700014', 'any', 'uscc', 'truncated', null],
  ['914100001700014', 'businessLicence', 'uscc', 'truncated', null],
  ['114101000052500', 'uscc', 'uscc', 'truncated', null],
  ['91410000170001401', 'any', 'uscc', 'truncated', '170001401'],
  ['9141010055', 'uscc', 'uscc', 'truncated', null],
  ['914100001700014000', 'any', 'uscc', 'damaged', null],
  ['410105199003071000', 'idCard', 'idCard', 'damaged', null],
  ['9.141E+17', 'uscc', 'uscc', 'damaged', null],
  ['9.141E+17', 'any', 'unknown', 'damaged', null],
  ['4101**********1234', 'idCard', 'idCard', 'damaged', null],
  ['D2143569-X', 'any', 'orgCode', 'valid', 'D2143569X'],
  ['00990986x', 'any', 'orgCode', 'valid', '00990986X'],
  ['L5701181X', 'any', 'orgCode', 'bad_check', null],
  ['71526726', 'orgCode', 'orgCode', 'truncated', null],
  ['110108000000016', 'any', 'businessLicence', 'valid', null],
  ['320300000174110', 'businessLicence', 'businessLicence', 'valid', null],
  ['320483000067848', 'any', 'businessLicence', 'bad_check', null],
  ['4101002012345', 'any', 'businessLicence', 'format_only', null],
  ['企合豫郑总字第000123号', 'any', 'businessLicence', 'format_only', null],
  ['440300192203821', 'any', 'legacyTax', 'valid', '192203821'],
  ['44030071526726X', 'any', 'legacyTax', 'valid', '71526726X'],
  ['110108802100433', 'legacyTax', 'legacyTax', 'valid', '802100433'],
  ['44030071526726Y', 'any', 'unknown', 'unknown_type', null],
  ['440300715267261', 'legacyTax', 'legacyTax', 'bad_check', null],
  ['11010519491231002X01', 'any', 'legacyTax', 'valid', null],
  ['11010519491231002X', 'any', 'idCard', 'valid', null],
  ['440524188001010014', 'any', 'idCard', 'valid', null],
  ['110105194912310021', 'any', 'idCard', 'bad_check', null],
  ['11010519491231002', 'idCard', 'idCard', 'truncated', null],
  ['110105491231002', 'idCard', 'idCard', 'format_only', null],
  ['CHN110105490101', 'any', 'idCard', 'format_only', null],
  ['张三', 'any', 'unknown', 'unknown_type', null],
  ['12345', 'uscc', 'unknown', 'unknown_type', null],
]

describe('reading the code of an organisation or person', () => {
  test.each(readings)('%s as %s is %s, %s', (raw, hint, scheme, status, core) => {
    expect(readCode(raw, hint)).toMatchObject({ raw, scheme, status, core })
  })

  test.each([
    null,
    undefined,
    '',
    ' ',
    '　',
    '无',
    '暂无',
    '无数据',
    '/',
    '-',
    '--',
    '—',
    'NULL',
    'null',
    '0',
    '000000',
    '不详',
    '待定',
    '待补',
    '组织结构代码',
    '组织机构代码：',
  ])('%j says that there is none', (raw) => expect(readCode(raw)).toBeNull())

  test('a repair is suggested and never made', () => {
    expect(readCode('9141O105MA44TERT3N')).toMatchObject({
      status: 'bad_check',
      normalised: '9141O105MA44TERT3N',
      suggestions: ['91410105MA44TERT3N'],
    })
    expect(readCode('914I0I05MA44TERT3N')?.suggestions).toEqual(['91410105MA44TERT3N'])
    expect(readCode('91410184MA9F8B8898')?.suggestions).toContain('91410184MA9F888898')
    expect(readCode('91410000170001401')?.suggestions).toEqual(['91410000170001401D'])
    expect(readCode('71526726', 'orgCode')?.suggestions).toEqual(['71526726X'])
    expect(readCode('91410100MA3X9K0P7Y')?.status).toBe('bad_check')
  })

  test('an identity number of 15 digits takes its standard form', () => {
    expect(readCode('110105491231002', 'idCard')?.normalised).toBe('11010519491231002X')
  })

  test('15 digits that pass both checks keep both readings, the column deciding which is first', () => {
    const both = '110108000000032'
    expect(codeReadings('110108000000016').map((r) => r.scheme)).toEqual(['businessLicence'])
    const ambiguous = Array.from({ length: 2000 }, (_, i) => `4101050000${String(i).padStart(5, '0')}`).find(
      (c) => codeReadings(c).length === 2,
    )
    expect(ambiguous ?? both).toMatch(/^\d{15}$/)
    expect(readCode(ambiguous)).toMatchObject({ scheme: 'unknown', status: 'format_only', core: null })
    expect(readCode(ambiguous, 'legacyTax')).toMatchObject({ scheme: 'legacyTax', status: 'valid' })
    expect(readCode(ambiguous, 'businessLicence')).toMatchObject({ scheme: 'businessLicence', status: 'valid' })
    expect(codeReadings(ambiguous, 'legacyTax').map((r) => r.scheme)).toEqual(['legacyTax', 'businessLicence'])
  })

  test('no text makes it throw, and reading what was read changes nothing', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[0-9A-Z -]{7,22}$/),
      fc.stringMatching(/^9[123]41\d{4}[0-9A-Z]{5,12}$/),
    )
    fc.assert(
      fc.property(
        text,
        fc.constantFrom<CodeHint>('uscc', 'orgCode', 'businessLicence', 'legacyTax', 'idCard', 'any'),
        (raw, hint) => {
          const reading = readCode(raw, hint)
          if (reading === null) return
          expect(reading.raw).toBe(raw)
          expect(readCode(reading.normalised, hint)?.normalised ?? reading.normalised).toBe(reading.normalised)
          expect(reading.suggestions).not.toContain(reading.normalised)
        },
      ),
      { seed, numRuns: 2000, verbose: 1 },
    )
  })

  test('text that means something is no null token', () => {
    for (const raw of ['无锡某某公司', '0371', 'A', '待定河工程', '10']) expect(isNullToken(raw)).toBe(false)
  })
})
