/**
 * Who sells works, how much in which quarter, and what of it was prepaid: what returns, payments, supplies and quotas of the tax core follow from.
 * One pass over the invoices of the contracts, once for each project; kept are sums, not invoices. Red invoices of advanced days are left out: they
 * fall into the quarter after.
 */
import { type Day, dayOf, monthStart, yearOf } from './calendar.ts'
import { invoiceNumber } from './codes.ts'
import { prepaymentsOf } from './cross-region.ts'
import { quarterStart } from './filing-days.ts'
import { contractInvoices, type Invoice } from './invoices.ts'
import type { Party } from './party.ts'
import type { Project } from './projects.ts'
import { sizeOf } from './sizes.ts'
import type { World } from './world.ts'

export interface Sales {
  netFen: number
  taxFen: number
}

/** A paper invoice that a seller used. */
export interface PaperUse {
  readonly code: string
  readonly number: number
  readonly special: boolean
  readonly day: Day
  /** Nobody told of it before this day. */
  readonly knownFrom: Day
}

export interface SellerBook {
  /** Works sold, by the first day of the quarter. */
  readonly quarters: Map<Day, Sales>
  /** Contract sums by the quarter of signature. */
  readonly contracts: Map<Day, number>
  /** Tax prepaid at the site, by quarter. */
  readonly prepaid: Map<Day, number>
  /** Net sums of digital invoices by month, and paper invoices: for the sellers whose supply is told. */
  readonly digital: Map<Day, number>
  readonly paper: PaperUse[]
}

/** 数电票 replaced paper in the city on this day. */
export const digitalFrom = dayOf('2023-07-01')

/** One seller of works in five has its supply and its quotas told: with all of them a city would have more segments than invoices. */
export const isSupplyTold = (party: Party): boolean => party.index % 5 === 1 && party.registration !== null

const netOf = (invoice: Invoice): number => Math.round((invoice.grossFen * 10_000) / (10_000 + invoice.rateBp))

const emptyBook = (): SellerBook => ({
  quarters: new Map(),
  contracts: new Map(),
  prepaid: new Map(),
  digital: new Map(),
  paper: [],
})

const addTo = (map: Map<Day, number>, day: Day, fen: number): void => {
  map.set(day, (map.get(day) ?? 0) + fen)
}

const notePaper = (seed: number, book: SellerBook, invoice: Invoice): void => {
  const { seller, special, day, ordinal } = invoice
  const form = { digital: false, special, year: yearOf(day), province: seller.province }
  const { code, number } = invoiceNumber(seed, ordinal, form)
  book.paper.push({ code, number: Number(number), special, day, knownFrom: invoice.work?.project.knownFrom ?? day })
}

const noteInvoice = (seed: number, book: SellerBook, invoice: Invoice): void => {
  const net = netOf(invoice)
  // An advance (612) carries no tax and is no sale yet.
  if (invoice.rateBp > 0) {
    const quarter = quarterStart(invoice.day)
    const sales = book.quarters.get(quarter) ?? { netFen: 0, taxFen: 0 }
    sales.netFen += net
    sales.taxFen += invoice.grossFen - net
    book.quarters.set(quarter, sales)
  }
  if (!isSupplyTold(invoice.seller)) return
  if (invoice.day < digitalFrom) notePaper(seed, book, invoice)
  else if (invoice.grossFen > 0) addTo(book.digital, monthStart(invoice.day, 0), net)
}

class SalesBook {
  readonly #world: World
  readonly #books = new Map<number, SellerBook>()
  #indexed = 0

  constructor(world: World) {
    this.#world = world
  }

  #of(index: number): SellerBook {
    let book = this.#books.get(index)
    if (!book) this.#books.set(index, (book = emptyBook()))
    return book
  }

  #noteProject(project: Project): void {
    const { parties, seed, options } = this.#world
    const perProject = sizeOf(options.size).plannedPerProject
    for (const contract of project.contracts) {
      const signers = new Set<number>()
      for (const invoice of contractInvoices(seed, parties, project, contract, perProject)) {
        noteInvoice(seed, this.#of(invoice.seller.index), invoice)
        if (invoice.work?.tier === 1) signers.add(invoice.seller.index)
      }
      const quarter = quarterStart(Math.max(contract.signed, project.knownFrom))
      for (const signer of signers) addTo(this.#of(signer).contracts, quarter, contract.priceFen)
    }
    for (const one of prepaymentsOf(this.#world, project))
      addTo(this.#of(one.report.party.index).prepaid, quarterStart(one.month), one.taxFen)
  }

  /** Books of everybody who ever sells works, by index of the party. */
  get all(): ReadonlyMap<number, SellerBook> {
    const { projects } = this.#world
    for (; this.#indexed < projects.length; this.#indexed++) this.#noteProject(projects[this.#indexed] as Project)
    return this.#books
  }
}

const books = new WeakMap<World, SalesBook>()

export const salesBooks = (world: World): ReadonlyMap<number, SellerBook> => {
  let book = books.get(world)
  if (!book) books.set(world, (book = new SalesBook(world)))
  return book.all
}

/** The sellers of works with a registration in the city, by index, with their books. */
export function* sellers(world: World): Generator<readonly [Party, SellerBook]> {
  for (const [index, book] of [...salesBooks(world)].sort(([a], [b]) => a - b)) {
    const party = world.parties.at(index)
    if (party.registration !== null && !party.closed) yield [party, book]
  }
}
