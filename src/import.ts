/** An import: one feed from its source to tracked projects, reconciled. The command, the schedule and the route all come through here. */
import type { AnyFeed } from '#connect'
import type { Page } from './connect/feed.ts'
import { type ListFolder, sharedListing } from './connect/listing.ts'
import {
  advanceWatched,
  type ImportDeps,
  type ImportReport,
  type Land,
  type Landing,
  policyOf,
  runWith,
  withSource,
} from './import-run.ts'
import type { BatchFigures } from './landing/batch-figures.ts'
import { withFeedLock } from './landing/feed-lock.ts'
import { landDelivery, pullFeed } from './landing/pull.ts'
import { markReplayed, newestQuarantine, quarantinePages } from './landing/quarantine.ts'
import { normaliseAhead } from './pipeline.ts'

export type { ImportDeps, ImportReport } from './import-run.ts'

export interface ImportRequest {
  readonly feed: AnyFeed
  readonly actor: string
  readonly signal?: AbortSignal
  /** Of a slot: the run is then its next attempt. */
  readonly runId?: string
  readonly slotAt?: Date
  readonly onProgress?: (rows: number) => void
}

/** Pulls one feed. Never throws for what went wrong upstream: the report says it. HubError `landing.busy` where the feed is being imported already. */
export const importFeed = (deps: ImportDeps, r: ImportRequest): Promise<ImportReport> =>
  withFeedLock(deps.db, r.feed.id, () => importLocked(deps, r))

const inputOf = (r: ImportRequest) => ({
  ...r,
  kind: 'import' as const,
  request: { actor: r.actor },
})

const pulling =
  (deps: ImportDeps, r: ImportRequest & { listFolder?: ListFolder }): ((landing: Landing) => Promise<BatchFigures>) =>
  (landing) =>
    withSource(deps, r, landing, (source, signal) =>
      pullFeed({ ...landing.delivery, db: deps.db, keyring: deps.keyring, policy: policyOf(deps, r.feed) }, source, {
        signal,
      }),
    )

/** Versions that have landed before the normalise stage gets a turn of its own beside the landing of the next feed: few are read with all others. */
const aheadVersions = 1_000

const importLocked = (deps: ImportDeps, r: ImportRequest): Promise<ImportReport> =>
  runWith(deps, inputOf(r), pulling(deps, r))

/**
 * Several feeds: each is landed in its turn, then the stages run once over all of them, so that a project that six feeds speak of is linked and
 * tracked once and not six times. A feed that another hub is importing, and one whose source fails, gives the report of a failed run.
 */
export const importFeeds = async (deps: ImportDeps, requests: readonly ImportRequest[]): Promise<ImportReport[]> => {
  const listFolder = sharedListing()
  const all = Promise.withResolvers<void>()
  let ahead = Promise.resolve(0)
  const advanced = all.promise.then(async () => {
    const aheadMs = await ahead
    const times = await advanceWatched(deps)
    return { ...times, normaliseMs: times.normaliseMs + aheadMs }
  })
  // Seen by the runs that landed; where none did, nobody waits for it.
  advanced.catch(() => undefined)
  const reports: Promise<ImportReport>[] = []
  let waiting = 0n
  for (const r of requests) {
    const landed = Promise.withResolvers<void>()
    const land: Land = async (landing) => {
      const b = await withFeedLock(deps.db, r.feed.id, () => pulling(deps, { ...r, listFolder })(landing))
      waiting += b.new + b.changed + b.withdrawn + b.absent
    }
    const report = runWith(deps, inputOf(r), land, () => {
      landed.resolve()
      return advanced
    })
    reports.push(report)
    await Promise.race([landed.promise, report])
    if (waiting < aheadVersions) continue
    waiting = 0n
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
  runWith(
    deps,
    { feed, kind: 'load', actor, request: { files, actor }, ...(onProgress ? { onProgress } : {}) },
    ({ delivery }) =>
      landDelivery({ ...delivery, db: deps.db, keyring: deps.keyring, policy: deps.policy }, pages, 'increment'),
  )

/** Tries the open quarantined rows of a feed again, as a run of its own: the figures of the runs that put them there do not move. */
export const replayQuarantine = async (deps: ImportDeps, feed: AnyFeed, actor: string): Promise<ImportReport> => {
  const upTo = await newestQuarantine(deps.db, feed.id)
  return runWith(
    deps,
    { feed, kind: 'quarantineReplay', actor, request: { upTo: upTo.toString(), actor } },
    async ({ delivery }) => {
      const figures = await landDelivery(
        { ...delivery, db: deps.db, keyring: deps.keyring, policy: deps.policy },
        quarantinePages(deps.db, deps.keyring, feed.id, upTo),
        'increment',
        { skipJudging: true },
      )
      await markReplayed(deps.db, feed.id, upTo, delivery.run.runId)
      return figures
    },
  )
}
