/** Decision 7 on every way in: wherever a citizen's number may stand in a row, it is sealed before it is stored, also in rows that are not taken. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { testDatabase } from '../support/database.ts'
import { approval, invoice, section, taxpayer } from '../support/hand-fed.ts'
import { scripted } from '../support/scripted.ts'
import { standsIn } from '../support/stands-in.ts'

// Closed after each test: a database for each and all of them open would use up the server's connections.
let db: Database
beforeEach(async () => {
  db = await testDatabase({ pipelineMax: 4, readerMax: 1 })
})
afterEach(() => db.close())

/** Valid by its check character, of a region that never existed. */
const citizen = '419921198001010018'
const phone = '14112345678'

const cases = [
  ['development.approvals', 'the project’s owner', approval({ xmdwdm: citizen })],
  ['development.approvals', 'the contact', approval({ lxdh: phone })],
  ['transport.sections', 'the owner', section({ jsdwdm: citizen })],
  ['transport.sections', 'the contractor', section({ sgdwdm: citizen })],
  ['tax.taxpayers', 'the taxpayer', taxpayer({ NSRSBH: citizen, KZZTDJLX_DM: '1190' })],
  ['tax.taxpayers', 'a shop under its owner’s number', taxpayer({ SHXYDM: citizen, KZZTDJLX_DM: '1120' })],
  ['tax.taxpayers', 'the representative', taxpayer({ FDDBRSFZJHM: citizen, LXDH: phone })],
  ['tax.invoices', 'the seller', invoice({ XSF_NSRSBH: citizen })],
  ['tax.invoices', 'the buyer', invoice({ GMF_NSRSBH: citizen })],
] as const

test.each(cases)('%s: the number of %s is sealed', async (feed, _who, row) => {
  expect((await scripted(db).deliver(feed, [row])).state).toBe('green')
  expect(await standsIn(db, [citizen, phone])).toEqual([])
})

test.each(cases)('%s: the number of %s is sealed in a row that could not be taken', async (feed, _who, row) => {
  const broken = Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      name === 'bz' || name === 'BZ' || name === 'LXDH' || name === 'lxbh' ? { phone: value } : value,
    ]),
  )
  const report = await scripted(db).deliver(feed, [broken])
  expect(report.batches[0]!.quarantined).toBe(1n)
  expect(await standsIn(db, [citizen, phone])).toEqual([])
})
