/** The register of sources. A new feed is one import and one entry; nothing is found by scanning folders. */
import type { AnyFeed, Department } from '#connect'
import approvals from './development/approvals.ts'
import development from './development/department.ts'
import powerAccounts from './power/accounts.ts'
import power from './power/department.ts'
import powerInstallations from './power/installations.ts'
import powerReadings from './power/readings.ts'
import security from './security/department.ts'
import rentals from './security/rentals.ts'
import seals from './security/seals.ts'
import tax from './tax/department.ts'
import invoices from './tax/invoices.ts'
import taxpayers from './tax/taxpayers.ts'
import awards from './tendering/awards.ts'
import tendering from './tendering/department.ts'
import transport from './transport/department.ts'
import measurements from './transport/measurements.ts'
import sections from './transport/sections.ts'

export const departments: readonly Department[] = [development, transport, tax, tendering, power, security]

/** Feeds in the order an import of everything takes them: the register of taxpayers first, what refers to others last. */
export const feeds: readonly AnyFeed[] = [
  taxpayers,
  approvals,
  sections,
  measurements,
  awards,
  invoices,
  powerInstallations,
  powerAccounts,
  powerReadings,
  rentals,
  seals,
]

const byId = new Map(feeds.map((feed) => [feed.id, feed]))

/** The feed of this id, undefined where there is none. */
export const feedById = (id: string): AnyFeed | undefined => byId.get(id)

/** The department of this id, undefined where there is none. */
export const departmentById = (id: string): Department | undefined =>
  departments.find((department) => department.id === id)
