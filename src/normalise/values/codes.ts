/** A department's closed list of codes. A code that is missing is an issue on that record and never a default. */
import { isNullToken } from '#schemas/identifiers/clean.ts'
import { valueIssueCodes as codes, shown, type ValueIssue, valueIssue } from './issue.ts'

export interface CodeReading<V> {
  readonly value: V | null
  readonly rule: string
  readonly issue?: ValueIssue
}

/**
 * A reader of one code list: raw code → its meaning.
 * Width and spaces are folded; a key that itself looks empty (`0` 未开工) is found before blank cells are called empty.
 */
export const oneOf = <const T extends Readonly<Record<string, unknown>>>(table: T) => {
  const values = new Map<string, T[keyof T]>(Object.entries(table) as [string, T[keyof T]][])
  const expected = [...values.keys()].join(' / ')
  return (raw: string | number | null | undefined): CodeReading<T[keyof T]> => {
    if (raw === null || raw === undefined) return { value: null, rule: 'empty' }
    const text = String(raw)
    const exact = values.get(text)
    if (exact !== undefined) return { value: exact, rule: 'code' }
    const folded = text.normalize('NFKC').replace(/[\s\u200b-\u200f\ufeff]+/gu, '')
    const value = values.get(folded)
    if (value !== undefined) return { value, rule: 'code folded' }
    if (isNullToken(text) && !/\d/.test(folded)) return { value: null, rule: 'empty' }
    const issue = valueIssue(
      codes.codeUnmapped,
      `代码不在码表中：${shown(raw)}`,
      `the code is not in the list: ${shown(raw)}`,
      expected,
    )
    return { value: null, rule: 'unmapped', issue }
  }
}
