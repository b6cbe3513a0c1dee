/** `quarantine list <feed>` · `quarantine replay <feed>`: rows that could not be taken, and another try after a fix. */
import { feedNamed, type Hub } from '../hub.ts'
import { replayQuarantine } from '../import.ts'
import { HubError } from '../kernel/errors.ts'
import type { Output } from './output.ts'
import { printReports } from './report.ts'

export const quarantineCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const [verb, id] = args
  if ((verb !== 'list' && verb !== 'replay') || !id)
    throw new HubError({
      code: 'cli.bad_argument',
      publicMessage: { zh: '用法：quarantine list|replay <数据资源>', en: 'usage: quarantine list|replay <feed>' },
    })
  const feed = feedNamed(hub, id)
  if (verb === 'replay') {
    const report = await replayQuarantine(hub, feed, 'cli')
    printReports(out, [report])
    return report.state === 'green' ? 0 : 1
  }
  const { rows } = await hub.db.pipeline.query<{
    code: string
    pointer: string
    rows: bigint
    message: { zh: string; en: string }
  }>(
    `SELECT code, pointer, count(*) AS rows, (array_agg(message ORDER BY quarantine_id))[1] AS message FROM quarantine WHERE feed = $1 AND state = 'open' GROUP BY code, pointer ORDER BY count(*) DESC`,
    [feed.id],
  )
  out.result(rows)
  for (const r of rows) out.line(`${r.rows}  ${r.code} ${r.pointer}  ${r.message.zh} ${r.message.en}`)
  if (rows.length === 0) out.line('没有问题数据 nothing in quarantine')
  return 0
}
