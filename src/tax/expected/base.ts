/**
 * The base of each month: how far the liability has come by then, less how far it had come before (domain.md 0.4, 0.5, 3.7). The liability is as old as
 * the earliest of invoice and receipt, so by any day it is the greater of the two sums; measured work alone raises the upper reading and no other.
 */
import { most } from '../money.ts'
import { advanceFrom } from '../rates/prepayment.ts'
import type { ContractorFacts, MonthFacts, Reading } from './input.ts'

export type Evidence = 'invoiced' | 'received' | 'advance' | 'measured'

export interface MonthBase {
  readonly period: string
  /** First day of the month: rates change on first days only. */
  readonly day: string
  /** What construction services came to in the month; negative where red invoices took more back. */
  readonly priceFen: bigint
  /** What is prepaid on across regions: the price, or the advance where that has come further; what was prepaid is not prepaid again. */
  readonly prepayFen: bigint
  /** Advances alone: all that is prepaid on within the region. */
  readonly advanceFen: bigint
  /** Everything brought in, without what other goods bear of tax. */
  readonly otherNetFen: bigint
  readonly deductedFen: bigint
  readonly evidence: Evidence
}

interface Sums {
  invoiced: bigint
  other: bigint
  advance: bigint
  /** Advances whose receipt was the liability itself, until 2017-06-30 (domain.md 0.5). */
  liableAdvance: bigint
  received: bigint
  measured: bigint
}

const add = (sums: Sums, m: MonthFacts): void => {
  sums.invoiced += m.invoicedFen
  sums.other += m.otherFen
  sums.advance += m.advanceFen
  if (`${m.period}-01` < advanceFrom.day) sums.liableAdvance += m.advanceFen
  sums.received += m.receivedFen
  sums.measured += m.measuredFen
}

/** How far the price has come: money beyond all invoices is for construction, since nothing says otherwise. */
const reached = (sums: Sums, facts: ContractorFacts, reading: Reading): { price: bigint; evidence: Evidence } => {
  const counts = reading === 'high' || !facts.isJoint
  const received = counts ? sums.received - sums.other : 0n
  const measured = reading === 'high' ? sums.measured - sums.other : 0n
  const price = most(most(sums.invoiced, sums.liableAdvance), most(received, measured))
  if (price === sums.invoiced) return { price, evidence: 'invoiced' }
  if (price === received) return { price, evidence: 'received' }
  return { price, evidence: price === sums.liableAdvance ? 'advance' : 'measured' }
}

/** Bases of all months under one reading. */
export const basesOf = (facts: ContractorFacts, reading: Reading): MonthBase[] => {
  const sums: Sums = { invoiced: 0n, other: 0n, advance: 0n, liableAdvance: 0n, received: 0n, measured: 0n }
  let before = { price: 0n, prepay: 0n }
  return facts.months.map((m) => {
    add(sums, m)
    const { price, evidence } = reached(sums, facts, reading)
    const prepay = most(price, sums.advance)
    const day = `${m.period}-01`
    const base: MonthBase = {
      period: m.period,
      day,
      priceFen: price - before.price,
      prepayFen: prepay - before.prepay,
      advanceFen: day >= advanceFrom.day ? m.advanceFen : 0n,
      otherNetFen: m.otherNetFen,
      deductedFen: m.subcontractFen + (reading === 'low' ? m.doubtfulSubcontractFen : 0n),
      evidence: prepay > price ? 'advance' : evidence,
    }
    before = { price, prepay }
    return base
  })
}
