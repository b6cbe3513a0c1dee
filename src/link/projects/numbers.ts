/** What the numbers of two records say: codes of 发改, numbers of departments, and codes that were issued anew. */
import { nameFeatures } from './features.ts'
import type { ProjectNode } from './types.ts'

/**
 * Schemes by which one project has several numbers: 四库一平台 numbers anew where a permit is renewed or a district takes over from the city (domain.md
 * 1.8). Everywhere else another number is another project.
 */
export const looseSchemes: readonly string[] = ['housing']

/** The scheme under which another number is another project; null for no number, and for schemes that number loosely. */
export const strictScheme = (sourceProject: string | null): string | null => {
  if (sourceProject === null) return null
  const scheme = sourceProject.slice(0, sourceProject.indexOf(':'))
  return looseSchemes.includes(scheme) ? null : scheme
}

/**
 * True where the numbers alone say that these are two projects. Clustering knows that from the numbers of its clusters, and such pairs grow with the
 * square of the records (three of four pairs of a city), so they are neither compared nor kept.
 */
export const areOtherByNumber = (a: ProjectNode, b: ProjectNode): boolean => {
  if (a.projectCode !== null && b.projectCode !== null) return a.projectCode !== b.projectCode && !isReissued(a, b)
  if (a.sourceProject === null || b.sourceProject === null || a.sourceProject === b.sourceProject) return false
  const scheme = strictScheme(a.sourceProject)
  return scheme !== null && scheme === strictScheme(b.sourceProject)
}

/**
 * A re-approved project gets a new code (发改投资〔2020〕1439号: one code for life, but a new approval brings a new life). Same name and
 * owner, and the same document number, or two approvals of like sums within three years.
 */
export const isReissued = (a: ProjectNode, b: ProjectNode): boolean => {
  if (a.ownerKey === null || a.ownerKey !== b.ownerKey) return false
  const left = nameFeatures(a)
  const right = nameFeatures(b)
  if (left.form !== right.form || left.phases.join() !== right.phases.join()) return false
  if (areDisjoint(left.years, right.years) || areDisjoint(left.routes, right.routes)) return false
  if (a.documentNumber !== null && a.documentNumber === b.documentNumber) return true
  if (a.kind !== 'approval' || b.kind !== 'approval' || left.form.length < reissuedNameMin) return false
  if (a.on === null || b.on === null) return false
  return Math.abs(monthsFrom(a.on, b.on)) <= reissuedMonthsMax && isLikeSum(a.amountFen, b.amountFen)
}

const reissuedNameMin = 6
const reissuedMonthsMax = 36

/** Both say something, and nothing that both say. */
export const areDisjoint = (a: readonly string[], b: readonly string[]): boolean =>
  a.length > 0 && b.length > 0 && !a.some((one) => b.includes(one))

/** Months from one day to another, days of any precision; a year alone stands for its middle. */
export const monthsFrom = (from: string, to: string): number => months(to) - months(from)

const months = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7) || '6')

/** Within a fifth of the larger. */
const isLikeSum = (a: bigint | null, b: bigint | null): boolean => {
  if (a === null || b === null) return false
  const [less, more] = a < b ? [a, b] : [b, a]
  return more > 0n && (more - less) * 5n <= more
}
