import { describe, expect, test } from 'vitest'
import { classify, type Head } from '../../src/landing/classify.ts'
import type { SoundRow } from '../../src/landing/read-row.ts'

const row = (over: Partial<SoundRow> = {}): SoundRow => ({
  fault: null,
  keyHash: 'k',
  contentHash: 'a',
  sourceOrder: null,
  isWithdrawn: false,
  text: '{}',
  seal: null,
  ...over,
})
const head = (over: Partial<Head> = {}): Head => ({
  contentHash: 'a',
  sourceOrder: null,
  live: true,
  isOurs: false,
  ...over,
})

describe('a row beside the head of its record', () => {
  test.each([
    ['a record never seen is new', row(), undefined, 'new', 'n'],
    ['the same content is unchanged and not stored', row(), head(), 'unchanged', null],
    ['the same content twice in one delivery is repeated', row(), head({ isOurs: true }), 'repeated', null],
    ['other content is changed', row({ contentHash: 'b' }), head(), 'changed', 'c'],
    [
      'an older version never stands over a newer one',
      row({ contentHash: 'b', sourceOrder: '1' }),
      head({ sourceOrder: '2' }),
      'older',
      null,
    ],
    ['a withdrawal of a live record', row({ isWithdrawn: true }), head(), 'withdrawn', 'w'],
    [
      'a withdrawal of what was never seen says something about a state before ours',
      row({ isWithdrawn: true }),
      undefined,
      'older',
      null,
    ],
    ['a withdrawal told again is unchanged', row({ isWithdrawn: true }), head({ live: false }), 'unchanged', null],
    ['a record that comes back is changed and revives', row(), head({ live: false }), 'changed', 'r'],
  ] as const)('%s', (_name, r, h, outcome, op) => {
    expect(classify(r, h)).toMatchObject({ outcome, op, revives: op === 'r' })
  })
})
