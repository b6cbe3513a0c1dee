/** 发票总额度: the events by which a seller's quota of 数电票 came about. */
import { compactMonth, type Day, isoDay } from '../world/calendar.ts'
import { quotaEvents } from '../world/tax-quotas.ts'
import { serial } from '../world/tax-watch.ts'
import type { World } from '../world/world.ts'
import { type ToldRow, taxExtract } from './tax-extract.ts'
import { yuanText } from './wording.ts'

const kinds = { monthly: '1', temporary: '2', manual: '3' } as const

function* allQuotas(world: World, day: Day | null): Generator<ToldRow> {
  for (const one of quotaEvents(world, day)) {
    const key = serial(world.seed, '41', 18, 'quota', one.party.index, one.month, one.sequence)
    const row = () => ({
      EDXH: key,
      DJXH: one.party.registration ?? '',
      EDLX_DM: kinds[one.event],
      SSYF: compactMonth(one.month),
      ZED: yuanText(one.quotaFen),
      SXRQ: isoDay(one.event === 'monthly' ? one.month : one.day),
    })
    yield { key, days: [one.day], say: () => ({ row: row() }) }
  }
}

export const taxInvoiceQuotas = taxExtract({
  feed: 'tax.invoice-quotas',
  columns: 'EDXH DJXH EDLX_DM SSYF ZED SXRQ',
  sumColumn: 'ZED',
  drifted: 'SXRQ',
  all: allQuotas,
})
