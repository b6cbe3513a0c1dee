/**
 * The city mix that the import bench delivers: the simulator's world, cut to fixed shares of the six feeds and put into the departments' words.
 * Records of one project stay together: a feed's share is filled project by project, so that sections have their measurements.
 */

import { say } from '../../simulator/departments/say.ts'
import { sayInvoice, sayTaxpayer } from '../../simulator/departments/tax.ts'
import { isoDay } from '../../simulator/world/calendar.ts'
import { type ProjectEntry, type ProjectFeed, projectFeeds } from '../../simulator/world/entries.ts'
import { createWorld, type Listed, type World } from '../../simulator/world/world.ts'

export const shares = {
  'tax.invoices': 0.62,
  'tax.taxpayers': 0.2,
  'transport.measurements': 0.1,
  'development.approvals': 0.04,
  'transport.sections': 0.02,
  'tendering.awards': 0.02,
} as const
export type BenchFeed = keyof typeof shares

/** Days that the departments move on after the first load; each brings one per cent new and one per cent changed rows. */
export const daysMax = 2

export type Row = Record<string, unknown>

export interface SaidRow {
  readonly updatedAt: string
  readonly key: string
  readonly row: Row
}

export interface BenchWorld {
  readonly today: string
  /** Rows of the first full delivery. */
  projectRows(feed: ProjectFeed): SaidRow[]
  taxpayerRows(): Generator<Row>
  invoiceRows(): Generator<Row>
  /** Moves the world on and gives the rows that are new or changed that day. */
  nextDay(): { readonly date: string; readonly rows: ReadonlyMap<BenchFeed, readonly SaidRow[]> }
}

/** A little more of everything than the shares ask for; what is over is cut. Measured on seeds 1–5. */
const createLargeEnough = (rows: number, seed: number): World =>
  createWorld({
    seed,
    today: '2025-06-01',
    size: {
      taxpayers: Math.ceil(rows * 0.2),
      projects: Math.ceil(rows * 0.043) + 20,
      invoices: Math.ceil(rows * 0.66) + 50,
      plannedPerProject: 10,
    },
  })

const take = function* <T>(from: Iterable<T>, max: number): Generator<T> {
  let n = 0
  for (const item of from) {
    if (n++ >= max) return
    yield item
  }
}

const projectOf = ({ entry }: Listed<ProjectEntry>): number => entry.project.number
const keyOf = ({ entry }: Listed): string => entry.key.join('|')

/** @throws RangeError where the world is too small for a share. */
export const createBenchWorld = (rows: number, seed: number): BenchWorld => {
  const world = createLargeEnough(rows, seed)
  const count = (feed: BenchFeed): number => Math.round(rows * shares[feed])
  const served = new Map<ProjectFeed, Set<string>>()
  const said = (item: Listed<ProjectEntry>): SaidRow => ({
    updatedAt: item.updatedAt,
    key: keyOf(item),
    row: say(world, item.entry, item.updatedAt).row,
  })
  const projectRows = (feed: ProjectFeed): SaidRow[] => {
    const listed = world.list(feed)
    if (listed.length < count(feed)) throw new RangeError(`${feed}: ${listed.length} rows of ${count(feed)}`)
    const chosen = [...listed].sort((a, b) => projectOf(a) - projectOf(b)).slice(0, count(feed))
    served.set(feed, new Set(chosen.map(keyOf)))
    const isChosen = new Set(chosen)
    return listed.filter((item) => isChosen.has(item)).map(said)
  }
  const daily = (feed: BenchFeed): number => Math.max(1, Math.round(count(feed) * 0.01))
  const projectDay = (feed: ProjectFeed, day: string): SaidRow[] => {
    const known = served.get(feed) ?? new Set()
    const today = world.list(feed).filter((item) => item.updatedAt.startsWith(day))
    const changed = today.filter((item) => known.has(keyOf(item))).slice(0, daily(feed))
    const fresh = today.filter((item) => !known.has(keyOf(item))).slice(0, daily(feed))
    for (const item of fresh) known.add(keyOf(item))
    const isChosen = new Set([...changed, ...fresh])
    return today.filter((item) => isChosen.has(item)).map(said)
  }
  const plain = (row: Row): SaidRow => ({ updatedAt: '', key: '', row })
  return {
    today: world.today,
    projectRows,
    *taxpayerRows() {
      for (const party of take(world.taxpayers(null), count('tax.taxpayers'))) yield sayTaxpayer(world, party)
    },
    *invoiceRows() {
      for (const invoice of take(world.invoices(null), count('tax.invoices'))) yield sayInvoice(world, invoice).row
    },
    nextDay() {
      world.advance(1)
      const day = isoDay(world.clock)
      const extracts = new Map<BenchFeed, SaidRow[]>([
        [
          'tax.taxpayers',
          [...take(world.taxpayers(world.clock), 2 * daily('tax.taxpayers'))].map((p) => plain(sayTaxpayer(world, p))),
        ],
        [
          'tax.invoices',
          [...take(world.invoices(world.clock), 2 * daily('tax.invoices'))].map((i) => plain(sayInvoice(world, i).row)),
        ],
      ])
      for (const feed of projectFeeds) extracts.set(feed, projectDay(feed, day))
      return { date: world.today, rows: extracts }
    },
  }
}
