/**
 * Cuts the records out of a JSON text without parsing them: parse and stringify would cost twice and change the lexemes
 * (`12345678901234567890`, `1.50`), and the hash of a record is over what the source really said.
 */
import { connectCodes, connectError } from './errors.ts'

const quote = 0x22
const backslash = 0x5c

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** Index of the first character from `at` on that is not white space; the length of the text where there is none. */
export const skipSpace = (text: string, at: number): number => {
  let i = at
  while (i < text.length && isSpace(text.charCodeAt(i))) i++
  return i
}

/**
 * Index after the string that opens at `at`; -1 where the text ends before it closes.
 * A plain loop: `indexOf` from quote to quote was 8 times slower, since the strings of records are short.
 */
const skipString = (text: string, at: number): number => {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === quote) return i + 1
    if (code === backslash) i++
  }
  return -1
}

/** Index after the JSON value that starts at `at`; -1 where the text ends inside it. What is inside is not judged. */
export const skipValue = (text: string, at: number): number => {
  const first = text.charCodeAt(at)
  if (first === quote) return skipString(text, at)
  if (first !== 0x7b && first !== 0x5b) {
    let i = at
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === 0x2c || code === 0x5d || code === 0x7d || isSpace(code)) return i
    }
    return -1
  }
  let depth = 0
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === quote) {
      i = skipString(text, i) - 1
      if (i < 0) return -1
    } else if (code === 0x7b || code === 0x5b) depth++
    else if ((code === 0x7d || code === 0x5d) && --depth === 0) return i + 1
  }
  return -1
}

const unreadable = (what: string, at: number) =>
  connectError(
    connectCodes.answerUnreadable,
    '供数单位的应答无法读取，可能被截断或格式有变',
    `the answer cannot be read: ${what}`,
    {
      retryable: true,
      context: { position: at },
    },
  )

/** Reads the members of the object at `at`: calls `visit` with each key and where its value stands; stops when it returns true. */
const eachMember = (
  text: string,
  at: number,
  visit: (key: string, keyAt: number, valueAt: number, end: number) => boolean,
): number => {
  let i = skipSpace(text, at + 1)
  while (i < text.length && text.charCodeAt(i) !== 0x7d) {
    if (text.charCodeAt(i) !== quote) throw unreadable('a key was expected', i)
    const keyEnd = skipString(text, i)
    const colon = keyEnd === -1 ? -1 : skipSpace(text, keyEnd)
    if (colon === -1 || text.charCodeAt(colon) !== 0x3a) throw unreadable('a colon was expected', i)
    const valueAt = skipSpace(text, colon + 1)
    const end = skipValue(text, valueAt)
    if (end === -1) throw unreadable('the text ends inside a value', valueAt)
    const raw = text.slice(i + 1, keyEnd - 1)
    const key = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
    if (visit(key, i, valueAt, end)) return valueAt
    i = skipSpace(text, end)
    if (text.charCodeAt(i) === 0x2c) i = skipSpace(text, i + 1)
  }
  return -1
}

const findPath = (text: string, path: readonly string[]): number => {
  let at = skipSpace(text, 0)
  for (const name of path) {
    if (text.charCodeAt(at) !== 0x7b) throw unreadable(`an object with "${name}" was expected`, at)
    at = eachMember(text, at, (key) => key === name)
    if (at === -1) throw unreadable(`there is no "${path.join('.')}"`, 0)
  }
  return at
}

export interface SlicedBody {
  /** The answer around the rows, parsed, with an empty array in their place. */
  readonly envelope: unknown
  /** The source text of each row, lexemes unchanged. */
  readonly rows: readonly string[]
}

/**
 * Cuts the rows of the array at `path` out of a JSON text.
 * Throws `connect.answer_unreadable` (retryable) where the text is cut, is no JSON around the rows, or has no array there.
 */
export const sliceRows = (text: string, path: readonly string[]): SlicedBody => {
  const start = findPath(text, path)
  if (text.charCodeAt(start) !== 0x5b) throw unreadable(`"${path.join('.')}" is no array`, start)
  const rows: string[] = []
  let i = skipSpace(text, start + 1)
  while (text.charCodeAt(i) !== 0x5d) {
    const end = i < text.length ? skipValue(text, i) : -1
    if (end === -1 || end === i) throw unreadable('the text ends inside the rows', i)
    rows.push(text.slice(i, end))
    i = skipSpace(text, end)
    const code = text.charCodeAt(i)
    if (code === 0x2c) i = skipSpace(text, i + 1)
    else if (code !== 0x5d) throw unreadable('a comma or the end of the rows was expected', i)
  }
  try {
    return { envelope: JSON.parse(`${text.slice(0, start)}[]${text.slice(i + 1)}`), rows }
  } catch (cause) {
    throw connectError(connectCodes.answerUnreadable, '供数单位的应答不是合法的 JSON', 'the answer is no JSON', {
      retryable: true,
      cause,
    })
  }
}

/** The text of one top-level string member of a row, null where it has none or it is no string. No parse of the whole row. */
export const stringMember = (row: string, name: string): string | null => {
  const token = `"${name}"`
  for (let i = row.indexOf(token); i !== -1; i = row.indexOf(token, i + 1)) {
    if (row.charCodeAt(i - 1) === backslash) continue
    const colon = skipSpace(row, i + token.length)
    if (row.charCodeAt(colon) !== 0x3a) continue
    const valueAt = skipSpace(row, colon + 1)
    if (row.charCodeAt(valueAt) !== quote) return null
    const end = skipString(row, valueAt)
    if (end === -1) return null
    const raw = row.slice(valueAt + 1, end - 1)
    return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
  }
  return null
}

/** The row with its top-level keys renamed by `names`; values keep their text. Returns the same string where nothing changes. */
export const renameKeys = (row: string, names: ReadonlyMap<string, string>): string => {
  let out = ''
  let copied = 0
  eachMember(row, skipSpace(row, 0), (key, keyAt, valueAt) => {
    const name = names.get(key)
    if (name !== undefined && name !== key) {
      out += `${row.slice(copied, keyAt)}${JSON.stringify(name)}:`
      copied = valueAt
    }
    return false
  })
  return copied === 0 ? row : out + row.slice(copied)
}
