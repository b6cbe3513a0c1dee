/**
 * Rows of the datasets that keep no list. The simulator's calendar brings them in waves (returns before the 15th, readings once a month), so a bench
 * day is cut from the dataset itself: rows held back from the first delivery are its new ones, and every hundredth delivered row comes corrected.
 */
import type { StreamedSource } from '../../simulator/source.ts'
import type { FeedId } from '../../simulator/world/entries.ts'
import type { World } from '../../simulator/world/world.ts'
import type { BenchRow, Row } from './world.ts'

/** The field that a correction touches: an amount, or a remark where amounts are typed by hand. */
const corrected: Partial<Readonly<Record<FeedId, string>>> = {
  'power.readings': 'kwh',
  'tax.returns': 'YNSE',
  'tax.payments': 'SE',
  'tax.prepayments': 'QBJK',
  'tax.invoice-supplies': 'FS',
  'tax.invoice-quotas': 'ZED',
  'tax.cross-region-reports': 'HTJE',
  'tax.social-insurance': 'JFJE',
  'tax.risk-tasks': 'CBSK',
  'tax.officer-entries': 'BZ',
  'finance.payments': '备注',
}

/** `12.30` → `12.31`; text that ends in no digit gets a remark. */
const correctedText = (text: string): string =>
  /\d$/.test(text) ? text.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)) : `${text}（更正）`

const correct = (feed: FeedId, row: Row): Row => {
  const field = corrected[feed]
  if (field === undefined) throw new RangeError(`${feed}: which field a correction touches is not known`)
  return { ...row, [field]: correctedText(String(row[field] ?? '')) }
}

const plain = (key: readonly string[], row: Row): BenchRow => ({ key: key.join('|'), updatedAt: '', row })

export interface Cut {
  readonly feed: FeedId
  /** Rows of the first delivery, and those that each day adds and changes. */
  readonly count: number
  readonly daily: number
  readonly days: number
}

/** Rows of the first delivery in the order of the dataset; `news` of day 1, 2, … is filled on the way. */
export const streamedRows = function* (
  source: StreamedSource,
  world: World,
  { feed, count, daily, days }: Cut,
  news: BenchRow[][],
): Generator<BenchRow> {
  for (let day = 1; day <= days; day++) news[day] = []
  const step = Math.max(days, Math.floor(count / daily))
  let number = 0
  for (const { key, row } of source.records(world, null)) {
    const later = Math.floor((number - count) / daily) + 1
    if (later > days) return
    if (number >= count) news[later]?.push(plain(key, row))
    else {
      const day = (number % step) + 1
      if (day <= days && Math.floor(number / step) < daily) news[day]?.push(plain(key, correct(feed, row)))
      yield plain(key, row)
    }
    number++
  }
}
