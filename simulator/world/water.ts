/** Water works: the bureau's own numbers, and the records of projects, contracts and months. */
import type { Day } from './calendar.ts'
import { compactMonth, yearOf } from './calendar.ts'
import type { Contract } from './contracts.ts'
import type { DatasetEntry } from './entries.ts'
import { type Measurement, measurementsOf } from './lifecycle.ts'
import type { Project } from './projects.ts'
import { Random, scatter } from './random.ts'
import { registerChanges, type WorksFate, worksFate } from './works-fate.ts'

export interface WaterProjectDetail {
  readonly fate: WorksFate
}
export interface WaterContractDetail {
  readonly contract: Contract
  /** Day on which the contract's number is filled in. */
  readonly numberedFrom: Day
}
export interface WaterProgressDetail {
  readonly contract: Contract
  readonly measurement: Measurement
  /** Work done since January of its year, in fen. */
  readonly yearFen: number
}

/** 水利项目编号: numbered by the water bureau, and no evidence of anything outside its own feeds. */
export const waterNumber = (seed: number, project: Project): string => {
  const year = yearOf(project.approvals[0]?.day ?? 0)
  return `SL${year}-${String(scatter(project.number, 7_003, Math.abs(seed * 31) % 100_000, 100_000)).padStart(5, '0')}`
}

const known = (project: Project, day: Day): Day => Math.max(day, project.knownFrom)

/** From approval to acceptance: 200 to 500 days after the last handover. */
export const waterProjects = (seed: number, project: Project): readonly DatasetEntry[] => {
  if (project.kind !== 'water') return []
  const random = new Random(seed, 'water-project', project.number)
  const approved = project.approvals[project.approvals.length - 1]?.day ?? 0
  const visibleFrom = known(project, approved + random.int(10, 40))
  const fate = worksFate(seed, project, [200, 500])
  const detail: WaterProjectDetail = { fate }
  return [
    {
      feed: 'water.projects',
      key: [waterNumber(seed, project)],
      project,
      visibleFrom,
      changes: registerChanges(fate, visibleFrom),
      detail,
    },
  ]
}

const contractSeen = (seed: number, project: Project, contract: Contract): Day =>
  known(project, contract.signed + new Random(seed, 'water-contract', project.number, contract.index).int(5, 30))

export const waterContracts = (seed: number, project: Project): readonly DatasetEntry[] =>
  project.kind !== 'water'
    ? []
    : project.contracts.map((contract) => {
        const random = new Random(seed, 'water-number', project.number, contract.index)
        const visibleFrom = contractSeen(seed, project, contract)
        const numberedFrom = random.chance(0.2) ? visibleFrom + random.int(15, 90) : visibleFrom
        const detail: WaterContractDetail = { contract, numberedFrom }
        const changes = [
          numberedFrom,
          contract.start + 5,
          contract.start + 60,
          ...(contract.handover === null ? [] : [contract.handover + 8]),
        ]
        return {
          feed: 'water.contracts',
          key: [waterNumber(seed, project), contract.section],
          project,
          visibleFrom,
          changes: changes.filter((day) => day > visibleFrom),
          detail,
        }
      })

/** One entry a month and contract, from the day of its audit on. */
export const waterProgress = (seed: number, project: Project): readonly DatasetEntry[] =>
  project.kind !== 'water'
    ? []
    : project.contracts.flatMap((contract) => {
        const visibleFrom = contractSeen(seed, project, contract)
        const measurements = measurementsOf(seed, project, contract)
        return measurements.map((measurement): DatasetEntry => {
          const year = yearOf(measurement.month)
          const before = measurements.filter(({ month }) => yearOf(month) < year).at(-1)?.cumulativeFen ?? 0
          const detail: WaterProgressDetail = { contract, measurement, yearFen: measurement.cumulativeFen - before }
          return {
            feed: 'water.progress',
            key: [waterNumber(seed, project), contract.section, compactMonth(measurement.month)],
            project,
            visibleFrom: Math.max(known(project, measurement.audited), visibleFrom),
            changes: [],
            detail,
          }
        })
      })
