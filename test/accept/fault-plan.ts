/**
 * Which cases run side by side. Feeds do not meet before their facts do, and no fault reaches over to another feed, so one hub on one world meets a
 * case of each feed at once: a round. Rounds that want the same days and the same feeds share what an undisturbed hub makes of them: a stage.
 */
import { isDeliveryDue } from '../../simulator/drop.ts'
import type { FeedId } from '../../simulator/world/entries.ts'
import { type FaultCase, isFileFeed, needsBefore } from './fault-cases.ts'

export type Round = readonly FaultCase[]

export interface Days {
  /** Feeds that are imported, with a case of theirs or without. */
  readonly feeds: readonly FeedId[]
  /** True: everything was imported on the first day, and the faults come later. */
  readonly hasBefore: boolean
  /** Deliveries that can be spoilt, one after the other. */
  readonly deliveries: 1 | 2
}

export interface Stage extends Days {
  readonly rounds: readonly Round[]
}

/** The day before the one on which the monthly deliveries come: the next delivery of everyone is the next day's. */
export const firstDay = '2026-03-07'

/** Who does not deliver again two days later would keep the others waiting for a month. */
const isMonthly = (feed: FeedId): boolean => !isDeliveryDue({ today: '2026-03-09' }, feed)

const groupOf = (one: FaultCase): string => {
  const hasBefore = needsBefore(one)
  const isSlow = hasBefore && one.kinds.length === 2 && isMonthly(one.feed)
  return `${one.kinds.length} ${hasBefore ? 'later' : 'first'} ${isSlow ? 'monthly' : ''}`
}

/** One case of each feed a round, until the longest list is through. */
const roundsOf = (cases: readonly FaultCase[]): Round[] => {
  const lists = [...Map.groupBy(cases, ({ feed }) => feed).values()]
  const longest = Math.max(...lists.map((list) => list.length))
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1)))
}

/** So many rounds share an undisturbed hub; more would leave workers idle at the end. */
const roundsPerStage = 4

const weightOf = ({ feeds, rounds }: Stage): number => feeds.length * rounds.length

/** The largest stages come first, so that no worker is left alone with one at the end. */
export const stagesOf = (cases: readonly FaultCase[]): readonly Stage[] =>
  unsortedStages(cases).sort((a, b) => weightOf(b) - weightOf(a))

const unsortedStages = (cases: readonly FaultCase[]): Stage[] =>
  [...Map.groupBy(cases, groupOf).values()].flatMap((group) => {
    const rounds = roundsOf(group)
    const first = group[0]!
    const hasBefore = needsBefore(first)
    return Array.from({ length: Math.ceil(rounds.length / roundsPerStage) }, (_, i): Stage => {
      const own = rounds.slice(i * roundsPerStage, (i + 1) * roundsPerStage)
      // Lists only end, so the first of these rounds has the feeds of all.
      const feeds = own[0]!.map(({ feed }) => feed)
      const deliveries = first.kinds.length === 2 && feeds.some(isFileFeed) ? 2 : 1
      return { feeds, hasBefore, deliveries, rounds: own }
    })
  })
