import { describe, expect, it } from 'vitest'
import { longNumber, meterAccount } from '../../src/connect/account-readers.ts'
import { collecting } from '../../src/connect/collect.ts'
import type { Cell } from '../../src/connect/readers.ts'

const read = (reader: (cell: Cell) => string | null, raw: Cell) => {
  const { value, issues } = collecting({ raw }, (record) => reader(record.raw))
  return [value, issues[0]?.code ?? null, issues[0]?.expected ?? null]
}
const shape = '0123456789（10 位）或 0410123456789（13 位）'

describe('meterAccount', () => {
  it.each<[Cell, string | null, string | null, string | null]>([
    ['0412345678', '0412345678', null, null],
    ['0410112345678', '0410112345678', null, null],
    [4112345678, '4112345678', null, null],
    ["'0412345678", '0412345678', null, null],
    ['０４１２３４５６７８', '0412345678', null, null],
    ['412345678', '0412345678', 'identifier.leading_zero_lost', '0412345678'],
    [410112345678, '0410112345678', 'identifier.leading_zero_lost', '0410112345678'],
    ['4.1E+11', '4.1E+11', 'identifier.damaged', shape],
    ['4.10E11', '4.10E11', 'identifier.damaged', shape],
    ['41234', '41234', 'identifier.unknown_type', shape],
    ['', null, null, null],
    ['无', null, null, null],
    [null, null, null, null],
  ])('%s → %s (%s)', (raw, value, code, expected) => {
    expect(read(meterAccount, raw)).toEqual([value, code, expected])
  })
})

describe('longNumber', () => {
  it.each<[Cell, string | null, string | null]>([
    ['240502999000222', '240502999000222', null],
    [' 2405 ', '2405', null],
    ['2.4E+14', null, 'identifier.damaged'],
    ['/', null, null],
    [undefined, null, null],
  ])('%s → %s (%s)', (raw, value, code) => {
    expect(read(longNumber, raw).slice(0, 2)).toEqual([value, code])
  })
})
