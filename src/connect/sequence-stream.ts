/**
 * A stream of changes in the order of a sequence number without holes: lines of JSON, each with its `seq`, then a trailer that says what
 * the answer held. A cut answer has no trailer, a lost line leaves a hole, and both are seen. Each answer is bounded by `limit`.
 */
import { z } from 'zod'
import { isHubError } from '../kernel/errors.ts'
import { checkpointGone, moreThanDeclared, readCheckpoint, repeatedPage, rowsAt, shortDelivery } from './delivery.ts'
import { connectCodes, connectError } from './errors.ts'
import type { Page, Pager, PullRequest, SourceAccess } from './feed.ts'
import { skipSpace, stringMember } from './json-rows.ts'
import { isAfter } from './watermark.ts'

export interface SequenceStreamOptions {
  readonly path: string
  readonly query: { readonly after: string; readonly limit: string }
  /** Field of a line that holds its number: a whole number, as JSON number or digits. */
  readonly sequence: string
  /** Field with the time of a line, by which lines of other days than those asked for are left out. */
  readonly updatedAt: string
}

const sequenceNumber = z.number().int().nonnegative()

/** The last line. `from` is the number before the first line: what was asked for, or the start of a stream that was compacted. */
const Trailer = z.object({
  end: z.literal(true),
  from: sequenceNumber,
  through: sequenceNumber,
  count: sequenceNumber,
  head: sequenceNumber,
})
type Trailer = z.infer<typeof Trailer>

const Checkpoint = z.object({
  pager: z.literal('sequence'),
  after: sequenceNumber,
  /** The newest number when the delivery began: it ends there, however fast the stream grows. */
  target: sequenceNumber,
  head: sequenceNumber,
  /** Lines of the delivery so far by the stream's own numbers, and those of other days that were left out. */
  read: sequenceNumber,
  left: sequenceNumber,
  /** Where the next increment starts: before the first line that was left out as later than `until`. */
  mark: sequenceNumber,
  isMarked: z.boolean(),
})
type Checkpoint = z.infer<typeof Checkpoint>

interface Answer {
  readonly lines: readonly string[]
  readonly trailer: Trailer
}

/** The whole number under a member of a flat line, null where there is none. No parse of the whole line. */
const numberMember = (line: string, name: string): number | null => {
  const token = `"${name}"`
  for (let i = line.indexOf(token); i !== -1; i = line.indexOf(token, i + 1)) {
    const before = line.slice(0, i).trimEnd().at(-1)
    const colon = skipSpace(line, i + token.length)
    if ((before !== '{' && before !== ',') || line[colon] !== ':') continue
    const digits = /^"?(\d{1,16})"?\s*[,}]/.exec(line.slice(skipSpace(line, colon + 1)))?.[1]
    const value = Number(digits)
    return digits !== undefined && Number.isSafeInteger(value) ? value : null
  }
  return null
}

const unreadable = (path: string, line: number, en: string) =>
  connectError(connectCodes.answerUnreadable, '数据流中有无法读取的行', `a line of the stream cannot be read: ${en}`, {
    retryable: true,
    context: { path, line },
  })

const cut = (path: string, lines: number) =>
  connectError(
    connectCodes.cutBody,
    '数据流没有结束行，传输中被截断',
    'the stream has no trailer: it was cut off on the way',
    { retryable: true, context: { path, lines } },
  )

/** Lines and trailer of one answer. Throws `connect.cut_body` where the trailer is missing, `connect.answer_unreadable` where it is none. */
const readAnswer = (text: string, path: string): Answer => {
  const lines = text.split('\n').map((line) => line.trim())
  while (lines.at(-1) === '') lines.pop()
  const last = lines.at(-1)
  // Text that ends inside a line ends without a trailer too.
  if (last === undefined || !last.endsWith('}') || !/"end"\s*:\s*true/.test(last)) throw cut(path, lines.length)
  let trailer: Trailer
  try {
    trailer = Trailer.parse(JSON.parse(last))
  } catch {
    throw unreadable(path, lines.length, 'the trailer is not as agreed')
  }
  return { lines: lines.slice(0, -1), trailer }
}

const ask = (o: SequenceStreamOptions, access: SourceAccess, request: PullRequest, after: number): Promise<Answer> =>
  access.http.send(
    {
      path: o.path,
      query: { [o.query.after]: after, [o.query.limit]: request.rowsPerPage },
      signal: request.signal,
      accepts: [410],
    },
    ({ status, text }) => {
      if (status !== 410) return readAnswer(text, o.path)
      throw connectError(
        connectCodes.cursorExpired,
        '数据流已压缩，所请求的序号不再保留',
        'the stream was compacted and no longer has this number',
        { context: { path: o.path, after } },
      )
    },
  )

const stepBack = (expected: number, found: number, context: Readonly<Record<string, unknown>>) =>
  connectError(
    connectCodes.sequenceStepBack,
    `数据流序号倒退：应为 ${expected}，收到 ${found}`,
    `the stream steps back: ${expected} was expected, ${found} came`,
    { retryable: true, context: { ...context, expected, found } },
  )

const gap = (expected: number, found: number, context: Readonly<Record<string, unknown>>) =>
  connectError(
    connectCodes.sequenceGap,
    `数据流序号不连续：应为 ${expected}，收到 ${found}`,
    `the stream has a gap: ${expected} was expected, ${found} came`,
    { retryable: true, context: { ...context, expected, found } },
  )

/** Refuses an answer whose numbers do not follow each other from `from` to `through`, or that ends before the head with room left. */
const checkAnswer = (o: SequenceStreamOptions, { lines, trailer }: Answer, after: number): void => {
  const where = { source: o.path, after }
  const { from, through, count, head } = trailer
  // Only a read from the very start may begin later than it was asked to: there the stream says what it still has.
  if (from !== after && (after !== 0 || from < after))
    throw from < after ? stepBack(after, from, where) : gap(after, from, where)
  for (const [i, line] of lines.entries()) {
    const expected = from + 1 + i
    const found = numberMember(line, o.sequence)
    if (found === null) throw unreadable(o.path, i + 1, `it has no ${o.sequence}`)
    if (i === 0 && found <= from) throw repeatedPage({ ...where, found })
    if (found < expected) throw stepBack(expected, found, { ...where, line: i + 1 })
    if (found > expected) throw gap(expected, found, { ...where, line: i + 1 })
  }
  if (lines.length < count) throw shortDelivery(count, lines.length, where)
  if (lines.length > count) throw moreThanDeclared(count, lines.length, where)
  if (through < from + count) throw stepBack(from + count, through, where)
  if (through > from + count) throw shortDelivery(through - from, lines.length, where)
  if (head < through) throw stepBack(through, head, where)
  if (count === 0 && head > through) throw shortDelivery(head - from, 0, where)
}

/** A stream whose head lies before what the hub has read was set back: what is new in it would be taken for known. */
const checkHead = (head: number, held: Checkpoint | null, isResumed: boolean): void => {
  if (held === null || head >= held.head) return
  throw isResumed
    ? checkpointGone('数据流被重置', 'the stream was set back', { before: held.head, after: head })
    : stepBack(held.head, head, {})
}

/** The first answer of a new delivery; a stream that no longer has the mark of the last one is read anew from its start. */
const firstAnswer = async (
  o: SequenceStreamOptions,
  access: SourceAccess,
  request: PullRequest,
  since: number,
): Promise<{ answer: Answer; after: number }> => {
  try {
    return { answer: await ask(o, access, request, since), after: since }
  } catch (error) {
    if (!isHubError(error, connectCodes.cursorExpired) || since === 0) throw error
    return { answer: await ask(o, access, request, 0), after: 0 }
  }
}

/** The lines of an answer that lie within the days asked for, and the checkpoint behind it. */
const advanced = (
  o: SequenceStreamOptions,
  held: Checkpoint | null,
  { lines, trailer }: Answer,
  request: PullRequest,
): { kept: readonly string[]; next: Checkpoint } => {
  const { from, through, head } = trailer
  const { since, until } = request
  const isEarly = (line: string): boolean =>
    typeof since === 'string' && (stringMember(line, o.updatedAt) ?? since) < since
  const isLate = (line: string): boolean => until !== undefined && isAfter(line, o.updatedAt, until)
  const kept = lines.filter((line) => !isEarly(line) && !isLate(line))
  const firstLeft = lines.findIndex(isLate)
  const before = held ?? { target: head, read: 0, left: 0, mark: from, isMarked: false }
  const mark = firstLeft === -1 ? through : from + firstLeft
  const next: Checkpoint = {
    pager: 'sequence',
    after: through,
    target: before.target,
    head,
    read: before.read + through - from,
    left: before.left + lines.length - kept.length,
    mark: before.isMarked ? before.mark : mark,
    isMarked: before.isMarked || firstLeft !== -1,
  }
  return { kept, next }
}

/**
 * A pager over a stream with a sequence. Throws `connect.cut_body` (no trailer), `connect.answer_unreadable`, `landing.sequence_gap`,
 * `landing.sequence_step_back`, `landing.repeated_page`, `short_delivery`, `more_than_declared`; `connect.cursor_expired` for a 410 within a
 * delivery and `connect.checkpoint_gone` where the stream was set back while the hub was away. A 410 at its start means a full read.
 */
export const sequenceStream = (o: SequenceStreamOptions): Pager =>
  async function* pages(access, request): AsyncGenerator<Page> {
    let held = readCheckpoint(Checkpoint, request.resume)
    // A day from the command line names no number: the stream is read whole, and its days are picked out.
    const since = z.number().int().nonnegative().catch(0).parse(request.since)
    for (let isResumed = held !== null; ; isResumed = false) {
      const { answer, after } =
        held === null
          ? await firstAnswer(o, access, request, since)
          : { answer: await ask(o, access, request, held.after), after: held.after }
      checkAnswer(o, answer, after)
      checkHead(answer.trailer.head, held, isResumed)
      const { kept, next } = advanced(o, held, answer, request)
      const rows = rowsAt(kept, `${o.path}#${answer.trailer.from + 1}`)
      if (next.after >= next.target) {
        yield { rows, next: null, declaredRows: next.read - next.left, watermark: next.mark }
        return
      }
      yield { rows, next }
      held = next
    }
  }
