import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { oneOf, projectNameParts } from '../../../src/normalise/values/index.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const none = { phase: null, lots: [], retender: false, workType: null, routes: [] }

describe('the pieces of a project name', () => {
  test.each([
    ['G107郑州境改建工程', { ...none, core: 'G107郑州境改建', routes: ['G107'] }],
    ['国道107线郑州境改建工程（一期）', { ...none, core: 'G107郑州境改建', phase: '1', routes: ['G107'] }],
    ['107国道改建TJ-2标', { ...none, core: 'G107改建', lots: ['TJ-2'], routes: ['G107'] }],
    ['省道S312线荥阳段改建工程', { ...none, core: 'S312荥阳段改建', routes: ['S312'] }],
    ['某县安置房建设项目（变更）', { ...none, core: '某县安置房' }],
    ['某县安置房建设项目（重新备案）', { ...none, core: '某县安置房' }],
    [
      '2025年度某县高标准农田项目施工监理（二标段）',
      { ...none, core: '2025年某县高标准农田', lots: ['2'], workType: '监理' },
    ],
    ['2025年某县高标准农田项目（二标段）', { ...none, core: '2025年某县高标准农田', lots: ['2'] }],
    ['某片区老旧小区改造工程（五期）三标段', { ...none, core: '某片区老旧小区改造', phase: '5', lots: ['3'] }],
    ['某河生态修复项目（标段一）(第2次招标)', { ...none, core: '某河生态修复', lots: ['1'], retender: true }],
    ['某道路工程No.3合同段', { ...none, core: '某道路', lots: ['3'] }],
    ['某路改建YCSG-02', { ...none, core: '某路改建', lots: ['YCSG-02'] }],
    ['某站提标改造项目（二期）EPC工程总承包', { ...none, core: '某站提标改造', phase: '2', workType: '总承包' }],
    ['某县停车场项目设计采购施工总承包', { ...none, core: '某县停车场', workType: '总承包' }],
    [
      '某区污水系统提升工程二标段EPC工程总承包监理',
      { ...none, core: '某区污水系统提升', lots: ['2'], workType: '监理' },
    ],
    ['某污水处理厂（二期）项目测量、勘察、设计', { ...none, core: '某污水处理厂', phase: '2', workType: '勘察设计' }],
    ['某公园施工图设计', { ...none, core: '某公园', workType: '设计' }],
    ['某片区场地岩土工程勘察', { ...none, core: '某片区场地', workType: '勘察' }],
    ['某港区码头工程第三方检测服务', { ...none, core: '某港区码头', workType: '检测' }],
    ['某酒店厨房设备采购及安装', { ...none, core: '某酒店厨房', workType: '采购' }],
    ['某镇供水一、二期工程', { ...none, core: '某镇供水', phase: '1,2' }],
    ['某医院Ⅱ期工程', { ...none, core: '某医院', phase: '2' }],
    ['某燃气补短板工程（一期）第二批', { ...none, core: '某燃气补短板', phase: '1', lots: ['批2'] }],
    [
      '某城区二次供水设施改造项目二期（含管网改造工程）',
      { ...none, core: '某城区二次供水设施改造（含管网改造）', phase: '2' },
    ],
    ['某乡引水工程（某乡供水改扩建工程二期）', { ...none, core: '某乡引水（某乡供水改扩建）', phase: '2' }],
    ['某大厦5G基站建设项目', { ...none, core: '某大厦5G基站' }],
    ['某标准厂房项目', { ...none, core: '某标准厂房' }],
    ['工程', { ...none, core: '工程' }],
    ['无', { ...none, core: '' }],
  ])('%s', (raw, expected) => expect(projectNameParts(raw)).toEqual(expected))

  test('width, dashes and spaces make no difference', () => {
    expect(projectNameParts('Ｇ107 郑州境改建工程 (一期)')).toEqual(projectNameParts('G107郑州境改建工程（一期）'))
  })

  test('no name is left without a core, and nothing makes it throw', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[某路改建工程项目一二期标段第次招标施工监理设计（）()G107国道-]{0,24}$/),
    )
    fc.assert(
      fc.property(text, (raw) => {
        const parts = projectNameParts(raw)
        expect(projectNameParts(raw)).toEqual(parts)
        if (/[甲-龟某]/u.test(raw) && raw.includes('某')) expect(parts.core).not.toBe('')
      }),
      { seed, numRuns: 2000, verbose: 1 },
    )
  })
})

describe('closed code lists', () => {
  const stage = oneOf({ '0': 'notStarted', '1': 'started', '2': 'inProgress' })
  test.each([
    ['1', 'started'],
    [1, 'started'],
    ['１', 'started'],
    [' 2 ', 'inProgress'],
    ['0', 'notStarted'],
  ])('%j is %s', (raw, value) => expect(stage(raw)).toMatchObject({ value }))
  test('a code outside the list is an issue and never a default', () => {
    expect(stage('9')).toMatchObject({ value: null, issue: { code: 'code.unmapped', expected: '0 / 1 / 2' } })
    expect(stage('constructor').issue?.code).toBe('code.unmapped')
  })
  test.each([null, undefined, '', '/', '无'])('%j is nothing', (raw) =>
    expect(stage(raw)).toEqual({ value: null, rule: 'empty' }))
})
