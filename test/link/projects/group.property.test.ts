import fc from 'fast-check'
import { expect, test } from 'vitest'
import { areOtherByNumber, compareNodes, groupNodes } from '../../../src/link/projects/group.ts'
import type { ProjectNode } from '../../../src/link/projects/types.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const runs = { seed, numRuns: 150 }

const oneOf = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const name = fc
  .tuple(
    oneOf('', '', '2024年', '2025年度'),
    oneOf('', '新郑市', '登封市'),
    oneOf('', '', 'S312', '国道107线'),
    oneOf('罍昶', '翙曈镇', '骎戬河', '第二', '第三', '罍昶、翙曈', ''),
    oneOf('小学迁建', '片区雨污分流改造', '段改建', '土地开发', '泵站更新改造'),
    oneOf('工程', '项目', '一期工程', '（二期）项目', '项目周边绿化'),
    oneOf('', '监理', '施工一标段', '（第2次招标）', 'EPC总承包', '（骎戬泵站）'),
  )
  .map((pieces) => pieces.join(''))

const node = fc.record({
  kind: oneOf<ProjectNode['kind']>('approval', 'award', 'contract', 'permit', 'projectEntry'),
  name,
  projectCode: oneOf(null, null, '2019-410184-48-01-000123', '2401-410184-04-01-000456'),
  documentNumber: oneOf(null, null, null, '新发改〔2019〕12号'),
  sourceProject: oneOf(null, null, 'water:1', 'water:2', 'housing:1', 'housing:2'),
  section: fc.constant(null),
  owner: oneOf(null, '新郑市水利局', '新郑市水利局建设管理站', '登封市教育局'),
  contractorKeys: oneOf<string[]>([], [], ['K1'], ['K2', 'K1']),
  divisionCode: oneOf(null, '410184', '410185', '410100'),
  placeText: fc.constant(null),
  amountFen: oneOf(null, 1_000_000_000n, 1_100_000_000n),
  on: oneOf(null, '2019', '2019-03', '2024-05-01', '2024-05-06', '2025-12-10'),
})
const nodes = fc
  .array(node, { minLength: 2, maxLength: 14 })
  .map((all) =>
    all.map(({ owner, ...one }, i): ProjectNode => ({ ...one, key: `k${i}`, ownerKey: owner, ownerName: owner })),
  )

test('the partition does not depend on the order in which records come', () => {
  fc.assert(
    fc.property(nodes, fc.nat(), (all, salt) => {
      const shuffled = all
        .map((one, i) => ({ one, rank: ((i + 1) * 2654435761 + salt) % 1009 }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ one }) => one)
      expect(groupNodes(shuffled).clusters).toEqual(groupNodes(all).clusters)
    }),
    runs,
  )
})

test('two records say the same of each other, and nothing where their numbers alone differ', () => {
  fc.assert(
    fc.property(nodes, ([a, b]) => {
      expect(compareNodes(b!, a!)).toEqual(compareNodes(a!, b!))
      expect(areOtherByNumber(b!, a!)).toBe(areOtherByNumber(a!, b!))
      if (areOtherByNumber(a!, b!)) expect(compareNodes(a!, b!)).toBeNull()
    }),
    runs,
  )
})

test('each pair has one edge at most, and it is what comparing the two gives', () => {
  fc.assert(
    fc.property(nodes, (all) => {
      const edges = groupNodes(all).edges.map((edge) => `${edge.a} ${edge.b}`)
      expect(new Set(edges).size).toBe(edges.length)
      for (const edge of groupNodes(all).edges) {
        const [a, b] = [all.find((one) => one.key === edge.a)!, all.find((one) => one.key === edge.b)!]
        expect(compareNodes(a, b)).toEqual(edge)
      }
    }),
    runs,
  )
})

test('a record sent twice is one project', () => {
  fc.assert(
    fc.property(nodes, ([one]) => {
      const twice = { ...one!, projectCode: one!.projectCode ?? '2019-410184-48-01-000999' }
      expect(groupNodes([twice, { ...twice, key: 'again' }]).clusters).toHaveLength(1)
    }),
    runs,
  )
})

test('what cannot be read of a record never raises what its other fields say', () => {
  const rubbish = { ownerKey: '某不相干单位', ownerName: '某不相干单位', contractorKeys: ['某不相干单位二'] }
  fc.assert(
    fc.property(nodes, ([a, b]) => {
      const [bare, other] = [{ ...a!, ownerKey: null, ownerName: null, contractorKeys: [] }, b!]
      const before = compareNodes(bare, other)
      const after = compareNodes({ ...bare, ...rubbish }, other)
      if (after === null || after.veto) return
      expect(before).not.toBeNull()
      expect(after.weight).toBeLessThanOrEqual(before!.weight)
    }),
    runs,
  )
})
