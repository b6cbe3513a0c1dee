/**
 * `years`: nine years that unfold day by day, imported one day at a time, against one import of everything at the end.
 * A feed is imported on the days on which its own schedule fires, as a hub that is never down does it. The world is small and grows as a town does, not by a share of itself; `--times` is the number of days (3 287 by default), `--size` of no effect.
 */

import { feeds } from '../../connectors/index.ts'
import type { Pace, WorldSize } from '../../simulator/world/sizes.ts'
import type { Hub } from '../../src/hub.ts'
import { type ImportReport, importFeeds } from '../../src/import.ts'
import { slotsBetween } from '../../src/schedule/when/slots-between.ts'
import { contentDigest, differingParts } from '../support/digest.ts'
import { importEverything, notGreen, simulate } from '../support/simulated.ts'
import { presentParts, shareLinkSettings } from './days.ts'
import { type AcceptanceRun, expectThat, say } from './run.ts'
import { openScratch } from './scratch.ts'

/** What there is on the first day, and what each day brings: about 120 projects and 9 000 invoices by the end. */
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

export const years: AcceptanceRun = async ({ seed, times }) => {
  const scratch = await openScratch()
  const begins = dayBefore('2026-11-26', times)
  const simulated = await simulate({ size: smallTown, pace: slowPace, seed, today: begins })
  const hub = await simulated.hub(await scratch.database())
  try {
    let isGreen = notGreen(await importEverything(hub)).length === 0
    let begun = performance.now()
    for (let day = 1; day <= times; day++) {
      await simulated.advance(1)
      const wrong = notGreen(await importDue(hub, simulated.simulator.world.today))
      for (const line of wrong) say(`     ${simulated.simulator.world.today} ${line}`)
      isGreen &&= wrong.length === 0
      if (day % 100 > 0 && day < times) continue
      const ms = Math.round((performance.now() - begun) / (day % 100 || 100))
      say(`     ${simulated.simulator.world.today}: day ${day} of ${times}, ${ms} ms a day`)
      begun = performance.now()
    }
    // What is owed less than daily and came since its last day.
    isGreen = notGreen(await importEverything(hub)).length === 0 && isGreen
    const once = await simulated.hub(await scratch.database())
    try {
      await shareLinkSettings(hub.db, once.db)
      isGreen = notGreen(await importEverything(once)).length === 0 && isGreen
      const [a, b] = [await contentDigest(hub.db, presentParts), await contentDigest(once.db, presentParts)]
      const differing = differingParts(a, b)
      const rows = Object.entries(a.rows).map(([part, n]) => `${part} ${n}`)
      say(`     ${rows.join(', ')}`)
      return [
        expectThat(isGreen, `every import of ${times} days and the one of everything are green`),
        expectThat(
          differing.length === 0,
          `day by day and at once give one content (${a.total.slice(0, 16)}${differing.length > 0 ? `; differing: ${differing.join(' ')}` : ''})`,
        ),
      ].every(Boolean)
    } finally {
      await once.close()
    }
  } finally {
    await hub.close()
    await simulated.close()
    await scratch.close()
  }
}
