/** What commands print: results on stdout (lines for people, one JSON value with --json), errors in both languages on stderr. */
import { isHubError } from '../kernel/errors.ts'
import { log, printResult } from '../kernel/log.ts'

export interface Output {
  readonly json: boolean
  /** A line for people; nothing with --json. */
  line(text?: string): void
  /** The command's result for machines; nothing without --json. */
  result(value: unknown): void
}

const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

export const createOutput = (json: boolean): Output => ({
  json,
  line: (text = '') => {
    if (!json) printResult(text)
  },
  result: (value) => {
    if (json) printResult(JSON.stringify(value, plain))
  },
})

/** Tells a person what stopped the command. */
export const tellError = (error: unknown): void => {
  if (isHubError(error)) {
    process.stderr.write(`错误 ${error.code}\n  ${error.publicMessage.zh}\n  ${error.publicMessage.en}\n`)
    return
  }
  log.error({ err: error }, 'the command failed')
}

/** Columns of equal width; numbers to the right. */
export const table = (head: readonly string[], rows: readonly (readonly (string | number | bigint)[])[]): string[] => {
  const width = (text: string): number => [...text].reduce((n, c) => n + (c.codePointAt(0)! > 0x2e7f ? 2 : 1), 0)
  const cells = [head.map(String), ...rows.map((r) => r.map(String))]
  const widths = head.map((_, i) => Math.max(...cells.map((row) => width(row[i] ?? ''))))
  const isNumber = head.map((_, i) => rows.length > 0 && rows.every((r) => typeof r[i] !== 'string'))
  return cells.map((row) =>
    row
      .map((cell, i) => {
        const gap = ' '.repeat(widths[i]! - width(cell))
        return isNumber[i] ? gap + cell : cell + gap
      })
      .join('  ')
      .trimEnd(),
  )
}
