import { expect, test } from 'vitest'
import { isTooDeep, isUnstorable } from '../../src/landing/unfit.ts'

test.each([
  ['{"a":"\\u0000"}', true],
  ['{"\\u0000":1}', true],
  ['{"a":["x",{"b":"\\ud83d"}]}', true],
  ['{"a":"\\uDE00\\uD83D"}', true],
  ['{"a":"\\ud83d\\ude00"}', false],
  ['{"a":"\\\\u0000"}', false],
  ['{"a":"\\\\ud800"}', false],
  ['{"a":"𠮷"}', false],
])('%s is text the database does not take: %s', (text, expected) => {
  expect(isUnstorable(text)).toBe(expected)
})

test.each([
  ['64 levels', `{"a":${'['.repeat(63)}${']'.repeat(63)}}`, false],
  ['65 levels', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`, true],
  ['many brackets side by side', `{"a":[${'[],'.repeat(200)}[]]}`, false],
  ['brackets in a text', `{"a":"${'[{'.repeat(200)}\\"["}`, false],
  ['a million levels', '['.repeat(1_000_000), true],
])('nesting is measured where it is nesting: %s', (_, text, expected) => {
  expect(isTooDeep(text)).toBe(expected)
})
