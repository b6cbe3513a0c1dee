import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entriesOf } from '../../src/landing/entries.ts'
import { countsOf, type Fill, fieldCounter, isBlankValue } from '../../src/landing/fill.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const known = new Set(['a', 'b', 'c'])
const isBlank = (value: string): boolean => isBlankValue(value, 0, value.length)

describe('a value', () => {
  test.each([
    'null',
    '""',
    '" "',
    '"　"',
    '"            "',
    '"无"',
    '"无数据"',
    '" 无 "',
    '"/"',
    '"--"',
    '"NULL"',
    '"null"',
    '"不详"',
    '"待补"',
    '[]',
    '{}',
  ])('%s says nothing', (value) => expect(isBlank(value)).toBe(true))
  test.each([
    '0',
    '"0"',
    'false',
    '"a"',
    '"无锡某某公司"',
    '" 花园路 1 号"',
    '-1',
    '[1]',
    '{"x":1}',
    '"/A"',
    '"\\n"',
  ])('%s says something', (value) => expect(isBlank(value)).toBe(false))
})

const read = (rows: readonly string[]): Fill => {
  const counter = fieldCounter(known)
  for (const row of rows) counter.see(row, entriesOf(row))
  return counter.take().fill
}

describe('counts of fields', () => {
  test('rows that lack a field are blank in it, and a field the feed does not know is counted as such', () => {
    expect(read(['{"a":1,"b":""}', '{"a":"/","b":"x","z":2}'])).toEqual({
      rows: 2,
      fields: [
        { field: 'a', filled: 1, missing: 0, known: true },
        { field: 'b', filled: 1, missing: 0, known: true },
        { field: 'c', filled: 0, missing: 2, known: true },
        { field: 'z', filled: 1, missing: 1, known: false },
      ],
    })
  })
  test('of a field that stands twice the last counts', () =>
    expect(read(['{"a":"x","a":""}']).fields[0]).toEqual({ field: 'a', filled: 0, missing: 0, known: true }))
  test('begin anew after each gather, and none is told of no rows', () => {
    const counter = fieldCounter(known)
    counter.see('{"a":1}', entriesOf('{"a":1}'))
    expect(counter.take().fill.rows).toBe(1)
    expect(counter.take()).toEqual({ fill: { rows: 0, fields: [] }, drift: [] })
  })
  test('of a sender that makes up names are bounded', () => {
    const row = `{${Array.from({ length: 500 }, (_, i) => `"x${i}":1`).join(',')},"${'n'.repeat(300)}":1}`
    const { fields } = read([row])
    expect(fields).toHaveLength(known.size + 100)
    expect(fields.every((f) => f.field.length <= 200)).toBe(true)
  })

  const value = fc.constantFrom('1', '""', 'null', '"x"', '"无"', '"/"', '"  "', '"long enough to say something"')
  const row = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'y', 'z'), value, { maxKeys: 5 })
  const textOf = (r: Record<string, string>): string =>
    `{${Object.entries(r)
      .map(([k, v]) => `"${k}": ${v}`)
      .join(', ')}}`
  const saysNothing = (v: string | undefined): boolean =>
    v === undefined || ['""', 'null', '"无"', '"/"', '"  "'].includes(v)

  test('agree with counting each field of each row by itself, however the rows are split among pushes', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), fc.nat(40), (rows, cut) => {
        const texts = rows.map(textOf)
        const whole = read(texts)
        expect(whole.rows).toBe(rows.length)
        for (const f of whole.fields) {
          expect(f.filled).toBe(rows.filter((r) => !saysNothing(r[f.field])).length)
          expect(f.missing).toBe(rows.filter((r) => r[f.field] === undefined).length)
        }
        const counter = fieldCounter(known)
        const shapesOf = (some: readonly string[]) => {
          for (const text of some) counter.see(text, entriesOf(text))
          return counter.takeShapes()
        }
        const merged = countsOf([...shapesOf(texts.slice(0, cut)), ...shapesOf(texts.slice(cut))], known).fill
        const sorted = (fill: Fill) => [...fill.fields].sort((x, y) => (x.field < y.field ? -1 : 1))
        expect(merged.rows).toBe(whole.rows)
        expect(sorted(merged)).toEqual(sorted(whole))
      }),
      { seed, numRuns: 300, verbose: 1 },
    )
  })
})
