/**
 * What every code goes through before a rule looks at it: width, invisible characters, labels and licence copy marks.
 * Characters of the code itself are never changed; a repair is only ever a suggestion (domain.md 1).
 */

/** Words and marks that departments type where they have no value. */
const nullWords = new Set(
  `无 暂无 无数据 没有 不详 未知 未提供 未填 未填写 待定 待补 待补充 待确认 待核实 空 空白 略 无此项 NULL NIL NONE NAN N/A NA UNDEFINED
   组织结构代码 组织机构代码 统一社会信用代码 社会信用代码 信用代码 无代码 暂无代码 无证号`.split(/\s+/),
)
const onlyFiller = /^[-‐-―−_/\\|.·。,，、*×xX?？0\s()（）]*$/u
const cleanText = /^[0-9A-Z]+$/
const plainText = /^[0-9A-Z\u4e00-\u9fff]+$/
const invisible = /[\s\u00a0\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u3000]+/gu
const dashes = /[‐-―−﹣－]/gu
const label = /^[\u4e00-\u9fff]{2,14}[:：]/u
const licenceCopy = /[(（](?:正本|副本)?\d*(?:-\d+)*[)）]$/u

/**
 * True where a cell says that there is no value: blank, `/`, `-`, `无`, `待补`, a column's own title, only zeros.
 * @param raw the cell as it came; null and undefined count as nothing too
 */
export const isNullToken = (raw: string | null | undefined): boolean => {
  if (raw === null || raw === undefined || raw === '') return true
  if (onlyFiller.test(raw)) return true
  if (raw.length > 40) return false
  // Most cells: nothing to fold.
  if (plainText.test(raw)) return nullWords.has(raw)
  const text = raw.normalize('NFKC').replace(invisible, '').toUpperCase()
  return onlyFiller.test(text) || nullWords.has(text) || nullWords.has(text.replace(/^[(（]|[)）]$/gu, ''))
}

/** Upper case of ASCII letters only: full Unicode case mapping is not stable under a second folding. */
const upperAscii = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())

/** Full-width to half-width, invisible characters out, dashes to `-`, upper case. */
export const foldCode = (raw: string): string =>
  cleanText.test(raw)
    ? raw
    : upperAscii(raw.replace(invisible, '').normalize('NFKC').replace(invisible, '').replace(dashes, '-'))

/**
 * A code ready to be checked: folded, without a leading `'` of a spreadsheet, a label (`信用代码：`) or a copy mark `(1-1)`.
 * Cleaning twice changes nothing.
 */
export const cleanCode = (raw: string): string => {
  if (cleanText.test(raw)) return raw
  let text = raw
  for (let previous = ''; previous !== text; ) {
    previous = text
    text = foldCode(text)
      .replace(/^['’`]+/u, '')
      .replace(label, '')
      .replace(licenceCopy, '')
      .replace(/[.。,，;；]+$/u, '')
  }
  return text
}

/** A spreadsheet's scientific notation: the digits are gone. */
export const isScientific = (code: string): boolean => /^\d(?:\.\d+)?E\+\d+$|^\d\.\d+E\d+$/.test(code)

/** Masked by the sender (`4101**********1234`). */
export const isMasked = (code: string): boolean => code.includes('*')

const lookAlikes: Readonly<Record<string, string>> = {
  O: '0',
  '0': 'O',
  I: '1',
  '1': 'I',
  S: '5',
  '5': 'S',
  Z: '2',
  '2': 'Z',
  B: '8',
  '8': 'B',
}
const swapsMax = 12

/**
 * Codes that differ from this one only by look-alike characters (O/0, I/1, S/5, Z/2, B/8) and pass the check.
 * Beyond those that the alphabet forbids one character is swapped; two only where one does not do and `swaps` allows it.
 * @param isValid full check of the scheme
 * @param isLegal whether a character may stand in this scheme at all
 */
export const lookAlikeSuggestions = (
  code: string,
  isValid: (candidate: string) => boolean,
  isLegal: (character: string) => boolean,
  swaps: 1 | 2 = 1,
): string[] => {
  const base = [...code].map((c) => (isLegal(c) ? c : (lookAlikes[c] ?? c)))
  if (!base.every(isLegal)) return []
  const forced = base.join('')
  if (forced !== code && isValid(forced)) return [forced]
  const places = base
    .flatMap((c, i) => (lookAlikes[c] !== undefined && isLegal(lookAlikes[c]) ? [i] : []))
    .slice(0, swapsMax)
  const swappedAt = (...at: number[]): string => {
    const swapped = [...base]
    for (const i of at) swapped[i] = lookAlikes[base[i] ?? ''] ?? ''
    return swapped.join('')
  }
  const single = places.map((i) => swappedAt(i)).filter(isValid)
  if (single.length > 0 || swaps === 1) return single
  return places
    .flatMap((i, n) => places.slice(n + 1).map((j) => swappedAt(i, j)))
    .filter(isValid)
    .slice(0, 5)
}
