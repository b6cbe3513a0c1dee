/** Which faults are tried where: every kind alone on every feed that can have it, and every two kinds of a department in both orders. */
import { fileFeeds } from '../../simulator/drop.ts'
import { type Fault, faultsOf, feeds } from '../../simulator/faults.ts'
import type { FeedId } from '../../simulator/world/entries.ts'
import { isSilent } from './fault-codes.ts'

/** One fault of a feed, or two: the first passes by itself on an interface and the second lasts, files have one each in two deliveries that follow. */
export interface FaultCase {
  readonly feed: FeedId
  readonly kinds: readonly [Fault] | readonly [Fault, Fault]
}

export const isFileFeed = (feed: FeedId): boolean => fileFeeds.includes(feed)

export const departmentOf = (feed: FeedId): string => feed.slice(0, feed.indexOf('.'))

export const singleCases: readonly FaultCase[] = feeds.flatMap((feed) =>
  faultsOf(feed).map((kind): FaultCase => ({ feed, kinds: [kind] })),
)

/** Both orders of every two kinds that one feed of the department can have. */
const pairsOf = (own: readonly FeedId[]): readonly (readonly [Fault, Fault])[] => {
  const kinds = [...new Set(own.flatMap((feed) => faultsOf(feed)))]
  return kinds.flatMap((first) =>
    kinds
      .filter((second) => second !== first)
      .filter((second) => own.some((feed) => faultsOf(feed).includes(first) && faultsOf(feed).includes(second)))
      .map((second) => [first, second] as const),
  )
}

/**
 * Every pair once in each department: the way in is the department's, not the feed's. They are dealt out to the feeds that can have both, to the one
 * with the fewest so far; the seed says who begins.
 */
export const pairCases = (seed: number): readonly FaultCase[] =>
  [...Map.groupBy(feeds, departmentOf).values()].flatMap((own) => {
    const dealt = new Map(own.map((feed) => [feed, 0]))
    const turned = own.map((_, i) => own[(i + seed) % own.length]!)
    return pairsOf(own).map((kinds): FaultCase => {
      const able = turned.filter((feed) => kinds.every((kind) => faultsOf(feed).includes(kind)))
      const feed = able.reduce((least, one) => (dealt.get(one)! < dealt.get(least)! ? one : least))
      dealt.set(feed, dealt.get(feed)! + 1)
      return { feed, kinds }
    })
  })

export const nameOf = ({ feed, kinds }: FaultCase): string => `${feed} with ${kinds.join(' then ')}`

/** Feeds that have more than a hundred rows in a tiny world: from there on a delivery that changes most of them is held. */
const hasManyRows = (feed: FeedId): boolean => feed === 'development.progress'

/**
 * Faults that are met on the second day: those that can only be seen against what was there before, and spoilt files that are taken in: mending a
 * whole first extract would change so much at once that it is held for a person.
 */
export const needsBefore = ({ feed, kinds }: FaultCase): boolean =>
  kinds.some(
    (kind) =>
      kind === 'lostHalf' || kind === 'clockStep' || ((isFileFeed(feed) || hasManyRows(feed)) && isSilent(kind)),
  )
