/** 发票领用、验旧、缴销、挂失 and 发票总额度. */
import { compactMonth, isoDay, monthStart } from '../world/calendar.ts'
import { quotasOf, type Segment, segmentsOf } from '../world/paper-invoices.ts'
import { Random } from '../world/random.ts'
import { isSupplyTold, sellers } from '../world/sales.ts'
import type { World } from '../world/world.ts'
import { type ToldRow, taxExtract } from './tax-extract.ts'
import { yuanText } from './wording.ts'

const eight = (number: number): string => String(number).padStart(8, '0')

const supplyRow = (s: Segment, key: string, kind: string, from: number, copies: number, on: number) => ({
  LYXH: key,
  DJXH: s.party.registration ?? '',
  YWLX_DM: kind,
  FPDM: s.code,
  FPQSHM: eight(from),
  FPZZHM: eight(from + copies - 1),
  FS: String(copies),
  FPLX_DM: s.special ? '01' : '04',
  FSRQ: isoDay(on),
})

function* eventsOf(s: Segment): Generator<ToldRow> {
  const keyOf = (kind: string): string => `${s.code}${eight(s.from)}${kind}`
  const event = (kind: string, from: number, copies: number, on: number): ToldRow => ({
    key: keyOf(kind),
    told: Math.max(on + 1, s.knownFrom),
    row: () => supplyRow(s, keyOf(kind), kind, from, copies, on),
  })
  yield event('1', s.from, s.copies, s.suppliedOn)
  yield event('2', s.from, s.used, s.verifiedOn)
  if (s.surrenderedOn !== null) yield event('3', s.from + s.used, s.copies - s.used, s.surrenderedOn)
  if (s.lostOn !== null) yield event('4', s.from, 1, s.lostOn)
}

function* supplyRows(world: World): Generator<ToldRow> {
  for (const [party, book] of sellers(world)) {
    if (!isSupplyTold(party)) continue
    for (const segment of segmentsOf(world, party, book)) yield* eventsOf(segment)
  }
}

const quotaKind = { monthly: '1', temporary: '2', manual: '3' } as const

function* quotaRows(world: World): Generator<ToldRow> {
  for (const [party, book] of sellers(world)) {
    if (!isSupplyTold(party)) continue
    for (const q of quotasOf(world, party, book)) {
      const key = `${new Random(world.seed, 'quota-key', party.index).digits(10)}${compactMonth(q.month)}${quotaKind[q.kind]}`
      yield {
        key,
        // Told when the month is over.
        told: monthStart(q.month, 1),
        row: () => ({
          EDXH: key,
          DJXH: party.registration ?? '',
          EDLX_DM: quotaKind[q.kind],
          SSYF: compactMonth(q.month),
          ZED: yuanText(q.quotaFen),
          SXRQ: isoDay(q.effectiveOn),
        }),
      }
    }
  }
}

export const supplySources = [
  taxExtract({
    feed: 'tax.invoice-supplies',
    columns: 'LYXH DJXH YWLX_DM FPDM FPQSHM FPZZHM FS FPLX_DM FSRQ',
    sumColumn: null,
    drifted: 'FPLX_DM',
    all: supplyRows,
  }),
  taxExtract({
    feed: 'tax.invoice-quotas',
    columns: 'EDXH DJXH EDLX_DM SSYF ZED SXRQ',
    sumColumn: 'ZED',
    drifted: 'SXRQ',
    all: quotaRows,
  }),
]
