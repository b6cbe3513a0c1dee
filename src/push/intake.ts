/** What partners send, from an open body to a receipt: the one door that the HTTP edge knocks at. */
import type { AnyFeed, RawRow } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import type { Keyring } from '../kernel/cipher.ts'
import { elapsedMs } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { log } from '../kernel/log.ts'
import { defaultGatherBounds, type GatherBounds } from '../landing/gather.ts'
import { createRowReader, type RowReader } from '../landing/read-row.ts'
import {
  type BodyBytes,
  type BodyHeaders,
  type BodyLimits,
  bodyKind,
  defaultBodyLimits,
  openBody,
  type PushBody,
} from './body.ts'
import { pushError } from './codes.ts'
import { deliver, faultsMax, faultsOf } from './deliver.ts'
import { createGatherer } from './gatherer.ts'
import { findKey, forgetKeys, type KnownKey } from './idempotency.ts'
import { paced } from './paced.ts'
import { dropOrphanPages, findReceipt, receiptRows } from './receipt.ts'
import { settlePushRuns } from './settle.ts'
import type { PushMode, Receipt, RowAnswer, Sender, SmallPush } from './types.ts'
import { withdraw } from './withdraw.ts'
import { reportZero, type ZeroReport } from './zero-report.ts'

export interface IntakeDeps {
  readonly db: Database
  readonly keyring: Keyring
  readonly feeds: ReadonlyMap<string, AnyFeed>
  /** Brings the stages up to date; called some time after something was admitted, and never twice at once. */
  readonly advance: () => Promise<unknown>
  readonly limits?: BodyLimits
  readonly gather?: GatherBounds
  /** How long after an admission the stages begin at the soonest, in ms. */
  readonly advanceAfterMs?: number
}

export interface PushRequest {
  readonly feed: string
  readonly sender: Sender
  readonly mode: PushMode
  readonly idempotencyKey: string | null
  readonly headers: BodyHeaders
  readonly bytes: BodyBytes
}

export type PushAnswer =
  | { readonly receipt: Receipt; readonly rows: readonly RowAnswer[]; readonly isReplay: boolean }
  /** Atomic, and refused for these rows. */
  | { readonly faults: readonly RowAnswer[] }

export interface Intake {
  /** Throws `push.*`; nothing of the body is taken then. */
  push(request: PushRequest): Promise<PushAnswer>
  receipt(
    department: string,
    receiptId: string,
    after: number,
    limit: number,
  ): Promise<{ readonly receipt: Receipt; readonly rows: readonly RowAnswer[] }>
  withdraw(
    feed: string,
    sender: Sender,
    keyHash: string,
  ): Promise<{ readonly receipt: Receipt; readonly rows: readonly RowAnswer[] }>
  reportZero(feed: string, sender: Sender, input: { period: string; reason: string | null }): Promise<ZeroReport>
  /** Resolves when what was acknowledged has passed the stages. Takes no part in new pushes. */
  drain(): Promise<void>
}

/** Rows that an answer carries; further ones are read with the receipt. */
export const rowsInline = 10_000
const smallRowsMax = 1_000
const smallCharsMax = 1_048_576
const largeAtOnceMax = 4
const tidyEveryMs = 3_600_000
const readerLifeMs = 600_000

/** Reads ahead until the body ends or proves to be large. `rest` goes on where this left off. */
const readStart = async (body: PushBody): Promise<{ rows: RawRow[]; isWhole: boolean }> => {
  const rows: RawRow[] = []
  let chars = 0
  for (;;) {
    const { value, done } = await body.rows.next()
    if (done) return { rows, isWhole: true }
    rows.push(...value)
    for (const row of value) chars += row.text.length
    if (rows.length > smallRowsMax || chars > smallCharsMax) return { rows, isWhole: false }
  }
}

async function* joined(
  start: readonly RawRow[],
  rest: AsyncIterable<readonly RawRow[]>,
): AsyncGenerator<readonly RawRow[]> {
  yield start
  yield* rest
}

/** Opens the intake. What a hub that died had acknowledged without carrying it through the stages is taken up. */
export const createIntake = (deps: IntakeDeps): Intake => {
  const { db, keyring } = deps
  const limits = deps.limits ?? defaultBodyLimits
  const underWay = new Set<string>()
  let large = 0
  const stages = paced(async () => {
    await deps.advance()
    await settlePushRuns(db)
  }, deps.advanceAfterMs ?? 200)
  const gatherer = createGatherer({ db, keyring, onAdmitted: stages.ask })
  const tidy = (): void => {
    Promise.all([forgetKeys(db), dropOrphanPages(db)]).catch((error: unknown) =>
      log.warn({ err: error }, 'old idempotency keys and orphan pages could not be removed'),
    )
  }
  const tidying = setInterval(tidy, tidyEveryMs)
  tidying.unref()
  stages.ask()

  const feedOf = (id: string): AnyFeed => {
    const feed = deps.feeds.get(id)
    if (!feed) throw pushError('push.unknown_feed')
    return feed
  }

  /** One for all small pushes of a feed: they are read without a pause, so what it has counted then is of one push. It knows the day: made anew. */
  const readers = new Map<string, { readonly reader: RowReader; readonly untilMs: number }>()
  const readerOf = (feed: AnyFeed): RowReader => {
    const kept = readers.get(feed.id)
    if (kept && kept.untilMs > elapsedMs()) return kept.reader
    const reader = createRowReader(feed, keyring.blind)
    readers.set(feed.id, { reader, untilMs: elapsedMs() + readerLifeMs })
    return reader
  }

  const receiptOf = async (department: string, receiptId: string, after: number, limit: number) => {
    const [receipt, rows] = await Promise.all([
      findReceipt(db, department, receiptId),
      receiptRows(db, receiptId, after, limit),
    ])
    if (!receipt) throw pushError('push.unknown_receipt')
    return { receipt, rows }
  }

  const replay = async (sender: Sender, known: KnownKey, fingerprint: string): Promise<PushAnswer> => {
    if (known.fingerprint !== fingerprint) throw pushError('push.key_reused')
    return { ...(await receiptOf(sender.department, known.receiptId, 0, rowsInline)), isReplay: true }
  }

  const pushSmall = async (
    r: PushRequest,
    feed: AnyFeed,
    receiptId: string,
    rows: readonly RawRow[],
    fingerprint: string,
  ): Promise<PushAnswer> => {
    if (rows.length === 0) throw pushError('push.no_rows')
    const reader = readerOf(feed)
    const read = rows.map((row) => ({ read: reader.read(row), at: row.at }))
    const shapes = reader.takeShapes()
    const faults = r.mode === 'atomic' ? faultsOf({ rows: read }) : []
    if (faults.length > 0) return { faults: faults.slice(0, faultsMax) }
    const idempotency = r.idempotencyKey === null ? null : { key: r.idempotencyKey, fingerprint }
    const push: SmallPush = {
      receiptId,
      sender: r.sender,
      mode: r.mode,
      idempotency,
      rows: read,
      shapes,
    }
    const result = await gatherer.add(feed, push)
    if ('known' in result) return replay(r.sender, result.known, fingerprint)
    return { receipt: result.receipt, rows: result.answers, isReplay: false }
  }

  const pushLarge = async (
    r: PushRequest,
    feed: AnyFeed,
    receiptId: string,
    body: PushBody,
    start: readonly RawRow[],
  ): Promise<PushAnswer> => {
    if (large >= largeAtOnceMax) throw pushError('push.busy')
    large++
    try {
      const { sender, mode, idempotencyKey } = r
      const rows = joined(start, body.rows)
      const gather = deps.gather ?? defaultGatherBounds
      const push = { feed, receiptId, sender, mode, idempotencyKey, rows, fingerprint: body.fingerprint }
      const result = await deliver({ db, keyring, gather }, push)
      if ('faults' in result) return { faults: result.faults }
      if ('known' in result) return await replay(sender, result.known, body.fingerprint())
      stages.ask()
      return { ...(await receiptOf(sender.department, receiptId, 0, rowsInline)), isReplay: false }
    } finally {
      large--
    }
  }

  const pushNow = async (r: PushRequest): Promise<PushAnswer> => {
    const feed = feedOf(r.feed)
    const receiptId = newId('rcpt')
    const kind = bodyKind(r.headers, limits)
    const body = openBody(r.bytes, kind, {
      feed,
      source: receiptId,
      salt: r.idempotencyKey === null ? null : `${feed.id} ${r.mode} ${kind.format}`,
      limits,
    })
    try {
      const known = r.idempotencyKey === null ? null : await findKey(db, feed.id, r.idempotencyKey)
      if (known) {
        // Only the digest is wanted; a body that breaks on the way is another body.
        for await (const _ of body.rows);
        return await replay(r.sender, known, body.fingerprint())
      }
      const start = await readStart(body)
      return start.isWhole
        ? await pushSmall(r, feed, receiptId, start.rows, body.fingerprint())
        : await pushLarge(r, feed, receiptId, body, start.rows)
    } finally {
      await body.rows.return(undefined)
    }
  }

  return {
    push: async (r) => {
      if (r.idempotencyKey === null) return pushNow(r)
      const name = `${r.feed} ${r.idempotencyKey}`
      if (underWay.has(name)) throw pushError('push.in_progress')
      underWay.add(name)
      try {
        return await pushNow(r)
      } finally {
        underWay.delete(name)
      }
    },
    receipt: receiptOf,
    withdraw: async (feed, sender, keyHash) => {
      const { receiptId } = await withdraw(deps, feedOf(feed), sender, keyHash)
      stages.ask()
      return receiptOf(sender.department, receiptId, 0, 1)
    },
    reportZero: (feed, sender, input) => reportZero(db, feedOf(feed).id, sender, input),
    drain: async () => {
      clearInterval(tidying)
      await gatherer.drain()
      await stages.finish()
    },
  }
}
