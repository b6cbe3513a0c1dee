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
import { taxOfficerEntries } from './tax-entries.ts'
import { taxPayments } from './tax-payments.ts'
import { taxPrepayments } from './tax-prepayments.ts'
import { taxInvoiceQuotas } from './tax-quotas.ts'
import { taxCrossRegionReports } from './tax-reports.ts'
import { taxReturns } from './tax-returns.ts'
import { taxRiskTasks } from './tax-risk.ts'
import { taxSocialInsurance } from './tax-social.ts'
import { taxInvoiceSupplies } from './tax-supplies.ts'
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
  taxReturns,
  taxPayments,
  taxPrepayments,
  taxInvoiceSupplies,
  taxInvoiceQuotas,
  taxCrossRegionReports,
  taxSocialInsurance,
  taxRiskTasks,
  taxOfficerEntries,
  registrations,
  changes,
  permits,
  completions,
  payments,
  land,
  observations,
]
