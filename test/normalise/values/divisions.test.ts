import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  crossRegion,
  divisionName,
  findDivisions,
  placeOf,
  readDivision,
  readPlace,
} from '../../../src/normalise/values/index.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

describe('division codes', () => {
  test.each([
    ['410105', '410105', 'county'],
    ['４１０１０５', '410105', 'county'],
    [410_105, '410105', 'county'],
    ['4101', '410100', 'city'],
    ['41', '410000', 'province'],
    ['410105001', '410105001', 'town'],
    ['410105001002', '410105001002', 'village'],
    ['410105000000', '410105', 'county'],
    ['410105001000', '410105001', 'town'],
    ['410000000000', '410000', 'province'],
    ['420501', '420500', 'city'],
    ['郑州市金水区', '410105', 'county'],
    ['郑东新区', '4101ZD', 'county'],
    ['4101GX', '410172', 'county'],
    ['419001', '419001', 'county'],
  ])('%s is %s, a %s', (raw, code, level) => {
    expect(readDivision(raw)).toMatchObject({ code, level })
    expect(readDivision(raw).issue).toBeUndefined()
  })
  test('an abolished code is kept and said to be unknown', () => {
    expect(readDivision('410101999')).toMatchObject({ issue: { code: 'division.unknown' } })
    expect(readDivision('110103')).toMatchObject({ code: '110103', issue: { code: 'division.unknown' } })
  })
  test.each(['999999', '41010', 'somewhere'])('%s is none', (raw) =>
    expect(readDivision(raw)).toMatchObject({ code: null, issue: { code: 'division.unreadable' } }))
  test.each([null, '', '无'])('%j is nothing', (raw) =>
    expect(readDivision(raw)).toEqual({ code: null, level: null, rule: 'empty' }))
  test.each([
    ['410105', '河南省郑州市金水区'],
    ['410105001', '河南省郑州市金水区'],
    ['410100', '河南省郑州市'],
    ['410000', '河南省'],
    ['419001', '河南省济源市'],
    ['110105', '北京市朝阳区'],
    ['4101ZD', '河南省郑州市郑东新区'],
    ['410171', '河南省郑州经济技术开发区'],
    ['999999', null],
  ])('the name of %s is %s', (code, name) => expect(divisionName(code)).toBe(name))
})

describe('places in text', () => {
  test.each([
    [null, '郑州市金水区花园路1号', '410105'],
    [null, '河南省郑州市金水区', '410105'],
    [null, '河南荥阳市', '410182'],
    [null, '中原区桐柏路', '410102'],
    [null, '管城区南关街', '410104'],
    [null, '宜昌高新区和枝江市', '420583'],
    [null, '湖北省宜昌市宜都市化工园区（宜都市枝城镇）', '420581'],
    [null, '长阳县磨市镇', '420528'],
    [null, '五峰土家族自治县湾潭镇', '420529'],
    [null, '该工程位于当阳市玉阳街道', '420582'],
    [null, '恩施州利川市', '422802'],
    [null, '北京朝阳区', '110105'],
    [null, '吉林省吉林市', '220200'],
    [null, '上海市浦东新区南京路1号', '310115'],
    [null, '郑州市高新区科学大道', '410172'],
    [null, '河南省郑州市郑东新区商务外环路', '4101ZD'],
    [null, '郑州', '410100'],
    [null, '鼓楼区中山路', null],
    [null, '南京路100号', null],
    [null, '淮阳县西城区文明路', null],
    [null, '杨林桥镇（白岩村、三台寺村）', null],
    ['410200', '鼓楼区', '410204'],
    ['320100', '鼓楼区', '320106'],
    ['410100', '金水区花园路', '410105'],
    ['410100', '南阳路1号', '410100'],
    ['410105', '经三路', '410105'],
    ['410105', null, '410105'],
    ['410105', '郑东新区商务外环', '410105'],
    ['无', '无', null],
  ])('%s and %s lie in %s', (code, text, expected) => {
    const { place, issue } = readPlace(code, text)
    expect(place.divisionCode).toBe(expected)
    expect(issue).toBeUndefined()
  })
  test('all places of a text are told, in its order', () => {
    expect(findDivisions('宜昌高新区和枝江市').map((match) => match.code)).toEqual(['420500', '420583'])
    expect(findDivisions('夷陵区、点军区').map((match) => match.code)).toEqual(['420506', '420504'])
  })
  test('a code that the text contradicts is kept with an issue', () => {
    expect(readPlace('410105', '郑州市二七区')).toMatchObject({
      place: { divisionCode: '410105' },
      issue: { code: 'division.conflict' },
    })
    expect(readPlace('410100', '开封市鼓楼区').issue?.code).toBe('division.conflict')
  })
  test('the text is kept as it stood', () =>
    expect(placeOf('410105', ' 花园路 1 号')).toEqual({ divisionCode: '410105', text: ' 花园路 1 号' }))
  test('nothing makes it throw', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[郑州市金水区河南省县宜昌和、路]{0,16}$/),
    )
    fc.assert(
      fc.property(text, text, (code, words) => {
        expect(readPlace(code, words).matches).toBeInstanceOf(Array)
      }),
      { seed, numRuns: 2000, verbose: 1 },
    )
  })
})

describe('跨地级行政区', () => {
  test.each([
    ['410181', '410105', false],
    ['410200', '410173', true],
    ['410105', '4101ZD', false],
    ['419001', '410105', true],
    ['419001', '419001', false],
    ['110105', '110108', true],
    ['110105', '110105', false],
    ['420581', '410105', true],
    ['410000', '410105', null],
    [null, '410105', null],
    ['110000', '110105', null],
  ])('from %s to %s: %s', (home, site, expected) => expect(crossRegion(home, site)).toBe(expected))
})
