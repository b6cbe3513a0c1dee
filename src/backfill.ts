/**
 * A backfill: the days of a range fetched again, beside the live state. It is a run of its own that moves no watermark, proves no absence and settles no
 * source-day. What it brings goes through the same landing: versions that stand already are unchanged, older ones do not cover newer ones.
 */
import type { AnyFeed } from '#connect'
import { type ImportDeps, type ImportReport, type Land, policyOf, runWith, withSource } from './import-run.ts'
import { addDays, daysBetween, today } from './kernel/clock.ts'
import { HubError } from './kernel/errors.ts'
import { withFeedLock } from './landing/feed-lock.ts'
import { pullRange } from './landing/pull.ts'

export interface RangeAsked {
  readonly since?: string | undefined
  readonly until?: string | undefined
  /** Most days that may be asked for at once; default 31. */
  readonly daysMax?: number | undefined
}

export interface DayRange {
  readonly since: string
  /** Null: up to what the source has now. */
  readonly until: string | null
  readonly days: number
}

export const daysMaxDefault = 31

const badRange = (code: string, zh: string, en: string, context: Record<string, unknown>): HubError =>
  new HubError({ code, publicMessage: { zh, en }, context })

export const isRange = (asked: RangeAsked): boolean => asked.since !== undefined || asked.until !== undefined

/** Checks a range. HubError `import.bad_range`, `import.range_too_long`, `import.unordered_range`. */
export const rangeOf = (feed: AnyFeed, asked: RangeAsked): DayRange => {
  const { since, until, daysMax = daysMaxDefault } = asked
  const last = until ?? today()
  if (since === undefined || since > last || last > today())
    throw badRange(
      'import.bad_range',
      '补采区间应有起日 since，且 since ≤ until ≤ 今天',
      'a range has a first day `since`, and since ≤ until ≤ today',
      { since, until },
    )
  const days = daysBetween(since, last) + 1
  if (days > daysMax)
    throw badRange(
      'import.range_too_long',
      `区间有 ${days} 天，一次至多 ${daysMax} 天：请分段，或用 --days-max ${days}（接口 daysMax）放宽`,
      `the range has ${days} days, at most ${daysMax} at once: split it, or allow more by --days-max ${days} (daysMax)`,
      { days, daysMax },
    )
  // Without an order of versions the last one to arrive counts: it has to be the newest.
  if (until !== undefined && until < today() && feed.sourceOrder === undefined)
    throw badRange(
      'import.unordered_range',
      `${feed.id} 的记录没有先后标识，旧数据会盖住新数据：请去掉 until，补采到今天为止`,
      `versions of ${feed.id} bear no order, so old ones would come to stand over new ones: leave out until, so that the newest come last`,
      { feed: feed.id },
    )
  return { since, until: until ?? null, days }
}

/** Days of a range, each a slice of its own; the last one is open where the range is. */
const slicesOf = (range: DayRange, byDay: boolean): { since: string; until: string | null }[] =>
  byDay
    ? Array.from({ length: range.days }, (_, i) => {
        const day = addDays(range.since, i)
        return { since: day, until: i === range.days - 1 ? range.until : day }
      })
    : [range]

/** Beside a live import where versions have an order; in its turn where the last one to arrive counts. */
export const rangeLock = (feed: AnyFeed): string => (feed.sourceOrder === undefined ? feed.id : `backfill ${feed.id}`)

export interface BackfillRequest {
  readonly feed: AnyFeed
  readonly actor: string
  readonly range: DayRange
  /** Each day a delivery of its own: one that fails leaves the days before it landed. */
  readonly byDay: boolean
  readonly runId?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (rows: number) => void
}

const landing =
  (deps: ImportDeps, r: BackfillRequest): Land =>
  (run) =>
    withFeedLock(deps.db, rangeLock(r.feed), () =>
      withSource(deps, r, run, async (source, signal) => {
        const slices = slicesOf(r.range, r.byDay)
        for (const [i, { since, until }] of slices.entries()) {
          run.progress.slice(i + 1, slices.length, since)
          const delivery = { ...run.delivery, db: deps.db, keyring: deps.keyring, policy: policyOf(deps, r.feed) }
          await pullRange(delivery, source, { since, signal, ...(until === null ? {} : { until }) })
        }
      }),
    )

/** Fetches a range again. Never throws for what went wrong upstream: the report says it. */
export const backfillFeed = (deps: ImportDeps, r: BackfillRequest): Promise<ImportReport> =>
  runWith(
    deps,
    {
      feed: r.feed,
      kind: 'backfill',
      actor: r.actor,
      request: { ...r.range, byDay: r.byDay, actor: r.actor },
      ...(r.runId ? { runId: r.runId } : {}),
      ...(r.onProgress ? { onProgress: r.onProgress } : {}),
    },
    landing(deps, r),
  )
