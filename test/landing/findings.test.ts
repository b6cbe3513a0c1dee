import { describe, expect, it } from 'vitest'
import { connectCodes, decodeCodes } from '../../src/connect/errors.ts'
import { landingCodes } from '../../src/landing/codes.ts'
import { placeOf } from '../../src/landing/findings.ts'
import { remediedCodes, remedyOf } from '../../src/landing/remedies.ts'

describe('what to do about a code', () => {
  it('is said for every code that can stop, hold or mark a delivery', () => {
    const codes = [...Object.values(connectCodes), ...Object.values(landingCodes)]
    expect(codes.filter((code) => !remediedCodes.has(code))).toEqual([])
  })

  it('is said in Chinese and English', () => {
    for (const code of [...remediedCodes, ...Object.values(decodeCodes)]) {
      expect(remedyOf(code).zh).toMatch(/\p{Script=Han}{2}/u)
      expect(remedyOf(code).en).toMatch(/[a-z]{3}/)
    }
  })
})

describe('where something went wrong', () => {
  it.each([
    [{ file: 'a.csv', row: 12 }, 'a.csv:12'],
    [{ source: '/v1/rows?page=2', department: 'water' }, '/v1/rows?page=2'],
    [{ file: 'b.xlsx', sheet: '6月', row: 3 }, 'b.xlsx!6月:3'],
    [{ department: 'water' }, 'water'],
    [{}, null],
  ])('%j is %s', (context, place) => {
    expect(placeOf(context)).toBe(place)
  })
})
