import { afterAll, expect, test } from 'vitest'
import { dropOrphanPages } from '../../src/push/receipt.ts'
import { testDatabase } from '../support/database.ts'
import { section } from '../support/hand-fed.ts'
import { pushWorld, receiptOf } from './world.ts'

const db = await testDatabase()
const world = await pushWorld(db)
afterAll(() => world.intake.drain())

test('pages of a delivery that a dead hub left go when it is refused; pages of receipts stay', async () => {
  const { receiptId } = await receiptOf(await world.push([section()]))
  await db.owner().query(
    `INSERT INTO batch (feed, run_id, mode, channel, state, schema_version, opened_at) VALUES ('transport.sections', 'run_gone', 'increment', 'own', 'landing', 1, now());
     INSERT INTO receipt_page (receipt_id, first_row, batch_id, outcomes, keys, faults) SELECT 'rcpt_gone', 1, max(batch_id), 'q', '', '[]' FROM batch;
     INSERT INTO receipt_page (receipt_id, first_row, batch_id, outcomes, keys, faults) SELECT '${receiptId}', 2, max(batch_id), 'q', '', '[]' FROM batch`,
  )
  const pages = async () =>
    (await db.owner().query(`SELECT receipt_id AS id FROM receipt_page ORDER BY receipt_id`)).rows.map((row) => row.id)
  await dropOrphanPages(db)
  expect(await pages()).toEqual([receiptId, 'rcpt_gone'].sort())
  // The next delivery of the feed turns away what nobody goes on with.
  await world.push([section()])
  await dropOrphanPages(db)
  expect(await pages()).not.toContain('rcpt_gone')
  expect(await pages()).toContain(receiptId)
})
