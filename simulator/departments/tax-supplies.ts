/** 发票领用、验旧、缴销、挂失 as the core lists them: a segment of numbers a row. */
import { type Day, isoDay, yearOf } from '../world/calendar.ts'
import { invoiceNumber } from '../world/codes.ts'
import type { Party } from '../world/party.ts'
import { type Segment, segments } from '../world/tax-supplies.ts'
import { serial } from '../world/tax-watch.ts'
import type { World } from '../world/world.ts'
import { type ToldRow, taxExtract } from './tax-extract.ts'

const events = { supply: '1', verification: '2', surrender: '3', loss: '4' } as const

interface Range {
  readonly event: keyof typeof events
  readonly holder: Party
  /** Copies before the first, and how many. */
  readonly skip: number
  readonly copies: number
  readonly on: Day
  readonly toldOn: Day
}

const rangesOf = (segment: Segment, copies: number): Range[] => {
  const { holder, breach, suppliedOn, toldOn, verifiedOn, blanks, invoice } = segment
  const list: Range[] = []
  if (breach !== 'gap') list.push({ event: 'supply', holder, skip: 0, copies, on: suppliedOn, toldOn })
  if (verifiedOn !== null)
    list.push({ event: 'verification', holder: invoice.seller, skip: 0, copies: 1, on: verifiedOn, toldOn: verifiedOn })
  if (blanks !== null && copies > 1 && breach !== 'gap')
    list.push({ event: blanks.event, holder, skip: 1, copies: copies - 1, on: blanks.on, toldOn: blanks.on })
  return list
}

/** The invoice's own number is the first of its segment; a segment ends with its code's last number. */
function* supplyRecords(world: World, segment: Segment): Generator<ToldRow> {
  const { invoice } = segment
  const { ordinal, special, day, seller } = invoice
  const { code, number } = invoiceNumber(world.seed, ordinal, {
    digital: false,
    special,
    year: yearOf(day),
    province: seller.province,
  })
  const first = Number(number)
  const copies = Math.min(segment.copies, 100_000_000 - first)
  const padded = (value: number): string => String(value).padStart(8, '0')
  for (const range of rangesOf(segment, copies)) {
    const key = serial(world.seed, '41', 18, 'supply', range.event, ordinal)
    const row = () => ({
      LYXH: key,
      DJXH: range.holder.registration ?? '',
      YWLX_DM: events[range.event],
      FPDM: code,
      FPQSHM: padded(first + range.skip),
      FPZZHM: padded(first + range.skip + range.copies - 1),
      FS: String(range.copies),
      FPLX_DM: special ? '01' : '04',
      FSRQ: isoDay(range.on),
    })
    yield { key, days: [range.toldOn], say: () => ({ row: row() }) }
  }
}

function* allSupplies(world: World, day: Day | null): Generator<ToldRow> {
  for (const segment of segments(world, day)) yield* supplyRecords(world, segment)
}

export const taxInvoiceSupplies = taxExtract({
  feed: 'tax.invoice-supplies',
  columns: 'LYXH DJXH YWLX_DM FPDM FPQSHM FPZZHM FS FPLX_DM FSRQ',
  sumColumn: null,
  drifted: 'FPLX_DM',
  all: allSupplies,
})
