/** An import's report as a person reads it: what came, what it meant, whether it closes, and what to do where it does not. */
import type { ImportReport } from '../import.ts'
import { isHubError } from '../kernel/errors.ts'
import type { Finding } from '../landing/findings.ts'
import { type Output, table } from './output.ts'

const stateWords: Readonly<Record<ImportReport['state'], string>> = {
  queued: '等待中 queued',
  running: '进行中 running',
  green: '已对平 green',
  held: '暂扣待核实 held',
  failed: '失败 failed',
  unreconciled: '未对平 unreconciled',
}

const batchRow = (b: ImportReport['batches'][number]) => [
  b.feed,
  b.state,
  b.fetched,
  b.new,
  b.changed,
  b.unchanged,
  b.withdrawn,
  b.older,
  b.repeated,
  b.quarantined,
  b.liveAfter ?? '-',
]

const findingWords: Readonly<Record<Finding['kind'], string>> = {
  stopped: '中止 stopped',
  refused: '拒收 refused',
  held: '暂扣 held',
  quarantined: '问题数据 quarantined',
  drift: '结构变化 drift',
  healed: '已自行恢复 passed by itself',
}

/** What happened, where and how often in one line, then both languages and what to do. */
const findingLines = (f: Finding): string[] => [
  `  ${findingWords[f.kind]}  ${f.code}${f.where === null ? '' : `  ${f.where}`}  ×${f.times}`,
  `    ${f.what.zh}`,
  `    ${f.what.en}`,
  `    → ${f.todo.zh}`,
  `    → ${f.todo.en}`,
]

export const printReports = (out: Output, reports: readonly ImportReport[]): void => {
  out.result(
    reports.map((r) => ({
      ...r,
      error: isHubError(r.error)
        ? { code: r.error.code, message: r.error.publicMessage, context: r.error.context }
        : r.error,
    })),
  )
  const batches = reports.flatMap((r) => r.batches)
  for (const line of table(
    [
      'feed',
      'state',
      'fetched',
      'new',
      'changed',
      'unchanged',
      'withdrawn',
      'older',
      'repeated',
      'quarantined',
      'live',
    ],
    batches.map(batchRow),
  ))
    out.line(line)
  for (const r of reports) {
    if (r.state === 'green' && r.findings.length === 0) continue
    out.line(`${r.feed}: ${stateWords[r.state]}  ${r.runId}`)
    for (const d of r.discrepancies) out.line(`  ${d.check}: ${d.left} ≠ ${d.right}`)
    for (const f of r.findings) for (const line of findingLines(f)) out.line(line)
  }
  const stages = reports.at(-1)?.stages
  if (stages)
    out.line(
      `tick ${stages.tick}  ${reports.every((r) => r.state === 'green') ? '全部对平 all reconciled' : '未全部对平 not all reconciled'}`,
    )
}
