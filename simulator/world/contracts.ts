/** The contracts of a project: who builds, for how much, and when. */
import type { Day } from './calendar.ts'
import type { Parties } from './parties.ts'
import type { Party } from './party.ts'
import type { ProjectKind } from './project-names.ts'
import type { Random } from './random.ts'

export interface Contract {
  readonly index: number
  /** 合同段编号 in a road project, 标段 elsewhere. */
  readonly section: string
  /** Leader first; more than one is a 联合体. */
  readonly members: readonly Party[]
  readonly priceFen: number
  readonly awarded: Day
  readonly signed: Day
  readonly plannedStart: Day
  readonly start: Day
  readonly months: number
  /** 交工; null where the work stopped and stays stopped. */
  readonly handover: Day | null
  readonly paymentRatio: number
  /** What is measured by a day and no further, where a case says so. */
  readonly workDoneFen?: number
  readonly workDoneOn?: Day
  /** What the contractor has invoiced by a day and no further, where a case says so. */
  readonly invoicedFen?: number
  readonly invoicedOn?: Day
}

interface ContractInput {
  readonly funding: '1' | '2' | '3'
  readonly lastApproval: Day
  readonly budgetFen: number
  readonly months: readonly [number, number]
}

/** None where the project was approved and never let. */
export const contractsOf = (kind: ProjectKind, parties: Parties, input: ContractInput, random: Random): Contract[] => {
  if (random.chance(0.07)) return [] // approved and never let
  const count =
    kind === 'road'
      ? random.weighted([
          [1, 45],
          [2, 30],
          [3, 15],
          [4, 10],
        ] as const)
      : kind === 'village'
        ? 1
        : random.weighted([
            [1, 75],
            [2, 25],
          ] as const)
  const weights = Array.from({ length: count }, () => random.between(0.5, 1.5))
  const sum = weights.reduce((a, b) => a + b, 0)
  const style = random.pick(['TJ-', 'LJ-', 'YCSG-0', 'No.'])
  return weights.map((weight, index) => {
    const awarded = input.lastApproval + random.int(40, 150)
    const signed = awarded + random.int(8, 30)
    const plannedStart = signed + random.int(5, 40)
    const start = plannedStart + (random.chance(0.3) ? random.int(10, 120) : random.int(0, 10))
    const months = random.int(...input.months)
    const stopped = random.chance(0.03)
    return {
      index,
      section: `${style}${index + 1}`,
      members: membersOf(parties, random),
      priceFen: Math.round((input.budgetFen * weight) / sum) + random.int(0, 99_999),
      awarded,
      signed,
      plannedStart,
      start,
      months,
      handover: stopped
        ? null
        : start + Math.round(months * 30.4) + (random.chance(0.4) ? random.int(20, 200) : random.int(0, 20)),
      paymentRatio: random.pick([0.6, 0.7, 0.8, 0.8, 0.85, 0.9]),
    }
  })
}

const membersOf = (parties: Parties, random: Random): Party[] => {
  const one = (): Party =>
    random.chance(0.68) ? parties.some('contractor', random) : parties.outsider(random.int(0, parties.outsiders - 1))
  const leader = one()
  if (!random.chance(0.08)) return [leader]
  const members = [leader]
  for (let i = 0; i < (random.chance(0.2) ? 2 : 1); i++) {
    const member = one()
    if (members.every((other) => other.index !== member.index)) members.push(member)
  }
  return members
}
