/** Every dataset beside the first six, one line each: see `../source.ts`. */
import type { Source } from '../source.ts'
import { powerAccounts, powerInstallations, powerReadings } from './power-sources.ts'
import { securityRentals, securitySeals } from './security-sources.ts'

export const sources: readonly Source[] = [
  powerInstallations,
  powerAccounts,
  powerReadings,
  securityRentals,
  securitySeals,
]
