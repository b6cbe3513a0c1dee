import { expect, test } from 'vitest'
import { readIndustry } from '../../../src/normalise/values/index.ts'

test.each([
  ['E47', '47', true, '房屋建筑业'],
  ['4812', '4812', true, '公路工程建筑'],
  ['e4812', '4812', true, '公路工程建筑'],
  ['4812公路工程建筑', '4812', true, '公路工程建筑'],
  [5011, '5011', true, '公共建筑装饰和装修'],
  ['4700', '4700', true, null],
  ['K7010', '7010', false, null],
  ['E', 'E', true, null],
])('the industry %s is %s', (raw, code, isConstruction, name) => {
  expect(readIndustry(raw)).toMatchObject({ code, isConstruction, name })
})

test('a code of another edition is kept and named so', () =>
  expect(readIndustry('4700').rule).toBe('code of another edition'))
test('text is an issue and a blank is nothing', () => {
  expect(readIndustry('建筑业').issue?.code).toBe('industry.unreadable')
  expect(readIndustry('/')).toMatchObject({ code: null, rule: 'empty' })
})
