/** Faults on order: each is armed for the next so many answers (or files) of one feed. */
import { sources } from './departments/sources.ts'
import { type Fault, forFiles, forPages } from './fault-kinds.ts'
import { type FeedId, projectFeeds } from './world/entries.ts'

export * from './fault-kinds.ts'

/** The field that a drifted record has lost; it gains `kzxx`, `KZXX` in tables of the tax core. */
const driftedOfFirst: Partial<Record<FeedId, string>> = {
  'development.approvals': 'jsgm',
  'transport.sections': 'htbh',
  'transport.measurements': 'tbr',
  'tendering.awards': 'quality',
  'tax.taxpayers': 'SSGLY_DM',
  'tax.invoices': 'JZXXDZ',
}

const firstFeeds: readonly FeedId[] = [...projectFeeds, 'tax.taxpayers', 'tax.invoices']
const sourceOf = (feed: FeedId) => sources.find((source) => source.feed === feed)

/** Every feed that the simulated departments have. */
export const feeds: readonly FeedId[] = [...firstFeeds, ...sources.map(({ feed }) => feed)]

export const driftedField = (feed: FeedId): string => sourceOf(feed)?.drifted ?? driftedOfFirst[feed] ?? ''

/** Which faults a feed can have: `gone` (410) needs cursors, `envelopeError` (a 200 that is none) an envelope. */
export const faultsOf = (feed: FeedId): readonly Fault[] => {
  const source = sourceOf(feed)
  if (source) return source.faults
  if (feed.startsWith('tax.') || feed.startsWith('tendering.')) return forFiles
  return [...forPages, feed === 'development.approvals' ? 'envelopeError' : 'gone']
}

export interface FaultOrder {
  readonly feed: FeedId
  readonly kind: Fault
  readonly times: number
}

export interface FaultRefusal {
  readonly code: 'fault.feed_unknown' | 'fault.kind_unknown' | 'fault.times_invalid'
  readonly message: string
  readonly messageZh: string
}

/** Reads an order from JSON; a refusal says what is wrong. */
export const readFaultOrder = (input: unknown): FaultOrder | FaultRefusal => {
  const {
    feed,
    kind,
    times = 1,
  } = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>
  const known = feeds.find((id) => id === feed)
  if (!known)
    return {
      code: 'fault.feed_unknown',
      message: `feed must be one of ${feeds.join(', ')}`,
      messageZh: '没有这个数据资源',
    }
  const possible = faultsOf(known)
  const fault = possible.find((name) => name === String(kind))
  if (!fault)
    return {
      code: 'fault.kind_unknown',
      message: `kind for ${known} must be one of ${possible.join(', ')}`,
      messageZh: '该数据资源没有这种故障',
    }
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1 || times > 1_000_000) {
    return {
      code: 'fault.times_invalid',
      message: 'times must be a whole number from 1 on',
      messageZh: '次数应为正整数',
    }
  }
  return { feed: known, kind: fault, times }
}

/** Armed faults, first come first served. */
export class Faults {
  readonly #armed: { feed: FeedId; kind: Fault; left: number }[] = []

  arm(order: FaultOrder): void {
    this.#armed.push({ feed: order.feed, kind: order.kind, left: order.times })
  }

  clear(): void {
    this.#armed.length = 0
  }

  get armed(): readonly { readonly feed: FeedId; readonly kind: Fault; readonly left: number }[] {
    return this.#armed.map((fault) => ({ ...fault }))
  }

  /** The fault for the next answer of the feed, if any but `except`; it counts as used. */
  take(feed: FeedId, except: readonly Fault[] = []): Fault | null {
    const at = this.#armed.findIndex((fault) => fault.feed === feed && !except.includes(fault.kind))
    const fault = this.#armed[at]
    if (!fault) return null
    if (--fault.left === 0) this.#armed.splice(at, 1)
    return fault.kind
  }
}
