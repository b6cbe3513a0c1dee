/**
 * Every value that domain.md 1.1–1.12 and appendix A name, with the verdict that it gives. Written from the document: where the code says
 * otherwise, the code is wrong. What the document calls [I] or [K] is tested as what it says, with the status that claims no more than that.
 */
import { describe, expect, test } from 'vitest'
import { divisionNames } from '#schemas/codes/divisions.ts'
import {
  codeReadings,
  idCheck,
  isBusinessLicence,
  isIdCard,
  isLegacyTax15,
  isNullToken,
  isOrgCode,
  isUscc,
  isUsccType,
  isWaterPermit,
  licenceCheck,
  licenceHolder,
  orgCheck,
  permitParts,
  printedOrgCode,
  projectCodeParts,
  readCode,
  readDocumentNumber,
  readInvoiceNumber,
  readMeterAccount,
  readPermit,
  readPlatformProjectNumber,
  readProjectCode,
  readRoute,
  readStakeM,
  readWaterPermit,
  upgradeIdCard,
  usccCheck,
} from '#schemas/identifiers/index.ts'
import { crossRegion, divisionName, readDivision, readIndustry } from '../../src/normalise/values/index.ts'

describe('1 general handling', () => {
  test.each([
    '',
    ' ',
    '无',
    '无数据',
    '/',
    '-',
    '--',
    '暂无',
    'NULL',
    'null',
    '0',
    '不详',
    '待定',
    '待补',
  ])('%j means that there is nothing', (raw) => {
    expect(isNullToken(raw)).toBe(true)
    expect(readCode(raw)).toBeNull()
    expect(readProjectCode(raw)).toBeNull()
  })
  test.each([
    ['９１４１００００１７０００１４０１Ｄ', '91410000170001401D'],
    ['91410100556930377C(1-1)', '91410100556930377C'],
    ["'91410000170001401D", '91410000170001401D'],
    ['91410000\u00a0170001401D\u200b', '91410000170001401D'],
    ['91410000170001401d', '91410000170001401D'],
  ])('%s is normalised to %s and valid', (raw, normalised) =>
    expect(readCode(raw)).toMatchObject({ raw, normalised, status: 'valid' }))
  test.each(['9.141E+17', '914100001700014000'])('%s was damaged by a spreadsheet', (raw) =>
    expect(readCode(raw, 'uscc')).toMatchObject({ raw, status: 'damaged' }))
  test.each([
    ['9141O000170001401D', '91410000170001401D'],
    ['9I410000170001401D', '91410000170001401D'],
    ['91410000I70001401D', '91410000170001401D'],
  ])('%s is kept as it is; %s is a suggestion only', (raw, repaired) =>
    expect(readCode(raw)).toMatchObject({ normalised: raw, status: 'bad_check', suggestions: [repaired] }))
  test.each([
    ['S', '5'],
    ['Z', '2'],
  ])('%s read for %s is a suggestion only', (wrong, right) => {
    const valid = '91410105MA44TERT3N'
    const code = right === '5' ? valid.replace('105', `10${wrong}`) : '924101Z2MA40A1B28A'
    const reading = readCode(code)
    expect(reading?.status).toBe('bad_check')
    expect(reading?.suggestions).toContain(right === '5' ? valid : '92410122MA40A1B28A')
  })
})

describe('1.1 统一社会信用代码', () => {
  test.each([
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
  ])('%s is valid, and its core is its organisation code', (code) => {
    expect(isUscc(code)).toBe(true)
    expect(usccCheck(code.slice(0, 17))).toBe(code[17])
    expect(readCode(code)).toMatchObject({ scheme: 'uscc', status: 'valid', core: code.slice(8, 17) })
  })
  test.each([
    ['91350100M000100Y4Z', 'bad_check', '3'],
    ['91410100MA3X9K0P7Y', 'bad_check', 'L'],
    ['311501053414322665', 'bad_check', '7'],
  ])('%s is %s: it should end in %s', (code, status, check) => {
    expect(isUscc(code)).toBe(false)
    expect(readCode(code)).toMatchObject({ scheme: 'uscc', status, normalised: code })
    expect(usccCheck(code.slice(0, 17))).toBe(check)
  })
  test('a single wrong character is always caught: 510 of 510', () => {
    const code = '91410000170001401D'
    const alphabet = [...'0123456789ABCDEFGHJKLMNPQRTUWXY']
    const wrong = [...code.slice(0, 17)].flatMap((c, i) =>
      alphabet.filter((d) => d !== c).map((d) => code.slice(0, i) + d + code.slice(i + 1)),
    )
    expect(wrong).toHaveLength(510)
    expect(wrong.filter((c) => usccCheck(c.slice(0, 17)) === c[17])).toEqual([])
  })
  test.each(['I', 'O', 'S', 'V', 'Z'])('%s does not stand in the alphabet', (c) =>
    expect(usccCheck(`9141000017000140${c}`)).toBeNull())
  test.each([
    '11',
    '12',
    '13',
    '51',
    '52',
    '53',
    '81',
    '91',
    '92',
    '93',
    'N1',
    'N2',
    'N3',
    'A1',
    'Y1',
  ])('first two characters %s are in use', (type) => expect(isUsccType(`${type}410100`)).toBe(true))
})

describe('1.2 组织机构代码', () => {
  test.each([
    'D2143569-X',
    '00990986X',
    '71526726-X',
    '19220382-1',
    '79965505-8',
    '17000140-1',
  ])('%s is valid', (code) => {
    const bare = code.replace('-', '')
    expect(isOrgCode(code)).toBe(true)
    expect(orgCheck(bare.slice(0, 8))).toBe(bare[8])
    expect(readCode(code)).toMatchObject({ scheme: 'orgCode', status: 'valid', core: bare })
  })
  test('L5701181X should end in 1', () => {
    expect(orgCheck('L5701181')).toBe('1')
    expect(readCode('L5701181X')).toMatchObject({ scheme: 'orgCode', status: 'bad_check', core: null })
  })
  test('the core of a USCC is what a side without one is matched by', () => {
    expect(printedOrgCode(readCode('9144030071526726XG')?.core ?? '')).toBe('71526726-X')
    expect(readCode('71526726-X')?.core).toBe(readCode('9144030071526726XG')?.core)
  })
})

describe('1.3 工商注册号', () => {
  test.each([
    '110108000000016',
    '320300000174110',
    '131125600053703',
    '440301103072002',
    '340100000400528',
    '310230000419464',
  ])('%s is valid', (code) => {
    expect(isBusinessLicence(code)).toBe(true)
    expect(licenceCheck(code.slice(0, 14))).toBe(code[14])
    expect(readCode(code, 'businessLicence')).toMatchObject({ scheme: 'businessLicence', status: 'valid' })
  })
  test('320483000067848 should end in 7', () => {
    expect(licenceCheck('32048300006784')).toBe('7')
    expect(readCode('320483000067848')).toMatchObject({ scheme: 'businessLicence', status: 'bad_check' })
  })
  test.each([
    ['110108000000016', 'domestic'],
    ['310230400000000', 'foreign'],
    ['131125600053703', 'individual'],
  ])('the seventh digit of %s says %s', (code, holder) => expect(licenceHolder(code)).toBe(holder))
  test.each(['企合豫郑总字第000123号', '4101002012345'])('%s of before 2007 cannot be verified', (code) =>
    expect(readCode(code)).toMatchObject({ scheme: 'businessLicence', status: 'format_only' }))
})

describe('1.4 纳税人识别号 before the unified code', () => {
  test.each([
    ['440300192203821', '192203821'],
    ['44030071526726X', '71526726X'],
    ['110108802100433', '802100433'],
    ['330100799655058', '799655058'],
  ])('%s links to a USCC by its last nine, %s', (code, core) => {
    expect(isLegacyTax15(code)).toBe(true)
    expect(readCode(code, 'legacyTax')).toMatchObject({ scheme: 'legacyTax', status: 'valid', core })
  })
  test('an individual has an identity number with two digits behind it', () =>
    expect(readCode('11010519491231002X01')).toMatchObject({ scheme: 'legacyTax', status: 'valid' }))
})

describe('1.5 居民身份证', () => {
  test.each(['11010519491231002X', '440524188001010014', '34052419800101001X'])('%s is valid', (code) => {
    expect(isIdCard(code)).toBe(true)
    expect(idCheck(code.slice(0, 17))).toBe(code[17])
    expect(readCode(code, 'idCard')).toMatchObject({ scheme: 'idCard', status: 'valid' })
  })
  test('110105194912310021 is not', () => {
    expect(isIdCard('110105194912310021')).toBe(false)
    expect(readCode('110105194912310021', 'idCard')?.status).toBe('bad_check')
  })
  test('15 digits take their standard form', () => {
    expect(upgradeIdCard('110105491231002')).toBe('11010519491231002X')
    expect(readCode('110105491231002', 'idCard')?.normalised).toBe('11010519491231002X')
  })
  test('a birthday that is no day, or is to come, is none', () => {
    const withCheck = (first17: string) => first17 + idCheck(first17)
    expect(isIdCard(withCheck('11010519490230002'))).toBe(false)
    expect(isIdCard(withCheck('41010520301231001'), '20260101')).toBe(false)
  })
  test.each([
    '810000199001010010',
    '820000199001010015',
    '830000199001010011',
  ])('residents of Hong Kong, Macao and Taiwan have the same form: %s', (code) => {
    const right = code.slice(0, 17) + idCheck(code.slice(0, 17))
    expect(readCode(right, 'idCard')).toMatchObject({ scheme: 'idCard', status: 'valid' })
  })
  test('a permanent residence permit of 15 characters, and of 18 that begin with 9', () => {
    expect(readCode('CHN110105490101', 'idCard')).toMatchObject({ scheme: 'idCard', status: 'format_only' })
    const first17 = '91115619900101001'
    expect(readCode(first17 + idCheck(first17), 'idCard')?.scheme).toBe('idCard')
  })
  test('the region may be a historic code', () => {
    const first17 = '41010719900101001'
    expect(divisionNames.has('410107')).toBe(false)
    expect(isIdCard(first17 + idCheck(first17))).toBe(true)
  })
})

describe('1.6 投资项目统一代码', () => {
  test.each([
    ['2019-410100-48-01-000001', 'old', '2019'],
    ['2013-410100-48-01-000001', 'old', '2013'],
    ['2020-410100-48-01-000001', 'old', '2020'],
    ['2011-410100-04-01-000001', 'new', '2020-11'],
    ['2012-410100-04-01-000001', 'new', '2020-12'],
    ['2101-410100-04-01-000001', 'new', '2021-01'],
    ['2509-320193-89-01-544060', 'new', '2025-09'],
    ['2607-440300-04-01-000001', 'new', '2026-07'],
    ['2609-330100-04-01-100001', 'new', '2026-09'],
  ])('%s is %s, given in %s; its check is unpublished', (code, generation, issued) => {
    expect(projectCodeParts(code)).toMatchObject({ generation, issued })
    expect(readProjectCode(code)).toMatchObject({ status: 'format_only', normalised: code })
  })
  test('the old one names the industry, the new one the guiding department', () => {
    expect(projectCodeParts('2019-410100-48-01-000001')).toMatchObject({ industry: '48', guidingDepartment: null })
    expect(projectCodeParts('2607-440300-04-01-000001')).toMatchObject({ industry: null, guidingDepartment: '04' })
  })
})

describe('1.7 施工许可证编号', () => {
  test.each([
    ['330109202101210222', '330109', '2021-01-21', '02', '22'],
    ['410105201908150101', '410105', '2019-08-15', '01', '01'],
  ])('%s is of %s, %s', (code, divisionCode, registeredOn, sequence, workClass) => {
    expect(permitParts(code)).toEqual({ divisionCode, registeredOn, sequence, workClass, part: null })
    expect(readPermit(code)?.status).toBe('format_only')
  })
  test.each(['S', 'J', 'Z', 'A'])('a copy for a part of the works ends in %s', (part) =>
    expect(permitParts(`410105201908150101${part}`)?.part).toBe(part))
  test('old permits are free text', () => expect(readPermit('〔2015〕施建字0123号')?.status).toBe('format_only'))
})

describe('1.8 四库一平台项目编号', () => {
  test.each(['TX', 'HB', 'QU', 'SA', 'SX', 'JX'])('child %s names its project', (child) =>
    expect(readPlatformProjectNumber(`4101051908150101-${child}-001`)).toMatchObject({
      projectNumber: '4101051908150101',
      registeredOn: '2019-08-15',
      child,
      childSequence: '001',
    }))
  test('sixteen digits are a project', () =>
    expect(readPlatformProjectNumber('4101051908150101')).toMatchObject({ divisionCode: '410105', child: null }))
  test('a record of achievements names its project (2024)', () =>
    expect(readPlatformProjectNumber('YJ-4101051908150101-003')).toMatchObject({
      projectNumber: '4101051908150101',
      child: 'YJ',
      childSequence: '003',
    }))
  test('towns that put the project code there are not taken for a platform number', () =>
    expect(readPlatformProjectNumber('2019-410100-48-01-000001')).toBeNull())
})

describe('1.9 行政区划', () => {
  test.each([
    ['410100', '郑州市'],
    ['410102', '中原区'],
    ['410103', '二七区'],
    ['410104', '管城回族区'],
    ['410105', '金水区'],
    ['410106', '上街区'],
    ['410108', '惠济区'],
    ['410122', '中牟县'],
    ['410181', '巩义市'],
    ['410182', '荥阳市'],
    ['410183', '新密市'],
    ['410184', '新郑市'],
    ['410185', '登封市'],
  ])('%s is %s', (code, name) => {
    expect(divisionNames.get(code)).toBe(name)
    expect(readDivision(code)).toMatchObject({ code })
    expect(readDivision(code).issue).toBeUndefined()
  })
  test.each([
    ['410171', '郑州经济技术开发区'],
    ['410172', '郑州高新技术产业开发区'],
    ['410173', '郑州航空港经济综合实验区'],
  ])('the functional zone %s is %s', (code, name) => {
    expect(readDivision(code)).toMatchObject({ code, level: 'county' })
    expect(readDivision(code).issue).toBeUndefined()
    expect(divisionName(code)).toContain(name)
  })
  test('郑东新区 has no national code and a local one', () => {
    const { code, issue } = readDivision('郑东新区')
    expect(issue).toBeUndefined()
    expect(code).toMatch(/^4101/)
    expect(divisionNames.has(code ?? '')).toBe(false)
  })
  test.each([
    '410105001',
    '410105004',
    '410103010',
    '410102003',
    '410106001',
    '410108102',
    '410181101',
    '410183104',
    '410184102',
  ])('%s is a town', (code) => expect(readDivision(code)).toMatchObject({ code, level: 'town' }))
  test('twelve digits are a village', () =>
    expect(readDivision('410105001002')).toMatchObject({ code: '410105001002', level: 'village' }))

  // Appendix C 18 and the predicate of appendix A.
  test.each([
    ['410181', '410105', false],
    ['410200', '410173', true],
    ['410100', '410105', false],
    ['410105', '410122', false],
    ['410105', '411602', true],
    ['410105', '419001', true],
    ['419001', '419001', false],
    ['110105', '110108', true],
    ['500112', '500101', true],
    ['310115', '310115', false],
    ['420500', '410100', true],
    ['429004', '429005', true],
  ])('work at home %s, site %s is cross-region: %s', (home, site, expected) =>
    expect(crossRegion(home, site)).toBe(expected))
  test.each([
    [null, '410105'],
    ['410181', null],
    ['410000', '410105'],
    ['41', '410105'],
  ])('home %s, site %s cannot be told', (home, site) => expect(crossRegion(home, site)).toBeNull())
})

describe('1.10 国民经济行业分类', () => {
  test.each([
    ['E47', '47'],
    ['4710', '4710'],
    ['E4710', '4710'],
    ['47', '47'],
    ['4812', '4812'],
    ['4813', '4813'],
    ['4822', '4822'],
    ['4853', '4853'],
    ['4861', '4861'],
    ['4875', '4875'],
    ['4891', '4891'],
    ['4910', '4910'],
    ['5013', '5013'],
    ['5090', '5090'],
  ])('%s is construction, %s', (raw, code) => {
    const reading = readIndustry(raw)
    expect(reading).toMatchObject({ code, isConstruction: true })
    expect(reading.name).not.toBeNull()
  })
  test('a code of the 2011 edition is kept and its edition told', () =>
    expect(readIndustry('4700')).toMatchObject({ code: '4700', rule: 'code of another edition' }))
})

describe('1.11 invoices', () => {
  test.each([
    [null, '24412000000012345678', 'digital', '24412000000012345678'],
    ['041002100111', '12345678', 'vat', '04100210011112345678'],
    ['4100204130', '08123456', 'vat', '410020413008123456'],
    ['241011520101', '00012345', 'localTax', '24101152010100012345'],
    ['041002100111', '24412000000012345678', 'digital', '24412000000012345678'],
  ])('code %s number %s is of the era %s', (code, number, era, key) =>
    expect(readInvoiceNumber(code, number)).toMatchObject({ era, key }))
})

describe('1.12 electricity, water, transport', () => {
  test.each(['0123456789', '4101234567890'])('户号 %s has the right length, which is all that can be said', (raw) =>
    expect(readMeterAccount(raw)).toEqual({ normalised: raw, status: 'format_only', suggestions: [] }))
  test('nine digits lost a zero: a candidate, never a repair', () =>
    expect(readMeterAccount('123456789')).toEqual({
      normalised: '123456789',
      status: 'damaged',
      suggestions: ['0123456789'],
    }))
  test.each([
    ['C15030362021-0093', 'electronic', 'C15030362021-0093'],
    ['D410105G2021-0001', 'electronic', 'D410105G2021-0001'],
    ['Ｄ410105Ｓ2021－0001', 'electronic', 'D410105S2021-0001'],
    ['取水(豫郑)字〔2015〕第00012号', 'document', '取水〔豫郑〕字〔2015〕12号'],
    ['A12345678', 'numbered', 'A12345678'],
    ['B12345678', 'numbered', 'B12345678'],
  ])('取水许可证 %s is of the %s form', (raw, form, normalised) => {
    expect(readWaterPermit(raw)).toMatchObject({ form, normalised, status: 'format_only' })
    expect(isWaterPermit(normalised)).toBe(form === 'electronic')
  })
  test.each([
    ['见附件', 'unknown_type'],
    ['2.02E+15', 'damaged'],
  ])('取水许可证 %s is %s', (raw, status) => expect(readWaterPermit(raw)).toMatchObject({ normalised: raw, status }))
  test.each([null, '', '无', '/'])('取水许可证 %j is none', (raw) => expect(readWaterPermit(raw)).toBeNull())
  test.each(['G107', 'S312', 'X012', 'Y001', 'C001', 'Z101'])('%s is a route', (raw) =>
    expect(readRoute(raw)).toBe(raw))
  test.each([
    ['K12+300', 12_300],
    ['K18+050', 18_050],
  ])('桩号 %s is %d m', (raw, metres) => expect(readStakeM(raw)).toBe(metres))
  test.each([
    ['郑发改审批[2019] 第012号', '郑发改审批〔2019〕12号'],
    ['郑发改审批［２０１９］第０１２号', '郑发改审批〔2019〕12号'],
    ['郑发改审批（二〇一九）十二号', '郑发改审批〔2019〕12号'],
    ['郑发改审批【2019】12号', '郑发改审批〔2019〕12号'],
  ])('文号 %s is written %s', (raw, expected) => expect(readDocumentNumber(raw)).toBe(expected))
})

describe('appendix A: 15 digits that may be two things', () => {
  test('the column decides first, then the check digits, else both are kept', () => {
    expect(readCode('110108000000016', 'legacyTax')?.scheme).toBe('legacyTax')
    expect(readCode('110108000000016')?.scheme).toBe('businessLicence')
    expect(readCode('440300192203821')?.scheme).toBe('legacyTax')
    const both = Array.from({ length: 2_000 }, (_, i) => `4101050000${String(i).padStart(5, '0')}`).find(
      (c) => isBusinessLicence(c) && isLegacyTax15(c),
    )
    expect(both).toBeDefined()
    expect(readCode(both)).toMatchObject({ scheme: 'unknown', status: 'format_only' })
    expect(codeReadings(both).map((r) => r.scheme)).toEqual(['businessLicence', 'legacyTax'])
  })
})
