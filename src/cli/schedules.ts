/** `schedules [--next N]`: when each feed is pulled next, by the function that fires it; what was missed; what is owed today. */
import { parseArgs } from 'node:util'
import type { Hub } from '../hub.ts'
import { listSchedules } from '../query/schedules.ts'
import { listSources } from '../query/sources.ts'
import { badArgument } from './arguments.ts'
import { declaredFeeds } from './declared.ts'
import { type Output, table } from './output.ts'

const nextArgument = (text: string): number => {
  const next = Number(text)
  if (Number.isInteger(next) && next >= 1 && next <= 50) return next
  throw badArgument('--next 应为 1–50', '--next takes 1 to 50')
}

/** In Asia/Shanghai, to the minute. */
const minuteText = (iso: string | null): string =>
  iso === null ? '-' : new Date(Date.parse(iso) + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ')

export const schedulesCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { values } = parseArgs({ args: [...args], options: { next: { type: 'string', default: '3' } } })
  const next = nextArgument(values.next)
  const [schedules, sources] = await Promise.all([
    listSchedules(hub.db.pipeline, next),
    listSources(hub.db.pipeline, declaredFeeds(hub)),
  ])
  const today = new Map(sources.map((source) => [source.feed, source.today]))
  out.result(schedules.map((schedule) => ({ ...schedule, today: today.get(schedule.source) ?? null })))
  const head = ['feed', 'cron', 'zone', 'catch up', 'missed (30 d)', 'last', 'owed', 'next, Asia/Shanghai']
  const rows = schedules.map((s) => {
    const owed = today.get(s.source)
    return [
      s.source,
      s.cron,
      s.timeZone,
      s.enabled ? s.catchUp : 'off',
      s.missed.slots,
      minuteText(s.lastSlotAt),
      owed ? `${owed.day} ${owed.state}` : '-',
      s.nextRuns.map(minuteText).join(', '),
    ]
  })
  for (const line of table(head, rows)) out.line(line)
  if (schedules.length === 0)
    out.line('还没有计划：serve 启动时按配置写入 none yet: serve writes them from the configuration')
  return 0
}
