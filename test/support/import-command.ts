/** The `import` command inside this process: its exit code and the reports it would print. */
import { importCommand } from '../../src/cli/import.ts'
import type { Hub } from '../../src/hub.ts'
import type { ImportReport } from '../../src/import.ts'

export interface CommandOutcome {
  readonly exitCode: number
  readonly reports: readonly ImportReport[]
  readonly lines: readonly string[]
}

export const runImport = async (hub: Hub, args: readonly string[] = ['all']): Promise<CommandOutcome> => {
  const lines: string[] = []
  let reports: readonly ImportReport[] = []
  const out = {
    isJson: false,
    line: (text = '') => void lines.push(text),
    result: (value: unknown) => {
      reports = value as readonly ImportReport[]
    },
  }
  const exitCode = await importCommand(hub, args, out as never)
  return { exitCode, reports, lines }
}

/** The code with which a feed's import stopped or was refused; null where it was green. */
export const codeFor = (outcome: CommandOutcome, feed: string): string | null => {
  const report = outcome.reports.find((r) => r.feed === feed)
  if (!report || report.state === 'green') return null
  const held = report.batches.find((batch) => batch.state === 'held')?.holdReason?.code
  return (report.error as { code?: string } | null)?.code ?? held ?? report.state
}
