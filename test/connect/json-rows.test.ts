import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renameKeys, sliceRows, stringMember } from '../../src/connect/json-rows.ts'
import { codeOfError, seed } from './support.ts'

const codeOf = (fn: () => unknown): Promise<string> => codeOfError(Promise.resolve().then(fn))

describe('rows are cut out of an answer', () => {
  it('keeps every lexeme of a row as the source wrote it', () => {
    const rows = ['{"a": 12345678901234567890 ,"b":1.50}', '{"c":"x]}\\"","d":[{"e":[]}]}', '7', '"t"']
    const body = `{"code":"0","data":{"total":4,"list":[${rows.join(' ,\n')}],"page":1}}`
    expect(sliceRows(body, ['data', 'list'])).toEqual({
      envelope: { code: '0', data: { total: 4, list: [], page: 1 } },
      rows,
    })
  })

  it('agrees with JSON.parse on any JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.jsonValue(), (rows, other) => {
        const body = JSON.stringify({ before: other, at: { rows, after: other } }, null, 1)
        const sliced = sliceRows(body, ['at', 'rows'])
        expect(sliced.rows.map((row) => JSON.parse(row))).toEqual(JSON.parse(JSON.stringify(rows)))
        expect(sliced.envelope).toEqual(JSON.parse(JSON.stringify({ before: other, at: { rows: [], after: other } })))
      }),
      { seed },
    )
  })

  it('finds a key that is written with escapes', () => {
    expect(sliceRows('{"r\\u006fws":[1]}', ['rows']).rows).toEqual(['1'])
  })

  it.each([
    ['cut inside a row', '{"rows":[{"a":1},{"b'],
    ['cut after a row', '{"rows":[{"a":1}'],
    ['cut behind the rows', '{"rows":[{"a":1}],"total":'],
    ['no such member', '{"list":[]}'],
    ['no array', '{"rows":{}}'],
    ['a page of HTML', '<html></html>'],
    ['empty', ''],
    ['no comma between rows', '{"rows":[{"a":1}{"b":2}]}'],
  ])('refuses a body that is %s', async (_, body) => {
    expect(await codeOf(() => sliceRows(body, ['rows']))).toBe('connect.answer_unreadable')
  })
})

describe('single members of a row', () => {
  it('reads a text member and no other', () => {
    const row = '{"x":"\\"gxsj\\":\\"no\\"","gxsj" : "2023-01-02","n":5}'
    expect(stringMember(row, 'gxsj')).toBe('2023-01-02')
    expect(stringMember(row, 'n')).toBeNull()
    expect(stringMember(row, 'z')).toBeNull()
  })

  it('renames keys and leaves values as they stand', () => {
    const names = new Map([['项目名称', 'xmmc']])
    expect(renameKeys('{"项目名称": "项目名称", "v":1.50,"o":{"项目名称":1}}', names)).toBe(
      '{"xmmc":"项目名称", "v":1.50,"o":{"项目名称":1}}',
    )
    expect(renameKeys('{"a":1}', names)).toBe('{"a":1}')
  })
})
