/** 增值税预缴税款表: one form per project and period, with the subcontracts deducted. */
import { type Day, isoDay } from '../world/calendar.ts'
import { Random } from '../world/random.ts'
import { bookOf } from '../world/tax-book.ts'
import {
  prepaidContracts,
  prepaidOnDay,
  prepaymentDays,
  prepaymentsOf,
  type SitePrepayment,
} from '../world/tax-prepayments.ts'
import { serial } from '../world/tax-watch.ts'
import type { World } from '../world/world.ts'
import { dayText, type ToldRow, taxExtract, typedName } from './tax-extract.ts'
import { yuanText } from './wording.ts'

const rowOf = (world: World, key: string, one: SitePrepayment): Record<string, string> => {
  const { party, project, contract, period, filing, report } = one
  const words = new Random(world.seed, 'say', 'tax.prepayments', project.number, contract.index, party.index)
  const name = typedName(project, words)
  const isForgotten = new Random(world.seed, 'say', 'tax.prepayments', key).chance(0.03)
  const hasNumber = report?.checkedInOn != null && report.checkedInOn <= filing.filedOn && !isForgotten
  return {
    YJXH: key,
    DJXH: party.registration ?? '',
    KQYSSXBYGLBH: hasNumber ? report.siteNumber : '',
    XMMC: name,
    JZFWFSD: `河南省郑州市${project.county.name}`,
    ZSXM_DM: '10101',
    SKSSQQ: isoDay(period.from),
    SKSSQZ: isoDay(period.to),
    QBJK: yuanText(one.grossFen),
    KCFBK: yuanText(one.deductedFen),
    YZL: (one.rateBp / 10_000).toFixed(2),
    YJSE: yuanText(one.taxFen),
    YSKBZ: one.isAdvance ? 'Y' : 'N',
    SBRQ: isoDay(filing.filedOn),
    RKRQ: dayText(world, prepaidOnDay(one)),
  }
}

function* allPrepayments(world: World, day: Day | null): Generator<ToldRow> {
  const book = bookOf(world)
  for (const { project, contract } of prepaidContracts(world, day))
    for (const one of prepaymentsOf(world, book, project, contract)) {
      const { party, period, isAdvance } = one
      const labels = [project.number, contract.index, party.index, period.from, String(isAdvance)] as const
      const key = serial(world.seed, '', 20, 'prepayment', ...labels)
      yield { key, project, days: prepaymentDays(one), say: () => ({ row: rowOf(world, key, one) }) }
    }
}

export const taxPrepayments = taxExtract({
  feed: 'tax.prepayments',
  columns: 'YJXH DJXH KQYSSXBYGLBH XMMC JZFWFSD ZSXM_DM SKSSQQ SKSSQZ QBJK KCFBK YZL YJSE YSKBZ SBRQ RKRQ',
  sumColumn: 'YJSE',
  drifted: 'JZFWFSD',
  all: allPrepayments,
})
