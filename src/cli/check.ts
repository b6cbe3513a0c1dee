/** `check [--sample N]`: exit 0 only when nothing was found. */
import { parseArgs } from 'node:util'
import { checkAll } from '../check.ts'
import type { Hub } from '../hub.ts'
import type { Output } from './output.ts'

export const checkCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { values } = parseArgs({ args: [...args], options: { sample: { type: 'string', default: '500' } } })
  const report = await checkAll(hub.db, Number(values.sample))
  const findings = report.checks.flatMap((c) => c.findings)
  out.result(report)
  for (const c of report.checks) out.line(`${c.findings.length === 0 ? '✓' : '✗'} ${c.name} (${c.examined})`)
  for (const f of findings.slice(0, 50))
    out.line(`  ${f.check}: ${f.subject}: expected ${f.expected}, found ${f.found}`)
  out.line(
    findings.length === 0 ? '核对无误 nothing found' : `发现 ${findings.length} 处不符 ${findings.length} findings`,
  )
  return findings.length === 0 ? 0 : 1
}
