/** Pages of XML by an opaque token: each answer names the next one, the last names none. The walk is that of `cursor-pages.ts`. */
import { type CursorAnswer, cursorExpired, walkCursors } from './cursor-pages.ts'
import { at, countAt, moreThanDeclared, shortDelivery } from './delivery.ts'
import { connectCodes, connectError } from './errors.ts'
import type { Pager } from './feed.ts'
import { readXmlRows } from './xml-answer.ts'

export interface XmlPagesOptions {
  readonly path: string
  /** Names of the query parameters. */
  readonly query: { readonly token: string; readonly limit: string; readonly since: string }
  /** Element names from the root to a record. */
  readonly rows: readonly string[]
  /** Where in the envelope the total, this page's count of rows and the next token stand; an attribute is `@name`. */
  readonly total: readonly string[]
  readonly count: readonly string[]
  readonly next: readonly string[]
  /** The answer's own verdict: where it stands, what means success, and what means that the token has expired. */
  readonly verdict: {
    readonly code: readonly string[]
    readonly message: readonly string[]
    readonly ok: string
    readonly expired: string
  }
  /** The field that increments go by. */
  readonly updatedAt: string
  readonly overlapMinutes: number
}

interface Counted extends CursorAnswer {
  /** Rows this page holds by the source's word. */
  readonly stated: number
}

const textAt = (envelope: unknown, path: readonly string[]): string | null => {
  const value = at(envelope, path)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

/** A body without any verdict is no answer of this department; a verdict other than success is its error. */
const checkVerdict = ({ verdict, path }: XmlPagesOptions, envelope: unknown): void => {
  const code = textAt(envelope, verdict.code)
  if (code === verdict.ok) return
  if (code === verdict.expired) throw cursorExpired(path)
  if (code === null) {
    throw connectError(
      connectCodes.answerUnreadable,
      `应答缺少“${verdict.code.join('.')}”`,
      `the answer has no "${verdict.code.join('.')}"`,
      { retryable: true, context: { path } },
    )
  }
  throw connectError(
    connectCodes.departmentError,
    `供数单位返回错误 ${code}`,
    `the department answered with error ${code}`,
    { retryable: true, context: { path, code, message: textAt(envelope, verdict.message) } },
  )
}

const checkStated = ({ path }: XmlPagesOptions, { rows, stated }: Counted): void => {
  const where = { source: path, of: 'page' }
  if (rows.length < stated) throw shortDelivery(stated, rows.length, where)
  if (rows.length > stated) throw moreThanDeclared(stated, rows.length, where)
}

/**
 * A pager over XML pages. Beside what `walkCursors` throws: `landing.short_delivery` and `landing.more_than_declared` where a page holds
 * other than it states, `connect.department_error`, `connect.wrong_encoding`, `connect.doctype_refused`, `connect.answer_unreadable`.
 */
export const xmlPages = (o: XmlPagesOptions): Pager =>
  walkCursors(o, async (access, request, { cursor, since }) => {
    const answer = await access.http.send(
      {
        path: o.path,
        query: { [o.query.limit]: request.rowsPerPage, [o.query.token]: cursor, [o.query.since]: since },
        signal: request.signal,
        accept: 'application/xml',
        accepts: [410],
      },
      async ({ status, headers, bytes }): Promise<Counted> => {
        if (status === 410) throw cursorExpired(o.path)
        const { envelope, rows } = await readXmlRows(bytes, headers.get('content-type'), o.rows)
        checkVerdict(o, envelope)
        return {
          rows,
          stated: countAt(envelope, o.count),
          total: countAt(envelope, o.total),
          cursor: textAt(envelope, o.next),
        }
      },
    )
    checkStated(o, answer)
    return answer
  })
