/** What becomes of a project as a whole: the days that the registers of roads and of water works tell of. */
import type { Day } from './calendar.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'

export interface WorksFate {
  /** First start of any contract; null where nothing was ever let. */
  readonly started: Day | null
  /** All contracts handed over; null where one of them stopped for good. */
  readonly handedOver: Day | null
  /** 竣工验收, some time after the handover. */
  readonly completed: Day | null
  /** Day on which the works stood still. */
  readonly stopped: Day | null
}

/** A project's whole life, past and future. `acceptance` is the least and greatest number of days from handover to 竣工验收. */
export const worksFate = (seed: number, project: Project, acceptance: readonly [number, number]): WorksFate => {
  const { contracts } = project
  const random = new Random(seed, 'fate', project.number)
  const wait = random.int(...acceptance)
  const dead = contracts.filter((contract) => contract.handover === null)
  const handedOver =
    contracts.length > 0 && dead.length === 0 ? Math.max(...contracts.map((contract) => contract.handover ?? 0)) : null
  return {
    started: contracts.length > 0 ? Math.min(...contracts.map((contract) => contract.start)) : null,
    handedOver,
    completed: handedOver === null ? null : handedOver + wait,
    stopped:
      dead.length > 0
        ? Math.max(...dead.map((contract) => contract.start + Math.floor(contract.months * 0.4) * 30)) + 30
        : null,
  }
}

/** How long each of its days takes to be entered in a register. */
export const registerLag = { started: 5, busy: 60, handedOver: 8, completed: 10, stopped: 15 } as const

/** Days on which a register's entry moves on by itself. */
export const registerChanges = (fate: WorksFate, visibleFrom: Day): Day[] =>
  [
    fate.started === null ? null : fate.started + registerLag.started,
    fate.started === null ? null : fate.started + registerLag.busy,
    fate.handedOver === null ? null : fate.handedOver + registerLag.handedOver,
    fate.completed === null ? null : fate.completed + registerLag.completed,
    fate.stopped === null ? null : fate.stopped + registerLag.stopped,
  ].filter((day) => day !== null && day > visibleFrom) as Day[]

/** `day` where the register knows of it by `clock`. */
export const entered = (day: Day | null, lag: number, clock: Day): Day | null =>
  day !== null && day + lag <= clock ? day : null

/** 0 not started, 1 started, 2 under way, 3 handed over, 4 accepted, 5 stopped. */
export const registerStage = (fate: WorksFate, clock: Day): '0' | '1' | '2' | '3' | '4' | '5' => {
  if (entered(fate.completed, registerLag.completed, clock) !== null) return '4'
  if (entered(fate.handedOver, registerLag.handedOver, clock) !== null) return '3'
  if (entered(fate.stopped, registerLag.stopped, clock) !== null) return '5'
  if (entered(fate.started, registerLag.busy, clock) !== null) return '2'
  return entered(fate.started, registerLag.started, clock) !== null ? '1' : '0'
}
