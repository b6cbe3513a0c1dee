/**
 * The world: parties, projects and their records on a clock. It is a pure function of its options and of the days it was advanced;
 * it reads no clock and holds no department's wording.
 */
import type { Day } from './calendar.ts'
import { dateTime, dayOf, isoDay } from './calendar.ts'
import { type Entry, entriesOf, type FeedId, type ProjectFeed, projectFeeds } from './entries.ts'
import { contractInvoices, type Invoice, redFrom, redOf, unrelatedInvoice } from './invoices.ts'
import { Parties, type Party } from './parties.ts'
import { type Contract, makeProject, type Project } from './projects.ts'
import { Random } from './random.ts'

/** `plannedPerProject` makes up for contracts that are not far enough to have all their invoices: it brings the total near `invoices`. */
export const sizes = {
  tiny: { taxpayers: 60, projects: 15, invoices: 400, plannedPerProject: 17 },
  town: { taxpayers: 2_000, projects: 300, invoices: 20_000, plannedPerProject: 54 },
  city: { taxpayers: 200_000, projects: 20_000, invoices: 2_000_000, plannedPerProject: 112 },
} as const
export type Size = keyof typeof sizes

export interface WorldOptions {
  readonly size: Size
  readonly seed: number
  /** `YYYY-MM-DD`: the day on which the world begins; its records reach to the evening before. */
  readonly today: string
}

/** One correction by an office: the `number`-th of its record. What it corrects follows from the record's own stream. */
export interface Revision {
  readonly day: Day
  readonly number: number
}

export interface Listed {
  readonly entry: Entry
  /** 更新时间; lists are ordered by it and then by key. */
  readonly updatedAt: string
  readonly sortKey: string
}

/** No invoice of a contract comes after this day: retention is paid two years after handover, and a red one may follow. */
const lastInvoice = (contract: Contract): Day => (contract.handover ?? contract.start + contract.months * 30) + 900

const shareOfWorks = 0.4
const dailyShare = 0.01

export class World {
  readonly options: WorldOptions
  readonly seed: number
  readonly begins: Day
  readonly parties: Parties
  readonly projects: Project[] = []
  readonly #entries: Entry[] = []
  readonly #revisions = new Map<FeedId, Map<string, Revision[]>>()
  readonly #lists = new Map<ProjectFeed, Listed[]>()
  readonly #newTaxpayersUntil: number[] = []
  readonly #tradeUntil: number[] = []
  readonly #reds = new Map<Day, Invoice[]>()
  readonly #projectReds = new Map<number, Invoice[]>()
  readonly #revisedBlues = new Map<number, Invoice>()
  readonly #redShare = new Map<number, number>()
  readonly #counted: Record<'invoices' | 'works', number> = { invoices: 0, works: 0 }
  #clock: Day

  constructor(options: WorldOptions) {
    // Callers may pass more than that, secrets included; the world keeps and shows only what it is made of.
    this.options = { size: options.size, seed: options.seed, today: options.today }
    this.seed = options.seed
    this.begins = dayOf(options.today) - 1
    this.#clock = this.begins
    const size = sizes[options.size]
    this.parties = new Parties(options.seed, size.taxpayers, this.begins)
    for (let i = 0; i < size.projects; i++) this.#addProject({ how: 'history', today: this.begins })
    for (const _ of this.#worksOn(null)) this.#counted.works++
    this.#counted.invoices = this.#counted.works + this.#trade
  }

  /** The last day that is over: records are dated up to it, as in an office's system early in the morning of `today`. */
  get clock(): Day {
    return this.#clock
  }

  /** The date of the day that begins, and so of its extracts. */
  get today(): string {
    return isoDay(this.#clock + 1)
  }

  /** Taxpayers registered since the world began. */
  get laterTaxpayers(): number {
    return this.#newTaxpayersUntil[this.#newTaxpayersUntil.length - 1] ?? 0
  }

  /** Ordinary-trade invoices of the first day's full extract. */
  get #trade(): number {
    return Math.round(sizes[this.options.size].invoices * (1 - shareOfWorks))
  }

  /** What a department can see today, ordered by update time and key. */
  list(feed: ProjectFeed): readonly Listed[] {
    let list = this.#lists.get(feed)
    if (!list) {
      list = []
      for (const entry of this.#entries)
        if (entry.feed === feed && entry.visibleFrom <= this.#clock)
          list.push({ entry, updatedAt: this.#updatedAt(entry), sortKey: entry.key.join('\u0000') })
      list.sort((a, b) =>
        a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : a.sortKey < b.sortKey ? -1 : 1,
      )
      this.#lists.set(feed, list)
    }
    return list
  }

  revisions(feed: FeedId, key: string): readonly Revision[] {
    return this.#revisions.get(feed)?.get(key) ?? []
  }

  /** Moves the clock on by whole days; each brings about one per cent of new and one of changed records per feed. */
  advance(days: number): void {
    for (let i = 0; i < days; i++) this.#nextDay()
    this.#lists.clear()
  }

  /** Registrations of the full extract (`day` null), or those new or changed on one advanced day. */
  *taxpayers(day: Day | null): Generator<Party> {
    if (day === null) return yield* this.parties.registered(this.laterTaxpayers)
    const from = this.#newTaxpayersUntil[day - this.begins - 2] ?? 0
    const until = this.#newTaxpayersUntil[day - this.begins - 1] ?? 0
    for (let i = from; i < until; i++) yield this.parties.local(sizes[this.options.size].taxpayers + i)
    for (const [key, list] of this.#revisions.get('tax.taxpayers') ?? [])
      if (list.some((revision) => revision.day === day)) yield this.parties.at(Number(key))
  }

  /** Day on which a taxpayer registered after the world began; null for the others. */
  registeredLater(party: Party): Day | null {
    const number = party.index - this.parties.local(0).index - sizes[this.options.size].taxpayers
    if (!this.parties.isLocal(party) || number < 0) return null
    return this.begins + 1 + this.#newTaxpayersUntil.findIndex((until) => number < until)
  }

  /** All invoices issued until today (`day` null), or those issued or changed on one advanced day. */
  *invoices(day: Day | null): Generator<Invoice> {
    yield* this.#worksOn(day)
    const from = day === null ? 0 : this.#trade + (this.#tradeUntil[day - this.begins - 2] ?? 0)
    const until = this.#trade + (day === null ? this.#tradeTotal : (this.#tradeUntil[day - this.begins - 1] ?? 0))
    for (let number = from; number < until; number++) yield this.#tradeInvoice(number)
    for (const [redDay, reds] of this.#reds) if (day === null || redDay === day) yield* reds
    if (day !== null) yield* this.#revisedInvoices(day)
  }

  get counts(): { invoices: number; worksInvoices: number } {
    return { invoices: this.#counted.invoices, worksInvoices: this.#counted.works }
  }

  get #tradeTotal(): number {
    return this.#tradeUntil[this.#tradeUntil.length - 1] ?? 0
  }

  #addProject(birth: Parameters<typeof makeProject>[3]): void {
    const number = this.projects.length
    const project = makeProject(this.seed, number, this.parties, birth, this.projects[number - 1] ?? null)
    this.projects.push(project)
    this.#entries.push(...entriesOf(this.seed, project))
  }

  *#worksOn(day: Day | null): Generator<Invoice> {
    for (const project of this.projects) {
      if (day !== null && project.knownFrom > day) continue
      for (const invoice of this.#contractInvoices(project, day)) if (day === null || invoice.day === day) yield invoice
    }
  }

  /** Invoices of one project that exist today, the red ones of advanced days included. */
  *worksInvoices(project: Project): Generator<Invoice> {
    yield* this.#contractInvoices(project, null)
    yield* this.#projectReds.get(project.number) ?? []
  }

  *#contractInvoices(project: Project, day: Day | null): Generator<Invoice> {
    const perProject = sizes[this.options.size].plannedPerProject
    for (const contract of project.contracts) {
      if (contract.start > this.#clock) continue
      if (day !== null && project.knownFrom !== day && (day < contract.start || day > lastInvoice(contract))) continue
      for (const invoice of contractInvoices(this.seed, this.parties, project, contract, perProject))
        if (invoice.day <= this.#clock) yield invoice
    }
  }

  #tradeInvoice(number: number): Invoice {
    const later = number - this.#trade
    const day = later < 0 ? null : this.begins + 1 + this.#tradeUntil.findIndex((until) => later < until)
    return unrelatedInvoice(this.seed, this.parties, number, this.begins, day)
  }

  #updatedAt(entry: Entry): string {
    let day = entry.visibleFrom
    for (const change of entry.changes) if (change <= this.#clock && change > day) day = change
    const revisions = this.revisions(entry.feed, entry.key.join('|'))
    const last = revisions[revisions.length - 1]
    if (last && last.day > day) day = last.day
    return dateTime(day, new Random(this.seed, 'updated', entry.feed, day, ...entry.key).int(30_000, 66_000))
  }

  #nextDay(): void {
    const today = this.#clock
    const day = today + 1
    const before = new Map(projectFeeds.map((feed) => [feed, this.list(feed).map((listed) => listed.entry)] as const))
    this.#clock = day
    this.#lists.clear()
    const births = Math.max(1, Math.round(this.projects.length * dailyShare * 1.1))
    for (let i = 0; i < births; i++) this.#addProject(i % 4 === 3 ? { how: 'fresh', day } : { how: 'late', day })
    this.#newTaxpayersUntil.push(this.laterTaxpayers + Math.max(1, Math.round(this.parties.taxpayers * dailyShare)))
    for (const [feed, entries] of before)
      this.#revise(
        feed,
        entries.map((entry) => entry.key.join('|')),
        day,
      )
    this.#reviseTaxpayers(day)
    this.#reviseInvoices(day)
  }

  #revise(feed: FeedId, keys: readonly string[], day: Day): void {
    const random = new Random(this.seed, 'revise', feed, day)
    const wanted = keys.length === 0 ? 0 : Math.max(1, Math.round(keys.length * dailyShare))
    const chosen = new Set<string>()
    while (chosen.size < wanted) chosen.add(random.pick(keys))
    for (const key of chosen) this.#addRevision(feed, key, day)
  }

  #addRevision(feed: FeedId, key: string, day: Day): void {
    let byKey = this.#revisions.get(feed)
    if (!byKey) this.#revisions.set(feed, (byKey = new Map()))
    const list = byKey.get(key) ?? []
    byKey.set(key, [...list, { day, number: list.length + 1 }])
  }

  #reviseTaxpayers(day: Day): void {
    const random = new Random(this.seed, 'revise', 'tax.taxpayers', day)
    const wanted = Math.max(1, Math.round(this.parties.taxpayers * dailyShare))
    const chosen = new Map<number, Party>()
    while (chosen.size < wanted) {
      const party = this.parties.local(random.int(0, this.parties.taxpayers - 1))
      chosen.set(party.index, party)
    }
    for (const party of chosen.values()) {
      this.#addRevision('tax.taxpayers', String(party.index), day)
      const nameable = party.branchOf === null && party.kind !== 'person' && party.kind !== 'household'
      if (nameable && random.chance(0.4)) this.parties.rename(party.index, day - 1)
    }
  }

  /** New trade fills the day up to one per cent of all invoices; a third of the corrected ones is taken back by a red one. */
  #reviseInvoices(day: Day): void {
    const random = new Random(this.seed, 'revise', 'tax.invoices', day)
    const wanted = Math.max(2, Math.round(this.#counted.invoices * dailyShare))
    let works = 0
    for (const _ of this.#worksOn(day)) works++
    const trade = Math.max(1, wanted - works)
    this.#tradeUntil.push(this.#tradeTotal + trade)
    const reds: Invoice[] = []
    const chosen = new Map<number, Invoice>()
    for (let tries = 0; chosen.size < wanted && tries < wanted * 20; tries++) {
      const blue = random.chance(shareOfWorks)
        ? this.#someWorksInvoice(random, day)
        : this.#tradeInvoice(random.int(0, this.#trade - 1))
      if (!blue || blue.grossFen <= 0 || blue.void || this.revisions('tax.invoices', String(blue.ordinal)).length > 0)
        continue
      chosen.set(blue.ordinal, blue)
    }
    for (const blue of chosen.values()) {
      this.#addRevision('tax.invoices', String(blue.ordinal), day)
      this.#revisedBlues.set(blue.ordinal, blue)
      if (!random.chance(0.3)) continue
      const share = random.chance(0.5) ? 1 : random.between(0.02, 0.3)
      const red = redOf(blue, redFrom + (day - this.begins) * 1_000_000 + reds.length, day, share)
      reds.push(red)
      if (red.work)
        this.#projectReds.set(red.work.project.number, [...(this.#projectReds.get(red.work.project.number) ?? []), red])
      this.#redShare.set(blue.ordinal, share)
    }
    this.#reds.set(day, reds)
    this.#counted.invoices += works + trade + reds.length
    this.#counted.works += works
  }

  /** Share of a blue invoice that a red one of an advanced day took back; 0 for the others. */
  redShare(invoice: Invoice): number {
    return this.#redShare.get(invoice.ordinal) ?? 0
  }

  *#revisedInvoices(day: Day): Generator<Invoice> {
    for (const [key, list] of this.#revisions.get('tax.invoices') ?? []) {
      const blue = this.#revisedBlues.get(Number(key))
      if (blue && list.some((revision) => revision.day === day)) yield blue
    }
  }

  #someWorksInvoice(random: Random, day: Day): Invoice | null {
    const project = random.pick(this.projects)
    const invoices = [...this.worksInvoices(project)].filter((invoice) => invoice.day < day)
    return invoices.length > 0 ? random.pick(invoices) : null
  }
}

/** A seeded world: the same options give the same bytes. Throws a RangeError for a date that is none. */
export const createWorld = (options: WorldOptions): World => new World(options)
