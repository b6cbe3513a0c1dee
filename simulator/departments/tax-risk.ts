/** 风险应对任务 that the provincial office has sent: what is tasked there is not to be tasked again. */
import { isoDay } from '../world/calendar.ts'
import type { Party } from '../world/party.ts'
import { Random } from '../world/random.ts'
import { bookOf } from '../world/tax-book.ts'
import { habitOf } from '../world/tax-habits.ts'
import { serial } from '../world/tax-watch.ts'
import type { World } from '../world/world.ts'
import { dayText, type ToldRow, taxExtract } from './tax-extract.ts'
import { yuanText } from './wording.ts'

const ordinary = [
  '增值税税负率偏低',
  '增值税与企业所得税收入差异',
  '进项税额异常',
  '红字发票比例过高',
  '长亏不倒',
] as const
const ofHabit = {
  honest: null,
  declaresLess: '开票金额与申报收入不符',
  filesZero: '连续零申报但有开票',
  paysNothing: '连续六个月纳税额偏低',
} as const

/** Some contractors are tasked, those with a bad habit more often than others, and in every city, however small, the first one. */
const taskOf = (world: World, party: Party, isFirst: boolean): ToldRow | null => {
  const random = new Random(world.seed, 'risk', party.index)
  const known = ofHabit[habitOf(world, party).habit]
  if (!random.chance(known === null ? 0.03 : 0.2) && !isFirst) return null
  const issuedOn = world.begins - random.int(isFirst ? 20 : -500, 700)
  const closedOn = random.chance(0.85) ? issuedOn + random.int(20, 150) : null
  const manner = random.int(1, 6)
  const recoveredFen = manner > 2 && random.chance(0.6) ? Math.round(10 ** random.between(5.5, 8.2)) : 0
  const risk = known ?? random.pick(ordinary)
  const key = serial(world.seed, `FX41${isoDay(issuedOn).slice(0, 4)}`, 8, 'risk', party.index)
  const row = () => {
    const isClosed = closedOn !== null && closedOn <= world.clock
    return {
      RWBH: key,
      DJXH: party.registration ?? '',
      FXD: risk,
      FXDJ_DM: String(Math.ceil(manner / 2)),
      YDFS_DM: String(manner),
      ZT_DM: isClosed ? '1' : '0',
      CBSK: isClosed ? yuanText(recoveredFen) : '',
      XDRQ: isoDay(issuedOn),
      BJRQ: dayText(world, closedOn),
    }
  }
  return { key, days: closedOn === null ? [issuedOn] : [issuedOn, closedOn], say: () => ({ row: row() }) }
}

function* allTasks(world: World): Generator<ToldRow> {
  const book = bookOf(world)
  let isFirst = true
  for (const party of book.sellers()) {
    if (!book.isFirst(party) || !world.parties.isLocal(party)) continue
    const task = taskOf(world, party, isFirst)
    isFirst = false
    if (task) yield task
  }
}

export const taxRiskTasks = taxExtract({
  feed: 'tax.risk-tasks',
  columns: 'RWBH DJXH FXD FXDJ_DM YDFS_DM ZT_DM CBSK XDRQ BJRQ',
  sumColumn: null,
  drifted: 'FXD',
  all: allTasks,
})
