/** Pages by an opaque cursor. It ends when the source says so and the total agrees, and never because the source went quiet. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  at,
  checkpointGone,
  countAt,
  earlyEmptyPage,
  moreThanDeclared,
  readCheckpoint,
  repeatedPage,
  rowsAt,
  shortDelivery,
  totalShrank,
} from './delivery.ts'
import { connectCodes, connectError } from './errors.ts'
import type { Page, Pager, PullRequest, SourceAccess } from './feed.ts'
import { sliceRows, stringMember } from './json-rows.ts'
import { isAfter, latest, minutesBefore, sinceText, sourceTime } from './watermark.ts'

export interface CursorPagesOptions {
  readonly path: string
  readonly query: { readonly cursor: string; readonly limit: string; readonly since: string }
  readonly rows: readonly string[]
  readonly total: readonly string[]
  readonly next: readonly string[]
  readonly updatedAt: string
  readonly overlapMinutes: number
}

const Checkpoint = z.object({
  pager: z.literal('cursor'),
  since: z.string().nullable(),
  cursor: z.string().nullable(),
  total: z.number().int().nonnegative().nullable(),
  /** Rows the source delivered, and those of them that lie after `until` and were left out. */
  received: z.number().int().nonnegative(),
  left: z.number().int().nonnegative(),
  /** When the delivery began, and how many rows were updated since: those may come twice, as they were and as they are now. */
  start: z.string(),
  late: z.number().int().nonnegative(),
  watermark: z.string().nullable(),
  pageDigest: z.string().nullable(),
})
type Checkpoint = z.infer<typeof Checkpoint>

/** What one request brought: JSON texts of its rows, what the source says the whole delivery holds, and the cursor that goes on. */
export interface CursorAnswer {
  readonly rows: readonly string[]
  readonly total: number
  readonly cursor: string | null
}

/** Asks for the page at a cursor; null is the first one. */
export type AskCursor = (
  access: SourceAccess,
  request: PullRequest,
  place: { readonly cursor: string | null; readonly since: string | null },
) => Promise<CursorAnswer>

const digestOf = (rows: readonly string[]): string => {
  const hash = createHash('sha256')
  for (const row of rows) hash.update(row).update('\n')
  return hash.digest('base64url')
}

/** Landing starts the delivery anew on this one. */
export const cursorExpired = (path: string) =>
  connectError(connectCodes.cursorExpired, '供数单位的游标已过期', 'the cursor of the source has expired', {
    context: { path },
  })

const askJson =
  (o: CursorPagesOptions): AskCursor =>
  (access, request, s) =>
    access.http.send(
      {
        path: o.path,
        query: { [o.query.limit]: request.rowsPerPage, [o.query.cursor]: s.cursor, [o.query.since]: s.since },
        signal: request.signal,
        accepts: [410],
      },
      ({ status, text }) => {
        if (status === 410) throw cursorExpired(o.path)
        const { envelope, rows } = sliceRows(text, o.rows)
        const cursor = at(envelope, o.next)
        return {
          rows,
          total: countAt(envelope, o.total),
          cursor: typeof cursor === 'string' && cursor !== '' ? cursor : null,
        }
      },
    )

/** How far the source's clock may lie behind ours when we tell which rows were updated while we read. */
const clockSkewMinutes = 10

/** Refuses a page that shows that the source does not come to an honest end. */
const checkPage = (
  s: Checkpoint,
  { rows, total, cursor }: CursorAnswer,
  pageDigest: string | null,
  seen: ReadonlySet<string>,
  path: string,
): void => {
  // The cursor itself is a key to the department's data and stays out of the error.
  const received = s.received + rows.length
  const receivedMax = total + s.late
  const where = { source: path, received }
  if (rows.length > 0 && pageDigest === s.pageDigest) throw repeatedPage(where)
  if (received > receivedMax) throw moreThanDeclared(total, received, where)
  if (rows.length === 0 && received < total) throw earlyEmptyPage(where)
  if (cursor === null && received < total) throw shortDelivery(total, received, where)
  if (cursor !== null && seen.has(cursor)) {
    throw connectError(
      connectCodes.repeatedCursor,
      '供数单位重复给出同一游标',
      'the source gave the same cursor again',
      { retryable: true, context: where },
    )
  }
  if (cursor !== null && rows.length === 0) throw earlyEmptyPage(where)
}

type CursorWalk = Pick<CursorPagesOptions, 'path' | 'updatedAt' | 'overlapMinutes'>

/**
 * The walk along cursors, whatever the pages are written in. Throws `landing.repeated_cursor`, `repeated_page`, `early_empty_page`, `more_than_declared`, `total_shrank`,
 * `short_delivery`; `connect.cursor_expired` for a 410 and `connect.checkpoint_gone` where the total shrank while the hub was away.
 */
export const walkCursors = (o: CursorWalk, ask: AskCursor): Pager =>
  async function* pages(access, request): AsyncGenerator<Page> {
    const limit = sourceTime(access.now())
    const start = minutesBefore(limit, clockSkewMinutes)
    const { until } = request
    const given = sinceText(request.since)
    const since = given === null ? null : minutesBefore(given, o.overlapMinutes)
    const held = readCheckpoint(Checkpoint, request.resume)
    let isResumed = held !== null
    let s: Checkpoint = held ?? {
      pager: 'cursor',
      since,
      cursor: null,
      total: null,
      received: 0,
      left: 0,
      start,
      late: 0,
      watermark: given,
      pageDigest: null,
    }
    const seen = new Set<string>(s.cursor === null ? [] : [s.cursor])
    for (;;) {
      const answer = await ask(access, request, s)
      const { rows, total, cursor } = answer
      if (s.total !== null && total < s.total) {
        throw isResumed
          ? checkpointGone('总数变小', 'the total fell', { before: s.total, after: total })
          : totalShrank(s.total, total, { source: o.path })
      }
      isResumed = false
      const pageDigest = rows.length === 0 ? s.pageDigest : digestOf(rows)
      const { start: begun } = s
      const late = s.late + rows.filter((row) => (stringMember(row, o.updatedAt) ?? '') >= begun).length
      checkPage({ ...s, late }, answer, pageDigest, seen, o.path)
      const kept = until === undefined ? rows : rows.filter((row) => !isAfter(row, o.updatedAt, until))
      const page = rowsAt(kept, `${o.path}#${s.received + 1}`)
      s = {
        ...s,
        cursor,
        total,
        received: s.received + rows.length,
        late,
        left: s.left + rows.length - kept.length,
        watermark: latest(kept, o.updatedAt, s.watermark, limit),
        pageDigest,
      }
      if (cursor === null) {
        yield { rows: page, next: null, declaredRows: Math.max(total, s.received) - s.left, watermark: s.watermark }
        return
      }
      seen.add(cursor)
      yield { rows: page, next: s }
    }
  }

/** A pager over cursors in JSON; it ends as `walkCursors` does. */
export const cursorPages = (o: CursorPagesOptions): Pager => walkCursors(o, askJson(o))
