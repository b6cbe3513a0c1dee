/** `load <feed> <file…>`: files through the same landing as everything else, with the file, row and column of whatever could not be taken. */
import { parseArgs } from 'node:util'
import type { AnyFeed } from '#connect'
import { openFile } from '../connect/decode/open.ts'
import type { Page } from '../connect/feed.ts'
import { feedNamed, type Hub } from '../hub.ts'
import { loadPages } from '../import.ts'
import { HubError } from '../kernel/errors.ts'
import { startProgress } from '../kernel/progress.ts'
import type { Output } from './output.ts'
import { printReports } from './report.ts'

/** Files one after the other as pages. The position is not resumed: a load that died is refused and done again. */
export async function* filePages(feed: AnyFeed, files: readonly string[], encoding?: string): AsyncGenerator<Page> {
  for (const file of files) {
    for await (const rows of openFile(file, { feed, ...(encoding ? { encoding: encoding as never } : {}) }))
      yield { rows, next: null }
  }
}

const printQuarantine = async (hub: Hub, runId: string, out: Output): Promise<void> => {
  const { rows } = await hub.db.pipeline.query<{
    source: string
    row: bigint
    code: string
    pointer: string
    message: { zh: string; en: string }
  }>(
    `SELECT q.source, q.row, q.code, q.pointer, q.message FROM quarantine q JOIN batch b USING (batch_id) WHERE b.run_id = $1 ORDER BY q.quarantine_id LIMIT 20`,
    [runId],
  )
  for (const q of rows) out.line(`  ${q.source}:${q.row} ${q.pointer} ${q.code} ${q.message.zh} ${q.message.en}`)
}

export const loadCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { encoding: { type: 'string' } },
  })
  const [id, ...files] = positionals
  if (!id || files.length === 0) {
    throw new HubError({
      code: 'cli.bad_argument',
      publicMessage: { zh: '用法：load <数据资源> <文件…>', en: 'usage: load <feed> <file…>' },
    })
  }
  const feed = feedNamed(hub, id)
  const progress = startProgress(feed.title, null)
  let rows = 0
  const report = await loadPages(hub, feed, 'cli', files, filePages(feed, files, values.encoding), (n) =>
    progress.update((rows += n)),
  )
  progress.end()
  printReports(out, [report])
  await printQuarantine(hub, report.runId, out)
  return report.state === 'green' ? 0 : 1
}
