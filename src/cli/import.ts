/**
 * `import <source|all> [--dry-run]`: one import through the same path as the schedule. With `--since D [--until D] [--by-day] [--days-max N]`: a backfill
 * of those days, beside the live state.
 */
import { parseArgs } from 'node:util'
import { backfillFeed, daysMaxDefault, isRange, type RangeAsked, rangeOf } from '../backfill.ts'
import { feedsOf, type Hub } from '../hub.ts'
import { type ImportReport, importFeeds } from '../import.ts'
import { HubError } from '../kernel/errors.ts'
import { startProgress } from '../kernel/progress.ts'
import { type Rehearsal, rehearseFeed } from '../rehearsal.ts'
import { badArgument } from './arguments.ts'
import type { Output } from './output.ts'
import { printReports } from './report.ts'

const day = (name: string, text: string | undefined): string | undefined => {
  if (text === undefined || /^\d{4}-\d{2}-\d{2}$/.test(text)) return text
  throw badArgument(`--${name} 应为 YYYY-MM-DD`, `--${name} takes YYYY-MM-DD`)
}

const daysArgument = (text: string | undefined): number => {
  if (text === undefined) return daysMaxDefault
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text)
  throw badArgument('--days-max 应为正整数', '--days-max takes a positive number')
}

/** Imports what `source` names; every feed is tried, whatever became of the one before. */
export const importAll = async (
  hub: Hub,
  source: string,
  options: { actor: string; signal?: AbortSignal },
): Promise<ImportReport[]> => {
  const progress = startProgress(source, null)
  let rows = 0
  const reports = await importFeeds(
    hub,
    feedsOf(hub, source).map((feed) => ({
      feed,
      actor: options.actor,
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
    options: {
      since: { type: 'string' },
      until: { type: 'string' },
      'dry-run': { type: 'boolean' },
      'by-day': { type: 'boolean', default: false },
      'days-max': { type: 'string' },
    },
  })
  const asked: RangeAsked = {
    since: day('since', values.since),
    until: day('until', values.until),
    daysMax: daysArgument(values['days-max']),
  }
  const source = positionals[0] ?? 'all'
  if (values['dry-run']) return rehearseAll(hub, source, asked, signal, out)
  const options = { actor: 'cli', signal }
  const reports = isRange(asked)
    ? await backfillAll(hub, source, asked, { ...options, byDay: values['by-day'] })
    : await importAll(hub, source, options)
  printReports(out, reports)
  return reports.every((r) => r.state === 'green') ? 0 : 1
}

/** All ranges are checked before the first is fetched. */
const backfillAll = async (
  hub: Hub,
  source: string,
  asked: RangeAsked,
  options: { readonly actor: string; readonly signal: AbortSignal; readonly byDay: boolean },
): Promise<ImportReport[]> => {
  const ranges = feedsOf(hub, source).map((feed) => ({ feed, range: rangeOf(feed, asked) }))
  const progress = startProgress(source, null)
  let rows = 0
  const onProgress = (n: number): void => progress.update((rows += n))
  const reports: ImportReport[] = []
  for (const one of ranges) reports.push(await backfillFeed(hub, { ...options, ...one, onProgress }))
  progress.end()
  return reports
}

const rehearsalLine = ({ feed, range, counts }: Rehearsal): string => {
  const days = range ? ` ${range.since}–${range.until ?? '今 today'}（${range.days} 天 days）` : ''
  return `${feed}${days}: ${JSON.stringify(counts)}`
}

const rehearseAll = async (
  hub: Hub,
  source: string,
  asked: RangeAsked,
  signal: AbortSignal,
  out: Output,
): Promise<number> => {
  const plans = feedsOf(hub, source).map((feed) => ({ feed, range: isRange(asked) ? rangeOf(feed, asked) : null }))
  const rehearsals: Rehearsal[] = []
  for (const { feed, range } of plans) rehearsals.push(await rehearseFeed(hub, feed, { range, signal }))
  out.result(rehearsals)
  for (const one of rehearsals) out.line(rehearsalLine(one))
  return 0
}
