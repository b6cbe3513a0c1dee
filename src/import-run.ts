/** One run of an import: its row, its landing under a watch, the stages, the reconciliation and the report. */
import type { AnyFeed, OpenSource } from '#connect'
import type { Trouble } from './connect/http.ts'
import type { ListFolder } from './connect/listing.ts'
import { elapsedMs } from './kernel/clock.ts'
import { withContext } from './kernel/context.ts'
import { HubError, isHubError } from './kernel/errors.ts'
import { log } from './kernel/log.ts'
import { startWatch, type Watch, watched } from './kernel/watched.ts'
import { type BatchFigures, runBatches } from './landing/batch-figures.ts'
import { landingCodes } from './landing/codes.ts'
import { type Finding, findingsOf } from './landing/findings.ts'
import { keepProgress, type ProgressKeeper } from './landing/progress.ts'
import type { Delivery, LandingPolicy } from './landing/pull.ts'
import { type Discrepancy, reconcileRun } from './landing/reconcile.ts'
import { finishRun, keepBeating, type Run, type RunKind, type RunState, startRun } from './landing/run.ts'
import { advance, type PipelineDeps, type StageTimes } from './pipeline.ts'

export interface ImportDeps extends PipelineDeps {
  readonly policy: LandingPolicy
  /** Opens the way to a feed's department; the import closes it. */
  readonly openSource: (feed: AnyFeed) => OpenSource
  /** Rows to ask for in one page where the configuration says so for this feed's source. */
  readonly rowsPerPage?: (feed: AnyFeed) => number | undefined
  /** A run without progress for so long is ended with `landing.stalled`; default: half an hour. */
  readonly stallAfterMs?: number
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

/** A delivery that an earlier run left open and that was fetched anew is no failure of this one. */
const isRefused = (b: BatchFigures): boolean => b.state === 'refused' && b.holdReason?.code !== landingCodes.restarted

const stateOf = (batches: readonly BatchFigures[], discrepancies: readonly Discrepancy[]): RunState => {
  if (batches.some(isRefused)) return 'failed'
  if (batches.some((b) => b.state === 'held' || b.state === 'queued')) return 'held'
  return discrepancies.length === 0 ? 'green' : 'unreconciled'
}

const figuresJson = (r: Omit<ImportReport, 'error'>): unknown =>
  JSON.parse(JSON.stringify(r, (_k, v) => (typeof v === 'bigint' ? v.toString() : v)))

/** What a run lends to its landing. */
export interface Landing {
  readonly delivery: Omit<Delivery, 'policy' | 'keyring' | 'db'>
  readonly noteTroubles: (troubles: readonly Trouble[]) => void
  readonly progress: ProgressKeeper
  readonly watch: Watch
}
export type Land = (landing: Landing) => Promise<unknown>

const stallDefaultMs = 30 * 60_000

const watchOf = (deps: ImportDeps, what: string, isMoving?: () => Promise<boolean>): Watch => {
  const afterMs = deps.stallAfterMs ?? stallDefaultMs
  const minutes = Math.round(afterMs / 60_000)
  const error = (): HubError =>
    new HubError({
      code: landingCodes.stalled,
      publicMessage: {
        zh: `${what} 超过 ${minutes} 分钟没有进展，已中止并断开连接`,
        en: `${what} made no progress for ${minutes} minutes; it was ended and its connections cut`,
      },
      retryable: true,
      context: { what, afterMs },
    })
  return startWatch({ afterMs, error, ...(isMoving ? { isMoving } : {}) })
}

/** Whether the stages of any hub have moved since the last question: who waits for its turn has not stalled. */
const stagesMove = (deps: ImportDeps): (() => Promise<boolean>) => {
  let before: string | null = null
  return async () => {
    const { rows } = await deps.db.pipeline.query<{ at: string }>(
      `SELECT string_agg(stage || ' ' || tick, ' ' ORDER BY stage) AS at FROM stage_cursor`,
    )
    const isMoved = before !== null && before !== rows[0]!.at
    before = rows[0]!.at
    return isMoved
  }
}

/** The stages, cut off where they make no progress. */
export const advanceWatched = async (deps: ImportDeps): Promise<StageTimes> => {
  const watch = watchOf(deps, 'stages', stagesMove(deps))
  try {
    return await watched(watch, () => advance(deps))
  } finally {
    watch.stop()
  }
}

/** One run from its row to its report: lands, advances, reconciles. Never throws for what went wrong upstream: the report says it. */
export const runWith = async (
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
  stages: () => Promise<StageTimes> = () => advanceWatched(deps),
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
    const watch = watchOf(deps, input.feed.id)
    const progress = keepProgress(db, run)
    let troubles: readonly Trouble[] = []
    try {
      const delivery = {
        feed: input.feed,
        run,
        actor: input.actor,
        onPage: () => {
          watch.touch()
          progress.page()
        },
        onProgress: (rows: number) => {
          watch.touch()
          progress.rows(rows)
          input.onProgress?.(rows)
        },
      }
      const noteTroubles = (met: readonly Trouble[]): void => {
        troubles = met
      }
      await watched(watch, () => land({ delivery, noteTroubles, progress, watch }))
      watch.stop()
      const landingMs = Math.round(elapsedMs() - start)
      const times = await stages()
      const { batches, discrepancies } = await reconcileRun(db, run.runId)
      const report = {
        ...base,
        state: stateOf(batches, discrepancies),
        batches,
        discrepancies,
        findings: await findingsOf(db, batches, null, troubles),
        stages: times,
        landingMs,
      }
      const refused = batches.find(isRefused)?.holdReason ?? null
      await finishRun(db.pipeline, run, report.state, figuresJson(report), refused, progress.stop())
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
      if (!isHubError(error, 'landing.fenced'))
        await finishRun(db.pipeline, run, 'failed', figuresJson(report), error, progress.stop())
      return { ...report, error }
    } finally {
      watch.stop()
      progress.stop()
      stopBeating()
    }
  })
}

export const policyOf = (deps: ImportDeps, feed: AnyFeed): LandingPolicy => {
  const rowsPerPage = deps.rowsPerPage?.(feed)
  return rowsPerPage === undefined ? deps.policy : { ...deps.policy, rowsPerPage }
}

/** Opens the way to the source, for as long as `fn` takes; `signal` fires when the caller or a stall ends it. */
export const withSource = async <T>(
  deps: ImportDeps,
  r: { readonly feed: AnyFeed; readonly signal?: AbortSignal; readonly listFolder?: ListFolder },
  { noteTroubles, watch }: Landing,
  fn: (source: OpenSource, signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const source = { ...deps.openSource(r.feed), ...(r.listFolder ? { listFolder: r.listFolder } : {}) }
  try {
    return await watch.over(fn(source, r.signal ? AbortSignal.any([r.signal, watch.signal]) : watch.signal))
  } finally {
    noteTroubles(source.http.troubles())
    await source.close()
  }
}
