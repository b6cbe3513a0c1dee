/** The stages in their order, from the newest admitted delivery to positions. Stages know nothing of one another; this is where they meet. */
import type { AnyFeed } from './connect/feed.ts'
import type { Database } from './db/database.ts'
import { takeTick } from './db/tick.ts'
import { transaction } from './db/transaction.ts'
import type { Keyring } from './kernel/cipher.ts'
import { elapsedMs, today } from './kernel/clock.ts'
import { link } from './link/run.ts'
import type { LinkMemory } from './link/stage/memory.ts'
import { expireAliases } from './link/verbs/aliases.ts'
import { normalise } from './normalise/run.ts'
import { currentRules } from './track/rules.ts'
import { track } from './track/run.ts'

export interface PipelineDeps {
  readonly db: Database
  readonly feeds: ReadonlyMap<string, AnyFeed>
  readonly keyring: Keyring
  /** Division code of the hub's region. */
  readonly region: string
  /** What the link stage keeps between advances of this hub. */
  readonly linkMemory?: LinkMemory
}

export interface StageTimes {
  readonly tick: bigint
  readonly normaliseMs: number
  readonly linkMs: number
  readonly trackMs: number
  readonly positionsComputed: number
  readonly positionsChanged: number
}

const currentTick = async (db: Database): Promise<bigint> =>
  (await db.pipeline.query<{ tick: bigint }>('SELECT tick FROM truth_clock')).rows[0]!.tick

/** A day that changes positions by itself is news like any other and takes a tick, so that the position before it stays in the past. */
const tickOfCalendar = (db: Database, at: string): Promise<unknown> =>
  transaction(db.pipeline, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM position WHERE changes_on <= $1 LIMIT 1', [at])
    if (rowCount) await takeTick(client, 'calendar', 'system', { at })
  })

/** Who waits for a turn in this process, by pool: the end of the last turn asked for. */
const turns = new WeakMap<Database['pipeline'], Promise<unknown>>()

/** Waits in this process before it waits in the database: a connection each for those who wait would leave none for the one at work. */
const inTurn = <T>(db: Database, fn: () => Promise<T>): Promise<T> => {
  const own = (turns.get(db.pipeline) ?? Promise.resolve()).then(fn)
  turns.set(
    db.pipeline,
    own.catch(() => undefined),
  )
  return own
}

/** One hub at a time advances; another waits here and then finds nothing left to do. */
const alone = <T>(db: Database, fn: () => Promise<T>): Promise<T> =>
  inTurn(db, async () => {
    const client = await db.pipeline.connect()
    let isBroken = false
    try {
      await client.query(`SELECT pg_advisory_lock(hashtextextended('jingwei pipeline', 0))`)
      return await fn()
    } finally {
      await client
        .query(`SELECT pg_advisory_unlock(hashtextextended('jingwei pipeline', 0))`)
        .catch(() => (isBroken = true))
      client.release(isBroken)
    }
  })

const timed = async <T>(fn: () => Promise<T>): Promise<[T, number]> => {
  const start = elapsedMs()
  return [await fn(), Math.round(elapsedMs() - start)]
}

/**
 * Normalises what is admitted by now, before the stages behind it have their turn: beside the landing of the next feed. Returns the time it took,
 * in milliseconds.
 */
export const normaliseAhead = (deps: PipelineDeps): Promise<number> =>
  alone(deps.db, async () => {
    const tick = await currentTick(deps.db)
    return (await timed(() => normalise(deps.db, deps.feeds, tick)))[1]
  })

/** All stages up to the newest tick, by who has the pipeline to itself. */
const advanceAlone = async (deps: PipelineDeps, at: string): Promise<StageTimes> => {
  const { db } = deps
  // The first hub stores the shipped rules, which takes a tick: before the tick that this advance goes up to.
  await transaction(db.pipeline, currentRules)
  await tickOfCalendar(db, at)
  await expireAliases(db, at)
  const tick = await currentTick(db)
  const [, normaliseMs] = await timed(() => normalise(db, deps.feeds, tick))
  const [, linkMs] = await timed(() => link(db, deps.keyring, tick, deps.linkMemory))
  const [{ computed, changed }, trackMs] = await timed(() => track(db, tick, at, deps.region))
  return { tick, normaliseMs, linkMs, trackMs, positionsComputed: computed, positionsChanged: changed }
}

/** Brings every stage up to the newest tick, as of `at` (default: today in Asia/Shanghai). */
export const advance = (deps: PipelineDeps, at: string = today()): Promise<StageTimes> =>
  alone(deps.db, () => advanceAlone(deps, at))

/**
 * Runs `fn` while nobody else advances, on stages that are up to date; it is given the way to bring them up to date once more. What it looks at is
 * then what its own change meets.
 */
export const betweenAdvances = <T>(
  deps: PipelineDeps,
  fn: (advanceAgain: () => Promise<StageTimes>) => Promise<T>,
  at: string = today(),
): Promise<T> =>
  alone(deps.db, async () => {
    await advanceAlone(deps, at)
    return fn(() => advanceAlone(deps, at))
  })
