import { expect, test } from 'vitest'
import { instantText, wanText, yuanText } from '../../src/console/parts/format.ts'

test.each([
  [0n, '0.00', '0.00'],
  [1n, '0.01', '0.00'],
  [5_000n, '50.00', '0.01'],
  [4_999n, '49.99', '0.00'],
  [123_456_789n, '1,234,567.89', '123.46'],
  [-160_011_482_18n, '−160,011,482.18', '−16,001.15'],
  [9_007_199_254_740_993n, '90,071,992,547,409.93', '9,007,199,254.74'],
])('%s fen is %s yuan and %s 万元', (fen, yuan, wan) => {
  expect([yuanText(fen), wanText(fen)]).toEqual([yuan, wan])
})

test('an instant is Beijing time', () => {
  expect([instantText('2026-01-20T18:20:05.123Z'), instantText(null)]).toEqual(['2026-01-21 02:20:05', '—'])
})
