/** What an act changes, from positions before and after: pure, so that a preview and what follows are measured by one rule. */
import type { Effect, EffectProject, ProjectSide, Sums } from '#schemas/api/act.ts'
import type { Position } from '#schemas/canonical/position.ts'
import { projectId } from './kernel/opaque-id.ts'

/** A gap is what the others leave: it measures nothing that moves. */
const moving = [
  'contractFen',
  'workDoneFen',
  'receivableFen',
  'netInvoicedFen',
] as const satisfies readonly (keyof Sums)[]

export interface ProjectChange {
  readonly id: bigint
  readonly isNew: boolean
  readonly isHidden: boolean
  readonly mergedInto: bigint | null
  readonly before: Position | null
  readonly after: Position | null
}

const sumsOf = ({ ladder }: Position): Sums => ({
  contractFen: ladder.contractFen,
  workDoneFen: ladder.workDoneFen,
  receivableFen: ladder.receivableFen,
  netInvoicedFen: ladder.netInvoicedFen,
  gapFen: ladder.gapFen,
})

const sideOf = (position: Position | null): ProjectSide | null =>
  position && {
    name: position.name,
    stage: position.stage,
    records: position.records.length,
    invoices: position.ladder.invoices,
    sums: sumsOf(position),
  }

const sumOf = (sides: readonly (ProjectSide | null)[], step: keyof Sums): bigint | null => {
  const known = sides.flatMap((side) => side?.sums[step] ?? [])
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0n)
}

const totals = (sides: readonly (ProjectSide | null)[]): Sums => ({
  contractFen: sumOf(sides, 'contractFen'),
  workDoneFen: sumOf(sides, 'workDoneFen'),
  receivableFen: sumOf(sides, 'receivableFen'),
  netInvoicedFen: sumOf(sides, 'netInvoicedFen'),
  gapFen: sumOf(sides, 'gapFen'),
})

const differences = (change: Sided, step: keyof Sums): bigint =>
  (change.after?.sums[step] ?? 0n) - (change.before?.sums[step] ?? 0n)

interface Sided {
  readonly before: ProjectSide | null
  readonly after: ProjectSide | null
}

const larger = (values: readonly bigint[]): bigint => values.reduce((a, b) => (b > a ? b : a), 0n)
const sizeOf = (value: bigint): bigint => (value < 0n ? -value : value)

/** What leaves some projects or comes to others: where a project is merged into another, its sum counts once. */
const movedBetween = (changes: readonly Sided[]): bigint =>
  larger(
    moving.map((step) => {
      const all = changes.map((change) => differences(change, step))
      const gained = all.reduce((sum, d) => (d > 0n ? sum + d : sum), 0n)
      const lost = all.reduce((sum, d) => (d < 0n ? sum - d : sum), 0n)
      return gained > lost ? gained : lost
    }),
  )

/** Contracts of the projects that name a party which is another taxpayer now. */
const movedToOthers = (changes: readonly ProjectChange[], relinked: ReadonlySet<string>): bigint =>
  changes
    .filter(({ before, after }) => (after ?? before)?.parties.some((party) => relinked.has(party.party)))
    .reduce((sum, { before, after }) => sum + ((after ?? before)?.ladder.contractFen ?? 0n), 0n)

const weightOf = (change: Sided): bigint => larger(moving.map((step) => sizeOf(differences(change, step))))

export const projectsToldMax = 50

export type Measured = Pick<Effect, 'projects' | 'projectsChanged' | 'projectsHidden' | 'before' | 'after' | 'movedFen'>

/**
 * @param relinked parties (`p_…`) whose registration is another than before
 * @returns sums over all projects given; told are those in sight, by the sum that moves
 */
export const measure = (changes: readonly ProjectChange[], relinked: ReadonlySet<string>): Measured => {
  const sided = changes.map((change) => ({ ...change, before: sideOf(change.before), after: sideOf(change.after) }))
  const told = sided
    .filter((change) => !change.isHidden)
    .map((change) => ({ change, weight: weightOf(change) }))
    .sort((a, b) => (a.weight === b.weight ? (a.change.id < b.change.id ? -1 : 1) : a.weight > b.weight ? -1 : 1))
    .slice(0, projectsToldMax)
    .map(
      ({ change }): EffectProject => ({
        id: change.isNew ? null : projectId.of(change.id),
        before: change.before,
        after: change.after,
        mergedInto: change.mergedInto === null ? null : projectId.of(change.mergedInto),
      }),
    )
  return {
    projects: told,
    projectsChanged: sided.length,
    projectsHidden: sided.filter((change) => change.isHidden).length,
    before: totals(sided.map((change) => change.before)),
    after: totals(sided.map((change) => change.after)),
    movedFen: larger([movedBetween(sided), movedToOthers(changes, relinked)]),
  }
}
