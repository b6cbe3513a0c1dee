/** Keyset pages: a cursor names the last row shown, so a page costs the same wherever it lies and nothing is shown twice. */
import { hash } from 'node:crypto'
import { HubError } from '../kernel/errors.ts'

export const limitMax = 200

export interface Page<T> {
  readonly items: readonly T[]
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null
}

const formVersion = 1

/** A short digest of what was asked, so that a cursor is not used with another question. */
const digestOf = (question: unknown): string =>
  hash(
    'sha256',
    JSON.stringify(question, (_, value) => (typeof value === 'bigint' ? value.toString() : value)),
    'base64url',
  ).slice(0, 8)

export const writeCursor = (question: unknown, keys: readonly (string | number | bigint | null)[]): string =>
  Buffer.from(
    JSON.stringify([formVersion, digestOf(question), ...keys.map((key) => (key === null ? null : String(key)))]),
  ).toString('base64url')

const refuse = (): never => {
  throw new HubError({
    code: 'http.bad_cursor',
    publicMessage: {
      zh: '分页标记无效，或与查询条件不符，请从第一页重新查询',
      en: 'the cursor is damaged or belongs to another query: start again from the first page',
    },
  })
}

/** What a key of a cursor may look like, so that a forged one never reaches the database. */
export const cursorKeys = {
  integer: /^-?\d{1,18}$/,
  day: /^\d{4}-\d{2}-\d{2}$/,
  real: /^-?\d+(\.\d+)?(e-?\d+)?$/,
  hash: /^[0-9a-f]+$/,
  text: /^[^\0]*$/,
} as const

/** The keys a cursor carries, all as text; null without a cursor. Throws `http.bad_cursor`. */
export const readCursor = (
  cursor: string | undefined,
  question: unknown,
  keys: readonly RegExp[],
): readonly (string | null)[] | null => {
  if (cursor === undefined) return null
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return refuse()
  }
  if (
    !Array.isArray(parts) ||
    parts.length !== keys.length + 2 ||
    parts[0] !== formVersion ||
    parts[1] !== digestOf(question)
  )
    return refuse()
  const found = parts.slice(2) as unknown[]
  return found.every((part, n) => part === null || (typeof part === 'string' && keys[n]!.test(part)))
    ? (found as (string | null)[])
    : refuse()
}

/** Cuts the one row more that was asked for to learn whether there is a next page. */
export const pageOf = <Row, T>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => T,
  cursorOf: (row: Row) => string,
): Page<T> => {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(show), nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}
