/** How the hub's projects compare with the true ones: pairs of project records for the grouping, single records for what is tied to a project, by feed. */

import { trueProjects } from '../../simulator/truth.ts'
import type { World } from '../../simulator/world/world.ts'
import type { Database } from '../../src/db/database.ts'
import { recordKeyHash } from '../../src/kernel/record-key.ts'
import { ratio } from './run.ts'

export interface PairScore {
  readonly recall: number
  readonly precision: number
  readonly truePairs: number
  readonly foundPairs: number
  readonly rightPairs: number
}

const pairs = (n: number): number => (n * (n - 1)) / 2
const countBy = <T>(items: Iterable<T>, key: (item: T) => string): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return counts
}

/** Pairwise recall and precision of one partition against another, over the items that both place. */
export const pairScore = (truth: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): PairScore => {
  const shared = [...truth.keys()].filter((key) => found.has(key))
  const sumOf = (counts: Map<string, number>) => [...counts.values()].reduce((sum, n) => sum + pairs(n), 0)
  const truePairs = sumOf(countBy(truth.values(), (p) => p))
  const foundPairs = sumOf(countBy(shared, (key) => found.get(key)!))
  const rightPairs = sumOf(countBy(shared, (key) => `${truth.get(key)}|${found.get(key)}`))
  return {
    recall: ratio(rightPairs, truePairs),
    precision: ratio(rightPairs, foundPairs),
    truePairs,
    foundPairs,
    rightPairs,
  }
}

/** Shares of what belongs to a project: tied at all and rightly, by number of records. */
export interface TieScore {
  readonly expected: number
  readonly tied: number
  readonly right: number
  readonly recall: number
  readonly precision: number
  /** Why records that belong to a project are tied to none, by number of records. */
  readonly untied: ReadonlyMap<string, number>
}

interface TiedRow {
  readonly key: string
  readonly project: string | null
  readonly reason: string
}

/** A hub's project stands for the true project that most of its records come from. */
const meaningOf = (truth: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): Map<string, string> => {
  const votes = new Map<string, Map<string, number>>()
  for (const [key, project] of found) {
    const real = truth.get(key)
    if (real === undefined) continue
    const own = votes.get(project) ?? new Map<string, number>()
    own.set(real, (own.get(real) ?? 0) + 1)
    votes.set(project, own)
  }
  return new Map([...votes].map(([project, own]) => [project, [...own].sort((a, b) => b[1] - a[1])[0]![0]]))
}

const tieScore = (
  truth: ReadonlyMap<string, string>,
  tied: readonly TiedRow[],
  meaning: ReadonlyMap<string, string>,
): TieScore => {
  const placed = tied.filter((t) => t.project !== null)
  const right = placed.filter(
    (t) => truth.get(t.key) !== undefined && meaning.get(t.project!) === truth.get(t.key),
  ).length
  return {
    expected: truth.size,
    tied: placed.length,
    right,
    recall: ratio(right, truth.size),
    precision: ratio(right, placed.length),
    untied: countBy(
      tied.filter((t) => t.project === null && truth.has(t.key)),
      (t) => t.reason,
    ),
  }
}

const tiedRows = async (db: Database): Promise<Map<string, TiedRow[]>> => {
  const { rows } = await db.pipeline.query<TiedRow & { feed: string }>(
    `SELECT f.feed, encode(f.key_hash, 'hex') AS key, t.project_id::text AS project, t.reason FROM fact f JOIN tie t USING (subject_hash)`,
  )
  return Map.groupBy(rows, (r) => r.feed)
}

const nodeFeeds = async (db: Database): Promise<Set<string>> =>
  new Set(
    (await db.pipeline.query<{ feed: string }>('SELECT DISTINCT feed FROM project_record')).rows.map((r) => r.feed),
  )

export interface GroupingFigures {
  readonly records: PairScore
  /** Pairs of which at least one record is of the feed. */
  readonly recordsByFeed: ReadonlyMap<string, PairScore>
  readonly tiesByFeed: ReadonlyMap<string, TieScore>
  readonly trueProjects: number
  readonly foundProjects: number
  /** Project records that the hub has in no project. */
  readonly unplaced: number
}

type Truth = Map<string, string>

/** True project by record, feed by feed. */
const truthOf = (world: World): Map<string, Truth> => {
  const byFeed = new Map<string, Truth>()
  for (const project of trueProjects(world)) {
    for (const { feed, key } of project.records) {
      const own: Truth = byFeed.get(feed) ?? new Map()
      own.set(recordKeyHash(feed, key), project.projectId)
      byFeed.set(feed, own)
    }
  }
  return byFeed
}

const minus = (all: PairScore, rest: PairScore): PairScore => {
  const [truePairs, foundPairs, rightPairs] = [
    all.truePairs - rest.truePairs,
    all.foundPairs - rest.foundPairs,
    all.rightPairs - rest.rightPairs,
  ]
  return {
    recall: ratio(rightPairs, truePairs),
    precision: ratio(rightPairs, foundPairs),
    truePairs,
    foundPairs,
    rightPairs,
  }
}

/** Measures the hub's grouping against the world as it is today. */
export const measureGrouping = async (db: Database, world: World): Promise<GroupingFigures> => {
  const byFeed = truthOf(world)
  const nodes = await nodeFeeds(db)
  const ofNodes = [...byFeed].filter(([feed]) => nodes.has(feed))
  const truth: Truth = new Map(ofNodes.flatMap(([, own]) => [...own]))
  const { rows } = await db.pipeline.query<{ key: string; project: string }>(
    `SELECT encode(key_hash, 'hex') AS key, project_id::text AS project FROM member_by_record`,
  )
  const found = new Map(rows.map((r) => [r.key, r.project]))
  const meaning = meaningOf(truth, found)
  const records = pairScore(truth, found)
  const without = (feed: string): Truth => new Map(ofNodes.flatMap(([one, own]) => (one === feed ? [] : [...own])))
  const tied = await tiedRows(db)
  const tiedFeeds = [...new Set([...tied.keys(), ...byFeed.keys()])].filter((feed) => !nodes.has(feed)).sort()
  return {
    records,
    recordsByFeed: new Map(ofNodes.map(([feed]) => [feed, minus(records, pairScore(without(feed), found))])),
    tiesByFeed: new Map(
      tiedFeeds.map((feed) => [feed, tieScore(byFeed.get(feed) ?? new Map(), tied.get(feed) ?? [], meaning)]),
    ),
    trueProjects: new Set(truth.values()).size,
    foundProjects: new Set(found.values()).size,
    unplaced: [...truth.keys()].filter((key) => !found.has(key)).length,
  }
}
