import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { queryTokens, tokensOf } from '../../src/kernel/search-tokens.ts'

/** What the tables do: every asked piece equals a stored one, or starts one where it ends in `*`. */
const isFound = (text: string, query: string): boolean => {
  const stored = tokensOf(text)
  const asked = queryTokens(query)
  return (
    asked.length > 0 &&
    asked.every((piece) =>
      piece.endsWith('*') ? stored.some((token) => token.startsWith(piece.slice(0, -1))) : stored.includes(piece),
    )
  )
}

const text = 'S312荥阳段（金水路）改建工程 2019-410105-48-01-000123 BIM中心'

describe('finds', () => {
  test.each([
    ['金水'],
    ['金水路'],
    ['水路'],
    ['金'],
    ['程'],
    ['jsl'],
    ['js'],
    ['JSL'],
    ['gjgc'],
    ['S312'],
    ['s31'],
    ['2019-410105'],
    ['000123'],
    ['410105'],
    ['bim'],
    ['bimzx'],
    ['金水 改建'],
    ['改建，s312'],
    ['Ｓ３１２'],
    ['xydjs'.slice(0, 3)],
  ])('%s', (query) => expect(isFound(text, query)).toBe(true))
})

describe('does not find', () => {
  test.each([
    ['水金'],
    ['金水河'],
    ['jsh'],
    ['s313'],
    ['2020'],
    ['金水 龙湖'],
    ['j'],
    [''],
    ['！？'],
    ['*'],
  ])('%s', (query) => expect(isFound(text, query)).toBe(false))
})

test('a heteronym is read by its word', () => {
  expect(isFound('重庆路延长线', 'cqlyc')).toBe(true)
})

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

test(`any two neighbouring characters of a Han text are found, and what is not in it is not (seed ${seed})`, () => {
  const han = fc.string({
    unit: fc.constantFrom(...'金水路改造工程龙湖整治高速公路大道南北一二三'),
    minLength: 2,
    maxLength: 20,
  })
  fc.assert(
    fc.property(
      han,
      fc.nat(),
      fc.string({ unit: fc.constantFrom(...'金水路改造工程'), minLength: 2, maxLength: 2 }),
      (name, at, pair) => {
        const start = at % (name.length - 1)
        expect(isFound(name, name.slice(start, start + 2))).toBe(true)
        expect(isFound(name, pair)).toBe(name.includes(pair))
      },
    ),
    { seed, numRuns: 300 },
  )
})

test(`tokenising takes any text (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (any) => {
      for (const token of [...tokensOf(any), ...queryTokens(any)]) expect(token.length).toBeGreaterThan(0)
      expect(tokensOf(any)).toEqual(tokensOf(any))
    }),
    { seed, numRuns: 200 },
  )
})
