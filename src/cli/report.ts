/** An import's report as a person reads it: what came, what it meant, whether it closes, and what to do where it does not. */
import type { ImportReport } from '../import.ts'
import { isHubError } from '../kernel/errors.ts'
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

const errorWords = (error: unknown): string[] => {
  if (isHubError(error)) return [`  ${error.code}`, `  ${error.publicMessage.zh}`, `  ${error.publicMessage.en}`]
  const hold = error as { code?: string; message?: { zh: string; en: string }; found?: string; bound?: string } | null
  if (hold?.message && typeof hold.message === 'object')
    return [`  ${hold.code}`, `  ${hold.message.zh}（${hold.found} / ${hold.bound}）`, `  ${hold.message.en}`]
  return ['  hub.internal', '  内部错误，详见日志 internal error, see the log']
}

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
    if (r.state === 'green') continue
    out.line(`${r.feed}: ${stateWords[r.state]}  ${r.runId}`)
    for (const b of r.batches)
      if (b.holdReason)
        out.line(
          `  ${b.holdReason.code}: ${b.holdReason.message.zh} ${b.holdReason.message.en} (${b.holdReason.found}, ${b.holdReason.bound})`,
        )
    for (const d of r.discrepancies) out.line(`  ${d.check}: ${d.left} ≠ ${d.right}`)
    if (r.error) for (const line of errorWords(r.error)) out.line(line)
  }
  const stages = reports.at(-1)?.stages
  if (stages)
    out.line(
      `tick ${stages.tick}  ${reports.every((r) => r.state === 'green') ? '全部对平 all reconciled' : '未全部对平 not all reconciled'}`,
    )
}
