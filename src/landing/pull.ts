/** Drives one feed's delivery: opens or takes over its batch, lands its pages, closes it. The same for an API, a file and a push of many rows. */
import type { AnyFeed, Page, SourceAccess } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import type { Keyring } from '../kernel/cipher.ts'
import { isHubError } from '../kernel/errors.ts'
import { log } from '../kernel/log.ts'
import { type BatchFigures, closeBatch, dropOpenBatch, type HoldReason, type OpenBatch, openBatch } from './batch.ts'
import { landingCodes } from './codes.ts'
import { defaultGatherBounds, type GatherBounds, gatherPages, oneAhead } from './gather.ts'
import { type LandTarget, land } from './land.ts'
import { createRowReader } from './read-row.ts'
import type { Run } from './run.ts'

export interface LandingPolicy {
  readonly gather: GatherBounds
  readonly absentShareMax: number
  readonly rowsPerPage: number
}

export const defaultLandingPolicy: LandingPolicy = {
  gather: defaultGatherBounds,
  absentShareMax: 0.1,
  rowsPerPage: 1_000,
}

export interface Delivery {
  readonly db: Database
  readonly feed: AnyFeed
  readonly run: Run
  readonly keyring: Keyring
  readonly policy: LandingPolicy
  readonly actor: string
  readonly onProgress?: (rows: number) => void
  /** A page has come. */
  readonly onPage?: () => void
}

async function* told(pages: AsyncIterable<Page>, onPage: () => void): AsyncGenerator<Page> {
  for await (const page of pages) {
    onPage()
    yield page
  }
}

const landPages = async (
  d: Delivery,
  batchId: bigint,
  mode: 'full' | 'increment',
  pages: AsyncIterable<Page>,
): Promise<void> => {
  const reader = createRowReader(d.feed, d.keyring.blind)
  const target: LandTarget = {
    feed: d.feed,
    batchId,
    mode,
    runId: d.run.runId,
    attempt: d.run.attempt,
    keyring: d.keyring,
  }
  for await (const gather of oneAhead(
    gatherPages(
      told(pages, () => d.onPage?.()),
      reader,
      d.policy.gather,
    ),
  )) {
    const { counts } = await land(d.db, target, gather)
    d.onProgress?.(counts.fetched)
  }
}

/** Codes with which a source says that it no longer knows our checkpoint: the delivery starts again from the last complete one. */
const lostCheckpoint = new Set(['connect.cursor_expired', 'connect.checkpoint_gone'])

/**
 * Codes with which a delivery proves that it did not come whole. What an earlier run stored of it may be where it went wrong (a page that lacked a
 * row, landed before the end showed it): gone on with, it could never end well.
 */
const notWhole = new Set([
  'landing.short_delivery',
  'landing.early_empty_page',
  'landing.repeated_page',
  'landing.repeated_cursor',
  'landing.more_than_declared',
  'landing.total_shrank',
])

/** Why a delivery that an earlier run left open was dropped: no fault of the run that fetches it anew. */
const givenUp = (found: string): HoldReason => ({
  code: landingCodes.restarted,
  message: {
    zh: '上次中断的批次前后不一致，已放弃并从头重新取得',
    en: 'what an earlier run had left open does not fit together; it was given up and fetched anew',
  },
  found,
  bound: '',
})

const mustRestart = (code: string, batch: OpenBatch): boolean =>
  lostCheckpoint.has(code) || (batch.isTakenOver && batch.resume !== null && notWhole.has(code))

type PullOptions = { readonly since?: unknown; readonly until?: string; readonly signal: AbortSignal }

/** Lands what is left of the open delivery; false where its source no longer knew the checkpoint and the delivery was dropped. */
const landRest = async (
  d: Delivery,
  access: SourceAccess,
  options: PullOptions,
  batch: OpenBatch,
  mayRestart: boolean,
): Promise<boolean> => {
  if (batch.state === 'landed') return true
  const request = {
    resume: batch.resume,
    since: batch.since,
    signal: options.signal,
    rowsPerPage: d.policy.rowsPerPage,
    ...(options.until ? { until: options.until } : {}),
  }
  try {
    await landPages(d, batch.batchId, batch.mode, d.feed.pages!(access, request))
    return true
  } catch (error) {
    if (!mayRestart || !isHubError(error) || !mustRestart(error.code, batch)) throw error
    log.warn({ code: error.code, feed: d.feed.id }, 'the delivery cannot be gone on with and starts again')
    const why = lostCheckpoint.has(error.code)
      ? { code: error.code, message: error.publicMessage, found: '', bound: '' }
      : givenUp(error.code)
    await dropOpenBatch(d.db, d.feed, d.run, batch.batchId, why)
    return false
  }
}

/**
 * Pulls what the source has since the last complete delivery and closes the batch. A delivery that an earlier run left open is finished first;
 * it tells of the source as it was then, so a fresh one follows. Throws what stopped it (the batch stays open with its checkpoint and is taken
 * over by the next run); an incomplete or unlikely delivery is no error but a state in the figures.
 */
export const pullFeed = async (d: Delivery, access: SourceAccess, options: PullOptions): Promise<BatchFigures> => {
  if (d.feed.pages === null) throw new TypeError(`feed ${d.feed.id} is not pulled`)
  for (let mayRestart = true; ; ) {
    const batch = await openBatch(d.db, d.feed, d.run, options.since === undefined ? {} : { since: options.since })
    if (!(await landRest(d, access, options, batch, mayRestart))) {
      mayRestart = false
      continue
    }
    const closing = { absentShareMax: d.policy.absentShareMax, actor: d.actor }
    const figures = await closeBatch(d.db, d.feed, d.run, batch.batchId, closing)
    if (!batch.isTakenOver) return figures
  }
}

/**
 * Pulls what the source has of these days as a delivery of its own, beside the live state: it begins anew each time, says nothing of what is absent,
 * and no later import starts from it.
 */
export const pullRange = async (
  d: Delivery,
  access: SourceAccess,
  range: { readonly since: string; readonly until?: string; readonly signal: AbortSignal },
): Promise<BatchFigures> => {
  if (d.feed.pages === null) throw new TypeError(`feed ${d.feed.id} is not pulled`)
  const mode = 'increment'
  const batch = await openBatch(d.db, d.feed, d.run, { mode, since: range.since, isBackfill: true })
  const request = { resume: null, rowsPerPage: d.policy.rowsPerPage, ...range }
  await landPages(d, batch.batchId, mode, d.feed.pages(access, request))
  return closeBatch(d.db, d.feed, d.run, batch.batchId, {
    absentShareMax: d.policy.absentShareMax,
    actor: d.actor,
  })
}

/** Lands rows that are already here (files, pushes) as one delivery of their own, beside any that a pull has open. */
export const landDelivery = async (
  d: Delivery,
  pages: AsyncIterable<Page>,
  mode: 'full' | 'increment',
  options: { skipJudging?: boolean } = {},
): Promise<BatchFigures> => {
  const batch = await openBatch(d.db, d.feed, d.run, { mode, ownBatch: true })
  await landPages(d, batch.batchId, mode, pages)
  return closeBatch(d.db, d.feed, d.run, batch.batchId, {
    absentShareMax: d.policy.absentShareMax,
    actor: d.actor,
    ...options,
  })
}
