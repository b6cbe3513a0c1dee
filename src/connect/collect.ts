/**
 * Where the readers of `map` leave what they found wrong, without being handed anything: a map stays an expression of fields.
 * Problem: knowing which source field a value came from needs a Proxy, and a Proxy on every record halves the speed.
 * Choice: run bare; only a record with an issue (few) or whose trace is asked for runs again behind the Proxy. Maps are pure, so
 * the second run says the same. Rejected: passing field names to each reader, which says every name twice.
 */
import type { Canonical } from '#schemas/canonical/index.ts'
import type { ValueIssue } from '../normalise/values/index.ts'
import type { AnyFeed } from './feed.ts'

export interface FieldIssue {
  /** JSON pointer of the source field, `/htj`; empty where no field is at fault. */
  readonly field: string
  readonly code: string
  /** What stood there as text, null where nothing did; `***` for a sensitive field. */
  readonly raw: string | null
  readonly message: { readonly zh: string; readonly en: string }
  readonly expected: string
}

/** How one source field became a value: what stood there, by which rule it was read, what came out. */
export interface FieldTrace {
  readonly field: string
  readonly raw: unknown
  readonly rule: string
  readonly value: unknown
}

export interface Collected<T> {
  readonly value: T
  readonly issues: readonly FieldIssue[]
  readonly trace: readonly FieldTrace[]
}

/** An issue of a reader; identifiers have codes of their own beside those of the values. */
export type ReaderIssue = Omit<ValueIssue, 'code'> & { readonly code: string }

interface Read {
  readonly field: string
  readonly raw: unknown
}

interface Collector {
  issueCount: number
  /** Fields read and not yet claimed by a reader; null in the bare run. */
  pending: Read[] | null
  readonly issues: FieldIssue[]
  readonly trace: FieldTrace[]
}

let current: Collector | null = null
const none: readonly never[] = []

const pointer = (field: string): string => `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`

/** The pending reads that gave these values, the latest first for each: arguments are read just before the reader is called. */
const claim = (pending: Read[], raws: readonly unknown[]): Read[] => {
  const claimed: Read[] = []
  for (let i = raws.length - 1; i >= 0; i--) {
    const at = pending.findLastIndex((read) => Object.is(read.raw, raws[i]))
    if (at !== -1) claimed.unshift(...pending.splice(at, 1))
  }
  return claimed
}

const shownRaw = (raw: unknown): string | null => (raw === null || raw === undefined ? null : String(raw))

/** Called by every reader: what it was given, the rule it went by, what it made of it and what was wrong. */
export const noteRead = (
  rule: string,
  value: unknown,
  issue: ReaderIssue | undefined,
  raw: unknown,
  ...more: readonly unknown[]
): void => {
  if (current === null) return
  if (issue !== undefined) current.issueCount++
  if (current.pending === null) return
  const reads = claim(current.pending, [raw, ...more])
  for (const read of reads) current.trace.push({ field: pointer(read.field), raw: read.raw, rule, value })
  if (issue === undefined) return
  const at = reads.find((read) => Object.is(read.raw, raw)) ?? reads[0]
  const { code, message, expected } = issue
  current.issues.push({ field: at === undefined ? '' : pointer(at.field), code, raw: shownRaw(raw), message, expected })
}

const watched = <R extends object>(record: R, pending: Read[]): R =>
  new Proxy(record, {
    get: (target, name) => {
      const raw: unknown = Reflect.get(target, name)
      if (typeof name === 'string') pending.push({ field: name, raw })
      return raw
    },
  })

const runWith = <T>(collector: Collector, fn: () => T): T => {
  const outer = current
  current = collector
  try {
    return fn()
  } finally {
    current = outer
  }
}

const traced = <R extends object, T>(record: R, fn: (record: R) => T): Collected<T> => {
  const pending: Read[] = []
  const collector: Collector = { issueCount: 0, pending, issues: [], trace: [] }
  const value = runWith(collector, () => fn(watched(record, pending)))
  const asIs = pending.map(({ field, raw }) => ({ field: pointer(field), raw, rule: 'asIs', value: raw }))
  return { value, issues: collector.issues, trace: [...collector.trace, ...asIs] }
}

/**
 * Runs a pure reading of a record and gives its value with the issues of its fields; with `trace`, also how each field was read.
 * Errors that `fn` throws pass through.
 */
export const collecting = <R extends object, T>(
  record: R,
  fn: (record: R) => T,
  options: { readonly trace?: boolean } = {},
): Collected<T> => {
  if (options.trace) return traced(record, fn)
  const collector: Collector = { issueCount: 0, pending: null, issues: [], trace: [] }
  const value = runWith(collector, () => fn(record))
  return collector.issueCount === 0 ? { value, issues: none, trace: none } : { ...traced(record, fn), trace: none }
}

const hidden = '***'
// The readers' own messages quote the value.
const hiddenMessage = {
  zh: '敏感字段的值无法识别（内容不显示）',
  en: 'the value of a sensitive field cannot be read (not shown)',
}

/**
 * A feed's map over one record, with its issues and, where asked for, the trace. What stands in sensitive fields is masked in both;
 * `value` itself holds what the map made of it.
 */
export const mapRecord = (
  feed: AnyFeed,
  record: object,
  options: { readonly trace?: boolean } = {},
): Collected<Canonical> => {
  const collected = collecting(record, feed.map as (record: object) => Canonical, options)
  const { value, issues, trace } = collected
  const names = [...feed.sensitive, ...(feed.sealAlso?.(record as never) ?? [])]
  if (names.length === 0 || (issues.length === 0 && trace.length === 0)) return collected
  const isHidden = new Set(names.map(pointer))
  return {
    value,
    issues: issues.map((issue) =>
      isHidden.has(issue.field) ? { ...issue, raw: hidden, message: hiddenMessage } : issue,
    ),
    trace: trace.map((entry) => (isHidden.has(entry.field) ? { ...entry, raw: hidden, value: hidden } : entry)),
  }
}
