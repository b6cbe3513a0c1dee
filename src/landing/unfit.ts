/**
 * Rows that are JSON and still cannot be held: U+0000 and half a surrogate pair are in no text of PostgreSQL, and one such row would stop every
 * stage behind landing; nesting without end costs its square to hash.
 */

const depthMax = 64

const count = (text: string, character: string, enough: number): number => {
  let n = 0
  for (let i = text.indexOf(character); i !== -1 && n <= enough; i = text.indexOf(character, i + 1)) n++
  return n
}

/** True where objects and arrays lie deeper in one another than any record of a department. */
export const isTooDeep = (text: string): boolean => {
  // Looked at one by one only where there are that many: rows as they come have a handful.
  if (count(text, '[', depthMax) + count(text, '{', depthMax) <= depthMax) return false
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x22) {
      for (i++; i < text.length && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > depthMax) return true
    } else if (code === 0x7d || code === 0x5d) depth--
  }
  return false
}

// Both can only be written as escapes: what was decoded from bytes is well formed, and JSON forbids a bare U+0000.
const suspect = /\\u(?:0000|[dD][89a-fA-F])/

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000')

/** True where a name or value of the record (valid JSON, not too deep) is text that the database does not take. */
export const isUnstorable = (text: string): boolean => {
  if (!suspect.test(text)) return false
  let isFit = true
  JSON.parse(text, (key, value: unknown) => {
    isFit &&= isStorable(key) && (typeof value !== 'string' || isStorable(value))
    return value
  })
  return !isFit
}
