/** Every fault the simulated departments know, on every feed it applies to: what the hub says, and that nothing of it stays. */
import { writeExtract } from '../../simulator/drop.ts'
import { driftedField, type Fault, faultsOf, feeds } from '../../simulator/faults.ts'
import type { FeedId } from '../../simulator/world/entries.ts'
import type { Hub } from '../../src/hub.ts'
import { contentDigest, differingParts } from '../support/digest.ts'
import { codeFor, runImport } from '../support/import-command.ts'
import type { Simulated } from '../support/simulated.ts'

export interface FaultCase {
  readonly feed: FeedId
  readonly kind: Fault
  /** Codes that say what happened; empty where the import goes on and reports the fault beside it. */
  readonly codes: readonly string[]
}

const pageCodes: Readonly<Partial<Record<Fault, readonly string[]>>> = {
  '500': ['connect.server_error'],
  hang: ['connect.timeout'],
  cut: ['connect.cut_body'],
  repeatPage: ['landing.repeated_page', 'landing.more_than_declared', 'landing.short_delivery'],
  shortTotal: ['landing.short_delivery', 'landing.early_empty_page'],
  '429': ['connect.rate_limited'],
  drift: [],
  badDigest: [],
  gone: ['connect.cursor_expired'],
  envelopeError: ['connect.department_error'],
}

/** A file's digest is of its own bytes but for the two faults that break it; those two are told apart from a wrong number of rows. */
const fileCodes: Partial<Record<Fault, readonly string[]>> = {
  cut: ['landing.digest_mismatch'],
  badDigest: ['landing.digest_mismatch'],
  repeatPage: ['landing.more_than_declared'],
  shortTotal: ['landing.short_delivery'],
  drift: [],
}

export const isFileFeed = (feed: FeedId): feed is 'tax.taxpayers' | 'tax.invoices' | 'tendering.awards' =>
  feed.startsWith('tax.') || feed.startsWith('tendering.')

export const faultCases: readonly FaultCase[] = feeds.flatMap((feed) =>
  faultsOf(feed).map((kind) => ({ feed, kind, codes: (isFileFeed(feed) ? fileCodes[kind] : pageCodes[kind]) ?? [] })),
)

export interface FaultOutcome {
  readonly code: string | null
  readonly exitCode: number
  readonly exitCodeAfter: number
  readonly differing: readonly string[]
  /** What the hub noted as drift of the feed. */
  readonly drift: readonly string[]
}

const driftOf = async (hub: Hub, feed: string): Promise<string[]> =>
  (
    await hub.db.pipeline.query<{ d: string }>(
      `SELECT kind || ' ' || field AS d FROM drift WHERE feed = $1 ORDER BY 1`,
      [feed],
    )
  ).rows.map((r) => r.d)

const lasting = 10_000

/** An interface that fails until it is mended; compared with a hub that never saw the fault. */
const pageFault = async (simulated: Simulated, one: FaultCase, hub: Hub, undisturbed: Hub): Promise<FaultOutcome> => {
  const { faults } = simulated.simulator
  faults.arm({ feed: one.feed, kind: one.kind, times: lasting })
  const first = await runImport(hub)
  faults.clear()
  const drift = await driftOf(hub, one.feed)
  // What drifted rows said counts as news; the mended rows are asked for again as an operator would.
  const again = await runImport(hub, one.kind === 'drift' ? [one.feed, '--since', '2000-01-01'] : ['all'])
  const after = await runImport(hub)
  await runImport(undisturbed)
  return outcome(one, hub, undisturbed, { first, exitCodeAfter: Math.max(again.exitCode, after.exitCode), drift })
}

/** A day's file that is spoilt, then delivered again as it should have been. */
const fileFault = async (simulated: Simulated, one: FaultCase, hub: Hub, undisturbed: Hub): Promise<FaultOutcome> => {
  const { faults, world, dropFolder } = simulated.simulator
  for (const each of [hub, undisturbed]) await runImport(each)
  faults.arm({ feed: one.feed, kind: one.kind, times: 1 })
  await simulated.advance(1)
  faults.clear()
  const first = await runImport(hub)
  if (isFileFeed(one.feed)) await writeExtract(world, dropFolder, one.feed, 'increment', null)
  const again = await runImport(hub)
  await runImport(undisturbed)
  return outcome(one, hub, undisturbed, { first, exitCodeAfter: again.exitCode, drift: await driftOf(hub, one.feed) })
}

const outcome = async (
  one: FaultCase,
  hub: Hub,
  undisturbed: Hub,
  o: { first: Awaited<ReturnType<typeof runImport>>; exitCodeAfter: number; drift: readonly string[] },
): Promise<FaultOutcome> => {
  const [a, b] = [await contentDigest(undisturbed.db), await contentDigest(hub.db)]
  // A drifted record has one version more, and a drifted file is taken as it is.
  const parts = differingParts(a, b).filter(
    (part) => one.kind !== 'drift' || (part !== 'versions' && !isFileFeed(one.feed)),
  )
  return {
    code: codeFor(o.first, one.feed),
    exitCode: o.first.exitCode,
    exitCodeAfter: o.exitCodeAfter,
    differing: parts,
    drift: o.drift,
  }
}

/** Runs one case on two fresh hubs. */
export const runFaultCase = (simulated: Simulated, one: FaultCase, hub: Hub, undisturbed: Hub): Promise<FaultOutcome> =>
  (isFileFeed(one.feed) ? fileFault : pageFault)(simulated, one, hub, undisturbed)

/** What is not as it should be, in words; empty where all is. */
export const faultsOfOutcome = (one: FaultCase, o: FaultOutcome): string[] => {
  const wrong: string[] = []
  if (one.codes.length === 0 ? o.code !== null : !one.codes.includes(o.code ?? ''))
    wrong.push(`said ${o.code ?? 'nothing'}, not ${one.codes.join(' or ') || 'nothing'}`)
  if ((o.exitCode === 0) !== (one.codes.length === 0)) wrong.push(`exit code ${o.exitCode}`)
  if (o.exitCodeAfter !== 0) wrong.push(`exit code ${o.exitCodeAfter} once it was mended`)
  if (o.differing.length > 0) wrong.push(`content differs in ${o.differing.join(' ')}`)
  if (one.kind === 'drift') {
    const expected = [`missing ${driftedField(one.feed)}`, `unknown ${one.feed.startsWith('tax.') ? 'KZXX' : 'kzxx'}`]
    if (o.drift.join() !== expected.join()) wrong.push(`drift told as ${o.drift.join(', ') || 'none'}`)
  }
  return wrong
}
