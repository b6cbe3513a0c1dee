/** 申报、入库: the rows of returns and payments. */
import { isoDay } from '../world/calendar.ts'
import { prepaymentsOf } from '../world/cross-region.ts'
import { monthEnd } from '../world/filing-days.ts'
import { type Filing, filings } from '../world/filings.ts'
import { Random } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { dayText, type ToldRow, taxExtract } from './tax-extract.ts'
import { yuanText } from './wording.ts'

const office = (world: World, filing: Pick<Filing, 'party'>): string =>
  `国家金库郑州市${world.parties.current(filing.party).county.name}支库`

const formKey = (f: Filing): string => `${f.party.index}-${f.taxItem}-${f.from}-${f.version}`

/** 凭证序号: 20 digits, made of what the form is of. */
const serial = (kind: string, key: string): string =>
  new Random(0, kind, key).digits(8) + new Random(1, kind, key).digits(12)

function* returnRows(world: World): Generator<ToldRow> {
  for (const f of filings(world)) {
    const key = serial('return', formKey(f))
    yield {
      key,
      told: f.declaredOn + 1,
      changes: [f.voidOn],
      row: () => ({
        PZXH: key,
        DJXH: f.party.registration ?? '',
        ZSXM_DM: f.taxItem,
        SBBZL_DM: f.taxItem === '10111' ? 'BDA0610794' : f.party.general ? 'BDA0610606' : 'BDA0610611',
        SKSSQQ: isoDay(f.from),
        SKSSQZ: isoDay(f.to),
        YSXSE: yuanText(f.salesFen),
        MSXSE: yuanText(f.exemptFen),
        YNSE: yuanText(f.taxFen),
        JMSE: yuanText(f.reliefFen),
        YJSE: yuanText(f.prepaidFen),
        YBTSE: yuanText(f.payableFen),
        GZBZ: f.version === 2 ? 'Y' : 'N',
        ZFBZ: f.voidOn !== null && f.voidOn <= world.clock ? 'Y' : 'N',
        SBRQ: isoDay(f.declaredOn),
        SBQX: isoDay(f.dueOn),
        SJGSDQ: `1${f.party.county.code}0000`,
      }),
    }
  }
}

/** 0.05 % a day from the day after the due one (征管法 32). */
const lateFeeFen = (f: Filing): number =>
  f.paidOn === null || f.paidOn <= f.dueOn ? 0 : Math.round((f.payableFen * 5 * (f.paidOn - f.dueOn)) / 10_000)

const paymentRow = (
  world: World,
  f: Filing,
  kind: '1' | '2' | '5',
  amount: { fen: number; feeFen: number; on: string },
): Record<string, string> => ({
  SKJNXH: serial(`payment${kind}`, formKey(f)),
  DJXH: f.party.registration ?? '',
  JNLX_DM: kind,
  ZSXM_DM: f.taxItem,
  SKSSQQ: isoDay(f.from),
  SKSSQZ: isoDay(f.to),
  SE: yuanText(amount.fen),
  ZNJ: yuanText(amount.feeFen),
  RKRQ: amount.on,
  SKGK: office(world, f),
  KQYSSXBYGLBH: '',
  SJGSDQ: `1${f.party.county.code}0000`,
})

/** What a form makes payable: paid, or in arrears from the day after it was due until it is paid. */
function* paymentsOfFiling(world: World, f: Filing): Generator<ToldRow> {
  if (f.version === 1 && f.payableFen > 0 && f.paidOn !== null) {
    const { paidOn } = f
    yield {
      key: serial('payment1', formKey(f)),
      told: paidOn + 1,
      row: () => paymentRow(world, f, '1', { fen: f.payableFen, feeFen: lateFeeFen(f), on: isoDay(paidOn) }),
    }
  }
  if (f.version === 1 && f.payableFen > 0 && (f.paidOn === null || f.paidOn > f.dueOn)) {
    yield {
      key: serial('payment5', formKey(f)),
      told: f.dueOn + 2,
      changes: [f.paidOn === null ? null : Math.max(f.paidOn + 1, f.dueOn + 3)],
      row: () => {
        const isPaid = f.paidOn !== null && f.paidOn + 1 <= world.clock
        return paymentRow(world, f, '5', { fen: isPaid ? 0 : f.payableFen, feeFen: 0, on: '' })
      },
    }
  }
  if (f.version === 1 && f.reliefFen > 0) {
    yield {
      key: serial('payment2', formKey(f)),
      told: f.declaredOn + 1,
      row: () => paymentRow(world, f, '2', { fen: f.reliefFen, feeFen: 0, on: isoDay(f.declaredOn) }),
    }
  }
}

function* prepaidRows(world: World): Generator<ToldRow> {
  for (const project of world.projects) {
    for (const p of prepaymentsOf(world, project)) {
      const { party, siteNumber, contract } = p.report
      const key = serial('prepaid', `${project.number}-${contract.index}-${party.index}-${p.month}`)
      if (party.registration === null || p.taxFen === 0) continue
      yield {
        key,
        project,
        told: Math.max(p.declaredOn + 1, project.knownFrom),
        row: () => ({
          SKJNXH: key,
          DJXH: party.registration ?? '',
          JNLX_DM: '1',
          ZSXM_DM: '10101',
          SKSSQQ: isoDay(p.month),
          SKSSQZ: isoDay(monthEnd(p.month)),
          SE: yuanText(p.taxFen),
          ZNJ: '0.00',
          RKRQ: isoDay(p.declaredOn),
          SKGK: `国家金库郑州市${project.county.name}支库`,
          KQYSSXBYGLBH: siteNumber,
          SJGSDQ: `1${project.county.code}0000`,
        }),
      }
      yield* incomeTaxRow(world, p)
    }
  }
}

/** 0.2 % of income tax at the site, of contractors of other provinces that run the works themselves (国税函〔2010〕156号). */
function* incomeTaxRow(world: World, p: ReturnType<typeof prepaymentsOf>[number]): Generator<ToldRow> {
  const { party, siteNumber, contract, project } = p.report
  const isOtherProvince = party.code.slice(2, 4) !== '41'
  const random = new Random(world.seed, 'income-tax', project.number, contract.index)
  if (!isOtherProvince || p.isAdvance || !(project.story?.isIncomeTaxPrepaid ?? random.chance(0.9))) return
  const netFen = Math.round((p.grossFen * 100) / 109)
  const key = serial('income', `${project.number}-${contract.index}-${party.index}-${p.month}`)
  yield {
    key,
    project,
    told: Math.max(p.declaredOn + 1, project.knownFrom),
    row: () => ({
      SKJNXH: key,
      DJXH: party.registration ?? '',
      JNLX_DM: '1',
      ZSXM_DM: '10104',
      SKSSQQ: isoDay(p.month),
      SKSSQZ: isoDay(monthEnd(p.month)),
      SE: yuanText(Math.round((netFen * 2) / 1_000)),
      ZNJ: '0.00',
      RKRQ: isoDay(p.declaredOn),
      SKGK: `国家金库郑州市${project.county.name}支库`,
      KQYSSXBYGLBH: siteNumber,
      SJGSDQ: `1${project.county.code}0000`,
    }),
  }
}

function* paymentRows(world: World): Generator<ToldRow> {
  for (const f of filings(world)) yield* paymentsOfFiling(world, f)
  yield* prepaidRows(world)
}

function* prepaymentRows(world: World): Generator<ToldRow> {
  for (const project of world.projects) {
    for (const p of prepaymentsOf(world, project)) {
      const { party, siteNumber, contract } = p.report
      if (party.registration === null) continue
      const key = serial('prepayment', `${project.number}-${contract.index}-${party.index}-${p.month}`)
      const random = new Random(world.seed, 'prepayment', key)
      yield {
        key,
        project,
        told: Math.max(p.declaredOn + 1, project.knownFrom),
        row: () => ({
          YJXH: key,
          DJXH: party.registration ?? '',
          KQYSSXBYGLBH: random.chance(0.97) ? siteNumber : '',
          XMMC: project.fullName,
          JZFWFSD: `河南省郑州市${project.county.name}`,
          ZSXM_DM: '10101',
          SKSSQQ: isoDay(p.month),
          SKSSQZ: isoDay(monthEnd(p.month)),
          QBJK: yuanText(p.grossFen),
          KCFBK: yuanText(p.deductedFen),
          YZL: (p.rateBp / 10_000).toFixed(2),
          YJSE: yuanText(p.taxFen),
          YSKBZ: p.isAdvance ? 'Y' : 'N',
          SBRQ: isoDay(p.declaredOn),
          RKRQ: dayText(world, p.declaredOn),
        }),
      }
    }
  }
}

export const filingSources = [
  taxExtract({
    feed: 'tax.returns',
    columns: 'PZXH DJXH ZSXM_DM SBBZL_DM SKSSQQ SKSSQZ YSXSE MSXSE YNSE JMSE YJSE YBTSE GZBZ ZFBZ SBRQ SBQX SJGSDQ',
    sumColumn: 'YNSE',
    drifted: 'SBBZL_DM',
    gzip: true,
    all: returnRows,
  }),
  taxExtract({
    feed: 'tax.payments',
    columns: 'SKJNXH DJXH JNLX_DM ZSXM_DM SKSSQQ SKSSQZ SE ZNJ RKRQ SKGK KQYSSXBYGLBH SJGSDQ',
    sumColumn: 'SE',
    drifted: 'SKGK',
    gzip: true,
    all: paymentRows,
  }),
  taxExtract({
    feed: 'tax.prepayments',
    columns: 'YJXH DJXH KQYSSXBYGLBH XMMC JZFWFSD ZSXM_DM SKSSQQ SKSSQZ QBJK KCFBK YZL YJSE YSKBZ SBRQ RKRQ',
    sumColumn: 'YJSE',
    drifted: 'JZFWFSD',
    all: prepaymentRows,
  }),
]
