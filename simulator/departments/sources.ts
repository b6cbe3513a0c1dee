/** Every dataset beside the first six, one line a department: see `../source.ts`. */
import type { Source } from '../source.ts'
import { changes, registrations } from './commerce.ts'
import { keyProjects } from './development-key-projects.ts'
import { progressReports } from './development-progress.ts'
import { payments } from './finance.ts'
import { completions, permits } from './housing.ts'
import { powerAccounts, powerInstallations, powerReadings } from './power-sources.ts'
import { land } from './resources.ts'
import { securityRentals, securitySeals } from './security-sources.ts'
import { crossRegionSource } from './tax-cross-region.ts'
import { entrySources } from './tax-entries.ts'
import { filingSources } from './tax-filings.ts'
import { supplySources } from './tax-supply.ts'
import { observations } from './town.ts'
import { transportProjects } from './transport-projects.ts'
import { waterSources } from './water.ts'

export const sources: readonly Source[] = [
  progressReports,
  keyProjects,
  transportProjects,
  ...waterSources,
  powerInstallations,
  powerAccounts,
  powerReadings,
  securityRentals,
  securitySeals,
  ...filingSources,
  ...supplySources,
  crossRegionSource,
  ...entrySources,
  registrations,
  changes,
  permits,
  completions,
  payments,
  land,
  observations,
]
