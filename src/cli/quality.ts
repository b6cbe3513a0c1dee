/** `quality [--feed F] [--days N]`: fill, validity and timeliness by feed, and the fields that fell below their habit. Exit 1 where any did. */
import { parseArgs } from 'node:util'
import type { QualityAnswer, QualityDay } from '#schemas/api/quality.ts'
import { feedNamed, type Hub } from '../hub.ts'
import { addDays, today } from '../kernel/clock.ts'
import { qualityOf } from '../query/quality.ts'
import { badArgument } from './arguments.ts'
import { type Output, table } from './output.ts'

const daysArgument = (text: string): number => {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > 366) throw badArgument('--days 应为 1–366', '--days takes 1 to 366')
  return days
}

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)}%`)

const feedRow = (feed: string, own: readonly QualityDay[]): (string | number)[] => {
  const sum = (of: (d: QualityDay) => number): number => own.reduce((n, d) => n + of(d), 0)
  const dated = sum((d) => d.dated)
  return [
    feed,
    own.length,
    sum((d) => d.rows),
    sum((d) => d.quarantined),
    percent(own.at(-1)?.fill ?? 0, 1),
    percent(
      sum((d) => d.sound),
      sum((d) => d.read),
    ),
    dated === 0 ? '-' : (sum((d) => d.dated * (d.lateDays ?? 0)) / dated).toFixed(1),
  ]
}

const print = (answer: QualityAnswer, out: Output): void => {
  out.line(`${answer.from} – ${answer.to}`)
  for (const line of table(
    ['feed', 'days', 'rows', 'quarantined', 'fill 填报率', 'sound 可用率', 'late days 滞后天数'],
    [...Map.groupBy(answer.days, (d) => d.feed)].map(([feed, own]) => feedRow(feed, own)),
  ))
    out.line(line)
  for (const i of answer.issues.slice(0, 10)) out.line(`${i.rows}  ${i.code} ${i.pointer}  ${i.feed}`)
  for (const f of answer.fallen)
    out.line(
      `✗ ${f.feed} ${f.field}: ${f.day} 填报率 ${percent(f.filled, f.rows)}，惯常 ${(f.habit * 100).toFixed(1)}%（${f.deliveries} 次交付） fill fell below its habit of ${f.deliveries} deliveries`,
    )
  if (answer.fallen.length === 0) out.line('没有字段的填报率下降 no field is filled less than it used to be')
}

export const qualityCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: { feed: { type: 'string' }, days: { type: 'string', default: '30' } },
  })
  const to = today()
  const answer = await qualityOf(hub.db.pipeline, {
    feed: values.feed === undefined ? undefined : feedNamed(hub, values.feed).id,
    from: addDays(to, 1 - daysArgument(values.days)),
    to,
  })
  out.result(answer)
  print(answer, out)
  return answer.fallen.length === 0 ? 0 : 1
}
