/**
 * Every fault the simulated departments know, alone and in pairs, on every feed it applies to: what the hub says of it, and that nothing of it stays
 * once it is mended. A case is two hubs on one set of departments: one meets the faults, the other never does.
 */
import { deliver, fileFeeds, isDeliveryDue } from '../../simulator/drop.ts'
import { driftedField, type Fault, faultsOf, feeds } from '../../simulator/faults.ts'
import type { FeedId } from '../../simulator/world/entries.ts'
import type { Hub } from '../../src/hub.ts'
import { refuseBatch } from '../../src/landing/hold.ts'
import { contentDigest, differingParts } from '../support/digest.ts'
import { type CommandOutcome, codeFor, runImport } from '../support/import-command.ts'
import type { Simulated } from '../support/simulated.ts'
import { expectedCodes, isSilent, outlasts } from './fault-codes.ts'

export interface FaultOrder {
  readonly feed: FeedId
  readonly kind: Fault
}

/** One order, or two that meet in one delivery or in two deliveries of one import. */
export type FaultCase = readonly [FaultOrder, ...FaultOrder[]]

export const isFileFeed = (feed: FeedId): boolean => fileFeeds.includes(feed)

export const singleCases: readonly FaultCase[] = feeds.flatMap((feed) =>
  faultsOf(feed).map((kind): FaultCase => [{ feed, kind }]),
)

/** Both orders of every two kinds on the first feed of each department: the way in is the department's, not the feed's. */
export const pairCases: readonly FaultCase[] = [...Map.groupBy(feeds, (feed) => feed.split('.')[0])].flatMap(
  ([, [feed]]) =>
    feed === undefined
      ? []
      : faultsOf(feed).flatMap((first) =>
          faultsOf(feed)
            .filter((second) => second !== first)
            .map(
              (second): FaultCase => [
                { feed, kind: first },
                { feed, kind: second },
              ],
            ),
        ),
)

export const nameOf = (one: FaultCase): string => one.map(({ feed, kind }) => `${feed} with ${kind}`).join(' then ')

export interface FaultOutcome {
  readonly codes: ReadonlyMap<FeedId, string | null>
  /** Rows of the import that met the fault. */
  readonly met: number
  /** Rows that the undisturbed hub fetched. */
  readonly fetched: ReadonlyMap<FeedId, number>
  readonly exitCode: number
  readonly exitCodeAfter: number
  readonly differing: readonly string[]
  /** What the hub noted as drift, by feed. */
  readonly drift: ReadonlyMap<FeedId, readonly string[]>
  /** Lines of the report that a person reads. */
  readonly lines: readonly string[]
}

const lasting = 10_000
const feedsOf = (one: FaultCase): FeedId[] => [...new Set(one.map(({ feed }) => feed))]

const driftOf = async (hub: Hub, feed: string): Promise<string[]> =>
  (
    await hub.db.pipeline.query<{ d: string }>(
      `SELECT kind || ' ' || field AS d FROM drift WHERE feed = $1 ORDER BY 1`,
      [feed],
    )
  ).rows.map((r) => r.d)

const importEach = async (
  hub: Hub,
  asked: readonly FeedId[],
  more: readonly string[] = [],
): Promise<CommandOutcome> => {
  const outcomes: CommandOutcome[] = []
  for (const feed of asked) outcomes.push(await runImport(hub, [feed, ...more]))
  return {
    exitCode: Math.max(...outcomes.map((o) => o.exitCode)),
    reports: outcomes.flatMap((o) => o.reports),
    lines: outcomes.flatMap((o) => o.lines),
  }
}

/** Feeds that have more than a hundred rows in a tiny world: from there on a delivery that changes most of them is held. */
const hasManyRows = (feed: FeedId): boolean => feed === 'development.progress'

/**
 * Faults that are met on the second day: those that can only be seen against what was there before, and spoilt files that are taken in: mending a
 * whole first extract would change so much at once that it is held for a person.
 */
const needsBefore = ({ feed, kind }: FaultOrder): boolean =>
  kind === 'lostHalf' || kind === 'clockStep' || ((isFileFeed(feed) || hasManyRows(feed)) && isSilent(kind))

/** Moves on to the next day on which all of these deliver. */
const nextDelivery = async (simulated: Simulated, asked: readonly FeedId[]): Promise<void> => {
  do await simulated.advance(1)
  while (!asked.every((feed) => isDeliveryDue(simulated.simulator.world, feed)))
}

/** Puts the faults where the next import meets them: answers that fail until mended, files that are spoilt until delivered again. */
const spoil = async (simulated: Simulated, one: FaultCase): Promise<void> => {
  const { faults, world, dropFolder, exchangeUrl } = simulated.simulator
  const isFirstDay = !one.some(needsBefore)
  if (!isFirstDay) await nextDelivery(simulated, feedsOf(one))
  for (const [i, { feed, kind }] of one.entries()) {
    if (!isFileFeed(feed)) {
      // The first of two on one feed passes by itself, the second lasts.
      const isFollowed = one.slice(i + 1).some((other) => other.feed === feed)
      faults.arm({ feed, kind, times: isFollowed ? 1 : lasting })
      continue
    }
    if (i > 0 && one[i - 1]?.feed === feed) await nextDelivery(simulated, [feed])
    await deliver(world, dropFolder, feed, i === 0 && isFirstDay ? 'full' : 'increment', kind, exchangeUrl)
  }
}

/** The departments mend what was wrong: interfaces answer as they should, and the day's files are written again as they should have been. */
const mend = async (simulated: Simulated, one: FaultCase, firstFiles: ReadonlySet<FeedId>): Promise<void> => {
  const { faults, world, dropFolder, exchangeUrl } = simulated.simulator
  faults.clear()
  for (const feed of feedsOf(one).filter(isFileFeed)) {
    if (firstFiles.has(feed)) await redeliverFirst(simulated, feed)
    if (!firstFiles.has(feed) || world.today !== firstDayOf(simulated))
      await deliver(world, dropFolder, feed, 'increment', null, exchangeUrl)
  }
}

const firstDayOf = (simulated: Simulated): string => simulated.simulator.world.options.today

/** The first day's extract as it would have been; a world of the same seed that stands on that day writes it. */
const redeliverFirst = async (simulated: Simulated, feed: FeedId): Promise<void> => {
  const { world, dropFolder, exchangeUrl } = simulated.simulator
  if (world.today === firstDayOf(simulated)) return deliver(world, dropFolder, feed, 'full', null, exchangeUrl)
  const { createWorld } = await import('../../simulator/world/world.ts')
  await deliver(createWorld(world.options), dropFolder, feed, 'full', null, exchangeUrl)
}

const fetchedOf = (outcome: CommandOutcome, feed: FeedId): number =>
  outcome.reports
    .filter((report) => report.feed === feed)
    .flatMap((report) => report.batches)
    .reduce((sum, batch) => sum + Number(batch.fetched), 0)

/** What a person does with a delivery that lost half of itself. */
const refuseHeld = async (hub: Hub, asked: readonly FeedId[]): Promise<void> => {
  const { rows } = await hub.db.pipeline.query<{ id: bigint }>(
    `SELECT batch_id AS id FROM batch WHERE state = 'held' AND feed = ANY ($1) ORDER BY batch_id`,
    [asked],
  )
  const why = {
    code: 'landing.refused_by_person',
    message: { zh: '缺少一半', en: 'half of it is missing' },
    found: '',
    bound: '',
  }
  for (const { id } of rows) await refuseBatch(hub.db, id, why, 'test')
}

/** Runs one case on two fresh hubs. */
export const runFaultCase = async (
  simulated: Simulated,
  one: FaultCase,
  hub: Hub,
  undisturbed: Hub,
): Promise<FaultOutcome> => {
  const asked = feedsOf(one)
  const isFirstDay = !one.some(needsBefore)
  if (!isFirstDay) for (const each of [hub, undisturbed]) await importEach(each, asked)
  await spoil(simulated, one)
  const first = await importEach(hub, asked)
  const drift = new Map<FeedId, readonly string[]>()
  for (const feed of asked) drift.set(feed, await driftOf(hub, feed))
  await mend(simulated, one, new Set(isFirstDay ? asked.filter(isFileFeed) : []))
  // What spoilt rows said counts as news where it was taken in; the mended rows are asked for again, as an operator would.
  const isTaken = one.some(({ feed, kind }) => isSilent(kind) && !isFileFeed(feed))
  if (one.some(({ kind }) => kind === 'lostHalf')) await refuseHeld(hub, asked)
  const again = await importEach(hub, asked, isTaken ? ['--since', '2000-01-01', '--days-max', '40000'] : [])
  const after = await importEach(hub, asked)
  const whole = await importEach(undisturbed, asked)
  const [a, b] = [await contentDigest(undisturbed.db), await contentDigest(hub.db)]
  return {
    codes: new Map(asked.map((feed) => [feed, codeFor(first, feed)])),
    met: asked.reduce((sum, feed) => sum + fetchedOf(first, feed), 0),
    fetched: new Map(asked.map((feed) => [feed, fetchedOf(whole, feed)])),
    exitCode: first.exitCode,
    exitCodeAfter: Math.max(again.exitCode, after.exitCode),
    differing: differingParts(a, b).filter((part) => !one.some(({ kind }) => outlasts(kind).includes(part))),
    drift,
    lines: first.lines,
  }
}

const driftWrong = (feed: FeedId, told: readonly string[]): string[] => {
  // Tables name their columns in capitals.
  const isTold =
    told.length === 2 &&
    told.includes(`missing ${driftedField(feed)}`) &&
    told.some((one) => /^unknown kzxx$/i.test(one))
  return isTold ? [] : [`drift told as ${told.join(', ') || 'none'}`]
}

/** A report names code, place and number of times, and says in both languages what happened and what to do. */
const reportWrong = (code: string, lines: readonly string[]): string[] => {
  const at = lines.findIndex((line) => line.includes(code) && /×\d+$/.test(line))
  if (at === -1) return [`the report does not tell ${code}`]
  const [zh, en, todoZh, todoEn] = lines.slice(at + 1, at + 5)
  const isWhole =
    /\p{Script=Han}/u.test(zh ?? '') && /[a-z]{3}/.test(en ?? '') && !!todoZh?.includes('→') && !!todoEn?.includes('→')
  return isWhole ? [] : [`the report of ${code} lacks words`]
}

/** What is not as it should be, in words; empty where all is. */
export const faultsOfOutcome = (one: FaultCase, o: FaultOutcome): string[] => {
  const wrong: string[] = []
  const mustFail = one.some(
    (order, i) => expectedCodes(order.feed, order.kind).length > 0 && !passes(one, i) && canHappen(order, o),
  )
  for (const feed of feedsOf(one)) {
    const code = o.codes.get(feed) ?? null
    const possible = one.filter((order) => order.feed === feed).flatMap(({ kind }) => expectedCodes(feed, kind))
    if (code !== null && !possible.includes(code))
      wrong.push(`${feed} said ${code}, not ${possible.join(' or ') || 'nothing'}`)
    if (code !== null) wrong.push(...reportWrong(code, o.lines))
  }
  if (mustFail && o.exitCode === 0) wrong.push('exit code 0')
  if (!one.some(({ feed, kind }) => expectedCodes(feed, kind).length > 0) && o.exitCode !== 0)
    wrong.push(`exit code ${o.exitCode}`)
  if (o.exitCodeAfter !== 0) wrong.push(`exit code ${o.exitCodeAfter} once it was mended`)
  if (o.differing.length > 0) wrong.push(`content differs in ${o.differing.join(' ')}`)
  const [alone] = one
  // A day that brought no row shows nothing of its columns.
  if (one.length === 1 && alone.kind === 'drift' && o.met > 0)
    wrong.push(...driftWrong(alone.feed, o.drift.get(alone.feed) ?? []))
  return wrong
}

/** Rows asked for in one page: fewer make one page, and there is no page before it to repeat, nor a cursor to expire. */
export const rowsPerPage = 3

const canHappen = ({ feed, kind }: FaultOrder, o: FaultOutcome): boolean =>
  (kind !== 'repeatPage' && kind !== 'gone') || isFileFeed(feed) || (o.fetched.get(feed) ?? 0) > rowsPerPage

/** The first of two on an interface is met once, and the client tries again. */
const passes = (one: FaultCase, i: number): boolean =>
  !isFileFeed(one[i]!.feed) && one.slice(i + 1).some((other) => other.feed === one[i]!.feed)
