/** A stage: what an undisturbed hub makes of its days, told once, and its rounds held against that. A round that went wrong is taken apart until the guilty case is named. */
import type { FeedId } from '../../simulator/world/entries.ts'
import { feedNamed, type Hub } from '../../src/hub.ts'
import { rehearseFeed } from '../../src/rehearsal.ts'
import { type ContentDigest, contentDigest, contentLines, differingParts } from '../support/digest.ts'
import type { Exchange } from '../support/exchange.ts'
import { type Simulated, simulate } from '../support/simulated.ts'
import { type FaultCase, isFileFeed } from './fault-cases.ts'
import { outlasts } from './fault-codes.ts'
import { type Days, firstDay, type Round, type Stage } from './fault-plan.ts'
import { importEach, passDays, rowsOf, runRound } from './fault-round.ts'
import { type FaultOutcome, rowsPerPage, wrongIn } from './fault-verdict.ts'
import { errorText } from './run.ts'

/** Where rounds run: databases and the seed of the worlds. */
export interface Ground {
  readonly seed: number
  database(from?: string): Promise<string>
  drop(url: string): Promise<void>
  readonly exchange?: () => Promise<Exchange>
}

export interface Verdict {
  readonly one: FaultCase
  readonly outcome: FaultOutcome
  /** Empty where the case is met. */
  readonly wrong: readonly string[]
}

/** What an undisturbed hub ends with. */
interface Whole {
  readonly digest: ContentDigest
  readonly versions: readonly string[]
  readonly fetched: ReadonlyMap<FeedId, readonly number[]>
}

interface Opened {
  readonly ground: Ground
  readonly days: Days
  /** The database in which a round's hub begins; undefined: an empty one. */
  readonly start: string | undefined
  readonly whole: Whole
}

/** Long enough for an answer on a busy machine; a fault that lasts is told when the budget ends, after one pause that a department asked for. */
const limits = { attemptTimeoutMs: 500, budgetMs: 1_800, rowsPerPage }

/** Fresh departments on their first day and a hub beside them, for as long as `fn` takes. */
const withHub = async <T>(
  ground: Ground,
  url: string,
  fn: (simulated: Simulated, hub: Hub) => Promise<T>,
): Promise<T> => {
  const { seed, exchange } = ground
  const simulated = await simulate({ seed, today: firstDay, limits, ...(exchange ? { exchange } : {}) })
  try {
    const hub = await simulated.hub(url)
    return await fn(simulated, hub).finally(() => hub.close())
  } finally {
    await simulated.close()
  }
}

const expectGreen = (outcomes: Awaited<ReturnType<typeof importEach>>): void => {
  const failed = [...outcomes].filter(([, { exitCode }]) => exitCode !== 0)
  if (failed.length === 0) return
  const told = failed.flatMap(([, { lines, reports }]) => [...lines, ...reports.map(({ error }) => errorText(error))])
  throw new Error(`undisturbed, an import failed:\n${told.join('\n')}`)
}

/** Rows of the first of two deliveries, by feed: what a dry run finds while the second has not come. */
const rowsWaiting = async (hub: Hub, feeds: readonly FeedId[]): Promise<Map<FeedId, number>> => {
  const waiting = new Map<FeedId, number>()
  for (const feed of feeds) {
    const { counts } = await rehearseFeed(hub, feedNamed(hub, feed), {})
    waiting.set(feed, counts.fetched ?? 0)
  }
  return waiting
}

const wholeOf = async (simulated: Simulated, hub: Hub, days: Days): Promise<Whole> => {
  const firsts: Map<FeedId, number>[] = []
  await passDays(simulated, days, async (i) => {
    if (i < days.deliveries - 1) firsts.push(await rowsWaiting(hub, days.feeds.filter(isFileFeed)))
  })
  const outcomes = await importEach(hub, days.feeds)
  expectGreen(outcomes)
  const byDelivery = (feed: FeedId, all: number): number[] => {
    const first = firsts[0]?.get(feed)
    return first === undefined ? [all] : [first, all - first]
  }
  return {
    digest: await contentDigest(hub.db),
    versions: await contentLines(hub.db, 'versions'),
    fetched: new Map([...outcomes].map(([feed, outcome]) => [feed, byDelivery(feed, rowsOf(outcome))])),
  }
}

const openStage = async (ground: Ground, days: Days): Promise<Opened> => {
  const start = days.hasBefore ? await ground.database() : undefined
  if (start) await withHub(ground, start, async (_, hub) => expectGreen(await importEach(hub, days.feeds)))
  const url = await ground.database(start)
  const whole = await withHub(ground, url, (simulated, hub) => wholeOf(simulated, hub, days))
  await ground.drop(url)
  return { ground, days, start, whole }
}

/** Versions of feeds none of whose faults outlasts its mending, that only one side has: the feeds. */
const otherVersions = async (hub: Hub, round: Round, before: readonly string[]): Promise<string[]> => {
  const isLasting = new Set(
    round.filter(({ kinds }) => kinds.some((kind) => outlasts(kind).includes('versions'))).map(({ feed }) => feed),
  )
  const now = await contentLines(hub.db, 'versions')
  const [left, right] = [new Set(before), new Set(now)]
  const apart = [...before.filter((line) => !right.has(line)), ...now.filter((line) => !left.has(line))]
  const feeds = new Set(apart.map((line) => line.slice(0, line.indexOf('|')) as FeedId))
  return [...feeds].filter((feed) => !isLasting.has(feed)).map((feed) => `versions of ${feed}`)
}

const differingIn = async (hub: Hub, round: Round, whole: Whole): Promise<string[]> => {
  const parts = differingParts(whole.digest, await contentDigest(hub.db))
  const others: string[] = parts.filter((part) => part !== 'versions')
  return parts.includes('versions') ? [...others, ...(await otherVersions(hub, round, whole.versions))] : others
}

const tryRound = async (
  { ground, days, start, whole }: Opened,
  round: Round,
): Promise<{ verdicts: Verdict[]; differing: readonly string[] }> => {
  const url = await ground.database(start)
  try {
    return await withHub(ground, url, async (simulated, hub) => {
      const outcomes = await runRound(simulated, hub, days, round, whole.fetched)
      return {
        verdicts: [...outcomes].map(([one, outcome]) => ({ one, outcome, wrong: wrongIn(one, outcome) })),
        differing: await differingIn(hub, round, whole),
      }
    })
  } finally {
    await ground.drop(url)
  }
}

const halves = (round: Round): Round[] => {
  const middle = Math.ceil(round.length / 2)
  return [round.slice(0, middle), round.slice(middle)]
}

const settleEach = async (opened: Opened, rounds: readonly Round[]): Promise<Verdict[]> => {
  const verdicts: Verdict[] = []
  for (const round of rounds.filter(({ length }) => length > 0)) verdicts.push(...(await settle(opened, round)))
  return verdicts
}

const alsoWrong = (verdict: Verdict, wrong: readonly string[]): Verdict => ({
  ...verdict,
  wrong: [...verdict.wrong, ...wrong],
})

/** What is met alone and not in company: no case is to blame, and it is told all the same. */
const onlyTogether = (verdicts: Verdict[], wrong: readonly string[]): Verdict[] =>
  verdicts.some((verdict) => verdict.wrong.length > 0)
    ? verdicts
    : verdicts.map((verdict, i) =>
        i === 0
          ? alsoWrong(
              verdict,
              wrong.map((w) => `in one round: ${w}`),
            )
          : verdict,
      )

/** Runs a round; where something is wrong, first those that went wrong by themselves alone, then the others again, in halves while content differs. */
const settle = async (opened: Opened, round: Round): Promise<Verdict[]> => {
  const { verdicts, differing } = await tryRound(opened, round)
  const content = differing.length > 0 ? [`content differs in ${differing.join(', ')}`] : []
  const suspects = verdicts.filter(({ wrong }) => wrong.length > 0)
  if (suspects.length === 0 && content.length === 0) return verdicts
  if (round.length === 1) return verdicts.map((verdict) => alsoWrong(verdict, content))
  if (suspects.length === 0) return onlyTogether(await settleEach(opened, halves(round)), content)
  const alone: Verdict[] = []
  for (const { one, wrong } of suspects) alone.push(...onlyTogether(await settle(opened, [one]), wrong))
  const others = verdicts.filter(({ wrong }) => wrong.length === 0)
  return [...alone, ...(content.length > 0 ? await settleEach(opened, [others.map(({ one }) => one)]) : others)]
}

/** Runs the stage's rounds and gives a verdict on each of their cases, as soon as it is known. */
export async function* runStage(ground: Ground, stage: Stage): AsyncGenerator<Verdict> {
  const opened = await openStage(ground, stage)
  try {
    for (const round of stage.rounds) yield* await settle(opened, round)
  } finally {
    if (opened.start) await ground.drop(opened.start)
  }
}
