/**
 * Pieces of text that search compares for equality, since under row security only leakproof comparisons use an index (decision 18).
 * Han runs give each pair of neighbours; the text's pinyin initials give each triple behind `~`; words with a digit give their prefixes.
 * The last piece of a run is stored shortened as well, so that a shorter query is a prefix of some piece wherever it stands.
 */
import { pinyin } from 'pinyin-pro'

const wordPrefixMax = 24

const fold = (text: string): string => text.normalize('NFKC').toLowerCase()

const isHan = /\p{Script=Han}/u
const runs = /\p{Script=Han}+|[a-z0-9]+(?:-[a-z0-9]+)*/gu
const initialsRuns = /[\p{Script=Han}a-z0-9]+/gu

/** Each window of `width` characters, and the shorter ends of the run. */
const pieces = (run: readonly string[], width: number): string[] =>
  run.map((_, at) => run.slice(at, at + width).join(''))

const wordPieces = (word: string): string[] => {
  if (!/\d/.test(word)) return []
  const whole = word.replaceAll('-', '')
  const prefixes = Array.from({ length: Math.min(whole.length, wordPrefixMax) - 1 }, (_, n) => whole.slice(0, n + 2))
  return [...prefixes, whole, ...word.split('-').filter((part) => part.length > 1)]
}

const initialsOf = (run: string): string[] =>
  pinyin(run, { pattern: 'first', toneType: 'none', type: 'array' }).map((initial) => initial.toLowerCase())

/**
 * The pieces under which a text is found, each once, in no order. Both sides of search come from this file: a change here means
 * writing all tokens anew.
 */
export const tokensOf = (text: string): string[] => {
  const folded = fold(text)
  const tokens = new Set<string>()
  for (const [run] of folded.matchAll(runs)) {
    for (const piece of isHan.test(run) ? pieces([...run], 2) : wordPieces(run)) tokens.add(piece)
  }
  for (const [run] of folded.matchAll(initialsRuns)) {
    for (const piece of pieces(initialsOf(run), 3)) tokens.add(`~${piece}`)
  }
  return [...tokens]
}

const hanQuery = (run: string): string[] => (run.length === 1 ? [`${run}*`] : pieces([...run], 2).slice(0, -1))

const lettersQuery = (letters: string): string[] => {
  if (letters.length < 2) return []
  if (letters.length === 2) return [`~${letters}*`]
  return pieces([...letters], 3)
    .slice(0, -2)
    .map((piece) => `~${piece}`)
}

/**
 * The pieces a query asks for, all of which must be found. A piece that ends in `*` stands for every piece that starts so.
 * Words parted by spaces or punctuation are asked for one by one. Empty: nothing in the query can be searched for.
 */
export const queryTokens = (query: string): string[] => {
  const tokens = new Set<string>()
  for (const [run] of fold(query).matchAll(runs)) {
    const asked = isHan.test(run)
      ? hanQuery(run)
      : /\d/.test(run)
        ? [run.replaceAll('-', '')]
        : lettersQuery(run.replaceAll('-', ''))
    for (const token of asked) tokens.add(token)
  }
  return [...tokens]
}
