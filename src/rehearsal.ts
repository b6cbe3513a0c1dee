/** `--dry-run`: pulls and compares as an import would, and rolls everything back. Nothing is stored, no checkpoint moves. */
import type { AnyFeed } from '#connect'
import { type DayRange, rangeLock } from './backfill.ts'
import { type ImportDeps, policyOf } from './import-run.ts'
import { withFeedLock } from './landing/feed-lock.ts'
import { rehearse } from './landing/rehearse.ts'
import { finishRun, startRun } from './landing/run.ts'

export interface Rehearsal {
  readonly feed: string
  /** Of a backfill: the days that it would fetch. */
  readonly range: DayRange | null
  /** Rows by what they would mean. */
  readonly counts: Record<string, number>
}

export interface RehearsalOptions {
  readonly range?: DayRange | null
  readonly signal?: AbortSignal
}

const never = new AbortController().signal

/** What an import, or a backfill of a range, would bring. HubError `landing.busy`, and what stops a source. */
export const rehearseFeed = (deps: ImportDeps, feed: AnyFeed, options: RehearsalOptions): Promise<Rehearsal> =>
  withFeedLock(deps.db, options.range ? rangeLock(feed) : feed.id, async () => {
    const source = deps.openSource(feed)
    const range = options.range ?? null
    try {
      const limits = {
        signal: options.signal ?? never,
        ...(range ? { since: range.since } : {}),
        ...(range?.until ? { until: range.until } : {}),
      }
      const d = { db: deps.db, keyring: deps.keyring, policy: policyOf(deps, feed), feed }
      return { feed: feed.id, range, counts: await rehearse(d, source, limits) }
    } finally {
      await source.close()
    }
  })

/** A rehearsal that someone asked for over the interface: a run of its own, whose figures say what an import would bring. */
export const rehearseAsRun = async (
  deps: ImportDeps,
  feed: AnyFeed,
  runId: string,
  options: RehearsalOptions,
): Promise<void> => {
  const run = await startRun(deps.db, { source: feed.id, kind: 'rehearsal', runId })
  try {
    await finishRun(deps.db.pipeline, run, 'green', await rehearseFeed(deps, feed, options))
  } catch (error) {
    await finishRun(deps.db.pipeline, run, 'failed', null, error)
  }
}
