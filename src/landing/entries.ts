/**
 * The fields of one JSON record as slices of its own text. Hashing slices keeps the source's lexemes (`1.10` is not `1.1`, twenty digits stay
 * twenty) and costs less than parsing and printing again; JSON.parse would damage both.
 */

export interface Entry {
  readonly key: string
  /** Offsets of the value in the text, white space around it left out. */
  readonly start: number
  readonly end: number
}

const quote = 34
const backslash = 92

const isSpace = (c: number): boolean => c === 32 || c === 10 || c === 13 || c === 9

/** Index after the string that opens at `i`. */
const afterString = (text: string, i: number): number => {
  for (let j = i + 1; ; j++) {
    const c = text.charCodeAt(j)
    if (c === backslash) j++
    else if (c === quote) return j + 1
    else if (j >= text.length) throw new SyntaxError('string without end')
  }
}

/** Index after the value that starts at `i`; nested objects and arrays are passed over whole. */
const afterValue = (text: string, i: number): number => {
  const first = text.charCodeAt(i)
  if (first === quote) return afterString(text, i)
  let depth = 0
  for (let j = i; j < text.length; j++) {
    const c = text.charCodeAt(j)
    if (c === quote) j = afterString(text, j) - 1
    else if (c === 123 || c === 91) depth++
    else if (c === 125 || c === 93) {
      if (depth === 0) return j
      if (--depth === 0) return j + 1
    } else if (c === 44 && depth === 0) return j
  }
  throw new SyntaxError('value without end')
}

/** Splits the text of a JSON object (already known to parse) into its fields. A field named twice appears twice. */
export const entriesOf = (text: string): Entry[] => {
  const entries: Entry[] = []
  let i = text.indexOf('{') + 1
  for (;;) {
    while (isSpace(text.charCodeAt(i)) || text.charCodeAt(i) === 44) i++
    if (text.charCodeAt(i) === 125) return entries
    const keyEnd = afterString(text, i)
    const keyText = text.slice(i, keyEnd)
    const key = keyText.includes('\\') ? (JSON.parse(keyText) as string) : keyText.slice(1, -1)
    i = keyEnd
    while (isSpace(text.charCodeAt(i)) || text.charCodeAt(i) === 58) i++
    const start = i
    i = afterValue(text, i)
    let end = i
    while (isSpace(text.charCodeAt(end - 1))) end--
    entries.push({ key, start, end })
  }
}

/** One value in canonical form: escapes decoded, nested keys sorted, numbers as the source wrote them. */
export const canonicalValue = (slice: string): string => {
  const c = slice.charCodeAt(0)
  if (c === 123) {
    const parts = entriesOf(slice).map((e): [string, string] => [e.key, canonicalValue(slice.slice(e.start, e.end))])
    parts.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${parts.map(([k, v]) => `${JSON.stringify(k)}:${v}`).join(',')}}`
  }
  if (c === 91) return `[${elementsOf(slice).map(canonicalValue).join(',')}]`
  return c === quote && slice.includes('\\') ? JSON.stringify(JSON.parse(slice)) : slice
}

const elementsOf = (slice: string): string[] => {
  const elements: string[] = []
  let i = 1
  for (;;) {
    while (isSpace(slice.charCodeAt(i)) || slice.charCodeAt(i) === 44) i++
    if (slice.charCodeAt(i) === 93) return elements
    const start = i
    i = afterValue(slice, i)
    elements.push(slice.slice(start, i).trimEnd())
  }
}
