import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partyId, projectId, recordId } from '../../src/kernel/opaque-id.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

test(`every hash comes back from its id, and only from its own (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
      const hash = Buffer.from(bytes)
      expect(recordId.hashOf(recordId.of(hash))).toEqual(hash)
      expect(partyId.hashOf(recordId.of(hash))).toBeNull()
    }),
    { seed },
  )
})

test.each([['r_'], ['r_i'], ['r_zz'], ['x'], ['r_00!'], ['R_00']])('%s is no record', (id) =>
  expect(recordId.hashOf(id)).toBeNull())

test('projects are P and a number', () => {
  expect(projectId.of(12n)).toBe('P12')
  expect(['P12', 'P0', 'P01', 'p1', 'P1 ', 'P', `P${'9'.repeat(19)}`].map(projectId.numberOf)).toEqual([
    12n,
    null,
    null,
    null,
    null,
    null,
    null,
  ])
})
