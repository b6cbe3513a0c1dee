/** One raw version → a canonical record with its issues, or the reason why there is none. Pure: a replay gives the same answer. */
import type { Canonical } from '#schemas/canonical/index.ts'
import { type FieldIssue, mapRecord } from '../connect/collect.ts'
import type { AnyFeed, Feed } from '../connect/feed.ts'
import { asError, type PublicMessage } from '../kernel/errors.ts'
import { parseJsonRecord } from '../kernel/parse-json.ts'
import { checkRecord } from './checks/within-record.ts'
import { normaliseCodes } from './codes.ts'

export interface VersionIssue {
  readonly pointer: string
  readonly code: string
  readonly raw: string | null
  readonly expected: string
  readonly message: PublicMessage
}

export interface VersionReading {
  readonly fact: Canonical | null
  readonly issues: readonly VersionIssue[]
}

const rejected = (code: string, zh: string, en: string, expected: string): VersionReading => ({
  fact: null,
  issues: [{ pointer: '', code, raw: null, expected, message: { zh, en } }],
})

const rawText = (raw: unknown): string | null =>
  raw === null || raw === undefined ? null : typeof raw === 'string' ? raw : JSON.stringify(raw)

const fromField = (issue: FieldIssue): VersionIssue => ({
  pointer: issue.field,
  code: issue.code,
  raw: rawText(issue.raw),
  expected: issue.expected,
  message: issue.message,
})

/** Reads a stored version through the feed's present mapping. */
export const readVersion = (anyFeed: AnyFeed, payload: string): VersionReading => {
  const feed = anyFeed as unknown as Feed<Record<string, unknown>>
  let record: Record<string, unknown>
  try {
    record = feed.record.parse(parseJsonRecord(payload))
  } catch (error) {
    return rejected(
      normaliseCodes.unparseable,
      '存储的原始记录不符合现行约定',
      `the stored record breaks the present contract: ${asError(error).name}`,
      feed.id,
    )
  }
  try {
    const { value, issues } = mapRecord(anyFeed, record)
    const fieldIssues = issues.map(fromField)
    const found = checkRecord(value)
    return { fact: value, issues: found.length === 0 ? fieldIssues : [...fieldIssues, ...found] }
  } catch (error) {
    return rejected(
      normaliseCodes.mapFailed,
      '现行映射无法处理该记录',
      `the present mapping cannot read the record: ${asError(error).message}`,
      feed.id,
    )
  }
}
