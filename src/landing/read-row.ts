/**
 * One delivered row → what landing needs of it, or the fault that keeps it out. Only what cannot be keyed or breaks the feed's own record
 * goes to quarantine; a wrong value inside a sound record is normalise's business and becomes an issue there.
 */
import type { AnyFeed, Feed, RawRow } from '../connect/feed.ts'
import { sourceTime } from '../connect/watermark.ts'
import { now } from '../kernel/clock.ts'
import type { PublicMessage } from '../kernel/errors.ts'
import { parseJsonRecord } from '../kernel/parse-json.ts'
import { recordKeyHash } from '../kernel/record-key.ts'
import { landingCodes } from './codes.ts'
import { type Entry, entriesOf } from './entries.ts'
import { type Counts, fieldCounter, type Shape } from './fill.ts'
import { contentHasher } from './fingerprint.ts'
import { isTooDeep, isUnstorable } from './unfit.ts'

export interface RowFault {
  readonly code: string
  /** JSON pointer into the row; empty for the row as a whole. */
  readonly pointer: string
  readonly expected: string
  readonly message: PublicMessage
}

export interface SoundRow {
  readonly fault: null
  readonly keyHash: string
  readonly contentHash: string
  readonly sourceOrder: string | null
  readonly isWithdrawn: boolean
  readonly text: string
  /** Fields to seal before the text is stored, with the blind index of the person they belong to. */
  readonly seal: { readonly subject: string; readonly entries: readonly Entry[] } | null
}
export interface FaultyRow {
  readonly fault: RowFault
  readonly text: string
  /** Set where the row still says which record it is of: a broken row of a record is no sign that the record is gone. */
  readonly keyHash: string | null
}
export type ReadRow = SoundRow | FaultyRow

const dayMs = 86_400_000

/** An update time that lies in the future orders nothing: it would keep every later version of its record out until then. */
const believableOrder = (order: string | null, latest: string): string | null =>
  order !== null && /^\d{4}-\d{2}-\d{2}(?:[ T]|$)/.test(order) && order > latest ? null : order

export interface RowReader {
  read(row: RawRow): ReadRow
  /** What was counted of the sound rows since the last call: fields filled; and fields unknown to the feed or missing. */
  takeCounts(): Counts
  /** The same, still apart: `countsOf` sums up several. */
  takeShapes(): readonly Shape[]
}

const fault = (
  text: string,
  code: string,
  pointer: string,
  expected: string,
  zh: string,
  en: string,
  keyHash: string | null = null,
): FaultyRow => ({
  text,
  keyHash,
  fault: { code, pointer, expected, message: { zh, en } },
})

const isMissing = (part: unknown): boolean => part === null || part === undefined || String(part).trim() === ''

/** The record's key where it can be read, null where a part of it is missing. Throws where a record that broke the contract has no such parts. */
const keyHashOf = (feed: Feed<unknown>, record: unknown): string | null => {
  const key = feed.key(record)
  return key.length === 0 || key.some(isMissing) ? null : recordKeyHash(feed.id, key.map(String))
}

const keyHashOfBroken = (feed: Feed<unknown>, value: unknown): string | null => {
  try {
    return keyHashOf(feed, value)
  } catch {
    return null
  }
}

const isEmptyValue = (slice: string): boolean => slice === 'null' || slice === '""'

/** Fields of the feed's record. */
export const fieldsOf = (feed: AnyFeed): ReadonlySet<string> => {
  const shape = (feed.record as unknown as { shape?: Record<string, unknown> }).shape
  return new Set(shape ? Object.keys(shape) : [])
}

/** A reader for one feed's rows. Pure but for what it counts and the day on which it is made; `blind` keys equality of sensitive values. */
export const createRowReader = (anyFeed: AnyFeed, blind: (value: string) => string): RowReader => {
  const feed = anyFeed as unknown as Feed<unknown>
  const hashOf = contentHasher(feed.volatile, blind)
  const counter = fieldCounter(fieldsOf(anyFeed))
  // A day's grace for clocks that differ.
  const latest = sourceTime(new Date(now().getTime() + dayMs))
  const alwaysSealed = new Set(feed.sensitive)

  const sealOf = (text: string, entries: readonly Entry[], record: unknown): SoundRow['seal'] => {
    const also = feed.sealAlso?.(record)
    if (alwaysSealed.size === 0 && !also?.length) return null
    const names = also?.length ? new Set([...also, ...alwaysSealed]) : alwaysSealed
    const chosen: Entry[] = []
    for (const name of names) {
      const entry = entries.find((e) => e.key === name)
      if (entry && !isEmptyValue(text.slice(entry.start, entry.end))) chosen.push(entry)
    }
    const first = chosen[0]
    return first ? { subject: blind(text.slice(first.start, first.end)), entries: chosen } : null
  }

  const read = (row: RawRow): ReadRow => {
    const { text } = row
    if (row.undecodable)
      return fault(
        text,
        row.undecodable.code,
        '',
        '可解码的一行 a decodable row',
        `该行无法解码：${row.undecodable.message}`,
        `the row could not be decoded: ${row.undecodable.message}`,
      )
    if (isTooDeep(text))
      return fault(text, landingCodes.rowTooDeep, '', '≤ 64', '该行嵌套过深', 'the row nests too deeply')
    let value: unknown
    try {
      value = parseJsonRecord(text)
    } catch {
      return fault(text, landingCodes.rowNotJson, '', 'JSON', '该行不是有效的 JSON', 'the row is not valid JSON')
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      return fault(text, landingCodes.rowNotObject, '', 'JSON object', '该行应为一个对象', 'the row must be an object')
    }
    if (isUnstorable(text))
      return fault(
        text,
        landingCodes.rowBadText,
        '',
        '不含 U+0000 与不成对的代理项 no U+0000, no half of a surrogate pair',
        '该行含有无法存储的字符',
        'the row holds characters that cannot be stored',
      )
    const parsed = feed.record.safeParse(value)
    if (!parsed.success) {
      const first = parsed.error.issues[0]
      const pointer = first
        ? first.path.map((p) => `/${String(p).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
        : ''
      return fault(
        text,
        landingCodes.rowInvalid,
        pointer,
        first?.message ?? '',
        `字段 ${pointer || '（整行）'} 缺失或类型不符合该数据资源的约定`,
        `field ${pointer || '(row)'} breaks the feed's contract: ${first?.message ?? ''}`,
        keyHashOfBroken(feed, value),
      )
    }
    const record = parsed.data
    const keyHash = keyHashOf(feed, record)
    if (keyHash === null) {
      return fault(
        text,
        landingCodes.rowKeyMissing,
        '',
        '主键字段不得为空 key fields present',
        '主键字段为空，无法识别是哪条记录',
        'a key field is empty: the record cannot be told apart',
      )
    }
    const entries = entriesOf(text)
    counter.see(text, entries)
    const seal = sealOf(text, entries, record)
    return {
      fault: null,
      keyHash,
      contentHash: hashOf(text, entries, seal ? new Set(seal.entries.map((e) => e.key)) : null),
      sourceOrder: believableOrder(feed.sourceOrder?.(record) ?? null, latest),
      isWithdrawn: feed.isWithdrawn?.(record) ?? false,
      text,
      seal,
    }
  }
  return { read, takeCounts: counter.take, takeShapes: counter.takeShapes }
}
