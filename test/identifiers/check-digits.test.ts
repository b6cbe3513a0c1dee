import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  idCheck,
  isBusinessLicence,
  isIdCard,
  isLegacyTax15,
  isLegacyTax20,
  isOrgCode,
  isUscc,
  licenceCheck,
  licenceHolder,
  orgCheck,
  printedOrgCode,
  upgradeIdCard,
  usccCheck,
} from '#schemas/identifiers/index.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const run = { seed, numRuns: 300, verbose: 1 } as const
const usccAlphabet = [...'0123456789ABCDEFGHJKLMNPQRTUWXY']
const digits = [...'0123456789']
const stringOf = (alphabet: readonly string[], length: number) =>
  fc.array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length }).map((c) => c.join(''))

/** Every code that differs from this one in one place, within the alphabet of that place. */
const substitutions = (code: string, alphabetAt: (i: number) => readonly string[]): string[] =>
  [...code].flatMap((c, i) =>
    alphabetAt(i)
      .filter((d) => d !== c)
      .map((d) => code.slice(0, i) + d + code.slice(i + 1)),
  )

describe('USCC (GB 32100-2015)', () => {
  const valid = [
    '91410000170001401D',
    '91410100556930377C',
    '914403001922038216',
    '9144030071526726XG',
    '91330100799655058B',
    '91110000802100433B',
    '91350100M000100Y43',
    '91410105MA44TERT3N',
    '91410100MA3X000109',
    '92410122MA40A1B28A',
    'N2410181MF00000139',
    '11410100005250009N',
    '91410184MA9F888898',
  ]
  test.each(valid)('%s is valid', (code) => expect(isUscc(code)).toBe(true))
  test.each([
    '91350100M000100Y4Z',
    '91410100MA3X9K0P7Y',
    '311501053414322665',
    '91410100556930377c',
    '',
  ])('%s is not', (code) => expect(isUscc(code)).toBe(false))
  test.each([
    ['91410100MA3X9K0P7', 'L'],
    ['31150105341432266', '7'],
    ['91350100M000100Y4', '3'],
  ])('the check character of %s is %s', (first, check) => expect(usccCheck(first)).toBe(check))
  test('a character outside the alphabet has no check character', () =>
    expect(usccCheck('9135010ZM000100Y4')).toBeNull())
  test('its nine-character core is a valid organisation code', () => {
    for (const code of ['91410000170001401D', '9144030071526726XG', '91330100799655058B', '914403001922038216']) {
      expect(isOrgCode(code.slice(8, 17))).toBe(true)
    }
  })
  test('every single wrong character is caught, whatever the code', () => {
    const first17 = fc
      .tuple(stringOf(usccAlphabet, 2), stringOf(digits, 6), stringOf(usccAlphabet, 9))
      .map((p) => p.join(''))
    fc.assert(
      fc.property(first17, (first) => {
        const code = first + (usccCheck(first) ?? '')
        expect(isUscc(code)).toBe(true)
        const wrong = substitutions(code, (i) => (i >= 2 && i < 8 ? digits : usccAlphabet))
        expect(wrong.filter(isUscc)).toEqual([])
      }),
      { ...run, numRuns: 50 },
    )
  })
})

describe('组织机构代码 (GB 11714-1997)', () => {
  test.each([
    'D2143569-X',
    '00990986X',
    '71526726-X',
    '19220382-1',
    '79965505-8',
    '17000140-1',
    '170001401',
  ])('%s is valid', (code) => expect(isOrgCode(code)).toBe(true))
  test('L5701181X should end in 1', () => {
    expect(isOrgCode('L5701181X')).toBe(false)
    expect(orgCheck('L5701181')).toBe('1')
  })
  test('the core of a USCC prints with a hyphen', () => expect(printedOrgCode('71526726X')).toBe('71526726-X'))
  test('every single wrong digit is caught', () => {
    fc.assert(
      fc.property(stringOf(digits, 8), (first) => {
        const code = first + orgCheck(first)
        expect(substitutions(code, (i) => (i < 8 ? digits : [...digits, 'X'])).filter(isOrgCode)).toEqual([])
      }),
      run,
    )
  })
})

describe('工商注册号 (GS 15-2006)', () => {
  test.each([
    '110108000000016',
    '320300000174110',
    '131125600053703',
    '440301103072002',
    '340100000400528',
    '310230000419464',
  ])('%s is valid', (code) => expect(isBusinessLicence(code)).toBe(true))
  test('320483000067848 should end in 7', () => {
    expect(isBusinessLicence('320483000067848')).toBe(false)
    expect(licenceCheck('32048300006784')).toBe('7')
  })
  test('the seventh digit tells whose it is', () => {
    expect(['110108000000016', '310230400000000', '131125600053703'].map(licenceHolder)).toEqual([
      'domestic',
      'foreign',
      'individual',
    ])
  })
  test('every single wrong digit is caught', () => {
    fc.assert(
      fc.property(stringOf(digits, 14), (first) => {
        expect(substitutions(first + licenceCheck(first), () => digits).filter(isBusinessLicence)).toEqual([])
      }),
      run,
    )
  })
})

describe('纳税人识别号 before 2015', () => {
  test.each([
    '440300192203821',
    '44030071526726X',
    '110108802100433',
    '330100799655058',
  ])('%s holds a valid organisation code', (code) => expect(isLegacyTax15(code)).toBe(true))
  test('an identity number with two digits is a tax number of an individual', () => {
    expect(isLegacyTax20('11010519491231002X01')).toBe(true)
    expect(isLegacyTax20('11010519491231002101')).toBe(false)
  })
})

describe('居民身份证 (GB 11643-1999)', () => {
  test.each(['11010519491231002X', '440524188001010014', '34052419800101001X'])('%s is valid', (code) =>
    expect(isIdCard(code)).toBe(true))
  test.each([
    '110105194912310021',
    '11010519490231002X',
    '99010519491331002X',
    '11010519491231002',
  ])('%s is not', (code) => expect(isIdCard(code)).toBe(false))
  test('a birthday in the future is refused where the day is given', () => {
    const first17 = '41010520301231001'
    expect(isIdCard(first17 + idCheck(first17))).toBe(true)
    expect(isIdCard(first17 + idCheck(first17), '20260101')).toBe(false)
  })
  test('fifteen digits become eighteen', () => {
    expect(upgradeIdCard('110105491231002')).toBe('11010519491231002X')
    expect(upgradeIdCard('110105491331002')).toBeNull()
  })
  test('every single wrong digit of the sequence is caught', () => {
    fc.assert(
      fc.property(stringOf(digits, 3), (sequence) => {
        const first = `41010519900101${sequence}`
        const code = first + idCheck(first)
        expect(substitutions(code, (i) => (i < 17 ? digits : [...digits, 'X'])).filter((c) => isIdCard(c))).toEqual([])
      }),
      run,
    )
  })
})
