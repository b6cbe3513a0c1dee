/** One round: a fresh hub meets a fault of each feed, every department mends what was wrong, and the hub imports again. */
import { deliver, isDeliveryDue } from '../../simulator/drop.ts'
import type { FeedId } from '../../simulator/world/entries.ts'
import { createWorld, type World } from '../../simulator/world/world.ts'
import type { Hub } from '../../src/hub.ts'
import { refuseBatch } from '../../src/landing/hold.ts'
import { type CommandOutcome, codeFor, runImport } from '../support/import-command.ts'
import type { Simulated } from '../support/simulated.ts'
import { type FaultCase, isFileFeed } from './fault-cases.ts'
import { expectedCodes, isSilent } from './fault-codes.ts'
import type { Days, Round } from './fault-plan.ts'
import type { FaultOutcome, ToldImport } from './fault-verdict.ts'

const lasting = 10_000

/** Everything that a department has, asked for beside the live state. */
const sinceEver = ['--since', '2000-01-01', '--days-max', '40000'] as const

export const rowsOf = (outcome: CommandOutcome): number =>
  outcome.reports.flatMap((report) => report.batches).reduce((sum, { fetched }) => sum + Number(fetched), 0)

/** One command for each feed. */
export const importEach = async (
  hub: Hub,
  asked: readonly FeedId[],
  more: readonly string[] = [],
): Promise<Map<FeedId, CommandOutcome>> => {
  const outcomes = new Map<FeedId, CommandOutcome>()
  for (const feed of asked) outcomes.set(feed, await runImport(hub, [feed, ...more]))
  return outcomes
}

type Mode = 'full' | 'increment'

/** The deliveries that can be spoilt, in their order: the next one of all feeds that a stage has, on the first day its first extract. */
const eachDelivery = async (
  days: Days,
  world: World,
  nextDay: () => Promise<void>,
  write: (i: number, mode: Mode) => Promise<void>,
): Promise<void> => {
  for (let i = 0; i < days.deliveries; i++) {
    const isFirstDay = i === 0 && !days.hasBefore
    if (!isFirstDay)
      do await nextDay()
      while (!days.feeds.every((feed) => isDeliveryDue(world, feed)))
    await write(i, isFirstDay ? 'full' : 'increment')
  }
}

/** Lets the stage's days pass with no fault; `delivered` is told of each delivery when it is there. */
export const passDays = (simulated: Simulated, days: Days, delivered: (i: number) => Promise<void>): Promise<void> =>
  eachDelivery(days, simulated.simulator.world, () => simulated.advance(1), delivered)

/** Puts the faults where the next import meets them: answers that fail until mended, files that are spoilt until delivered again. */
const spoil = async (simulated: Simulated, days: Days, round: Round): Promise<void> => {
  const { faults, world, dropFolder, exchangeUrl } = simulated.simulator
  const write = async (i: number, mode: Mode): Promise<void> => {
    for (const { feed, kinds } of round) {
      const kind = kinds[i]
      if (isFileFeed(feed) && kind) await deliver(world, dropFolder, feed, mode, kind, exchangeUrl)
    }
  }
  await eachDelivery(days, world, () => simulated.advance(1), write)
  // The first of two passes by itself, the second lasts.
  for (const { feed, kinds } of round.filter((one) => !isFileFeed(one.feed)))
    for (const [i, kind] of kinds.entries()) faults.arm({ feed, kind, times: i < kinds.length - 1 ? 1 : lasting })
}

/** Interfaces answer as they should, and each spoilt file is written as it would have been: by a world of the same seed that stands on its day. */
const mend = async (simulated: Simulated, days: Days, round: Round): Promise<void> => {
  const { faults, dropFolder, exchangeUrl, world } = simulated.simulator
  faults.clear()
  const files = round.filter(({ feed }) => isFileFeed(feed))
  if (files.length === 0) return
  const then = createWorld(world.options)
  const write = async (i: number, mode: Mode): Promise<void> => {
    for (const { feed, kinds } of files) if (kinds[i]) await deliver(then, dropFolder, feed, mode, null, exchangeUrl)
  }
  await eachDelivery(days, then, async () => then.advance(1), write)
}

const driftOf = async (hub: Hub, feed: string): Promise<string[]> =>
  (
    await hub.db.pipeline.query<{ d: string }>(
      `SELECT kind || ' ' || field AS d FROM drift WHERE feed = $1 ORDER BY 1`,
      [feed],
    )
  ).rows.map((r) => r.d)

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

/** What spoilt rows said counts as news where it was taken in; the mended rows are asked for again, as an operator would. */
const isTakenIn = ({ feed, kinds }: FaultCase): boolean => !isFileFeed(feed) && kinds.some(isSilent)

const toldOf = (feed: FeedId, outcome: CommandOutcome): ToldImport => ({
  code: codeFor(outcome, feed),
  exitCode: outcome.exitCode,
  rows: rowsOf(outcome),
  lines: outcome.lines,
})

/**
 * The import that met the faults. Where it went through although the second has to stop it, there was too little to ask for behind the first: the
 * second then meets everything that the department has.
 */
const meet = async (hub: Hub, { feed, kinds }: FaultCase): Promise<ToldImport[]> => {
  const met = [toldOf(feed, await runImport(hub, [feed]))]
  const second = isFileFeed(feed) ? undefined : kinds[1]
  const isUnmet = second !== undefined && met[0]!.exitCode === 0 && expectedCodes(feed, second).length > 0
  return isUnmet ? [...met, toldOf(feed, await runImport(hub, [feed, ...sinceEver]))] : met
}

/**
 * Runs the cases of one round, each of another feed, on a hub that stands where the stage begins.
 * @param fetched rows that an undisturbed hub fetches, by feed and delivery
 */
export const runRound = async (
  simulated: Simulated,
  hub: Hub,
  days: Days,
  round: Round,
  fetched: ReadonlyMap<FeedId, readonly number[]>,
): Promise<Map<FaultCase, FaultOutcome>> => {
  await spoil(simulated, days, round)
  const met = new Map<FaultCase, readonly ToldImport[]>()
  const drift = new Map<FaultCase, readonly string[]>()
  for (const one of round) {
    met.set(one, await meet(hub, one))
    drift.set(one, await driftOf(hub, one.feed))
  }
  await importEach(
    hub,
    days.feeds.filter((feed) => !round.some((one) => one.feed === feed)),
  )
  await mend(simulated, days, round)
  await refuseHeld(
    hub,
    round.filter(({ kinds }) => kinds.some((kind) => kind === 'lostHalf')).map(({ feed }) => feed),
  )
  const outcomes = new Map<FaultCase, FaultOutcome>()
  for (const one of round) {
    const { feed } = one
    const again = await runImport(hub, [feed, ...(isTakenIn(one) ? sinceEver : [])])
    const after = await runImport(hub, [feed])
    const failed = [again, after].find((outcome) => outcome.exitCode !== 0)
    outcomes.set(one, {
      met: met.get(one)!,
      fetched: fetched.get(feed) ?? [],
      exitCodeAfter: failed?.exitCode ?? 0,
      codeAfter: failed ? codeFor(failed, feed) : null,
      drift: drift.get(one)!,
    })
  }
  return outcomes
}
