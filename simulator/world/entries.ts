/** The records a project leaves with the departments: where each one stands, from when it is seen and when it changes by itself. */
import type { Day } from './calendar.ts'
import { yearOf } from './calendar.ts'
import type { Contract } from './contracts.ts'
import { type Measurement, measurementsOf } from './lifecycle.ts'
import type { Approval, Project } from './projects.ts'
import { Random, scatter } from './random.ts'

/** The four datasets that the first six feeds of the world list; the others are `Source`s (`../source.ts`). */
export const projectFeeds = [
  'development.approvals',
  'transport.sections',
  'transport.measurements',
  'tendering.awards',
] as const
export type ProjectFeed = (typeof projectFeeds)[number]

const datasetIds = [
  'development.progress',
  'development.key-projects',
  'water.projects',
  'water.contracts',
  'water.progress',
  'water.permits',
  'water.usages',
  'transport.projects',
  'power.accounts',
  'power.installations',
  'power.readings',
  'security.rentals',
  'security.seals',
  'commerce.registrations',
  'commerce.changes',
  'tax.returns',
  'tax.payments',
  'tax.prepayments',
  'tax.invoice-supplies',
  'tax.invoice-quotas',
  'tax.cross-region-reports',
  'tax.social-insurance',
  'tax.risk-tasks',
  'tax.officer-entries',
  'housing.permits',
  'housing.completions',
  'finance.payments',
  'resources.land',
  'town.observations',
] as const
export type DatasetId = (typeof datasetIds)[number]
export type FeedId = ProjectFeed | 'tax.taxpayers' | 'tax.invoices' | DatasetId

interface EntryBase {
  readonly key: readonly string[]
  readonly project: Project
  readonly visibleFrom: Day
  /** Days on which the department's record moves on without anybody correcting it. */
  readonly changes: readonly Day[]
}

export interface ApprovalEntry extends EntryBase {
  readonly feed: 'development.approvals'
  readonly approval: Approval
}
export interface SectionEntry extends EntryBase {
  readonly feed: 'transport.sections'
  readonly contract: Contract
}
export interface MeasurementEntry extends EntryBase {
  readonly feed: 'transport.measurements'
  readonly contract: Contract
  readonly measurement: Measurement
}
export interface AwardEntry extends EntryBase {
  readonly feed: 'tendering.awards'
  readonly contract: Contract
}
export type ProjectEntry = ApprovalEntry | SectionEntry | MeasurementEntry | AwardEntry

/** A record of one of the other datasets. What it is of besides a project stands in `detail`, in its department's own shape. */
export interface DatasetEntry extends Omit<EntryBase, 'project'> {
  readonly feed: DatasetId
  readonly project: Project | null
  readonly detail: unknown
}

export type Entry = ProjectEntry | DatasetEntry

/** 交通项目编号: numbered by the transport bureau, and no evidence of anything outside its own two feeds. */
export const transportNumber = (seed: number, project: Project): string => {
  const year = yearOf(project.approvals[0]?.day ?? 0)
  return `JT${year}-${String(scatter(project.number, 7_001, Math.abs(seed) % 100_000, 100_000)).padStart(5, '0')}`
}

const acceptanceNumber = (seed: number, project: Project, index: number): string =>
  `SL${project.county.code}${String(scatter(project.number * 4 + index, 70_001, Math.abs(seed) % 10_000_000, 10_000_000)).padStart(7, '0')}`

const awardId = (seed: number, project: Project, contract: Contract): string => {
  const random = new Random(seed, 'award-id', project.number, contract.index)
  return `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`
}

/** All records of a project over its whole life, past and future. */
export const entriesOf = (seed: number, project: Project): ProjectEntry[] => {
  const random = new Random(seed, 'entries', project.number)
  const known = (day: Day): Day => Math.max(day, project.knownFrom)
  const entries: ProjectEntry[] = project.approvals.map((approval, index) => {
    const visibleFrom = known(approval.day + random.int(0, project.knownFrom === approval.day ? 0 : 12))
    return {
      feed: 'development.approvals',
      key: [acceptanceNumber(seed, project, index)],
      project,
      approval,
      visibleFrom,
      changes: random.chance(0.2) ? [visibleFrom + random.int(20, 60)] : [],
    }
  })
  for (const contract of project.contracts) {
    entries.push({
      feed: 'tendering.awards',
      key: [awardId(seed, project, contract)],
      project,
      contract,
      visibleFrom: known(contract.awarded),
      changes: [],
    })
    if (project.kind === 'road') entries.push(...roadEntries(seed, project, contract, known, random))
  }
  return entries
}

const roadEntries = (
  seed: number,
  project: Project,
  contract: Contract,
  known: (day: Day) => Day,
  random: Random,
): ProjectEntry[] => {
  const key = [transportNumber(seed, project), contract.section]
  const visibleFrom = known(contract.signed + random.int(2, 25))
  const changes = [
    contract.start + 5,
    contract.start + 60,
    ...(contract.handover === null ? [] : [contract.handover + 8]),
  ]
  const section: SectionEntry = {
    feed: 'transport.sections',
    key,
    project,
    contract,
    visibleFrom,
    changes: changes.filter((day) => day > visibleFrom),
  }
  return [
    section,
    ...measurementsOf(seed, project, contract).map(
      (measurement): MeasurementEntry => ({
        feed: 'transport.measurements',
        key: [...key, String(measurement.sequence)],
        project,
        contract,
        measurement,
        visibleFrom: Math.max(known(measurement.audited), visibleFrom),
        changes: [],
      }),
    ),
  ]
}
