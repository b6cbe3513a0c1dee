/**
 * The world: parties, projects and their records on a clock. It is a pure function of its options and of the days it was advanced;
 * it reads no clock and holds no department's wording.
 */

import { sources } from '../departments/sources.ts'
import type { ListedSource } from '../source.ts'
import type { Day } from './calendar.ts'
import { dateTime, dayOf, isoDay } from './calendar.ts'
import { caseParts } from './cases.ts'
import {
  type DatasetEntry,
  type DatasetId,
  type Entry,
  entriesOf,
  type FeedId,
  type ProjectEntry,
  type ProjectFeed,
  projectFeeds,
} from './entries.ts'
import type { Invoice } from './invoices.ts'
import { Ledger } from './ledger.ts'
import { Parties } from './parties.ts'
import type { Party } from './party.ts'
import { type Birth, makeCase, makeProject, type Project } from './projects.ts'
import { Random } from './random.ts'
import { type Revision, Revisions } from './revisions.ts'
import { dailyShare, type Pace, type Size, sizeOf, type WorldSize } from './sizes.ts'

export { type Pace, type Size, sizes, type WorldSize } from './sizes.ts'

export interface WorldOptions {
  readonly size: Size | WorldSize
  readonly seed: number
  /** `YYYY-MM-DD`: the day on which the world begins; its records reach to the evening before. */
  readonly today: string
  /** Absent: each day brings a hundredth of what there is. */
  readonly pace?: Pace
}

export interface Listed<E extends Entry = Entry> {
  readonly entry: E
  /** 更新时间; lists are ordered by it and then by key. */
  readonly updatedAt: string
  readonly sortKey: string
}

const listedSources = sources.filter((source): source is ListedSource => source.kind === 'listed')
/** Datasets that are kept as lists, those of the other sources included. */
const listedFeeds = (): readonly (ProjectFeed | DatasetId)[] => [
  ...projectFeeds,
  ...listedSources.map(({ feed }) => feed as DatasetId),
]

const revisionKey = (entry: Entry): string => entry.key.join('|')

export class World {
  readonly options: WorldOptions
  readonly seed: number
  readonly begins: Day
  readonly parties: Parties
  readonly projects: Project[] = []
  /** By feed: with some thirty of them, a list must not look at the entries of all. */
  readonly #entries = new Map<FeedId, Entry[]>()
  readonly #revisions = new Revisions()
  readonly #ledger: Ledger
  readonly #lists = new Map<ProjectFeed | DatasetId, Listed[]>()
  readonly #newTaxpayersUntil: number[] = []
  #clock: Day

  constructor(options: WorldOptions) {
    // Callers may pass more than that, secrets included; the world keeps and shows only what it is made of.
    const { size, seed, today, pace } = options
    this.options = pace ? { size, seed, today, pace } : { size, seed, today }
    this.seed = seed
    this.begins = dayOf(today) - 1
    this.#clock = this.begins
    this.parties = new Parties(seed, sizeOf(size).taxpayers, this.begins)
    for (let i = 0; i < sizeOf(size).projects; i++) this.#addProject({ how: 'history', today: this.begins })
    if (size === 'town' || size === 'city')
      for (const parts of caseParts(this.parties, this.begins)) this.#add(makeCase(seed, this.projects.length, parts))
    const { begins, parties, projects } = this
    this.#ledger = new Ledger({ seed, size, begins, parties, projects, revisions: this.#revisions, pace: pace ?? null })
    for (const source of listedSources) this.#keep(source.ofWorld?.(this) ?? [])
  }

  /** The last day that is over: records are dated up to it, as in an office's system early in the morning of `today`. */
  get clock(): Day {
    return this.#clock
  }

  /** The date of the day that begins, and so of its extracts. */
  get today(): string {
    return isoDay(this.#clock + 1)
  }

  get counts(): { readonly invoices: number; readonly worksInvoices: number } {
    return this.#ledger.counts
  }

  /** What a department can see today, ordered by update time and key. */
  list(feed: ProjectFeed): readonly Listed<ProjectEntry>[]
  list(feed: DatasetId): readonly Listed<DatasetEntry>[]
  list(feed: ProjectFeed | DatasetId): readonly Listed[]
  list(feed: ProjectFeed | DatasetId): readonly Listed[] {
    let list = this.#lists.get(feed)
    if (!list) {
      list = (this.#entries.get(feed) ?? [])
        .filter((entry) => entry.visibleFrom <= this.#clock)
        .map((entry) => ({ entry, updatedAt: this.#updatedAt(entry), sortKey: entry.key.join('\u0000') }))
        .sort((a, b) =>
          a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : a.sortKey < b.sortKey ? -1 : 1,
        )
      this.#lists.set(feed, list)
    }
    return list
  }

  revisions(feed: FeedId, key: string): readonly Revision[] {
    return this.#revisions.of(feed, key)
  }

  /** Moves the clock on by whole days; each brings about one per cent of new and one of changed records per feed. */
  advance(days: number): void {
    for (let i = 0; i < days; i++) this.#nextDay()
  }

  /** Registrations of the full extract (`day` null), or those new or changed on one advanced day. */
  *taxpayers(day: Day | null): Generator<Party> {
    if (day === null) return yield* this.parties.registered(this.#laterTaxpayers)
    const from = this.#newTaxpayersUntil[day - this.begins - 2] ?? 0
    const until = this.#newTaxpayersUntil[day - this.begins - 1] ?? 0
    for (let i = from; i < until; i++) yield this.parties.local(this.parties.taxpayers + i)
    for (const key of this.#revisions.on('tax.taxpayers', day)) yield this.parties.at(Number(key))
  }

  /** Day on which a taxpayer registered after the world began; null for the others. */
  registeredLater(party: Party): Day | null {
    const number = party.index - this.parties.local(this.parties.taxpayers).index
    if (!this.parties.isLocal(party) || number < 0) return null
    return this.begins + 1 + this.#newTaxpayersUntil.findIndex((until) => number < until)
  }

  /** All invoices issued until today (`day` null), or those issued or changed on one advanced day. */
  invoices(day: Day | null): Generator<Invoice> {
    return this.#ledger.invoices(day)
  }

  /** Invoices of one project that exist today. */
  worksInvoices(project: Project): Generator<Invoice> {
    return this.#ledger.worksInvoices(project)
  }

  /** Share of a blue invoice that a red one of an advanced day took back; 0 for the others. */
  redShare(invoice: Invoice): number {
    return this.#ledger.redShare(invoice)
  }

  get #laterTaxpayers(): number {
    return this.#newTaxpayersUntil[this.#newTaxpayersUntil.length - 1] ?? 0
  }

  #addProject(birth: Birth): void {
    const number = this.projects.length
    this.#add(makeProject(this.seed, number, this.parties, birth, this.projects[number - 1] ?? null))
  }

  #add(project: Project): void {
    this.projects.push(project)
    this.#keep(entriesOf(this.seed, project))
    for (const source of listedSources) this.#keep(source.ofProject?.(this.seed, project) ?? [])
  }

  #keep(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const list = this.#entries.get(entry.feed)
      if (list) list.push(entry)
      else this.#entries.set(entry.feed, [entry])
    }
  }

  #updatedAt(entry: Entry): string {
    let day = entry.visibleFrom
    for (const change of entry.changes) if (change <= this.#clock && change > day) day = change
    for (const revision of this.#revisions.of(entry.feed, revisionKey(entry))) day = Math.max(day, revision.day)
    return dateTime(day, new Random(this.seed, 'updated', entry.feed, day, ...entry.key).int(30_000, 66_000))
  }

  #nextDay(): void {
    const day = this.#clock + 1
    const before = listedFeeds().map((feed) => [feed, this.list(feed)] as const)
    this.#clock = day
    this.#lists.clear()
    this.#bear(day)
    for (const [feed, list] of before) this.#reviseEntries(feed, list, day)
    this.#reviseTaxpayers(day)
    this.#ledger.nextDay(day)
  }

  #bear(day: Day): void {
    const { pace } = this.options
    const random = new Random(this.seed, 'pace', day)
    if (pace) {
      // A world that unfolds learns of most projects when they begin.
      for (let i = random.times(pace.projects); i > 0; i--)
        this.#addProject(random.chance(0.8) ? { how: 'fresh', day } : { how: 'late', day })
      this.#newTaxpayersUntil.push(this.#laterTaxpayers + random.times(pace.taxpayers))
      return
    }
    // Projects with nothing but an approval bring few records: a tenth more births make up for them.
    const births = Math.max(1, Math.round(this.projects.length * dailyShare * 1.1))
    for (let i = 0; i < births; i++) this.#addProject(i % 4 === 3 ? { how: 'fresh', day } : { how: 'late', day })
    this.#newTaxpayersUntil.push(this.#laterTaxpayers + Math.max(1, Math.round(this.parties.taxpayers * dailyShare)))
  }

  /** How many of `count` records a day corrects. */
  #corrections(count: number, random: Random): number {
    const { pace } = this.options
    if (count === 0) return 0
    return pace ? Math.min(count, random.times(pace.corrections)) : Math.max(1, Math.round(count * dailyShare))
  }

  #reviseEntries(feed: ProjectFeed | DatasetId, list: readonly Listed[], day: Day): void {
    const random = new Random(this.seed, 'revise', feed, day)
    const wanted = this.#corrections(list.length, random)
    const chosen = new Set<string>()
    while (chosen.size < wanted) chosen.add(revisionKey(random.pick(list).entry))
    for (const key of chosen) this.#revisions.add(feed, key, day)
  }

  #reviseTaxpayers(day: Day): void {
    const random = new Random(this.seed, 'revise', 'tax.taxpayers', day)
    const wanted = this.#corrections(this.parties.taxpayers, random)
    const chosen = new Map<number, Party>()
    while (chosen.size < wanted) {
      const party = this.parties.local(random.int(0, this.parties.taxpayers - 1))
      chosen.set(party.index, party)
    }
    for (const party of chosen.values()) {
      this.#revisions.add('tax.taxpayers', String(party.index), day)
      const nameable = party.branchOf === null && party.kind !== 'person' && party.kind !== 'household'
      if (nameable && random.chance(0.4)) this.parties.rename(party.index, day - 1)
    }
  }
}

/** A seeded world: the same options give the same bytes. Throws a RangeError for a date that is none. */
export const createWorld = (options: WorldOptions): World => new World(options)
