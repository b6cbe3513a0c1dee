import { expect, test } from 'vitest'
import { listSchedules } from '../../src/query/schedules.ts'
import { storePlans } from '../../src/schedule/store-plans.ts'
import { testDatabase } from '../support/database.ts'

const db = await testDatabase()
const plan = (source: string, cron = '20 2 * * *', enabled = true) => ({
  source,
  cron,
  timeZone: 'Asia/Shanghai',
  enabled,
  catchUp: 'latest' as const,
  catchUpMax: 24,
})
const audited = async () =>
  (
    await db.pipeline.query(
      `SELECT subject, detail->>'cron' AS cron FROM audit WHERE action = 'schedule.set' ORDER BY audit_id`,
    )
  ).rows

test('plans are stored once, changes are told apart and stand in the audit trail', async () => {
  expect(await storePlans(db, [plan('tax.invoices'), plan('tax.taxpayers')])).toEqual(['tax.invoices', 'tax.taxpayers'])
  expect(await storePlans(db, [plan('tax.invoices'), plan('tax.taxpayers')])).toEqual([])
  expect(await storePlans(db, [plan('tax.invoices', '5 3 * * *'), plan('tax.taxpayers')])).toEqual(['tax.invoices'])
  expect(await audited()).toEqual([
    { subject: 'tax.invoices', cron: '20 2 * * *' },
    { subject: 'tax.taxpayers', cron: '20 2 * * *' },
    { subject: 'tax.invoices', cron: '5 3 * * *' },
  ])
})

test('a schedule that the configuration switches off shows as off; one that never ran is not stored', async () => {
  expect(
    await storePlans(db, [plan('tax.invoices', '5 3 * * *', false), plan('water.usages', '1 1 * * *', false)]),
  ).toEqual(['tax.invoices'])
  expect((await listSchedules(db.pipeline)).map(({ source, enabled }) => [source, enabled])).toEqual([
    ['tax.invoices', false],
    ['tax.taxpayers', true],
  ])
})

test('hubs that start at once agree', async () => {
  await Promise.all([1, 2, 3].map(() => storePlans(db, [plan('transport.sections'), plan('tendering.awards')])))
  expect((await listSchedules(db.pipeline)).map(({ source }) => source)).toEqual(
    expect.arrayContaining(['transport.sections', 'tendering.awards']),
  )
})
