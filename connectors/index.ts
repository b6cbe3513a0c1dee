/** The register of sources. A new feed is one import and one entry; nothing is found by scanning folders. */
import type { AnyFeed, Department } from '#connect'
import commerceChanges from './commerce/changes.ts'
import commerce from './commerce/department.ts'
import registrations from './commerce/registrations.ts'
import approvals from './development/approvals.ts'
import development from './development/department.ts'
import keyProjects from './development/key-projects.ts'
import developmentProgress from './development/progress.ts'
import finance from './finance/department.ts'
import treasuryPayments from './finance/payments.ts'
import housingCompletions from './housing/completions.ts'
import housing from './housing/department.ts'
import housingPermits from './housing/permits.ts'
import powerAccounts from './power/accounts.ts'
import power from './power/department.ts'
import powerInstallations from './power/installations.ts'
import powerReadings from './power/readings.ts'
import resources from './resources/department.ts'
import land from './resources/land.ts'
import security from './security/department.ts'
import rentals from './security/rentals.ts'
import seals from './security/seals.ts'
import reports from './tax/cross-region-reports.ts'
import tax from './tax/department.ts'
import quotas from './tax/invoice-quotas.ts'
import supplies from './tax/invoice-supplies.ts'
import invoices from './tax/invoices.ts'
import entries from './tax/officer-entries.ts'
import payments from './tax/payments.ts'
import prepayments from './tax/prepayments.ts'
import returns from './tax/returns.ts'
import tasks from './tax/risk-tasks.ts'
import insurance from './tax/social-insurance.ts'
import taxpayers from './tax/taxpayers.ts'
import awards from './tendering/awards.ts'
import tendering from './tendering/department.ts'
import town from './town/department.ts'
import observations from './town/observations.ts'
import transport from './transport/department.ts'
import measurements from './transport/measurements.ts'
import roadProjects from './transport/projects.ts'
import sections from './transport/sections.ts'
import waterContracts from './water/contracts.ts'
import water from './water/department.ts'
import permits from './water/permits.ts'
import waterProgress from './water/progress.ts'
import waterProjects from './water/projects.ts'
import usages from './water/usages.ts'

export const departments: readonly Department[] = [
  development,
  water,
  transport,
  power,
  security,
  tax,
  tendering,
  commerce,
  housing,
  finance,
  resources,
  town,
]

/** Feeds in the order an import of everything takes them: the register of taxpayers first, what refers to others last. */
export const feeds: readonly AnyFeed[] = [
  taxpayers,
  approvals,
  keyProjects,
  developmentProgress,
  roadProjects,
  sections,
  measurements,
  waterProjects,
  waterContracts,
  waterProgress,
  permits,
  usages,
  awards,
  powerInstallations,
  powerAccounts,
  powerReadings,
  rentals,
  seals,
  reports,
  returns,
  payments,
  prepayments,
  supplies,
  quotas,
  insurance,
  tasks,
  entries,
  registrations,
  commerceChanges,
  housingPermits,
  housingCompletions,
  treasuryPayments,
  land,
  observations,
  invoices,
]

const byId = new Map(feeds.map((feed) => [feed.id, feed]))

/** The feed of this id, undefined where there is none. */
export const feedById = (id: string): AnyFeed | undefined => byId.get(id)

/** The department of this id, undefined where there is none. */
export const departmentById = (id: string): Department | undefined =>
  departments.find((department) => department.id === id)
