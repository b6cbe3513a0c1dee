/** An import: one feed from its source to tracked projects, reconciled. The command, the schedule and the route all come through here. */
import type { AnyFeed, OpenSource } from '#connect'
import type { Page } from './connect/feed.ts'
import type { Trouble } from './connect/http.ts'
import { elapsedMs } from './kernel/clock.ts'
import { withContext } from './kernel/context.ts'
import { isHubError } from './kernel/errors.ts'
import { log } from './kernel/log.ts'
import { type BatchFigures, runBatches } from './landing/batch.ts'
import { withFeedLock } from './landing/feed-lock.ts'
import { type Finding, findingsOf } from './landing/findings.ts'
import { type Delivery, type LandingPolicy, landDelivery, pullFeed } from './landing/pull.ts'
import { markReplayed, newestQuarantine, quarantinePages } from './landing/quarantine.ts'
import { type Discrepancy, reconcile } from './landing/reconcile.ts'
import { rehearse } from './landing/rehearse.ts'
import { finishRun, keepBeating, type Run, type RunKind, type RunState, startRun } from './landing/run.ts'
import { advance, normaliseAhead, type PipelineDeps, type StageTimes } from './pipeline.ts'

export interface ImportDeps extends PipelineDeps {
  readonly policy: LandingPolicy
  /** Opens the way to a feed's department; the import closes it. */
  readonly openSource: (feed: AnyFeed) => OpenSource
  /** Rows to ask for in one page where the configuration says so for this feed's source. */
  readonly rowsPerPage?: (feed: AnyFeed) => number | undefined
}

export interface ImportRequest {
  readonly feed: AnyFeed
  readonly actor: string
  readonly since?: string
  readonly until?: string
  readonly signal?: AbortSignal
  /** Of a slot: the run is then its next attempt. */
  readonly runId?: string
  readonly slotAt?: Date
  readonly onProgress?: (rows: number) => void
}

export interface ImportReport {
  readonly runId: string
  readonly feed: string
  readonly state: RunState
  readonly batches: readonly BatchFigures[]
  readonly discrepancies: readonly Discrepancy[]
  /** What somebody should know besides the figures: what, where, how often, what to do. */
  readonly findings: readonly Finding[]
  readonly stages: StageTimes | null
  readonly landingMs: number
  readonly error: unknown
}

const never = new AbortController().signal

const stateOf = (batches: readonly BatchFigures[], discrepancies: readonly Discrepancy[]): RunState => {
  if (batches.some((b) => b.state === 'refused')) return 'failed'
  if (batches.some((b) => b.state === 'held' || b.state === 'queued')) return 'held'
  return discrepancies.length === 0 ? 'green' : 'unreconciled'
}

const figuresJson = (r: Omit<ImportReport, 'error'>): unknown =>
  JSON.parse(JSON.stringify(r, (_k, v) => (typeof v === 'bigint' ? v.toString() : v)))

type Land = (
  delivery: Omit<Delivery, 'policy' | 'keyring' | 'db'>,
  noteTroubles: (troubles: readonly Trouble[]) => void,
) => Promise<BatchFigures>

const runWith = async (
  deps: ImportDeps,
  input: {
    feed: AnyFeed
    kind: RunKind
    actor: string
    request: unknown
    runId?: string
    slotAt?: Date
    onProgress?: (rows: number) => void
  },
  land: Land,
  stages: () => Promise<StageTimes> = () => advance(deps),
): Promise<ImportReport> => {
  const { db } = deps
  const run: Run = await startRun(db, {
    source: input.feed.id,
    kind: input.kind,
    request: input.request,
    ...(input.runId ? { runId: input.runId } : {}),
    ...(input.slotAt ? { slotAt: input.slotAt } : {}),
  })
  return withContext({ runId: run.runId }, async () => {
    const start = elapsedMs()
    const base = { runId: run.runId, feed: input.feed.id }
    const stopBeating = keepBeating(db, run)
    let troubles: readonly Trouble[] = []
    try {
      const delivery = {
        feed: input.feed,
        run,
        actor: input.actor,
        ...(input.onProgress ? { onProgress: input.onProgress } : {}),
      }
      await land(delivery, (met) => {
        troubles = met
      })
      const landingMs = Math.round(elapsedMs() - start)
      const times = await stages()
      const batches = await runBatches(db, run.runId)
      const discrepancies = await reconcile(db, batches)
      const report = {
        ...base,
        state: stateOf(batches, discrepancies),
        batches,
        discrepancies,
        findings: await findingsOf(db, batches, null, troubles),
        stages: times,
        landingMs,
      }
      const refused = batches.find((b) => b.state === 'refused')?.holdReason ?? null
      await finishRun(db.pipeline, run, report.state, figuresJson(report), refused)
      return { ...report, error: refused }
    } catch (error) {
      // What the line or a source did is told in the report; a stack is for what we did.
      if (isHubError(error))
        log.warn({ code: error.code, reason: error.message, feed: input.feed.id }, 'an import stopped')
      else log.error({ err: error, feed: input.feed.id }, 'an import stopped')
      const batches = await runBatches(db, run.runId)
      const report = {
        ...base,
        state: 'failed' as const,
        batches,
        discrepancies: [],
        findings: await findingsOf(db, batches, error, troubles),
        stages: null,
        landingMs: Math.round(elapsedMs() - start),
      }
      if (!isHubError(error, 'landing.fenced')) await finishRun(db.pipeline, run, 'failed', figuresJson(report), error)
      return { ...report, error }
    } finally {
      stopBeating()
    }
  })
}

const policyOf = (deps: ImportDeps, feed: AnyFeed): LandingPolicy => {
  const rowsPerPage = deps.rowsPerPage?.(feed)
  return rowsPerPage === undefined ? deps.policy : { ...deps.policy, rowsPerPage }
}

/** Pulls one feed. Never throws for what went wrong upstream: the report says it. HubError `landing.busy` where the feed is being imported already. */
export const importFeed = (deps: ImportDeps, r: ImportRequest): Promise<ImportReport> =>
  withFeedLock(deps.db, r.feed.id, () => importLocked(deps, r))

const inputOf = (r: ImportRequest) => ({
  ...r,
  kind: 'import' as const,
  request: { since: r.since ?? null, until: r.until ?? null, actor: r.actor },
})

const pulling =
  (deps: ImportDeps, r: ImportRequest): Land =>
  async (d, noteTroubles) => {
    const source = deps.openSource(r.feed)
    try {
      return await pullFeed({ ...d, db: deps.db, keyring: deps.keyring, policy: policyOf(deps, r.feed) }, source, {
        signal: r.signal ?? never,
        ...(r.since ? { since: r.since } : {}),
        ...(r.until ? { until: r.until } : {}),
      })
    } finally {
      noteTroubles(source.http.troubles())
      await source.close()
    }
  }

const importLocked = (deps: ImportDeps, r: ImportRequest): Promise<ImportReport> =>
  runWith(deps, inputOf(r), pulling(deps, r))

/**
 * Several feeds: each is landed in its turn, then the stages run once over all of them, so that a project that six feeds speak of is linked and
 * tracked once and not six times. A feed that another hub is importing, and one whose source fails, gives the report of a failed run.
 */
export const importFeeds = async (deps: ImportDeps, requests: readonly ImportRequest[]): Promise<ImportReport[]> => {
  const all = Promise.withResolvers<void>()
  let ahead = Promise.resolve(0)
  const advanced = all.promise.then(async () => {
    const aheadMs = await ahead
    const times = await advance(deps)
    return { ...times, normaliseMs: times.normaliseMs + aheadMs }
  })
  // Seen by the runs that landed; where none did, nobody waits for it.
  advanced.catch(() => undefined)
  const reports: Promise<ImportReport>[] = []
  for (const r of requests) {
    const landed = Promise.withResolvers<void>()
    const land: Land = (d, note) => withFeedLock(deps.db, r.feed.id, () => pulling(deps, r)(d, note))
    const report = runWith(deps, inputOf(r), land, () => {
      landed.resolve()
      return advanced
    })
    reports.push(report)
    await Promise.race([landed.promise, report])
    ahead = ahead.then(async (ms) => ms + (await normaliseAhead(deps)))
    ahead.catch(() => undefined)
  }
  all.resolve()
  return Promise.all(reports)
}

/** Lands files of one feed as one delivery. */
export const loadPages = (
  deps: ImportDeps,
  feed: AnyFeed,
  actor: string,
  files: readonly string[],
  pages: AsyncIterable<Page>,
  onProgress?: (rows: number) => void,
): Promise<ImportReport> =>
  runWith(deps, { feed, kind: 'load', actor, request: { files, actor }, ...(onProgress ? { onProgress } : {}) }, (d) =>
    landDelivery({ ...d, db: deps.db, keyring: deps.keyring, policy: deps.policy }, pages, 'increment'),
  )

/** Tries the open quarantined rows of a feed again, as a run of its own: the figures of the runs that put them there do not move. */
export const replayQuarantine = async (deps: ImportDeps, feed: AnyFeed, actor: string): Promise<ImportReport> => {
  const upTo = await newestQuarantine(deps.db, feed.id)
  return runWith(
    deps,
    { feed, kind: 'quarantineReplay', actor, request: { upTo: upTo.toString(), actor } },
    async (d) => {
      const figures = await landDelivery(
        { ...d, db: deps.db, keyring: deps.keyring, policy: deps.policy },
        quarantinePages(deps.db, deps.keyring, feed.id, upTo),
        'increment',
        { skipJudging: true },
      )
      await markReplayed(deps.db, feed.id, upTo, d.run.runId)
      return figures
    },
  )
}

export interface Rehearsal {
  readonly feed: string
  readonly counts: Record<string, number>
}

/** A rehearsal that someone asked for over the interface: a run of its own, whose figures say what an import would bring. */
export const rehearseAsRun = async (
  deps: ImportDeps,
  feed: AnyFeed,
  runId: string,
  options: { since?: string | undefined; until?: string | undefined; signal?: AbortSignal },
): Promise<void> => {
  const run = await startRun(deps.db, { source: feed.id, kind: 'rehearsal', runId })
  try {
    await finishRun(deps.db.pipeline, run, 'green', await rehearseFeed(deps, feed, options))
  } catch (error) {
    await finishRun(deps.db.pipeline, run, 'failed', null, error)
  }
}

/** `--dry-run`: pulls and compares as an import would, and rolls everything back. Nothing is stored, no checkpoint moves. */
export const rehearseFeed = (
  deps: ImportDeps,
  feed: AnyFeed,
  options: { since?: string | undefined; until?: string | undefined; signal?: AbortSignal },
): Promise<Rehearsal> =>
  withFeedLock(deps.db, feed.id, async () => {
    const source = deps.openSource(feed)
    try {
      return {
        feed: feed.id,
        counts: await rehearse(
          { db: deps.db, keyring: deps.keyring, policy: policyOf(deps, feed), feed },
          source,
          options.signal ? { ...options, signal: options.signal } : { ...options, signal: never },
        ),
      }
    } finally {
      await source.close()
    }
  })
