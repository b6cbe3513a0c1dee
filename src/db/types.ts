import pg from 'pg'

const { builtins } = pg.types
const int8Array = 1016
const dateArray = 1182
const textArray = 1009

const parseInt8 = (text: string): bigint => BigInt(text)
const parseTextArray = pg.types.getTypeParser(textArray as never) as unknown as (text: string) => (string | null)[]

/**
 * How values come out of the database: int8 → bigint (money in 分, ticks), date → 'YYYY-MM-DD' (a date has no zone), numeric → its exact text,
 * timestamptz → Date, bytea → Buffer, json → parsed. Everything else as pg has it.
 */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary') {
      if (oid === builtins.INT8) return parseInt8
      if (oid === builtins.DATE) return (text: string) => text
      if (oid === int8Array)
        return (text: string) => parseTextArray(text).map((item) => (item === null ? null : BigInt(item)))
      if (oid === dateArray) return parseTextArray
    }
    return pg.types.getTypeParser(oid as never, format as 'text')
  }) as pg.CustomTypesConfig['getTypeParser'],
}
