/** What a figure was measured on, without the machine's name. */
import { availableParallelism, cpus, totalmem } from 'node:os'

export interface Host {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly node: string
  readonly postgres?: string
}

export const hostOf = (postgres?: string): Host => ({
  cpu: cpus()[0]?.model.trim() ?? '',
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 1_073_741_824),
  node: process.version,
  ...(postgres ? { postgres } : {}),
})
