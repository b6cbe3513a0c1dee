import { describe, expect, test } from 'vitest'
import { blockKeys, clusterNodes, compareNodes, groupNodes } from '../../../src/link/projects/group.ts'
import type { ProjectNode } from '../../../src/link/projects/types.ts'

const owner = { ownerKey: 'T1', ownerName: '新郑市翙曈公路建设服务站' }
const node = (key: string, name: string, more: Partial<ProjectNode> = {}): ProjectNode => ({
  key,
  kind: 'award',
  name,
  projectCode: null,
  documentNumber: null,
  sourceProject: null,
  section: null,
  ...owner,
  contractorKeys: [],
  divisionCode: '410184',
  placeText: null,
  amountFen: null,
  on: null,
  ...more,
})
const approval = (key: string, name: string, more: Partial<ProjectNode> = {}) =>
  node(key, name, { kind: 'approval', ...more })
const clustersOf = (...nodes: ProjectNode[]) => groupNodes(nodes).clusters
const areOne = (a: ProjectNode, b: ProjectNode) => clustersOf(a, b).length === 1

describe('names of one project', () => {
  test.each([
    ['lots and kinds of work', '罍昶片区排水管网改造项目施工一标段', '罍昶片区排水管网改造项目监理'],
    ['rounds of tendering', '罍昶片区排水管网改造项目（第2次招标）', '罍昶片区排水管网改造工程'],
    ['a part behind the name', '罍昶片区排水管网改造项目-泵站设备采购', '罍昶片区排水管网改造项目（一期）施工'],
    ['roads in other words', 'S312新郑龙湖段改建工程', '省道312线新郑市龙湖镇境改建工程TJ-2标'],
    ['a county in other words', '新郑市罍昶路道路工程', '新郑罍昶路道路工程施工'],
    ['changes', '罍昶花园二期建设项目（变更）', '罍昶花园（二期）建设项目'],
    ['one slip', '罍昶片区排水管网改造项目', '罍昶片区排水管网改遭项目设计'],
  ])('%s are one', (_, a, b) => {
    expect(areOne(node('a', a), node('b', b))).toBe(true)
  })

  test.each([
    ['years of a programme', '2024年新郑市罍昶高标准农田建设项目', '2025年新郑市罍昶高标准农田建设项目'],
    ['numbers', '新郑市第二罍昶医院病房改造项目', '新郑市第四罍昶医院病房改造项目'],
    ['plots', '罍昶片区开发项目A地块工程', '翙曈片区开发项目A地块工程'],
    ['roads', 'S312新郑龙湖段改建工程', 'S317新郑龙湖段改建工程'],
    ['stretches', 'S312新郑龙湖段改建工程', 'S312新郑薛店段改建工程'],
    ['villages', '龙湖镇罍庄道路硬化工程', '龙湖镇翙庄道路硬化工程'],
    ['projects of their own on one site', '罍昶宾馆项目洗涤设备采购', '罍昶宾馆精装修项目监理'],
  ])('%s tell two apart', (_, a, b) => {
    expect(areOne(node('a', a), node('b', b))).toBe(false)
  })

  test('the same words of two owners in two counties are two', () => {
    const there = { ownerKey: 'T2', ownerName: '登封市骎戬投资有限公司', divisionCode: '410185' }
    expect(areOne(node('a', '老旧小区改造工程'), node('b', '老旧小区改造工程', there))).toBe(false)
  })
})

describe('numbers of projects', () => {
  const code = '2019-410184-48-01-000123'
  const other = '2021-410184-48-01-000456'

  test('one code joins whatever the names', () => {
    expect(areOne(approval('a', '甲工程', { projectCode: code }), node('b', '乙项目', { projectCode: code }))).toBe(
      true,
    )
  })

  test('two codes keep equal names apart, and a third record without a code does not bridge them', () => {
    const clusters = clustersOf(
      approval('a', '罍昶片区排水管网改造项目', { projectCode: code, on: '2019-01-01' }),
      approval('b', '罍昶片区排水管网改造项目', { projectCode: other, on: '2025-01-01' }),
      node('c', '罍昶片区排水管网改造项目施工'),
    )
    expect(clusters).toEqual([['a', 'c'], ['b']])
  })

  test('a code issued anew under the same document number is the same project', () => {
    const clusters = clustersOf(
      approval('a', '罍昶片区排水管网改造项目', { projectCode: code, documentNumber: '新发改〔2019〕12号' }),
      approval('b', '罍昶片区排水管网改造项目', { projectCode: other, documentNumber: '新发改〔2019〕12号' }),
      node('c', '罍昶片区排水管网改造项目', { kind: 'contract', projectCode: other }),
    )
    expect(clusters).toEqual([['a', 'b', 'c']])
  })

  test('two numbers of one department are two projects', () => {
    const section = (key: string, sourceProject: string) =>
      node(key, 'S312新郑龙湖段改建工程', { kind: 'contract', sourceProject })
    expect(areOne(section('a', 'transport:JT1'), section('b', 'transport:JT2'))).toBe(false)
    expect(areOne(section('a', 'transport:JT1'), section('b', 'transport:JT1'))).toBe(true)
  })

  test('phases with approvals of their own are two, and each takes its own awards', () => {
    const clusters = clustersOf(
      approval('a1', '罍昶花园一期建设项目', { projectCode: code }),
      approval('a2', '罍昶花园二期建设项目'),
      node('w1', '罍昶花园（一期）建设项目施工'),
      node('w2', '罍昶花园二期'),
    )
    expect(clusters).toEqual([
      ['a1', 'w1'],
      ['a2', 'w2'],
    ])
  })
})

describe('judgements', () => {
  const a = node('a', '罍昶片区排水管网改造项目')
  const b = node('b', '罍昶片区排水管网改造项目施工')
  const c = node('c', '骎戬学校迁建项目', { projectCode: '2021-410184-48-01-000456' })

  test('a rejection separates what the names join', () => {
    expect(groupNodes([a, b], [{ a: 'b', b: 'a', verdict: 'negative' }]).clusters).toEqual([['a'], ['b']])
  })

  test('a rejection holds against a third record that would join both', () => {
    const third = node('d', '罍昶片区排水管网改造项目设计')
    const clusters = groupNodes([a, b, third], [{ a: 'a', b: 'b', verdict: 'negative' }]).clusters
    expect(clusters.some((cluster) => cluster.includes('a') && cluster.includes('b'))).toBe(false)
  })

  test('a confirmation joins even against codes', () => {
    const coded = node('e', '罍昶学校', { projectCode: '2019-410184-48-01-000123' })
    expect(groupNodes([c, coded], [{ a: 'c', b: 'e', verdict: 'positive' }]).clusters).toEqual([['c', 'e']])
  })

  test('judgements and edges on records that are gone are passed over', () => {
    const edge = compareNodes(a, b)!
    expect(clusterNodes([a], [edge], [{ a: 'a', b: 'gone', verdict: 'positive' }])).toEqual([['a']])
  })
})

test('records that are one project share a block', () => {
  const pairs = [
    [node('a', 'S312新郑龙湖段改建工程'), node('b', '省道312线新郑市龙湖镇境改建工程TJ-2标')],
    [node('a', '罍昶花园二期建设项目'), node('b', '新郑罍昶花园（二期）施工', { ownerKey: null, ownerName: null })],
    [
      node('a', '甲', { projectCode: '2019-410184-48-01-000123' }),
      node('b', '乙', { projectCode: '2019-410184-48-01-000123' }),
    ],
  ] as const
  for (const [a, b] of pairs) expect(blockKeys(a).some((key) => blockKeys(b).includes(key))).toBe(true)
})
