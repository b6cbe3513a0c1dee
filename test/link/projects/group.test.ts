import { describe, expect, test } from 'vitest'
import {
  areOtherByNumber,
  blockKeys,
  clusterNodes,
  compareNodes,
  explainNodes,
  groupNodes,
} from '../../../src/link/projects/group.ts'
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
    [
      'a character lost in a long name',
      '翙曈河流域生态保护与发展EOD项目-南段',
      '翙曈河流域生态保护与发EOD项目-北段监理',
    ],
    ['purchases for it', '罍昶客厅项目厨房设备采购及安装', '罍昶客厅家具采购项目'],
    ['one thing of a list', '罍昶、翙曈泵站（骎戬泵站）-水力机械采购', '罍昶泵站更新改造工程'],
    ['the name in brackets', '翙曈泵站更新改造工程（骎戬泵站更新改造工程）监理', '骎戬泵站更新改造工程10kV配电工程'],
    ['what lies around it, of the same owner', '罍昶宾馆项目厨房设备采购', '罍昶宾馆周边山体修复工程'],
    ['lots 标段', '罍昶片区排水管网改造项目第1标段', '罍昶片区排水管网改造项目（二标段）'],
    ['packages and batches', '罍昶片区排水管网改造项目第一批', '罍昶片区排水管网改造项目2包'],
    ['phases tendered without approvals of their own', '罍昶片区排水管网改造一期工程', '罍昶片区排水管网改造二期工程'],
    ['tendered again', '罍昶片区排水管网改造项目重新招标', '罍昶片区排水管网改造项目EPC总承包（二次招标）'],
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

  test('what continues it is put out anew', () => {
    expect(areOne(node('a', '罍昶片区地质监测网建设项目'), node('b', '罍昶片区地质监测网建设项目（续建）'))).toBe(false)
  })

  test('what another owner builds beside it is another project', () => {
    const other = { ownerKey: 'T2', ownerName: '骎戬城乡投资有限公司' }
    expect(areOne(node('a', '罍昶雪都项目监理'), node('b', '罍昶雪都项目周边停车场工程', other))).toBe(false)
  })

  test('common words of two owners of one county are two, a name of its own is one', () => {
    const other = { ownerKey: 'T2', ownerName: '骎戬投资有限公司' }
    expect(areOne(node('a', '老旧小区改造工程'), node('b', '老旧小区改造工程', other))).toBe(false)
    expect(areOne(node('a', '罍昶里小区改造工程'), node('b', '罍昶里小区改造工程', other))).toBe(true)
  })

  test('the same words of two owners in two counties are two', () => {
    const there = { ownerKey: 'T2', ownerName: '登封市骎戬投资有限公司', divisionCode: '410185' }
    expect(areOne(node('a', '老旧小区改造工程'), node('b', '老旧小区改造工程', there))).toBe(false)
  })
})

describe('days', () => {
  const name = '罍昶河治理工程'
  const other = { ownerKey: 'T2', ownerName: '骎戬投资有限公司' }

  test('an award four years after the approval of another owner is of another project', () => {
    expect(areOne(approval('a', name, { on: '2020-01-10' }), node('b', name, { ...other, on: '2020-09-01' }))).toBe(
      true,
    )
    expect(areOne(approval('a', name, { on: '2020-01-10' }), node('b', name, { ...other, on: '2024-02-01' }))).toBe(
      false,
    )
  })

  test('a record goes to the nearer one of two that have the same name', () => {
    const clusters = clustersOf(
      approval('a', name, { on: '2019-01-10', projectCode: '2019-410184-48-01-000123' }),
      approval('b', name, { on: '2024-01-10', projectCode: '2401-410184-04-01-000456' }),
      node('c', name, { on: '2024-06-01' }),
    )
    expect(clusters).toEqual([['a'], ['b', 'c']])
  })
})

describe('tenders of one plan', () => {
  const of = (key: string, place: string, day: string, more: Partial<ProjectNode> = {}) =>
    node(key, `2025年度新郑市${place}土地开发项目`, { on: day, ownerKey: key, ownerName: `${place}人民政府`, ...more })

  test('put out in the same days for several places are one', () => {
    const clusters = clustersOf(
      of('a', '罍昶镇', '2025-12-10'),
      of('b', '翙曈镇', '2025-12-10'),
      of('c', '骎戬街道', '2025-12-16'),
    )
    expect(clusters).toEqual([['a', 'b', 'c']])
  })

  test.each([
    ['months later', of('b', '翙曈镇', '2025-06-10')],
    ['on a day not known', of('b', '翙曈镇', '2025-12')],
    ['of another year', { ...of('b', '翙曈镇', '2025-12-10'), name: '2024年度新郑市翙曈镇土地开发项目' }],
    ['of other works', { ...of('b', '翙曈镇', '2025-12-10'), name: '2025年度新郑市翙曈镇道路硬化项目' }],
    [
      'in another county',
      { ...of('b', '翙曈镇', '2025-12-10', { divisionCode: '410185' }), name: '2025年度登封市翙曈镇土地开发项目' },
    ],
    ['that are approvals', of('b', '翙曈镇', '2025-12-10', { kind: 'approval' })],
  ])('%s are two', (_, other) => {
    expect(areOne(of('a', '罍昶镇', '2025-12-10'), other)).toBe(false)
  })

  test('with codes of their own are as many as their codes', () => {
    const clusters = clustersOf(
      of('a', '罍昶镇', '2025-12-10', { projectCode: '2501-410184-04-01-000123' }),
      of('b', '翙曈镇', '2025-12-10', { projectCode: '2501-410184-04-01-000456' }),
    )
    expect(clusters).toEqual([['a'], ['b']])
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

  test('codes of two generations, issued anew for a like sum within three years, are one project with what carries either', () => {
    const sum = { amountFen: 1_000_000_000n }
    const clusters = clustersOf(
      approval('a', '罍昶片区排水管网改造项目', { projectCode: code, on: '2019-03-01', ...sum }),
      approval('b', '罍昶片区排水管网改造项目', { projectCode: '2101-410184-04-01-000456', on: '2021-01-05', ...sum }),
      node('c', '排水管网', { kind: 'contract', projectCode: code, ownerKey: null, ownerName: null }),
      node('d', '排水管网二标', {
        kind: 'contract',
        projectCode: '2101-410184-04-01-000456',
        ownerKey: null,
        ownerName: null,
      }),
    )
    expect(clusters).toEqual([['a', 'b', 'c', 'd']])
  })

  test.each([
    ['the same works', true, {}],
    ['another road', false, { name: 'S317罍昶翙曈段改建工程' }],
    ['another phase', false, { name: 'S312罍昶翙曈段改建工程二期' }],
    ['another owner', false, { ownerKey: 'T2' }],
    ['a sum of another size', false, { amountFen: 9_000_000_000n }],
    ['four years later', false, { on: '2023-04-01' }],
  ])('a code issued anew for %s: %s', (_, isOne, change) => {
    const name = 'S312罍昶翙曈段改建工程'
    const first = approval('a', name, { projectCode: code, on: '2019-03-01', amountFen: 1_000_000_000n })
    expect(areOne(first, { ...first, key: 'b', projectCode: other, on: '2021-03-01', ...change })).toBe(isOne)
  })

  test('codes issued anew do not join what one department numbers apart', () => {
    const name = '罍昶片区排水管网改造项目'
    const sum = { amountFen: 1_000_000_000n }
    const clusters = clustersOf(
      approval('a', name, { projectCode: code, on: '2019-03-01', ...sum }),
      approval('b', name, { projectCode: other, on: '2021-03-01', ...sum }),
      node('c', name, { projectCode: code, sourceProject: 'water:SL1' }),
      node('d', name, { projectCode: other, sourceProject: 'water:SL2' }),
    )
    expect(clusters).toEqual([
      ['a', 'c'],
      ['b', 'd'],
    ])
  })

  test('numbers of one department keep records apart that no edge separates, and a third record does not bridge them', () => {
    const name = '罍昶片区排水管网改造项目'
    const clusters = clustersOf(
      node('a', name, { sourceProject: 'water:SL1' }),
      node('b', name, { sourceProject: 'water:SL2' }),
      node('c', `${name}施工`),
    )
    expect(clusters).toEqual([['a', 'c'], ['b']])
  })

  test('numbers of two departments, and of a department that numbers anew, are no contradiction', () => {
    const name = '罍昶片区排水管网改造项目'
    expect(
      areOne(node('a', name, { sourceProject: 'water:1' }), node('b', name, { sourceProject: 'transport:1' })),
    ).toBe(true)
    expect(
      areOne(node('a', name, { sourceProject: 'housing:1' }), node('b', name, { sourceProject: 'housing:2' })),
    ).toBe(true)
  })

  test('one code holds together what a department numbers apart, and takes the records of either number', () => {
    const name = '罍昶片区排水管网改造项目'
    const clusters = clustersOf(
      node('a', name, { projectCode: code, sourceProject: 'water:SL1' }),
      node('b', name, { projectCode: code, sourceProject: 'water:SL2' }),
      node('c', name, { sourceProject: 'water:SL1' }),
      node('d', name, { sourceProject: 'water:SL2' }),
      node('e', name, { sourceProject: 'water:SL3' }),
    )
    expect(clusters).toEqual([['a', 'b', 'c', 'd'], ['e']])
  })

  test('two roads stay apart whatever a record without a road says of both', () => {
    const clusters = clustersOf(
      node('a', 'S312新郑龙湖段改建工程'),
      node('b', 'S317新郑龙湖段改建工程'),
      node('c', '新郑龙湖段改建工程'),
    )
    expect(clusters).toEqual([['a', 'c'], ['b']])
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

  test('a confirmation of two numbers takes what carries either along, and nothing that carries a third', () => {
    const name = '罍昶学校迁建项目'
    const numbered = (key: string, number: string) => node(key, name, { sourceProject: `water:${number}` })
    const clusters = groupNodes(
      [numbered('a', '1'), numbered('b', '2'), numbered('d', '1'), numbered('e', '2'), numbered('f', '3')],
      [{ a: 'a', b: 'b', verdict: 'positive' }],
    ).clusters
    expect(clusters).toEqual([['a', 'b', 'd', 'e'], ['f']])
  })

  test('judgements and edges on records that are gone are passed over', () => {
    const edge = compareNodes(a, b)!
    expect(clusterNodes([a], [edge], [{ a: 'a', b: 'gone', verdict: 'positive' }])).toEqual([['a']])
  })
})

describe('comparing', () => {
  const a = node('a', '罍昶片区排水管网改造项目')

  test('says the same whichever of two comes first, and explains what it weighed', () => {
    const b = node('b', '罍昶片区排水管网改造项目施工')
    expect(compareNodes(b, a)).toEqual(compareNodes(a, b))
    expect(compareNodes(a, b)).toEqual({ a: 'a', b: 'b', weight: 12, veto: false, rule: 'name.sameObject' })
    expect(explainNodes(b, a)).toEqual(explainNodes(a, b))
    expect(explainNodes(a, b).map(({ comparison, weight }) => [comparison, weight])).toEqual([
      ['sameObject', 8],
      ['sameOwner', 3],
      ['sameCounty', 1],
    ])
  })

  test('makes no edge where the numbers alone say that they are two', () => {
    const numbered = (key: string, number: string) => ({ ...a, key, sourceProject: `water:${number}` })
    expect(areOtherByNumber(numbered('a', '1'), numbered('b', '2'))).toBe(true)
    expect(compareNodes(numbered('a', '1'), numbered('b', '2'))).toBeNull()
  })

  test('makes no edge of what speaks for one project by less than the least', () => {
    const b = node('b', '罍昶片区排水管网改造项目', {
      ownerKey: 'T2',
      ownerName: '骎戬投资有限公司',
      divisionCode: '410185',
    })
    expect(compareNodes(a, b)).toBeNull()
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
