/** 申报: forms of 增值税 by period and of 印花税 by contract, corrections with the forms that they replace. */
import { type Day, isoDay } from '../world/calendar.ts'
import type { Party } from '../world/party.ts'
import type { Period } from '../world/tax-periods.ts'
import {
  type Declared,
  declaredOf,
  noSales,
  type Sales,
  stampDuties,
  type Turn,
  vatTurns,
} from '../world/tax-returns.ts'
import { serial } from '../world/tax-watch.ts'
import type { World } from '../world/world.ts'
import { belongsTo, type ToldRow, taxExtract } from './tax-extract.ts'
import { yuanText } from './wording.ts'

/** 凭证序号 of a form: 20 digits. */
const formNumber = (seed: number, party: Party, item: string, from: Day, version: number): string =>
  serial(seed, '1011', 16, 'form', party.index, item, from, version)

interface Form {
  readonly number: string
  readonly party: Party
  readonly item: '10101' | '10111'
  readonly period: Period
  readonly declared: Declared
  readonly declaredOn: Day
  readonly dueOn: Day
  readonly isCorrection: boolean
  readonly isVoid: boolean
}

/** Kinds of forms: 一般纳税人, 小规模纳税人, 财产和行为税. */
const kindOf = ({ item, party }: Form): string =>
  item === '10111' ? 'BDA0610794' : party.general ? 'BDA0610606' : 'BDA0610611'

const rowOf = (form: Form): Record<string, string> => {
  const { party, period, declared } = form
  return {
    PZXH: form.number,
    DJXH: party.registration ?? '',
    ZSXM_DM: form.item,
    SBBZL_DM: kindOf(form),
    SKSSQQ: isoDay(period.from),
    SKSSQZ: isoDay(period.to),
    YSXSE: yuanText(declared.salesFen),
    MSXSE: yuanText(declared.exemptFen),
    YNSE: yuanText(declared.taxFen),
    JMSE: yuanText(declared.reliefFen),
    YJSE: yuanText(declared.prepaidFen),
    YBTSE: yuanText(declared.payableFen),
    GZBZ: form.isCorrection ? 'Y' : 'N',
    ZFBZ: form.isVoid ? 'Y' : 'N',
    SBRQ: isoDay(form.declaredOn),
    SBQX: isoDay(form.dueOn),
    SJGSDQ: belongsTo(party.county),
  }
}

/** The form as filed and, where it was corrected, void since, with the one that replaced it. */
function* vatForms(world: World, turn: Turn, sales: Sales): Generator<ToldRow> {
  const { party, period, filing } = turn
  const { filedOn, dueOn, correctedOn } = filing
  const common = { party, item: '10101', period, dueOn } as const
  const first = formNumber(world.seed, party, '10101', period.from, 1)
  const isVoid = correctedOn !== null && correctedOn <= world.clock
  yield {
    key: first,
    days: correctedOn === null ? [filedOn] : [filedOn, correctedOn],
    say: () => {
      const declared = declaredOf(world, turn, sales, true)
      return { row: rowOf({ ...common, number: first, declared, declaredOn: filedOn, isCorrection: false, isVoid }) }
    },
  }
  if (correctedOn === null) return
  const second = formNumber(world.seed, party, '10101', period.from, 2)
  yield {
    key: second,
    days: [correctedOn],
    say: () => {
      const declared = declaredOf(world, turn, sales, false)
      const form = { ...common, number: second, declared, declaredOn: correctedOn, isCorrection: true, isVoid: false }
      return { row: rowOf(form) }
    },
  }
}

function* stampForms(world: World, day: Day | null): Generator<ToldRow> {
  for (const duty of stampDuties(world, day)) {
    const { party, project, contract, period, filing, baseFen, taxFen, filedOn } = duty
    const number = formNumber(world.seed, party, `10111-${project.number}-${contract.index}`, period.from, 1)
    const declared = { salesFen: baseFen, exemptFen: 0, taxFen, reliefFen: 0, prepaidFen: 0, payableFen: taxFen }
    const common = { number, party, item: '10111', period, declared, dueOn: filing.dueOn } as const
    yield {
      key: number,
      days: [filedOn],
      say: () => ({ row: rowOf({ ...common, declaredOn: filedOn, isCorrection: false, isVoid: false }) }),
    }
  }
}

function* allForms(world: World, day: Day | null): Generator<ToldRow> {
  for (const { turns, sales } of vatTurns(world, day))
    for (const turn of turns) yield* vatForms(world, turn, sales.get(turn.period.from) ?? noSales)
  yield* stampForms(world, day)
}

export const taxReturns = taxExtract({
  feed: 'tax.returns',
  columns: 'PZXH DJXH ZSXM_DM SBBZL_DM SKSSQQ SKSSQZ YSXSE MSXSE YNSE JMSE YJSE YBTSE GZBZ ZFBZ SBRQ SBQX SJGSDQ',
  sumColumn: 'YNSE',
  drifted: 'SBBZL_DM',
  gzip: true,
  all: allForms,
})
