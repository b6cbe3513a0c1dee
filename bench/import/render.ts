/**
 * Renders all that the departments of a bench show, on the first day and on each day after it, and ends: lists of the interfaces, extract files, the
 * power company's months, the batches of the front-end database. Arguments: folder, rows, seed, URL of the front-end database.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { deliverBatch } from '../../simulator/departments/exchange.ts'
import { completionTable, permitTable } from '../../simulator/departments/housing.ts'
import { deliverPower } from '../../simulator/departments/power-delivery.ts'
import { accountFile, installationFile, readingFile } from '../../simulator/departments/power-sources.ts'
import type { Delivery } from '../../simulator/source.ts'
import type { FeedId } from '../../simulator/world/entries.ts'
import type { World } from '../../simulator/world/world.ts'
import { extractOf, writeExtract } from './drop.ts'
import { type Interface, interfaces, written } from './interfaces.ts'
import { ListWriter } from './lists.ts'
import { holdBack } from './manifests.ts'
import { feedIds } from './shares.ts'
import { type BenchRow, BenchWorld, daysMax, type Row } from './world.ts'

export interface Rendered {
  /** Rows of each feed that a day brings; day 0 is the first load. */
  readonly days: readonly Readonly<Record<string, number>>[]
  readonly seconds: number
  readonly peakRssMb: number
}

const [folder = '', rows = '1000', seed = '1', exchangeUrl = ''] = process.argv.slice(2)
const drop = join(folder, 'drop')
const lists = join(folder, 'lists')
const bench = new BenchWorld(Number(rows), Number(seed))

const exchangeTables = { 'housing.permits': permitTable, 'housing.completions': completionTable } as const
const powerFiles = {
  'power.accounts': accountFile,
  'power.installations': installationFile,
  'power.readings': readingFile,
} as const
/** Each day of the bench is a delivery of the power company, which comes once a month: they are those of successive months. */
const powerDays = ['2025-06-08', '2025-07-08', '2025-08-08']

const counted = function* (from: Iterable<BenchRow>, tally: { rows: number }): Generator<Row> {
  for (const { row } of from) {
    tally.rows++
    yield row
  }
}

type Write = (day: number, from: Iterable<BenchRow>) => Promise<number>

const listWriter = ({ write }: Interface, feed: FeedId): Write => {
  const writer = new ListWriter(lists, feed)
  return (_, from) => writer.write(written(from, write))
}

const delivered =
  (deliver: (delivery: Delivery, from: Iterable<Row>) => Promise<void>, worldOf: (day: number) => World): Write =>
  async (day, from) => {
    const tally = { rows: 0 }
    const mode = day === 0 ? 'full' : 'increment'
    await deliver({ world: worldOf(day), dropFolder: drop, mode, fault: null, exchangeUrl }, counted(from, tally))
    return tally.rows
  }

/** The world on another day of the calendar, for a department that delivers on certain days only. */
const onDay = (day: number): World => Object.create(bench.world, { today: { value: powerDays[day] } }) as World

const writerOf = (feed: FeedId): Write => {
  const served = interfaces[feed]
  if (served) return listWriter(served, feed)
  if (feed === 'housing.permits' || feed === 'housing.completions')
    return delivered(
      (delivery, from) => deliverBatch(delivery, exchangeTables[feed], from),
      () => bench.world,
    )
  if (feed === 'power.accounts' || feed === 'power.installations' || feed === 'power.readings')
    return delivered((delivery, from) => deliverPower({ ...powerFiles[feed], rows: () => from }, delivery), onDay)
  const extract = extractOf(feed)
  if (!extract) throw new RangeError(`${feed}: how it is delivered is not known`)
  return (day, from) =>
    writeExtract(drop, feed, extract, { date: bench.today, mode: day === 0 ? 'full' : 'increment', rows: from })
}

/** The manifest of a power month follows the readings, so they come last. */
const inOrder = [...feedIds].sort((a, b) => Number(a === 'power.readings') - Number(b === 'power.readings'))

await mkdir(drop, { recursive: true })
await mkdir(lists, { recursive: true })
const writers = new Map(inOrder.map((feed) => [feed, writerOf(feed)]))
const days: Record<string, number>[] = []
for (let day = 0; day <= daysMax; day++) {
  if (day > 0) bench.nextDay()
  const counts: Record<string, number> = {}
  for (const [feed, write] of writers) counts[feed] = await write(day, day === 0 ? bench.first(feed) : bench.news(feed))
  await holdBack(drop, join(folder, 'held'), day)
  days.push(counts)
}
const rendered: Rendered = {
  days,
  seconds: Math.round(performance.now() / 1_000),
  peakRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
}
process.send?.(rendered, () => process.exit(0))
