import { beforeAll, expect, test } from 'vitest'
import { cityTotal, dailyOf, feedIds, rowsOf, shareOf } from '../../bench/import/shares.ts'
import { type BenchRow, BenchWorld } from '../../bench/import/world.ts'
import { fileFeeds } from '../../simulator/drop.ts'
import type { FeedId } from '../../simulator/world/entries.ts'

const rows = 10_000

const firstOf = (world: BenchWorld): Map<FeedId, BenchRow[]> =>
  new Map(feedIds.map((feed) => [feed, [...world.first(feed)]]))

let world: BenchWorld
let first: Map<FeedId, BenchRow[]>
beforeAll(() => {
  world = new BenchWorld(rows, 1)
  first = firstOf(world)
})

test('the mix holds every feed of the simulator, and the shares make one', () => {
  expect(feedIds).toHaveLength(35)
  for (const feed of fileFeeds) expect(feedIds).toContain(feed)
  expect(feedIds.reduce((sum, feed) => sum + shareOf(feed), 0)).toBeCloseTo(1, 10)
  expect(cityTotal).toBeGreaterThan(4_000_000)
})

test('each feed delivers exactly its share, but for a few rows of rare ones, whatever the seed', () => {
  for (const seed of [1, 2, 3]) {
    const delivered = seed === 1 ? first : firstOf(new BenchWorld(rows, seed))
    let lacking = 0
    for (const feed of feedIds) {
      const count = delivered.get(feed)?.length ?? 0
      expect(count, feed).toBeLessThanOrEqual(rowsOf(feed, rows))
      lacking += rowsOf(feed, rows) - count
    }
    expect(lacking).toBeLessThanOrEqual(rows / 1_000)
  }
})

test('a measurement belongs to a section that is delivered', () => {
  const keyOf = ({ row }: BenchRow): string => `${row.xmbh}|${row.htdbh}`
  const sections = new Set(first.get('transport.sections')?.map(keyOf))
  const lost = first.get('transport.measurements')?.filter((one) => !sections.has(keyOf(one))) ?? []
  expect(lost.length).toBeLessThan(rowsOf('transport.measurements', rows) * 0.1)
})

test('lines of a stream are numbered without holes, over days too', () => {
  const log = new BenchWorld(rows, 2)
  const seqs = [...log.first('commerce.registrations')].map(({ row }) => row.seq)
  log.nextDay()
  seqs.push(...[...log.news('commerce.registrations')].map(({ row }) => row.seq))
  expect(seqs.length).toBeGreaterThan(rowsOf('commerce.registrations', rows))
  expect(seqs).toEqual(seqs.map((_, i) => i + 1))
})

test('a day brings at most one per cent new and one of changed rows of each feed, and nearly that of all', () => {
  world.nextDay()
  let total = 0
  for (const feed of feedIds) {
    const news = [...world.news(feed)]
    expect(news.length, feed).toBeLessThanOrEqual(2 * dailyOf(feed, rows))
    total += news.length
  }
  expect(total).toBeGreaterThan(rows * 0.015)
  expect(total).toBeLessThan(rows * 0.023)
})

test('a correction touches one field of a row that was delivered, and no key', () => {
  const delivered = new Map(first.get('tax.payments')?.map((one) => [one.key, one.row]))
  const changed = [...world.news('tax.payments')].filter(({ key }) => delivered.has(key))
  expect(changed).toHaveLength(dailyOf('tax.payments', rows))
  for (const { key, row } of changed) {
    const before = delivered.get(key) ?? {}
    expect(Object.keys(row).filter((field) => row[field] !== before[field])).toEqual(['SE'])
  }
})
