import { expect, test } from 'vitest'
import { type BenchFeed, createBenchWorld, type Row, shares } from '../../bench/import/world.ts'

const rows = 2_000

const countsOf = (world: ReturnType<typeof createBenchWorld>): Record<BenchFeed, number> => ({
  'tax.taxpayers': [...world.taxpayerRows()].length,
  'tax.invoices': [...world.invoiceRows()].length,
  'transport.measurements': world.projectRows('transport.measurements').length,
  'development.approvals': world.projectRows('development.approvals').length,
  'transport.sections': world.projectRows('transport.sections').length,
  'tendering.awards': world.projectRows('tendering.awards').length,
})

test('each feed delivers exactly its share, whatever the seed', () => {
  for (const seed of [1, 2, 3]) {
    const counts = countsOf(createBenchWorld(rows, seed))
    for (const [feed, share] of Object.entries(shares)) expect(counts[feed as BenchFeed]).toBe(Math.round(rows * share))
  }
})

test('a measurement belongs to a section that is delivered', () => {
  const world = createBenchWorld(rows, 1)
  const keyOf = ({ row }: { row: Row }): string => `${row.xmbh}|${row.htdbh}`
  const sections = new Set(world.projectRows('transport.sections').map(keyOf))
  expect(
    world
      .projectRows('transport.measurements')
      .map(keyOf)
      .filter((key) => !sections.has(key)),
  ).toEqual([])
})

test('a day brings about one per cent of new and one of changed rows', () => {
  const world = createBenchWorld(rows, 1)
  countsOf(world)
  const { rows: news } = world.nextDay()
  const total = [...news.values()].reduce((sum, list) => sum + list.length, 0)
  expect(total).toBeGreaterThan(rows * 0.015)
  expect(total).toBeLessThan(rows * 0.03)
})
