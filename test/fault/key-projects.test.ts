/** A full delivery that has lost half of its records agrees with itself; only what was there before shows it. */
import { afterAll, expect, test } from 'vitest'
import { setLogLevel } from '../../src/kernel/log.ts'
import { refuseBatch } from '../../src/landing/hold.ts'
import { testUrl } from '../support/database-url.ts'
import { importEverything, notGreen, simulate } from '../support/simulated.ts'

setLogLevel('silent')
afterAll(() => setLogLevel('info'))

const feed = 'development.key-projects'

test('half of the key projects missing is held, nothing is taken for struck off, and the next whole list is green', async () => {
  const simulated = await simulate({ size: 'tiny', seed: 2 })
  const hub = await simulated.hub(await testUrl())
  const live = async (): Promise<string | undefined> =>
    (
      await hub.db.pipeline.query<{ live: string }>(
        `SELECT live_after::text AS live FROM batch WHERE feed = $1 AND state = 'admitted' ORDER BY batch_id DESC LIMIT 1`,
        [feed],
      )
    ).rows[0]?.live
  try {
    expect(notGreen(await importEverything(hub, feed))).toEqual([])
    const before = await live()
    expect(Number(before)).toBeGreaterThan(3)
    simulated.simulator.faults.arm({ feed, kind: 'lostHalf', times: 99 })
    const [held] = await importEverything(hub, feed)
    expect(held?.state).toBe('held')
    simulated.simulator.faults.clear()
    const { rows } = await hub.db.pipeline.query<{ id: bigint; code: string }>(
      `SELECT batch_id AS id, hold_reason->>'code' AS code FROM batch WHERE feed = $1 AND state = 'held'`,
      [feed],
    )
    expect(rows.map(({ code }) => code)).toEqual(['landing.hold_mass_absence'])
    const why = {
      code: 'landing.refused_by_person',
      message: { zh: '名单不全', en: 'half a list' },
      found: '',
      bound: '',
    }
    await refuseBatch(hub.db, rows[0]!.id, why, 'test')
    expect(notGreen(await importEverything(hub, feed))).toEqual([])
    expect(await live()).toBe(before)
  } finally {
    await hub.close()
    await simulated.close()
  }
})
