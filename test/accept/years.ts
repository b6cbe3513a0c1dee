/**
 * `years`: nine years that unfold day by day, imported one day at a time, against one import of everything at the end.
 * A feed is imported on the days on which its own schedule fires, as a hub that is never down does it. The world is small
 * and grows as a town does, not by a share of itself; `--times` is the number of days (3 287 by default), `--size` of no effect.
 */
import { feeds } from '../../connectors/index.ts'
import type { Pace, WorldSize } from '../../simulator/world/sizes.ts'
import type { Hub } from '../../src/hub.ts'
import { type ImportReport, importFeeds } from '../../src/import.ts'
import { slotsBetween } from '../../src/schedule/when/slots-between.ts'
import { type ContentDigest, contentDigest, differingParts } from '../support/digest.ts'
import { importEverything, notGreen, type Simulated, simulate } from '../support/simulated.ts'
import { presentParts, shareLinkSettings } from './days.ts'
import { type AcceptanceRun, expectThat, say } from './run.ts'
import { openScratch } from './scratch.ts'

/** What there is on the first day, and what each day brings: about 120 projects and 9 000 invoices by the end of nine years. */
export const smallTown: WorldSize = { taxpayers: 60, projects: 6, invoices: 120, plannedPerProject: 17 }
export const slowPace: Pace = {
  projects: 0.035,
  taxpayers: 0.05,
  corrections: 0.04,
  trade: 1.2,
  correctedInvoices: 0.1,
}

/** The day `days` before `today`. */
export const dayBefore = (today: string, days: number): string =>
  new Date(Date.parse(today) - days * 86_400_000).toISOString().slice(0, 10)

const zone = 'Asia/Shanghai'
const noonOf = (day: string): Date => new Date(`${day}T12:00:00+08:00`)

/** Feeds whose schedule fires between noon of the day before and noon of `day`. */
export const dueOn = (day: string): typeof feeds =>
  feeds.filter(
    ({ pages, cron }) =>
      pages !== null && !slotsBetween(cron, zone, noonOf(dayBefore(day, 1)), noonOf(day)).next().done,
  )

const importDue = (hub: Hub, day: string): Promise<ImportReport[]> =>
  importFeeds(
    hub,
    dueOn(day).map((feed) => ({ feed, actor: 'test' })),
  )

export interface Unfolded {
  /** Imports that were not green, in words. */
  readonly wrong: readonly string[]
  readonly differing: readonly string[]
  readonly digest: ContentDigest
}

/** Imports `days` days one by one into the first database, and all of them at once into the second. */
export const unfold = async (
  simulated: Simulated,
  days: number,
  urls: readonly [string, string],
  onDay: (day: number) => void = () => undefined,
): Promise<Unfolded> => {
  const { world } = simulated.simulator
  const [hub, once] = [await simulated.hub(urls[0]), await simulated.hub(urls[1])]
  try {
    const wrong = notGreen(await importEverything(hub))
    for (let day = 1; day <= days; day++) {
      await simulated.advance(1)
      wrong.push(...notGreen(await importDue(hub, world.today)).map((line) => `${world.today} ${line}`))
      onDay(day)
    }
    // What is owed less than daily and came since its last day.
    wrong.push(...notGreen(await importEverything(hub)))
    await shareLinkSettings(hub.db, once.db)
    wrong.push(...notGreen(await importEverything(once)))
    const [digest, other] = [await contentDigest(hub.db, presentParts), await contentDigest(once.db, presentParts)]
    return { wrong, differing: differingParts(digest, other), digest }
  } finally {
    await hub.close()
    await once.close()
  }
}

export const years: AcceptanceRun = async ({ seed, times }) => {
  const scratch = await openScratch()
  const simulated = await simulate({ size: smallTown, pace: slowPace, seed, today: dayBefore('2026-11-26', times) })
  try {
    let begun = performance.now()
    const { wrong, differing, digest } = await unfold(
      simulated,
      times,
      [await scratch.database(), await scratch.database()],
      (day) => {
        if (day % 100 > 0 && day < times) return
        const ms = Math.round((performance.now() - begun) / (day % 100 || 100))
        say(`     ${simulated.simulator.world.today}: day ${day} of ${times}, ${ms} ms a day`)
        begun = performance.now()
      },
    )
    for (const line of wrong.slice(0, 20)) say(`     ${line}`)
    say(
      `     ${Object.entries(digest.rows)
        .map(([part, n]) => `${part} ${n}`)
        .join(', ')}`,
    )
    return [
      expectThat(wrong.length === 0, `every import of ${times} days and the one of everything are green`),
      expectThat(
        differing.length === 0,
        `day by day and at once give one content (${digest.total.slice(0, 16)}${differing.length > 0 ? `; differing: ${differing.join(' ')}` : ''})`,
      ),
    ].every(Boolean)
  } finally {
    await simulated.close()
    await scratch.close()
  }
}
