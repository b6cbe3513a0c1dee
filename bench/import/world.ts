/**
 * The city mix that the import bench delivers: the simulator's world, a little larger than needed and cut to the fixed shares of all 35 feeds.
 * Records of one project stay together: a list is filled project by project, so that sections have their measurements.
 */
import { sayChange, sayRegistration } from '../../simulator/departments/commerce.ts'
import { say } from '../../simulator/departments/say.ts'
import { sources } from '../../simulator/departments/sources.ts'
import { sayInvoice, sayTaxpayer } from '../../simulator/departments/tax.ts'
import { isoDay } from '../../simulator/world/calendar.ts'
import { enterpriseLog } from '../../simulator/world/enterprise-log.ts'
import {
  type DatasetEntry,
  type DatasetId,
  type FeedId,
  type ProjectEntry,
  type ProjectFeed,
  projectFeeds,
} from '../../simulator/world/entries.ts'
import { createWorld, type Listed, type World } from '../../simulator/world/world.ts'
import { cityTotal, dailyOf, rowsOf } from './shares.ts'
import { streamedRows } from './streamed-rows.ts'

/** Days that the departments move on after the first load; each brings one per cent new and one per cent changed rows. */
export const daysMax = 2

export type Row = Record<string, unknown>

export interface BenchRow {
  readonly key: string
  /** `YYYY-MM-DD HH:MM:SS`; empty for datasets that are not asked for by time. */
  readonly updatedAt: string
  readonly row: Row
}

type StreamId = 'commerce.registrations' | 'commerce.changes'

const isProjectFeed = (feed: FeedId): feed is ProjectFeed => (projectFeeds as readonly FeedId[]).includes(feed)
const isStream = (feed: FeedId): feed is StreamId => feed === 'commerce.registrations' || feed === 'commerce.changes'

/** A little more of everything than the shares ask for; the rest is cut. */
const createLargeEnough = (rows: number, seed: number): World => {
  const part = rows / cityTotal
  return createWorld({
    seed,
    today: '2025-06-02',
    size: {
      taxpayers: Math.ceil(part * 203_000) + 20,
      projects: Math.ceil(part * 22_500) + 25,
      invoices: Math.ceil(part * 2_000_000) + 50,
      plannedPerProject: 112,
    },
  })
}

const take = function* <T>(from: Iterable<T>, max: number): Generator<T> {
  let n = 0
  for (const item of from) {
    if (n++ >= max) return
    yield item
  }
}

/** Up to `max` items of each kind. */
const takeOfEach = function* <T>(from: Iterable<T>, max: number, isNew: (item: T) => boolean): Generator<T> {
  const left = { fresh: max, changed: max }
  for (const item of from) if (left[isNew(item) ? 'fresh' : 'changed']-- > 0) yield item
}

const keyOf = ({ entry }: Listed): string => entry.key.join('|')

/** How many rows a cut keeps of a list: those of the first projects, and of what belongs to none the first as well. */
const chosenOf = <E extends Listed>(list: readonly E[], projects: number, count: number): Set<E> => {
  const loose = list.filter(({ entry }) => entry.project === null)
  const placeOf = new Map(loose.map((item, i) => [item, i / loose.length]))
  const rank = (item: E): number => placeOf.get(item) ?? (item.entry.project?.number ?? 0) / projects
  return new Set([...list].sort((a, b) => rank(a) - rank(b)).slice(0, count))
}

export class BenchWorld {
  readonly world: World
  readonly #rows: number
  /** Keys that have been delivered, of lists. */
  readonly #known = new Map<FeedId, Set<string>>()
  /** By feed and day, of datasets that the simulator tells without a list. */
  readonly #news = new Map<FeedId, BenchRow[][]>()
  readonly #heads = new Map<StreamId, number>()
  /** Lines handed on of each stream: they are numbered anew, since a cut must leave no hole. */
  readonly #lines = new Map<StreamId, number>()
  #day = 0

  constructor(rows: number, seed: number) {
    this.#rows = rows
    this.world = createLargeEnough(rows, seed)
  }

  /** The day of the extracts. */
  get today(): string {
    return this.world.today
  }

  /** Rows of the first delivery. */
  first(feed: FeedId): Iterable<BenchRow> {
    const { world } = this
    const count = rowsOf(feed, this.#rows)
    if (feed === 'tax.taxpayers') return this.#plain(take(world.taxpayers(null), count), (p) => sayTaxpayer(world, p))
    if (feed === 'tax.invoices') return this.#plain(take(world.invoices(null), count), (i) => sayInvoice(world, i).row)
    if (isStream(feed)) return this.#firstLines(feed, count)
    const source = sources.find((one) => one.feed === feed)
    if (source?.kind !== 'streamed') return this.#firstListed(feed, count)
    const news: BenchRow[][] = []
    this.#news.set(feed, news)
    return streamedRows(source, world, { feed, count, daily: dailyOf(feed, this.#rows), days: daysMax }, news)
  }

  nextDay(): void {
    this.world.advance(1)
    this.#day++
  }

  /** Rows that are new or changed on the present day; `first` of the feed must have been read. */
  news(feed: FeedId): Iterable<BenchRow> {
    const { world } = this
    const daily = dailyOf(feed, this.#rows)
    const { clock } = world
    if (feed === 'tax.taxpayers') {
      const parties = takeOfEach(world.taxpayers(clock), daily, (party) => world.registeredLater(party) === clock)
      return this.#plain(parties, (party) => sayTaxpayer(world, party))
    }
    if (feed === 'tax.invoices') {
      const invoices = takeOfEach(world.invoices(clock), daily, (invoice) => invoice.day === clock)
      return this.#plain(invoices, (invoice) => sayInvoice(world, invoice).row)
    }
    if (isStream(feed)) return this.#lateLines(feed, 2 * daily)
    return this.#news.get(feed)?.[this.#day] ?? this.#lateListed(feed, daily)
  }

  *#plain<T>(items: Iterable<T>, rowOf: (item: T) => Row): Generator<BenchRow> {
    for (const item of items) yield { key: '', updatedAt: '', row: rowOf(item) }
  }

  #list(feed: FeedId): readonly Listed[] {
    return isProjectFeed(feed) ? this.world.list(feed) : this.world.list(feed as DatasetId)
  }

  #said(feed: FeedId, item: Listed): BenchRow {
    const { entry, updatedAt } = item
    const source = sources.find((one) => one.feed === feed)
    const { row } =
      source?.kind === 'listed'
        ? source.say(this.world, entry as DatasetEntry, updatedAt)
        : say(this.world, entry as ProjectEntry, updatedAt)
    return { key: keyOf(item), updatedAt, row }
  }

  *#firstListed(feed: FeedId, count: number): Generator<BenchRow> {
    const list = this.#list(feed)
    const chosen = chosenOf(list, this.world.projects.length, count)
    this.#known.set(feed, new Set([...chosen].map(keyOf)))
    for (const item of list) if (chosen.has(item)) yield this.#said(feed, item)
  }

  *#lateListed(feed: FeedId, daily: number): Generator<BenchRow> {
    const known = this.#known.get(feed) ?? new Set<string>()
    const day = isoDay(this.world.clock)
    const today = this.#list(feed).filter(({ updatedAt }) => updatedAt.startsWith(day))
    for (const item of takeOfEach(today, daily, (one) => !known.has(keyOf(one)))) {
      known.add(keyOf(item))
      yield this.#said(feed, item)
    }
  }

  #headOf(feed: StreamId): number {
    const log = enterpriseLog(this.world)
    return feed === 'commerce.changes' ? log.changes.length : log.head
  }

  *#linesFrom(feed: StreamId, from: number, through: number): Generator<BenchRow> {
    const log = enterpriseLog(this.world)
    for (let line = from + 1; line <= through; line++) {
      const seq = (this.#lines.get(feed) ?? 0) + 1
      this.#lines.set(feed, seq)
      let said: Row
      if (feed === 'commerce.changes') said = { ...sayChange(this.world, log, line), seq }
      else {
        const { index, day } = log.line(line)
        said = sayRegistration(this.world, log, index, day, seq)
      }
      yield { key: String(seq), updatedAt: String(said.gxsj), row: said }
    }
  }

  *#firstLines(feed: StreamId, count: number): Generator<BenchRow> {
    const head = this.#headOf(feed)
    this.#heads.set(feed, head)
    yield* this.#linesFrom(feed, 0, Math.min(count, head))
  }

  *#lateLines(feed: StreamId, max: number): Generator<BenchRow> {
    const from = this.#heads.get(feed) ?? 0
    const head = this.#headOf(feed)
    this.#heads.set(feed, head)
    yield* this.#linesFrom(feed, from, Math.min(head, from + max))
  }
}
