/** Days that come one by one leave what one import of all of them leaves; `npm run accept -- years` takes nine years of them. */
import { afterAll, expect, test } from 'vitest'
import { setLogLevel } from '../../src/kernel/log.ts'
import { dueOn, slowPace, smallTown, unfold } from '../accept/years.ts'
import { testUrl } from '../support/database-url.ts'
import { simulate } from '../support/simulated.ts'

setLogLevel('silent')
afterAll(() => setLogLevel('info'))

const seed = Number(process.env.SEED ?? 5)

test(`ten days over the end of a quarter, feed by feed on its own days, equal one import of everything (seed ${seed})`, async () => {
  // Livelier than the years: ten days are to bring new projects, taxpayers and corrections.
  const pace = { ...slowPace, projects: 0.5, taxpayers: 0.5, corrections: 0.4, correctedInvoices: 0.6 }
  const simulated = await simulate({ size: smallTown, pace, seed, today: '2026-03-28' })
  try {
    const { wrong, differing, digest } = await unfold(simulated, 10, [await testUrl(), await testUrl()])
    expect(wrong).toEqual([])
    expect(differing).toEqual([])
    expect(digest.rows.facts).toBeGreaterThan(800)
  } finally {
    await simulated.close()
  }
})

test('what is owed monthly is asked for on its days only', () => {
  const idsOn = (day: string): string[] => dueOn(day).map(({ id }) => id)
  expect(idsOn('2026-03-09')).toContain('power.readings')
  expect(idsOn('2026-03-25')).not.toContain('power.readings')
  expect(idsOn('2026-03-25')).toContain('tax.invoices')
})
