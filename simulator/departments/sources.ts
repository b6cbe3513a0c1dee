/** Every dataset beside the first six, one line each: see `../source.ts`. */
import type { Source } from '../source.ts'
import { keyProjects } from './development-key-projects.ts'
import { progressReports } from './development-progress.ts'
import { crossRegionSource } from './tax-cross-region.ts'
import { entrySources } from './tax-entries.ts'
import { filingSources } from './tax-filings.ts'
import { supplySources } from './tax-supply.ts'
import { transportProjects } from './transport-projects.ts'
import { waterSources } from './water.ts'

export const sources: readonly Source[] = [
  ...filingSources,
  ...supplySources,
  crossRegionSource,
  ...entrySources,
  progressReports,
  keyProjects,
  transportProjects,
  ...waterSources,
]
