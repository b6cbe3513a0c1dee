/** Whether a delivery is complete and likely enough to go in by itself. */
import type { AnyFeed } from '../connect/feed.ts'
import type { BatchFigures, HoldReason } from './batch-figures.ts'
import { landingCodes } from './codes.ts'

const share = (part: bigint, whole: bigint): number => (whole === 0n ? 0 : Number(part) / Number(whole))

const percent = (x: number): string => `${(x * 100).toFixed(1)} %`

export const reason = (code: string, zh: string, en: string, found: string, bound: string): HoldReason => ({
  code,
  message: { zh, en },
  found,
  bound,
})

/** Whether a landed delivery is too unlikely to go in by itself. Bounds are the feed's; the absence bound is policy. */
export const judgeDelivery = (
  feed: AnyFeed,
  b: BatchFigures,
  liveBefore: bigint,
  absent: bigint,
  absentShareMax: number,
): HoldReason | null => {
  const { rows, rejectedShareMax, changedShareMax } = feed.expect
  if (share(b.quarantined, b.fetched) > rejectedShareMax) {
    return reason(
      landingCodes.holdRejected,
      '无法接收的行占比过高，批次暂扣待核实',
      'too large a share of the rows could not be taken: the delivery is held',
      percent(share(b.quarantined, b.fetched)),
      `≤ ${percent(rejectedShareMax)}`,
    )
  }
  const size = Number(b.fetched)
  if (b.mode === 'full' && rows && (size < rows[0] || size > rows[1])) {
    return reason(
      landingCodes.holdRows,
      '全量批次的行数超出预期范围，暂扣待核实',
      'a full delivery outside its expected number of rows is held',
      String(size),
      `${rows[0]}–${rows[1]}`,
    )
  }
  if (share(absent, liveBefore) > absentShareMax) {
    return reason(
      landingCodes.holdAbsent,
      '全量批次缺少大量原有记录，暂扣待核实',
      'a full delivery that lost many records is held',
      percent(share(absent, liveBefore)),
      `≤ ${percent(absentShareMax)}`,
    )
  }
  if (changedShareMax !== undefined && liveBefore >= 100n && share(b.changed, liveBefore) > changedShareMax) {
    return reason(
      landingCodes.holdChanged,
      '大量记录同时变更，暂扣待核实',
      'many records changed at once: the delivery is held',
      percent(share(b.changed, liveBefore)),
      `≤ ${percent(changedShareMax)}`,
    )
  }
  return null
}

export const checkDeclared = (b: BatchFigures): HoldReason | null => {
  if (b.declaredRows === null || b.declaredRows === b.fetched) return null
  return reason(
    landingCodes.shortDelivery,
    '收到的行数与来源声明的不一致，本批不予采用',
    'the rows received differ from what the source declared: the delivery is refused',
    String(b.fetched),
    String(b.declaredRows),
  )
}
