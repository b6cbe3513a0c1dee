import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldName, readParties, splitConsortium, splitSiteUnit } from '../../../src/normalise/values/index.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

describe('folding a name', () => {
  test.each([
    ['甲建设（郑州）有限公司', '甲建设（郑州）有限公司'],
    ['甲建设(郑州)有限公司', '甲建设（郑州）有限公司'],
    ['甲建设[郑州]有限公司', '甲建设（郑州）有限公司'],
    ['甲建设【郑州】有限公司', '甲建设（郑州）有限公司'],
    [' 甲 建设 有限公司　', '甲建设有限公司'],
    ['甲\u200b建设有限公司\ufeff', '甲建设有限公司'],
    ['甲建设有限公司...', '甲建设有限公司'],
    ['甲建设有限公司。', '甲建设有限公司'],
    ['Ａ１建设有限公司', 'A1建设有限公司'],
    ['施工单位：甲建设有限公司', '甲建设有限公司'],
    ['建设单位名称: 甲建设有限公司（盖章）', '甲建设有限公司'],
    ['甲（集团）有限公司（公章）', '甲（集团）有限公司'],
  ])('%j is %s', (raw, expected) => expect(foldName(raw)).toBe(expected))

  test('bracket content tells companies apart and stays', () => {
    expect(foldName('甲（郑州）有限公司')).not.toBe(foldName('甲有限公司'))
    expect(foldName('甲（集团）有限公司')).not.toBe(foldName('甲有限公司'))
  })

  test('folding twice changes nothing', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[甲乙公司施工单位：:()（）盖章.。 ]{0,16}$/),
    )
    fc.assert(
      fc.property(text, (raw) => {
        expect(foldName(foldName(raw))).toBe(foldName(raw))
      }),
      { seed, numRuns: 3000, verbose: 1 },
    )
  })
})

describe('site units and branches', () => {
  test.each([
    ['中国某某第七工程局有限公司郑州地铁项目经理部', '中国某某第七工程局有限公司', '郑州地铁项目经理部'],
    ['甲路桥有限公司TJ-2标项目经理部', '甲路桥有限公司', 'TJ-2标项目经理部'],
    ['甲有限公司S312改建工程第二标段项目部', '甲有限公司', 'S312改建工程第二标段项目部'],
    ['甲建设有限公司第三工程处', '甲建设有限公司', '第三工程处'],
    ['甲建设集团有限公司驻郑办事处', '甲建设集团有限公司', '驻郑办事处'],
    ['甲建设有限公司某水库指挥部', '甲建设有限公司', '某水库指挥部'],
    ['甲建设有限公司（郑州地铁五号线项目部）', '甲建设有限公司', '郑州地铁五号线项目部'],
    ['甲有限公司项目部（郑州）', '甲有限公司', '项目部（郑州）'],
    ['中某七局郑州地铁项目部', '中某七局', '郑州地铁项目部'],
    ['甲建设有限公司郑州分公司金水项目部', '甲建设有限公司郑州分公司', '金水项目部'],
    ['某某水库工程建设指挥部', '某某水库工程建设指挥部', null],
    ['甲建设有限公司', '甲建设有限公司', null],
    ['甲（集团）有限公司', '甲（集团）有限公司', null],
    ['某某市公路局', '某某市公路局', null],
    ['甲集团有限公司工程总承包公司', '甲集团有限公司工程总承包公司', null],
  ])('%s answers as %s for %s', (raw, name, siteUnit) => expect(splitSiteUnit(raw)).toMatchObject({ name, siteUnit }))

  test('a branch keeps its own name and says whose it is', () => {
    expect(splitSiteUnit('甲建设有限公司郑州分公司')).toEqual({
      name: '甲建设有限公司郑州分公司',
      siteUnit: null,
      branch: '郑州分公司',
      parent: '甲建设有限公司',
    })
    expect(splitSiteUnit('某银行股份有限公司郑州金水支行')).toMatchObject({
      branch: '郑州金水支行',
      parent: '某银行股份有限公司',
    })
    expect(splitSiteUnit('甲建设有限公司郑州分公司金水项目部')).toMatchObject({
      branch: '郑州分公司',
      parent: '甲建设有限公司',
    })
    expect(splitSiteUnit('甲建设有限公司')).toMatchObject({ branch: null, parent: null })
  })
})

/** raw, members in their order, `*` before the leader */
const consortia: readonly [string, readonly string[]][] = [
  ['甲公司（牵头人）、乙公司（联合体成员）', ['*甲公司', '乙公司']],
  ['甲公司、乙公司(联合体)', ['*甲公司', '乙公司']],
  ['牵头人:甲公司 成员:乙公司', ['*甲公司', '乙公司']],
  ['联合体牵头人：甲有限公司；联合体成员：乙有限公司、丙设计院', ['*甲有限公司', '乙有限公司', '丙设计院']],
  ['甲有限公司与乙有限公司联合体', ['*甲有限公司', '乙有限公司']],
  ['甲有限公司、乙设计研究总院有限公司、丙有限公司联合体', ['*甲有限公司', '乙设计研究总院有限公司', '丙有限公司']],
  ['（联合体）甲公司、乙公司', ['*甲公司', '乙公司']],
  ['联合体：甲公司，乙公司', ['*甲公司', '乙公司']],
  ['联合体（甲公司、乙公司）', ['*甲公司', '乙公司']],
  ['（主）甲有限公司,（成）乙有限公司', ['*甲有限公司', '乙有限公司']],
  ['乙公司（成员）、甲公司（牵头人）', ['乙公司', '*甲公司']],
  ['1、甲有限公司 2、乙有限公司', ['*甲有限公司', '乙有限公司']],
  ['甲有限公司/乙有限公司', ['*甲有限公司', '乙有限公司']],
  ['甲有限公司;乙有限公司', ['*甲有限公司', '乙有限公司']],
  ['甲有限公司\n乙有限公司', ['*甲有限公司', '乙有限公司']],
  ['甲公司+乙设计院', ['*甲公司', '乙设计院']],
  ['甲公司＆乙公司', ['*甲公司', '乙公司']],
  ['甲（郑州）有限公司、乙（集团）有限公司', ['*甲（郑州）有限公司', '乙（集团）有限公司']],
  ['甲公司联合体', ['甲公司']],
  ['甲公司、甲公司', ['甲公司']],
  ['甲（郑州，河南）有限公司', ['甲（郑州,河南）有限公司']],
  ['甲和乙建设有限公司', ['甲和乙建设有限公司']],
  ['甲研究院（省评估中心、乙中心）', ['甲研究院（省评估中心、乙中心）']],
  ['甲有限公司、张三', ['甲有限公司、张三']],
]

describe('联合体', () => {
  test.each(consortia)('%j names %j', (raw, expected) => {
    expect(splitConsortium(raw).map((part) => (part.consortium === 'leader' ? '*' : '') + part.name)).toEqual(expected)
  })

  test('a part is the text as it stood', () => {
    expect(splitConsortium('甲 公司(郑州)（牵头人）、 乙公司').map((part) => part.raw)).toEqual([
      '甲 公司(郑州)',
      '乙公司',
    ])
  })

  test('every part is found in its cell, and nothing makes it throw', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[甲乙丙公司院局（）()、,;：牵头人成员联合体与和\n ]{0,24}$/),
    )
    fc.assert(
      fc.property(text, (raw) => {
        const parts = splitConsortium(raw)
        for (const part of parts) expect(raw).toContain(part.raw)
        expect(parts.filter((part) => part.consortium === 'leader').length).toBe(parts.length > 1 ? 1 : 0)
      }),
      { seed, numRuns: 3000, verbose: 1 },
    )
  })
})

describe('the parties of a cell', () => {
  test('one code belongs to the leader', () => {
    const parties = readParties('乙公司（成员）、甲公司（牵头人）', '91410105MA44TERT3N', 'contractor')
    expect(parties.map((p) => [p.name, p.code?.normalised ?? null, p.consortium])).toEqual([
      ['乙公司', null, 'member'],
      ['甲公司', '91410105MA44TERT3N', 'leader'],
    ])
  })
  test('one code and no leader named: the first', () => {
    expect(readParties('甲公司、乙公司', '91410105MA44TERT3N', 'contractor').map((p) => p.code?.status)).toEqual([
      'valid',
      undefined,
    ])
  })
  test('as many codes as members belong to them in turn', () => {
    const codes = '91410105MA44TERT3N、91410184MA9F888898'
    expect(readParties('甲公司、乙公司', codes, 'contractor').map((p) => p.code?.normalised)).toEqual(codes.split('、'))
  })
  test('a site unit is cut and kept beside the name', () => {
    expect(readParties('甲路桥有限公司TJ-2标项目经理部', null, 'contractor')).toEqual([
      {
        role: 'contractor',
        raw: '甲路桥有限公司TJ-2标项目经理部',
        name: '甲路桥有限公司',
        siteUnit: 'TJ-2标项目经理部',
        code: null,
        consortium: null,
      },
    ])
  })
  test.each([null, undefined, '', '/', '无', '暂无'])('%j names nobody', (raw) =>
    expect(readParties(raw, null, 'owner')).toEqual([]))
  test.each(['组织结构代码', '/', '无'])('the code %s is none', (code) =>
    expect(readParties('甲公司', code, 'owner')[0]?.code).toBeNull())
})
