/**
 * Which invoices a registration has issued, found without looking at all of them: an index from sellers to contracts, and one from
 * sellers to the numbers of ordinary trade. Sums are computed when asked for; what is kept are numbers alone (some 10 MB for a city).
 */
import type { Day } from './calendar.ts'
import type { Contract } from './contracts.ts'
import { contractInvoices, type Invoice, redFrom, unrelatedInvoice } from './invoices.ts'
import { localsFrom, type Party } from './party.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'
import { shareOfWorks, sizeOf } from './sizes.ts'
import type { World } from './world.ts'

/** Number of the taxpayer that sells in trade invoice `number`; the first draw of its stream, as `unrelatedInvoice` makes it. */
export const tradeSeller = (seed: number, taxpayers: number, number: number): number =>
  new Random(seed, 'trade', number).int(0, taxpayers - 1)

/** One contract in which a party sells. */
export interface Share {
  readonly project: Project
  readonly contract: Contract
}

/** Trade invoices of the first day by seller: `numbers[offsets[s]] … numbers[offsets[s + 1] - 1]` are those of taxpayer `s`. */
class TradeIndex {
  readonly #offsets: Int32Array
  readonly #numbers: Int32Array

  constructor(world: World) {
    const { taxpayers } = world.parties
    const count = Math.round(sizeOf(world.options.size).invoices * (1 - shareOfWorks))
    const sellers = Int32Array.from({ length: count }, (_, number) => tradeSeller(world.seed, taxpayers, number))
    this.#offsets = new Int32Array(taxpayers + 1)
    this.#numbers = new Int32Array(count)
    for (const seller of sellers) this.#offsets[seller + 1] = (this.#offsets[seller + 1] ?? 0) + 1
    for (let i = 0; i < taxpayers; i++) this.#offsets[i + 1] = (this.#offsets[i + 1] ?? 0) + (this.#offsets[i] ?? 0)
    const next = this.#offsets.slice()
    for (let number = 0; number < count; number++) {
      const seller = sellers[number] as number
      this.#numbers[next[seller] as number] = number
      next[seller] = (next[seller] as number) + 1
    }
  }

  of(seller: number): Int32Array {
    return this.#numbers.subarray(this.#offsets[seller] ?? 0, this.#offsets[seller + 1] ?? 0)
  }
}

export class TaxBook {
  readonly #world: World
  readonly #trade: TradeIndex
  /** By seller's index: project number × 8 + contract index. */
  readonly #shares = new Map<number, number[]>()
  readonly #tier1 = new Set<number>()
  /** Sellers of tier 1 in projects that were known when the world began. */
  readonly #first = new Set<number>()
  /** Trade of advanced days, and what they took back. */
  readonly #later = new Map<number, Invoice[]>()
  /** Sellers of each advanced day. */
  readonly #soldOn = new Map<Day, Int32Array>()
  #projects = 0
  #through: Day

  constructor(world: World) {
    this.#world = world
    this.#through = world.begins
    this.#trade = new TradeIndex(world)
  }

  /** Brings the book up to the world's clock; cheap where nothing happened since. */
  sync(): this {
    const { projects, clock } = this.#world
    for (; this.#projects < projects.length; this.#projects++) this.#index(projects[this.#projects] as Project)
    while (this.#through < clock) {
      this.#through++
      const sellers = new Set<number>()
      for (const invoice of this.#world.invoices(this.#through)) {
        if (invoice.day !== this.#through) continue
        sellers.add(invoice.seller.index)
        this.#keep(invoice)
      }
      this.#soldOn.set(this.#through, Int32Array.from(sellers))
    }
    return this
  }

  /** Parties that sell in some contract, whatever the day; those of tier 1 are the contractors. */
  *sellers(): Generator<Party> {
    for (const index of this.#shares.keys()) yield this.#world.parties.at(index)
  }

  isContractor(party: Party): boolean {
    return this.#tier1.has(party.index)
  }

  /** True for contractors of projects that were known when the world began: their number does not grow. */
  isFirst(party: Party): boolean {
    return this.#first.has(party.index)
  }

  /** Indexes of who sold something on a day since the world began. */
  soldOn(day: Day): Iterable<number> {
    return this.#soldOn.get(day) ?? []
  }

  shares(party: Party): Share[] {
    const { projects } = this.#world
    return (this.#shares.get(party.index) ?? []).flatMap((packed) => {
      const project = projects[Math.floor(packed / 8)]
      const contract = project?.contracts[packed % 8]
      return project && contract ? [{ project, contract }] : []
    })
  }

  /** What the party has sold by today, works and trade, red invoices included; those from `since` on. */
  *sales(party: Party, since: Day): Generator<Invoice> {
    for (const { project, contract } of this.shares(party)) {
      const last = Math.max((contract.handover ?? contract.start + contract.months * 30) + 900, project.knownFrom + 60)
      if (last < since) continue
      for (const invoice of this.ofContract(project, contract))
        if (invoice.seller.index === party.index && invoice.day >= since) yield invoice
    }
    for (const invoice of this.#tradeOf(party)) if (invoice.day >= since) yield invoice
    for (const invoice of this.#later.get(party.index) ?? []) if (invoice.day >= since) yield invoice
  }

  /** Invoices of both tiers under one contract by today, without those that advanced days took back. */
  ofContract(project: Project, contract: Contract): Invoice[] {
    if (contract.start > this.#world.clock) return []
    return this.wholeLife(project, contract).filter((invoice) => invoice.day <= this.#world.clock)
  }

  wholeLife(project: Project, contract: Contract): Invoice[] {
    const { seed, parties, options } = this.#world
    return contractInvoices(seed, parties, project, contract, sizeOf(options.size).plannedPerProject)
  }

  *#tradeOf(party: Party): Generator<Invoice> {
    const { seed, parties, begins } = this.#world
    const number = party.index - localsFrom
    if (!parties.isLocal(party) || number >= parties.taxpayers) return
    for (const trade of this.#trade.of(number)) yield unrelatedInvoice(seed, parties, trade, begins, null)
  }

  #index(project: Project): void {
    const isFirst = project.knownFrom <= this.#world.begins
    for (const contract of project.contracts) {
      const sellers = new Set<number>()
      for (const invoice of this.wholeLife(project, contract)) {
        sellers.add(invoice.seller.index)
        if (invoice.work?.tier !== 1) continue
        this.#tier1.add(invoice.seller.index)
        if (isFirst) this.#first.add(invoice.seller.index)
      }
      for (const seller of sellers) {
        const list = this.#shares.get(seller)
        const packed = project.number * 8 + contract.index
        if (list) list.push(packed)
        else this.#shares.set(seller, [packed])
      }
    }
  }

  #keep(invoice: Invoice): void {
    if (invoice.work !== null && invoice.ordinal < redFrom) return
    const list = this.#later.get(invoice.seller.index)
    if (list) list.push(invoice)
    else this.#later.set(invoice.seller.index, [invoice])
  }
}

const books = new WeakMap<World, TaxBook>()

/** The book of a world, up to its present day; made at the first call. */
export const bookOf = (world: World): TaxBook => {
  let book = books.get(world)
  if (!book) books.set(world, (book = new TaxBook(world)))
  return book.sync()
}
