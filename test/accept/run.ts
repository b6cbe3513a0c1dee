/** What every acceptance run shares: its options and how it tells what it found, line by line. */

import type { Size } from '../../simulator/world/sizes.ts'
import { isHubError } from '../../src/kernel/errors.ts'
import { printResult } from '../../src/kernel/log.ts'

export interface RunOptions {
  readonly seeds: readonly number[]
  readonly size: Size
  /** Kill moments of each kind, days to advance: what a run repeats. */
  readonly times: number
  /** Seed of what is random in the run itself. */
  readonly seed: number
  /** Cases whose name holds one of these texts with commas between them; empty: all. */
  readonly only: string
  /** Threads side by side, for runs that can use more than one; null: as the machine has cores. */
  readonly workers: number | null
}

/** Resolves true where everything that was measured met its bar. */
export type AcceptanceRun = (options: RunOptions) => Promise<boolean>

export const say = (line: string): void => printResult(line)

/** Says one checked statement and gives whether it held. */
export const expectThat = (holds: boolean, what: string): boolean => {
  say(`${holds ? 'ok  ' : 'FAIL'} ${what}`)
  return holds
}

export const shareText = (x: number): string => x.toFixed(4)

export const errorText = (error: unknown): string =>
  isHubError(error)
    ? `${error.code}: ${error.message}`
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error)

/** Part over whole; 1 where there is nothing to miss. */
export const ratio = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole)
