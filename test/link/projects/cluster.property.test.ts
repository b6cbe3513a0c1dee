import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clusterNodes } from '../../../src/link/projects/group.ts'
import type { Edge, ProjectJudgement, ProjectNode } from '../../../src/link/projects/types.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const runs = { seed, numRuns: 200 }
const keys = [...'abcdefghij']

const node = (
  key: string,
  projectCode: string | null,
  sourceProject: string | null = null,
  road = '',
): ProjectNode => ({
  key,
  kind: 'award',
  name: `${road}${key}`,
  projectCode,
  documentNumber: null,
  sourceProject,
  section: null,
  ownerKey: null,
  ownerName: null,
  contractorKeys: [],
  divisionCode: null,
  placeText: null,
  amountFen: null,
  on: null,
})

const pair = fc.uniqueArray(fc.constantFrom(...keys), { minLength: 2, maxLength: 2 })
const edges = fc.uniqueArray(
  fc.record({ pair, weight: fc.integer({ min: 1, max: 4 }), veto: fc.boolean() }).map(
    ({ pair: [a, b], weight, veto }): Edge => ({
      a: a! < b! ? a! : b!,
      b: a! < b! ? b! : a!,
      weight,
      veto: veto && weight === 1,
      rule: 'name.sameObject',
    }),
  ),
  { selector: (edge) => `${edge.a}${edge.b}`, maxLength: 25 },
)
const judgements = fc.uniqueArray(
  fc
    .record({ pair, verdict: fc.constantFrom('positive', 'negative') })
    .map(
      ({ pair: [a, b], verdict }): ProjectJudgement => ({ a: a!, b: b!, verdict: verdict as 'positive' | 'negative' }),
    ),
  { selector: ({ a, b }) => [a, b].sort().join(), maxLength: 4 },
)
const codes = fc.array(fc.option(fc.constantFrom('C1', 'C2'), { nil: null, freq: 2 }), {
  minLength: keys.length,
  maxLength: keys.length,
})

const ofEach = { minLength: keys.length, maxLength: keys.length }
const numbers = fc.array(
  fc.option(fc.constantFrom('water:1', 'water:2', 'housing:1', 'housing:2'), { freq: 2 }),
  ofEach,
)
const roads = fc.array(fc.constantFrom('', '', 'S312', 'S317'), ofEach)

const world = fc
  .record({ codes, numbers, roads, edges, judgements })
  .map((w) => ({ ...w, nodes: keys.map((key, i) => node(key, w.codes[i]!, w.numbers[i]!, w.roads[i]!)) }))

test('the partition is the same for any order of nodes, edges and judgements', () => {
  fc.assert(
    fc.property(world, fc.nat(), (w, salt) => {
      const shuffled = <T>(list: readonly T[]): T[] =>
        list
          .map((item, i) => ({ item, rank: (i * 2654435761 + salt) % 1009 }))
          .sort((x, y) => x.rank - y.rank)
          .map(({ item }) => item)
      const turned = shuffled(w.edges).map((edge, i) => (i % 2 ? { ...edge, a: edge.b, b: edge.a } : edge))
      expect(clusterNodes(shuffled(w.nodes), turned, shuffled(w.judgements))).toEqual(
        clusterNodes(w.nodes, w.edges, w.judgements),
      )
    }),
    runs,
  )
})

test('every node is in exactly one cluster', () => {
  fc.assert(
    fc.property(world, (w) => {
      expect(clusterNodes(w.nodes, w.edges, w.judgements).flat().sort()).toEqual(keys)
    }),
    runs,
  )
})

test('without judgements no cluster holds two codes or a vetoed pair', () => {
  fc.assert(
    fc.property(world, (w) => {
      for (const cluster of clusterNodes(w.nodes, w.edges, [])) {
        const held = new Set(
          cluster.map((key) => w.nodes[keys.indexOf(key)]!.projectCode).filter((code) => code !== null),
        )
        expect(held.size).toBeLessThanOrEqual(1)
        for (const edge of w.edges)
          if (edge.veto) expect(cluster.includes(edge.a) && cluster.includes(edge.b)).toBe(false)
      }
    }),
    runs,
  )
})

test('without judgements a cluster holds two numbers of a department, or two roads, only where a code holds it together', () => {
  fc.assert(
    fc.property(world, (w) => {
      for (const cluster of clusterNodes(w.nodes, w.edges, [])) {
        const members = cluster.map((key) => keys.indexOf(key))
        if (members.some((i) => w.codes[i] !== null)) continue
        const water = new Set(members.map((i) => w.numbers[i]!).filter((number) => number?.startsWith('water')))
        const named = new Set(members.map((i) => w.roads[i]!).filter((road) => road !== ''))
        expect(water.size).toBeLessThanOrEqual(1)
        if (water.size === 0) expect(named.size).toBeLessThanOrEqual(1)
      }
    }),
    runs,
  )
})

test('without codes, vetoes and judgements the clusters are the connected components', () => {
  fc.assert(
    fc.property(edges, (all) => {
      const joining = all.map((edge) => ({ ...edge, veto: false }))
      const component = new Map(keys.map((key) => [key, key]))
      for (let changed = true; changed; ) {
        changed = false
        for (const { a, b } of joining) {
          const low = component.get(a)! < component.get(b)! ? component.get(a)! : component.get(b)!
          for (const key of [a, b])
            if (component.get(key) !== low) {
              component.set(key, low)
              changed = true
            }
        }
      }
      const expected = [...Map.groupBy(keys, (key) => component.get(key)!).values()]
      expect(
        clusterNodes(
          keys.map((key) => node(key, null)),
          joining,
          [],
        ),
      ).toEqual(expected)
    }),
    runs,
  )
})

test('confirmed pairs are always together, and rejected ones apart unless confirmations say otherwise', () => {
  fc.assert(
    fc.property(world, (w) => {
      const clusters = clusterNodes(w.nodes, w.edges, w.judgements)
      const together = (a: string, b: string) => clusters.some((cluster) => cluster.includes(a) && cluster.includes(b))
      const positive = w.judgements.filter((judgement) => judgement.verdict === 'positive')
      for (const { a, b } of positive) expect(together(a, b)).toBe(true)
      if (positive.length > 0) return
      for (const { a, b } of w.judgements) expect(together(a, b)).toBe(false)
    }),
    runs,
  )
})
