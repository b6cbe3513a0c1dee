/**
 * Pages by number over rows ordered by update time.
 * Problem: a row that is updated while we read moves to the end, every row after it moves one place forward, and reading upwards would
 * silently skip one row per update. Choice: read from the last page down to the first; then moves only show rows twice (those are dropped),
 * and the moved row itself comes with the next increment. Rejected: asking again from the last time seen; a bulk update gives
 * thousands of rows the same time and such a walk does not end.
 */
import { z } from 'zod'
import { isHubError } from '../kernel/errors.ts'
import {
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
import { connectCodes } from './errors.ts'
import type { Page, Pager, PullRequest, SourceAccess } from './feed.ts'
import { sliceRows } from './json-rows.ts'
import { isAfter, latest, minutesBefore, sinceText, sourceTime } from './watermark.ts'

export interface NumberedPagesOptions {
  readonly path: string
  /** Names of the query parameters. Without `since` the source gives its whole set each time, and a request for less is not honoured. */
  readonly query: { readonly page: string; readonly size: string; readonly since?: string }
  /** Where in the answer the rows, their total, and the echoed page number and size stand. */
  readonly rows: readonly string[]
  readonly total: readonly string[]
  readonly pageEcho?: readonly string[]
  readonly sizeEcho?: readonly string[]
  /** The field increments go by. */
  readonly updatedAt: string
  readonly overlapMinutes: number
  /** Throws where the answer is an error though its status is 200. */
  readonly check?: (envelope: unknown) => void
}

const Checkpoint = z.object({
  pager: z.literal('numbered'),
  since: z.string().nullable(),
  size: z.number().int().positive(),
  /** The page to read next; it goes down to 1. */
  page: z.number().int().nonnegative(),
  pages: z.number().int().positive(),
  total: z.number().int().nonnegative(),
  /** What the delivery is to hold in the end. */
  declared: z.number().int().nonnegative(),
  watermark: z.string().nullable(),
})
type Checkpoint = z.infer<typeof Checkpoint>

interface Answer {
  readonly rows: readonly string[]
  readonly total: number
  readonly source: string
  readonly size: number | null
}

const numberAt = (envelope: unknown, path: readonly string[] | undefined): number | null => {
  if (path === undefined) return null
  const value = Number(
    path.reduce<unknown>((v, name) => (v as Record<string, unknown> | null | undefined)?.[name], envelope),
  )
  return Number.isSafeInteger(value) ? value : null
}

/** An error in the envelope comes without rows to cut out, so small answers are looked at whole first. */
const smallChars = 4_096

const checkSmall = (text: string, check: NumberedPagesOptions['check']): void => {
  if (check === undefined || text.length > smallChars) return
  let envelope: unknown
  try {
    envelope = JSON.parse(text)
  } catch {
    // What is no JSON is told with its place where the rows are cut out.
    return
  }
  check(envelope)
}

const ask = async (
  o: NumberedPagesOptions,
  access: SourceAccess,
  request: PullRequest,
  page: number,
  size: number,
  since: string | null,
): Promise<Answer> =>
  access.http.send(
    {
      path: o.path,
      query: { [o.query.page]: page, [o.query.size]: size, ...(o.query.since ? { [o.query.since]: since } : {}) },
      signal: request.signal,
    },
    ({ text, source }) => {
      checkSmall(text, o.check)
      const { envelope, rows } = sliceRows(text, o.rows)
      o.check?.(envelope)
      const echoed = numberAt(envelope, o.pageEcho)
      if (echoed !== null && echoed !== page) throw repeatedPage({ source, asked: page, given: echoed })
      return { rows, total: countAt(envelope, o.total), source, size: numberAt(envelope, o.sizeEcho) }
    },
  )

const dropRepeats = (rows: readonly string[], neighbour: ReadonlySet<string>): readonly string[] =>
  neighbour.size === 0 ? rows : rows.filter((row) => !neighbour.has(row))

/**
 * A total that ends with a full page hides whatever lies behind it: the page after must be empty. A source that does not know pages behind its
 * last one, and answers with an error or with the last one again, has said as much.
 */
const checkNothingBehind = async (
  o: NumberedPagesOptions,
  access: SourceAccess,
  request: PullRequest,
  s: Pick<Checkpoint, 'page' | 'size' | 'since' | 'total'>,
): Promise<void> => {
  if (s.total === 0 || s.total % s.size !== 0) return
  let behind: Answer
  try {
    behind = await ask(o, access, request, s.page + 1, s.size, s.since)
  } catch (error) {
    if (isHubError(error, connectCodes.repeatedPage) || isHubError(error, connectCodes.departmentError)) return
    throw error
  }
  const { rows, total, source } = behind
  // One that grew meanwhile says so, and the rest of the delivery takes care of it.
  if (rows.length > 0 && total <= s.total) throw moreThanDeclared(s.total, s.total + rows.length, { source })
}

/** The first answer tells the total; from it the delivery is laid out. */
const begin = async (o: NumberedPagesOptions, access: SourceAccess, request: PullRequest) => {
  const given = o.query.since ? sinceText(request.since) : null
  const since = given === null ? null : minutesBefore(given, o.overlapMinutes)
  const first = await ask(o, access, request, 1, request.rowsPerPage, since)
  const size = first.size !== null && first.size > 0 ? Math.min(first.size, request.rowsPerPage) : request.rowsPerPage
  const pages = Math.max(1, Math.ceil(first.total / size))
  const { total } = first
  const state: Checkpoint = {
    pager: 'numbered',
    since,
    size,
    page: pages,
    pages,
    total,
    declared: total,
    watermark: given,
  }
  await checkNothingBehind(o, access, request, state)
  return { state, first }
}

const checkCount = (
  rows: number,
  expected: number,
  where: { readonly source: string; readonly page: number },
): void => {
  if (rows === 0 && expected > 0) throw earlyEmptyPage(where)
  if (rows < expected) throw shortDelivery(expected, rows, where)
  if (rows > expected) throw moreThanDeclared(expected, rows, where)
}

/**
 * A pager over numbered pages. It ends with the declared total or throws: `landing.short_delivery`, `early_empty_page`,
 * `repeated_page`, `more_than_declared`, `total_shrank`; `connect.checkpoint_gone` where the total shrank while the hub was away.
 */
export const numberedPages = (o: NumberedPagesOptions): Pager =>
  async function* pages(access, request): AsyncGenerator<Page> {
    const limit = sourceTime(access.now())
    // A whole set that leaves rows out would seem to prove that they are gone.
    const until = o.query.since ? request.until : undefined
    const held = readCheckpoint(Checkpoint, request.resume)
    const begun = held === null ? await begin(o, access, request) : null
    let isResumed = held !== null
    let neighbour: ReadonlySet<string> = new Set()
    let s = held ?? begun?.state
    while (s !== undefined && s.page > 0) {
      // The first page was read to learn the total; it is read again in its turn unless it is the only one.
      const isOnly = begun !== null && s.pages === 1
      const answer: Answer = isOnly ? begun.first : await ask(o, access, request, s.page, s.size, s.since)
      const where = { source: answer.source, page: s.page }
      if (answer.total < s.total) {
        throw isResumed
          ? checkpointGone('总数变小', 'the total fell', { before: s.total, after: answer.total })
          : totalShrank(s.total, answer.total, where)
      }
      isResumed = false
      checkCount(answer.rows.length, Math.min(s.size, answer.total - (s.page - 1) * s.size), where)
      const fresh = dropRepeats(answer.rows, neighbour)
      if (fresh.length === 0 && answer.rows.length > 0) throw repeatedPage(where)
      const kept = until === undefined ? fresh : fresh.filter((row) => !isAfter(row, o.updatedAt, until))
      // Rows that came to the end since the total was read are taken along as far as they fit the last page.
      const grown: number = s.page === s.pages ? Math.min(answer.total, s.pages * s.size) - s.total : 0
      s = {
        ...s,
        page: s.page - 1,
        total: answer.total,
        declared: s.declared + grown - (answer.rows.length - kept.length),
        watermark: o.query.since ? latest(kept, o.updatedAt, s.watermark, limit) : null,
      }
      neighbour = new Set(answer.rows)
      const rows = rowsAt(kept, answer.source)
      yield s.page > 0 ? { rows, next: s } : { rows, next: null, declaredRows: s.declared, watermark: s.watermark }
    }
  }
