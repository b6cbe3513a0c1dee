/** What the treasury pays on contracts that a government funds, month by month, and the review of their settlement: computed when asked for. */

import { type Day, monthStart } from './calendar.ts'
import type { Contract } from './contracts.ts'
import { measurementsOf, payableOn } from './lifecycle.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'

interface PaymentBase {
  readonly project: Project
  readonly contract: Contract
  readonly key: string
  readonly day: Day
}

export interface Appropriation extends PaymentBase {
  readonly kind: 'appropriation'
  readonly amountFen: number
  readonly cumulativeFen: number
}

export interface SettlementReview extends PaymentBase {
  readonly kind: 'review'
  readonly submittedFen: number
  readonly approvedFen: number
}

export type TreasuryRecord = Appropriation | SettlementReview

/** Months in which work is paid for: until the retention is due. */
const monthsAfterHandover = 30

const keyOf = (prefix: string, project: Project, contract: Contract, rest: string): string =>
  `${prefix}${project.county.code}${String(project.number).padStart(6, '0')}${contract.index}${rest}`

const reviewOf = (project: Project, contract: Contract, doneFen: number, random: Random): SettlementReview | null => {
  const day = (contract.handover ?? 0) + random.int(90, 260)
  const overstated = random.between(1.005, 1.12)
  if (contract.handover === null) return null
  const share = project.story?.auditReductionShare
  // What a story takes off the price is taken off here; ordinary works are settled at what was done.
  const approvedFen = share === undefined ? doneFen : Math.round(contract.priceFen * (1 - share))
  const submittedFen = share === undefined ? Math.round(doneFen * overstated) : contract.priceFen
  return { kind: 'review', project, contract, day, key: keyOf('PS', project, contract, ''), submittedFen, approvedFen }
}

/** All records the treasury has of a project over its whole life, past and future; none where no government pays. */
export const treasuryRecordsOf = (seed: number, project: Project): TreasuryRecord[] => {
  if (project.funding !== '1') return []
  const records: TreasuryRecord[] = []
  for (const contract of project.contracts) {
    const random = new Random(seed, 'treasury', project.number, contract.index)
    const measurements = measurementsOf(seed, project, contract)
    const last = (contract.handover ?? contract.start + contract.months * 15) + monthsAfterHandover * 30
    let paid = 0
    let count = 0
    for (let month = monthStart(contract.start, 1); month <= last; month = monthStart(month, 1)) {
      const day = month + random.int(14, 26)
      // What was payable at the month's end is asked for and paid in the next one.
      const due = payableOn(contract, measurements, month - 1)
      const amountFen = due - paid
      if (amountFen <= 0 || random.chance(0.1)) continue
      paid = due
      count++
      const key = keyOf('BF', project, contract, String(count).padStart(3, '0'))
      records.push({ kind: 'appropriation', project, contract, key, day, amountFen, cumulativeFen: paid })
    }
    const review = reviewOf(project, contract, measurements.at(-1)?.cumulativeFen ?? contract.priceFen, random)
    if (review) records.push(review)
  }
  return records
}
