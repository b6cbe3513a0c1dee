/** 入库、减免、抵减、退税、欠税. 报验管理编号 stands on what was prepaid at the site, and nowhere else. */
import { type Day, isoDay } from '../world/calendar.ts'
import { bookOf } from '../world/tax-book.ts'
import { type Payment, paymentsOfPrepayment, paymentsOfReturn, paymentsOfStamp } from '../world/tax-payments.ts'
import { prepaidContracts, prepaymentsOf } from '../world/tax-prepayments.ts'
import { noSales, stampDuties, vatTurns } from '../world/tax-returns.ts'
import { serial } from '../world/tax-watch.ts'
import type { World } from '../world/world.ts'
import { belongsTo, dayText, type ToldRow, taxExtract, treasuryOf } from './tax-extract.ts'
import { yuanText } from './wording.ts'

const kinds = { paid: '1', relief: '2', credit: '3', refund: '4', arrears: '5' } as const

const rowOf = (world: World, key: string, one: Payment): Record<string, string> => {
  const isCleared = one.clearedOn !== null && one.clearedOn <= world.clock
  return {
    SKJNXH: key,
    DJXH: one.party.registration ?? '',
    JNLX_DM: kinds[one.kind],
    ZSXM_DM: one.item,
    SKSSQQ: isoDay(one.period.from),
    SKSSQZ: isoDay(one.period.to),
    SE: yuanText(isCleared ? 0 : one.amountFen),
    ZNJ: yuanText(one.lateFeeFen),
    RKRQ: dayText(world, one.paidOn),
    SKGK: treasuryOf(one.county),
    KQYSSXBYGLBH: one.reportNumber,
    SJGSDQ: belongsTo(one.county),
  }
}

function* everyPayment(world: World, day: Day | null): Generator<Payment> {
  for (const { turns, sales } of vatTurns(world, day))
    for (const turn of turns) yield* paymentsOfReturn(world, turn, sales.get(turn.period.from) ?? noSales)
  for (const duty of stampDuties(world, day)) yield* paymentsOfStamp(duty)
  const book = bookOf(world)
  for (const { project, contract } of prepaidContracts(world, day))
    for (const one of prepaymentsOf(world, book, project, contract)) yield* paymentsOfPrepayment(world, one)
}

function* allPayments(world: World, day: Day | null): Generator<ToldRow> {
  for (const one of everyPayment(world, day)) {
    const { party, period, item, kind, label, days, project } = one
    const key = serial(world.seed, '', 20, 'payment', kind, party.index, item, period.from, label)
    yield { key, days, project, say: () => ({ row: rowOf(world, key, one) }) }
  }
}

export const taxPayments = taxExtract({
  feed: 'tax.payments',
  columns: 'SKJNXH DJXH JNLX_DM ZSXM_DM SKSSQQ SKSSQZ SE ZNJ RKRQ SKGK KQYSSXBYGLBH SJGSDQ',
  sumColumn: 'SE',
  drifted: 'SKGK',
  gzip: true,
  all: allPayments,
})
