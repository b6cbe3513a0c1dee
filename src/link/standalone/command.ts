/** `link` and `group` on the command line. */
import { parseArgs } from 'node:util'
import type { HubError } from '../../kernel/errors.ts'
import { explanationLines } from './explain-lines.ts'
import { groupFiles } from './group.ts'
import { explainRow, linkFiles } from './link.ts'
import { tableCodes, tableError } from './table.ts'

/** Where the commands say what they did; the command line's own output fits it. */
export interface CommandOutput {
  line(text?: string): void
  result(value: unknown): void
}

const threadsMax = 16

const usage = (zh: string, en: string): HubError => tableError(tableCodes.badArgument, `用法：${zh}`, `usage: ${en}`)

const threadsOf = (text: string): number => {
  const threads = Number(text)
  if (!Number.isInteger(threads) || threads < 1 || threads > threadsMax)
    throw tableError(
      tableCodes.badArgument,
      `--threads 应为 1 至 ${threadsMax} 的整数`,
      `--threads must be a whole number from 1 to ${threadsMax}`,
    )
  return threads
}

/** `link --taxpayers F --parties F --out F [--threads N]`, or `--explain ID` in place of `--out`. @returns the exit code */
export const linkCommand = async (args: readonly string[], out: CommandOutput): Promise<number> => {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: { taxpayers: text, parties: text, out: text, threads: text, explain: text },
  })
  const { taxpayers, parties, out: path, explain: id } = values
  if (taxpayers && parties && id && !path) return explainOne({ taxpayers, parties, id }, out)
  if (!taxpayers || !parties || !path || id)
    throw usage(
      'link --taxpayers 文件 --parties 文件 （--out 文件 [--threads N] 或 --explain 参与方id）',
      'link --taxpayers F --parties F (--out F [--threads N] or --explain ID)',
    )
  const threads = values.threads === undefined ? {} : { threads: threadsOf(values.threads) }
  const report = await linkFiles({ taxpayers, parties, out: path, ...threads })
  out.line(
    `纳税人 ${report.taxpayers}，参与方 ${report.parties}：关联 ${report.links}，待核实 ${report.reviews} → ${path}`,
  )
  out.line(
    `${report.taxpayers} taxpayers, ${report.parties} parties: ${report.links} linked, ${report.reviews} to review`,
  )
  out.result(report)
  return 0
}

const explainOne = async (
  asked: { taxpayers: string; parties: string; id: string },
  out: CommandOutput,
): Promise<number> => {
  const { cells, explanations } = await explainRow(asked)
  for (const one of explanations) for (const line of explanationLines(cells, one)) out.line(line)
  out.result({ id: cells.id, explanations })
  return 0
}

/** `group --records F --out F`. @returns the exit code */
export const groupCommand = async (args: readonly string[], out: CommandOutput): Promise<number> => {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ args: [...args], options: { records: text, out: text } })
  const { records, out: path } = values
  if (!records || !path) throw usage('group --records 文件 --out 文件', 'group --records F --out F')
  const report = await groupFiles({ records, out: path })
  out.line(`记录 ${report.records} 条，归为 ${report.projects} 个项目 → ${path}`)
  out.line(`${report.records} records, ${report.projects} projects`)
  out.result(report)
  return 0
}
