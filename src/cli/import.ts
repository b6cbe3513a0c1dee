/** `import <source|all> [--since D] [--until D] [--dry-run]`: one import through the same path as the schedule. */
import { parseArgs } from 'node:util'
import { feedsOf, type Hub } from '../hub.ts'
import { type ImportReport, importFeeds, rehearseFeed } from '../import.ts'
import { HubError } from '../kernel/errors.ts'
import { startProgress } from '../kernel/progress.ts'
import type { Output } from './output.ts'
import { printReports } from './report.ts'

const day = (name: string, text: string | undefined): string | undefined => {
  if (text === undefined || /^\d{4}-\d{2}-\d{2}$/.test(text)) return text
  throw new HubError({
    code: 'cli.bad_argument',
    publicMessage: { zh: `--${name} 应为 YYYY-MM-DD`, en: `--${name} takes YYYY-MM-DD` },
  })
}

/** Imports what `source` names; every feed is tried, whatever became of the one before. */
export const importAll = async (
  hub: Hub,
  source: string,
  options: { since?: string | undefined; until?: string | undefined; actor: string; signal?: AbortSignal },
): Promise<ImportReport[]> => {
  const progress = startProgress(source, null)
  let rows = 0
  const reports = await importFeeds(
    hub,
    feedsOf(hub, source).map((feed) => ({
      feed,
      actor: options.actor,
      ...(options.since ? { since: options.since } : {}),
      ...(options.until ? { until: options.until } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
      onProgress: (n) => progress.update((rows += n)),
    })),
  )
  progress.end()
  return reports
}

/** Ctrl-C and SIGTERM end an import at its next safe point: the run is closed as failed and the checkpoint stays. */
const stopSignal = (): { signal: AbortSignal; release: () => void } => {
  const abort = new AbortController()
  const stop = () =>
    abort.abort(
      new HubError({
        code: 'import.stopped',
        publicMessage: {
          zh: '导入被中止，已收数据与断点保留',
          en: 'the import was stopped; what had landed and its checkpoint stay',
        },
      }),
    )
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  const release = (): void => {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
  return { signal: abort.signal, release }
}

export const importCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { signal, release } = stopSignal()
  try {
    return await importUntil(signal, hub, args, out)
  } finally {
    release()
  }
}

const importUntil = async (signal: AbortSignal, hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { since: { type: 'string' }, until: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  })
  const options = {
    since: day('since', values.since),
    until: day('until', values.until),
    actor: 'cli',
    signal,
  }
  if (values['dry-run']) {
    const rehearsals = []
    for (const feed of feedsOf(hub, positionals[0] ?? 'all')) rehearsals.push(await rehearseFeed(hub, feed, options))
    out.result(rehearsals)
    for (const r of rehearsals) out.line(`${r.feed}: ${JSON.stringify(r.counts)}`)
    return 0
  }
  const reports = await importAll(hub, positionals[0] ?? 'all', options)
  printReports(out, reports)
  return reports.every((r) => r.state === 'green') ? 0 : 1
}
