/** Files of JSON: one object a line, or one array of objects. Rows are cut out as text, never parsed and written again. */
import { connectError, decodeCodes } from '../errors.ts'
import type { RawRow } from '../feed.ts'
import { skipSpace, skipValue } from '../json-rows.ts'
import { cellBytesMax, cellTooLarge, damageIn, type TextBlock } from './text-blocks.ts'

const brokenRow = (text: string, code: string, message: string, at: RawRow['at']): RawRow => ({
  text,
  at,
  undecodable: { code, message },
})

const rowOf = (text: string, damage: string | null, at: RawRow['at']): RawRow => {
  if (damage !== null) return brokenRow(damage, decodeCodes.badBytes, '含有无法解码的字节 / bytes that are no text', at)
  return text.charCodeAt(0) === 0x7b
    ? { text, at }
    : brokenRow(text, decodeCodes.notAnObject, '不是 JSON 对象 / not a JSON object', at)
}

/** Rows of NDJSON; blank lines are passed over, a line that is no object comes as an undecodable row. Rows count lines from 1. */
export const ndjsonRows = async function* (blocks: AsyncIterable<TextBlock>, source: string): AsyncGenerator<RawRow[]> {
  let line = 0
  let rest = ''
  let restDamage: ReadonlyMap<string, Buffer> = new Map()
  const rowsOf = (text: string, damaged: ReadonlyMap<string, Buffer>): RawRow[] => {
    const rows: RawRow[] = []
    for (const raw of text.split('\n')) {
      line++
      const row = raw.trim()
      if (row !== '') rows.push(rowOf(row, damageIn(raw, damaged), { source, row: line }))
    }
    return rows
  }
  for await (const block of blocks) {
    const text = rest + block.text
    const damaged = restDamage.size === 0 ? block.damaged : new Map([...restDamage, ...block.damaged])
    const end = text.lastIndexOf('\n')
    rest = text.slice(end + 1)
    restDamage = damaged
    if (rest.length > cellBytesMax) throw cellTooLarge(`${source}:${line + 1}`)
    if (end === -1) continue
    const rows = rowsOf(text.slice(0, end), damaged)
    if (rows.length > 0) yield rows
  }
  const rows = rowsOf(rest, restDamage)
  if (rows.length > 0) yield rows
}

const notArray = (source: string) =>
  connectError(decodeCodes.notAnArray, `${source}：应为 JSON 数组`, `${source}: a JSON array of records was expected`, {
    context: { source },
  })

const cutArray = (source: string, row: number) =>
  connectError(
    decodeCodes.cutFile,
    `${source}：JSON 数组在第 ${row} 条处中断`,
    `${source}: the JSON array breaks off at record ${row}`,
    {
      context: { source, row },
    },
  )

export interface ArrayReader {
  /** Rows that are complete by now. */
  take(block: TextBlock): RawRow[]
  /** Call it when nothing follows. */
  end(): void
}

/** Cuts a JSON array into rows as its text comes. Throws `decode.not_an_array`, `decode.cut_file`, `decode.not_json`. Rows count from 1. */
export const arrayReader = (source: string): ArrayReader => {
  let text = ''
  let row = 0
  let state: 'start' | 'value' | 'comma' | 'end' = 'start'
  const damaged = new Map<string, Buffer>()
  /** Takes what is complete from `text`; the last bare value of an array is complete only when something follows it. */
  const take = (): RawRow[] => {
    const rows: RawRow[] = []
    let i = skipSpace(text, 0)
    while (i < text.length) {
      const code = text.charCodeAt(i)
      if (state === 'start') {
        if (code !== 0x5b) throw notArray(source)
        state = 'value'
        i++
      } else if (state === 'end') {
        throw connectError(
          decodeCodes.notJson,
          `${source}：数组之后还有内容`,
          `${source}: there is text after the array`,
          { context: { source } },
        )
      } else if (code === 0x5d && (state === 'comma' || row === 0)) {
        state = 'end'
        i++
      } else if (state === 'comma') {
        if (code !== 0x2c)
          throw connectError(
            decodeCodes.notJson,
            `${source}：第 ${row} 条后缺少逗号`,
            `${source}: no comma after record ${row}`,
            { context: { source, row } },
          )
        state = 'value'
        i++
      } else {
        const end = skipValue(text, i)
        if (end === -1) break
        if (end === i)
          throw connectError(
            decodeCodes.notJson,
            `${source}：第 ${row + 1} 条为空`,
            `${source}: record ${row + 1} is empty`,
            { context: { source, row: row + 1 } },
          )
        const value = text.slice(i, end)
        row++
        rows.push(rowOf(value, damageIn(value, damaged), { source, row }))
        state = 'comma'
        i = end
      }
      i = skipSpace(text, i)
    }
    text = text.slice(i)
    return rows
  }
  return {
    take: (block) => {
      text += block.text
      for (const [line, bytes] of block.damaged) damaged.set(line, bytes)
      const rows = take()
      if (text.length > cellBytesMax) throw cellTooLarge(`${source}:${row + 1}`)
      return rows
    },
    end: () => {
      if (state === 'start') throw notArray(source)
      if (state !== 'end') throw cutArray(source, row + 1)
    },
  }
}

/** Rows of a JSON array, read as it comes; throws what `arrayReader` throws. */
export const jsonArrayRows = async function* (
  blocks: AsyncIterable<TextBlock>,
  source: string,
): AsyncGenerator<RawRow[]> {
  const reader = arrayReader(source)
  for await (const block of blocks) {
    const rows = reader.take(block)
    if (rows.length > 0) yield rows
  }
  reader.end()
}
