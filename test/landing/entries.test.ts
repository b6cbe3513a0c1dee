import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJsonRecord } from '../../src/kernel/parse-json.ts'
import { canonicalValue, entriesOf } from '../../src/landing/entries.ts'
import { contentHasher } from '../../src/landing/fingerprint.ts'
import { runSeed } from '../support/random.ts'

const blind = (value: string): string => `blind ${value}`
const hash = (text: string, volatile: string[] = []): string =>
  contentHasher(volatile, blind)(text, entriesOf(text), null)

describe('the content hash', () => {
  test('does not depend on the order of keys, on white space or on how characters are escaped', () => {
    expect(hash('{"a":1,"b":"中"}')).toBe(hash('{ "b" : "\\u4e2d" ,\n "a":1 }'))
    expect(hash('{"a":{"x":1,"y":[1, 2]}}')).toBe(hash('{"a":{"y":[1,2],"x":1}}'))
  })

  test('keeps the lexemes of the source: 1.10 is not 1.1, and twenty digits stay twenty', () => {
    expect(hash('{"a":1.10}')).not.toBe(hash('{"a":1.1}'))
    expect(hash('{"a":12345678901234567890}')).not.toBe(hash('{"a":12345678901234567891}'))
  })

  test('leaves volatile fields out and sees a field that was named twice', () => {
    expect(hash('{"a":1,"t":"x"}', ['t'])).toBe(hash('{"a":1,"t":"y"}', ['t']))
    expect(hash('{"a":1,"a":2}')).not.toBe(hash('{"a":2}'))
  })

  test('is keyed over sealed values', () => {
    const text = '{"id":"42"}'
    expect(contentHasher([], blind)(text, entriesOf(text), new Set(['id']))).not.toBe(hash(text))
  })
})

test('entries are the fields that JSON.parse gives, for any record', () => {
  const record = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true })
  fc.assert(
    fc.property(record, (value) => {
      const text = JSON.stringify(value, null, 2)
      const parsed = JSON.parse(text) as Record<string, unknown>
      const entries = entriesOf(text)
      expect(entries.map((e) => e.key).sort()).toEqual(Object.keys(parsed).sort())
      for (const e of entries) {
        expect(JSON.parse(text.slice(e.start, e.end))).toEqual(parsed[e.key])
        expect(JSON.parse(canonicalValue(text.slice(e.start, e.end)))).toEqual(parsed[e.key])
      }
    }),
    { seed: runSeed(20261123) },
  )
})

test('numbers that JavaScript would damage are read as their text', () => {
  expect(parseJsonRecord('{"a":12345678901234567890,"b":12.50,"c":"12345678901234567890","d":1e3}')).toEqual({
    a: '12345678901234567890',
    b: '12.50',
    c: '12345678901234567890',
    d: '1e3',
  })
})
