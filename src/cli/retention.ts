/** `retention [--dry-run]`: drops what the policy no longer keeps, or tells what would go. */
import { parseArgs } from 'node:util'
import type { Hub } from '../hub.ts'
import { now } from '../kernel/clock.ts'
import { type RetentionTask, runRetention } from '../retention/run.ts'
import { type Output, table } from './output.ts'

const taskNames: Readonly<Record<RetentionTask, string>> = {
  supersededBytes: '被取代版本的原文 bytes of superseded versions',
  past: '已被取代的事实、关联与状态 superseded facts, links and positions',
  batchPages: '已结束批次的页 pages of ended deliveries',
  receipts: '推送回执 receipts',
  closedQuarantine: '已处理问题数据的原文 text of closed quarantine',
  qualityBatches: '按批次的质量数字 quality by batch',
  audit: '超过保留期的审计记录 audit rows past their time',
}

export const retentionCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { values } = parseArgs({ args: [...args], options: { 'dry-run': { type: 'boolean', default: false } } })
  const report = await runRetention(hub.db, hub.config.policies.retention, now(), {
    dryRun: values['dry-run'],
    actor: 'cli',
  })
  out.result(report)
  for (const line of table(
    ['', 'rows', 'bytes'],
    report.tasks.map((t) => [taskNames[t.task], t.rows, t.bytes]),
  ))
    out.line(line)
  out.line(
    report.dryRun
      ? '仅预演，未删除 a dry run: nothing was dropped'
      : '已完成，逐笔记入审计 done; each piece has its audit row',
  )
  return 0
}
