/** All invoices of the world on its clock. None is stored: they are computed from contracts and numbers, but for the red ones of advanced days. */
import type { Day } from './calendar.ts'
import type { Contract } from './contracts.ts'
import { contractInvoices, type Invoice, redFrom, redOf, unrelatedInvoice } from './invoices.ts'
import type { Parties } from './parties.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'
import type { Revisions } from './revisions.ts'
import { dailyShare, type Pace, type Size, shareOfWorks, sizeOf, type WorldSize } from './sizes.ts'

export interface LedgerOptions {
  readonly seed: number
  readonly size: Size | WorldSize
  readonly begins: Day
  readonly parties: Parties
  readonly projects: readonly Project[]
  readonly revisions: Revisions
  /** Null: each day brings a hundredth of what there is. */
  readonly pace: Pace | null
}

/** No invoice of a contract comes after this day: retention is paid two years after handover, and a red one may follow. */
const lastInvoice = (project: Project, contract: Contract): Day =>
  Math.max((contract.handover ?? contract.start + contract.months * 30) + 900, project.knownFrom + 60)

export class Ledger {
  readonly #options: LedgerOptions
  /** Ordinary-trade invoices of the first day's full extract. */
  readonly #trade: number
  readonly #tradeUntil: number[] = []
  readonly #reds = new Map<Day, Invoice[]>()
  readonly #projectReds = new Map<number, Invoice[]>()
  readonly #revisedBlues = new Map<number, Invoice>()
  readonly #redShare = new Map<number, number>()
  #clock: Day
  #works = 0
  #all: number

  constructor(options: LedgerOptions) {
    this.#options = options
    this.#clock = options.begins
    this.#trade = Math.round(sizeOf(options.size).invoices * (1 - shareOfWorks))
    for (const _ of this.#worksOn(null)) this.#works++
    this.#all = this.#works + this.#trade
  }

  get counts(): { readonly invoices: number; readonly worksInvoices: number } {
    return { invoices: this.#all, worksInvoices: this.#works }
  }

  /** All invoices issued until today (`day` null), or those issued or changed on one advanced day. */
  *invoices(day: Day | null): Generator<Invoice> {
    yield* this.#worksOn(day)
    const { begins, revisions } = this.#options
    const from = day === null ? 0 : this.#trade + (this.#tradeUntil[day - begins - 2] ?? 0)
    const until = this.#trade + (day === null ? this.#laterTrade : (this.#tradeUntil[day - begins - 1] ?? 0))
    for (let number = from; number < until; number++) yield this.#tradeInvoice(number)
    if (day === null) return yield* [...this.#reds.values()].flat()
    yield* this.#reds.get(day) ?? []
    for (const key of revisions.on('tax.invoices', day)) {
      const blue = this.#revisedBlues.get(Number(key))
      if (blue) yield blue
    }
  }

  /** Invoices of one project that exist today, the red ones of advanced days included. */
  *worksInvoices(project: Project): Generator<Invoice> {
    yield* this.#contractInvoices(project, null)
    yield* this.#projectReds.get(project.number) ?? []
  }

  /** Share of a blue invoice that a red one of an advanced day took back; 0 for the others. */
  redShare(invoice: Invoice): number {
    return this.#redShare.get(invoice.ordinal) ?? 0
  }

  /** New trade fills the day up to one per cent of all invoices; about a third of the corrected ones is taken back by a red one. */
  nextDay(day: Day): void {
    this.#clock = day
    const random = new Random(this.#options.seed, 'revise', 'tax.invoices', day)
    const { pace } = this.#options
    const wanted = pace ? random.times(pace.correctedInvoices) : Math.max(2, Math.round(this.#all * dailyShare))
    let works = 0
    for (const _ of this.#worksOn(day)) works++
    const trade = pace ? random.times(pace.trade) : Math.max(1, wanted - works)
    const reds: Invoice[] = []
    for (const blue of this.#choose(wanted, random, day)) {
      this.#options.revisions.add('tax.invoices', String(blue.ordinal), day)
      this.#revisedBlues.set(blue.ordinal, blue)
      if (random.chance(0.3)) reds.push(this.#takeBack(blue, day, reds.length, random))
    }
    this.#tradeUntil.push(this.#laterTrade + trade)
    this.#reds.set(day, reds)
    this.#all += works + trade + reds.length
    this.#works += works
  }

  get #laterTrade(): number {
    return this.#tradeUntil[this.#tradeUntil.length - 1] ?? 0
  }

  *#worksOn(day: Day | null): Generator<Invoice> {
    for (const project of this.#options.projects) {
      if (day !== null && project.knownFrom > day) continue
      for (const invoice of this.#contractInvoices(project, day)) if (day === null || invoice.day === day) yield invoice
    }
  }

  *#contractInvoices(project: Project, day: Day | null): Generator<Invoice> {
    const { seed, parties, size } = this.#options
    for (const contract of project.contracts) {
      if (contract.start > this.#clock) continue
      if (day !== null && (day < contract.start || day > lastInvoice(project, contract))) continue
      for (const invoice of contractInvoices(seed, parties, project, contract, sizeOf(size).plannedPerProject))
        if (invoice.day <= this.#clock) yield invoice
    }
  }

  #tradeInvoice(number: number): Invoice {
    const { seed, parties, begins } = this.#options
    const later = number - this.#trade
    const day = later < 0 ? null : begins + 1 + this.#tradeUntil.findIndex((until) => later < until)
    return unrelatedInvoice(seed, parties, number, begins, day)
  }

  /** Blue invoices of earlier days that nobody has corrected yet. */
  #choose(wanted: number, random: Random, day: Day): Iterable<Invoice> {
    const chosen = new Map<number, Invoice>()
    for (let tries = 0; chosen.size < wanted && tries < wanted * 20; tries++) {
      const blue = random.chance(shareOfWorks)
        ? this.#someWorksInvoice(random, day)
        : this.#tradeInvoice(random.int(0, Math.max(1, this.#trade) - 1))
      if (!blue || blue.grossFen <= 0 || blue.void || this.#revisedBlues.has(blue.ordinal)) continue
      chosen.set(blue.ordinal, blue)
    }
    return chosen.values()
  }

  #someWorksInvoice(random: Random, day: Day): Invoice | null {
    const invoices = [...this.worksInvoices(random.pick(this.#options.projects))]
    const takenBack = new Set(invoices.map((invoice) => invoice.blueOrdinal))
    const blues = invoices.filter((invoice) => invoice.day < day && !takenBack.has(invoice.ordinal))
    return blues.length > 0 ? random.pick(blues) : null
  }

  #takeBack(blue: Invoice, day: Day, number: number, random: Random): Invoice {
    const share = random.chance(0.5) ? 1 : random.between(0.02, 0.3)
    const red = redOf(blue, redFrom + (day - this.#options.begins) * 1_000_000 + number, day, share)
    this.#redShare.set(blue.ordinal, share)
    if (red.work) {
      const project = red.work.project.number
      this.#projectReds.set(project, [...(this.#projectReds.get(project) ?? []), red])
    }
    return red
  }
}
