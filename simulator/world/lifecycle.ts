/** From a contract to the months of its work: interim measurements and what is payable by a day. */
import type { Day } from './calendar.ts'
import { monthStart } from './calendar.ts'
import type { Contract } from './contracts.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'

export interface Measurement {
  /** 期数, from 1. */
  readonly sequence: number
  /** First day of the month that was measured. */
  readonly month: Day
  readonly periodFen: number
  readonly cumulativeFen: number
  /** 形象进度 in per cent. */
  readonly progress: number
  /** Day of the audit; the measurement is known from then on. */
  readonly audited: Day
}

/** How much is measured over how many months, and whether the last one brings it to that sum. Works that stopped get to two fifths of the time. */
const workOf = (contract: Contract, drawn: number): { total: number; worked: number; isWhole: boolean } => {
  const { workDoneFen, workDoneOn, months, handover, start } = contract
  if (workDoneFen !== undefined)
    return {
      total: workDoneFen,
      worked: Math.max(1, Math.floor(((workDoneOn ?? start) - start) / 30.5) - 1),
      isWhole: true,
    }
  if (handover === null) return { total: drawn, worked: Math.max(1, Math.floor(months * 0.4)), isWhole: false }
  return { total: drawn, worked: months, isWhole: true }
}

/** All measurements of a contract over its whole life, past and future; their sum stays within 0.92 … 1.06 of the price. */
export const measurementsOf = (seed: number, project: Project, contract: Contract): Measurement[] => {
  const random = new Random(seed, 'measure', project.number, contract.index)
  const drawn = Math.round(contract.priceFen * random.between(0.92, 1.06))
  const { total, worked, isWhole } = workOf(contract, drawn)
  const list: Measurement[] = []
  let cumulative = 0
  let sequence = 0
  for (let i = 0; i < worked; i++) {
    const last = i === worked - 1
    const month = monthStart(contract.start, i)
    if (!last && random.chance(0.08)) continue // nothing measured: winter, spring festival
    const part = (i + 1) / (contract.workDoneFen === undefined ? contract.months : worked)
    const curve = part * part * (3 - 2 * part)
    const target = last && isWhole ? total : Math.round(total * Math.min(1, curve) * random.between(0.97, 1))
    if (target <= cumulative) continue
    const periodFen = target - cumulative
    cumulative = target
    sequence++
    const whole = contract.workDoneFen === undefined ? total : contract.priceFen
    const progress = Math.min(100, Math.round((cumulative / whole) * 1000) / 10)
    list.push({
      sequence,
      month,
      periodFen,
      cumulativeFen: cumulative,
      progress,
      audited: monthStart(month, 1) + random.int(2, 12),
    })
  }
  return list
}

/** What the owner must have paid by `day`, in fen: the payment ratio on work done, 97 % some months after handover, all after two years. */
export const payableOn = (contract: Contract, measurements: readonly Measurement[], day: Day): number => {
  let done = 0
  for (const measurement of measurements) {
    if (measurement.audited > day) break
    done = measurement.cumulativeFen
  }
  if (contract.handover === null || day < contract.handover + 150) return Math.round(done * contract.paymentRatio)
  return day < contract.handover + 730 ? Math.round(done * 0.97) : done
}
