/** Drives one feed's delivery: opens or takes over its batch, lands its pages, closes it. The same for an API, a file and a push of many rows. */
import type { AnyFeed, Page, SourceAccess } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import { transaction } from '../db/transaction.ts'
import type { Keyring } from '../kernel/cipher.ts'
import { isHubError } from '../kernel/errors.ts'
import { log } from '../kernel/log.ts'
import { dropOpenBatch, type OpenBatch, openBatch } from './batch.ts'
import type { BatchFigures, HoldReason } from './batch-figures.ts'
import { type ClosePolicy, closeBatch, closeLanded } from './close-batch.ts'
import { landingCodes } from './codes.ts'
import { defaultGatherBounds, type GatherBounds, gatherPages, oneAhead } from './gather.ts'
import { type Gather, type LandTarget, land, landWithin } from './land.ts'
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

async function* toldPages(pages: AsyncIterable<Page>, onPage: () => void): AsyncGenerator<Page> {
  for await (const page of pages) {
    onPage()
    yield page
  }
}

/** A delivery that is open, and how it is to be closed. */
interface Opened {
  readonly batchId: bigint
  readonly mode: 'full' | 'increment'
  readonly closing: ClosePolicy
}

/** Stores a delivery's last gather and closes it, in one transaction: most deliveries are one gather, and many are empty. */
const landLast = (d: Delivery, target: LandTarget, gather: Gather, closing: ClosePolicy) =>
  transaction(d.db.pipeline, async (client) => {
    const { counts } = await landWithin(client, target, gather)
    return { counts, figures: await closeLanded(client, d.feed, target.batchId, closing) }
  })

/** Lands what comes and closes the delivery. Its last gather is stored once its source has ended, so that a source that fails at the end is seen. */
const landPages = async (
  d: Delivery,
  { batchId, mode, closing }: Opened,
  pages: AsyncIterable<Page>,
): Promise<BatchFigures> => {
  const reader = createRowReader(d.feed, d.keyring.blind)
  const { runId, attempt } = d.run
  const target: LandTarget = { feed: d.feed, batchId, mode, runId, attempt, keyring: d.keyring }
  const landOne = async (gather: Gather): Promise<void> => {
    const { counts } = await land(d.db, target, gather)
    d.onProgress?.(counts.fetched)
  }
  let last: Gather | null = null
  const told = toldPages(pages, () => d.onPage?.())
  for await (const gather of oneAhead(gatherPages(told, reader, d.policy.gather))) {
    if (last !== null) await landOne(last)
    last = gather.isLast ? gather : null
    if (last === null) await landOne(gather)
  }
  if (last === null) return closeBatch(d.db, d.feed, d.run, batchId, closing)
  const { counts, figures } = await landLast(d, target, last, closing)
  d.onProgress?.(counts.fetched)
  return figures
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

const closingOf = (d: Delivery): ClosePolicy => ({ absentShareMax: d.policy.absentShareMax, actor: d.actor })

/** Lands what is left of the open delivery and closes it; null where its source no longer knew the checkpoint and the delivery was dropped. */
const landRest = async (
  d: Delivery,
  access: SourceAccess,
  options: PullOptions,
  batch: OpenBatch,
  mayRestart: boolean,
): Promise<BatchFigures | null> => {
  if (batch.state === 'landed') return closeBatch(d.db, d.feed, d.run, batch.batchId, closingOf(d))
  const request = {
    resume: batch.resume,
    since: batch.since,
    signal: options.signal,
    rowsPerPage: d.policy.rowsPerPage,
    ...(options.until ? { until: options.until } : {}),
  }
  try {
    return await landPages(d, { ...batch, closing: closingOf(d) }, d.feed.pages!(access, request))
  } catch (error) {
    if (!mayRestart || !isHubError(error) || !mustRestart(error.code, batch)) throw error
    log.warn({ code: error.code, feed: d.feed.id }, 'the delivery cannot be gone on with and starts again')
    const why = lostCheckpoint.has(error.code)
      ? { code: error.code, message: error.publicMessage, found: '', bound: '' }
      : givenUp(error.code)
    await dropOpenBatch(d.db, d.feed, d.run, batch.batchId, why)
    return null
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
    const figures = await landRest(d, access, options, batch, mayRestart)
    if (figures === null) mayRestart = false
    else if (!batch.isTakenOver) return figures
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
  const { batchId } = await openBatch(d.db, d.feed, d.run, { mode, since: range.since, isBackfill: true })
  const request = { resume: null, rowsPerPage: d.policy.rowsPerPage, ...range }
  return landPages(d, { batchId, mode, closing: closingOf(d) }, d.feed.pages(access, request))
}

/** Lands rows that are already here (files, pushes) as one delivery of their own, beside any that a pull has open. */
export const landDelivery = async (
  d: Delivery,
  pages: AsyncIterable<Page>,
  mode: 'full' | 'increment',
  options: { skipJudging?: boolean } = {},
): Promise<BatchFigures> => {
  const { batchId } = await openBatch(d.db, d.feed, d.run, { mode, ownBatch: true })
  return landPages(d, { batchId, mode, closing: { ...closingOf(d), ...options } }, pages)
}
