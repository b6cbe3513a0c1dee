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
  [
    'water.projects',
    'the project’s owner',
    { xmbh: 'SL2023-00001', xmmc: '河道治理', xmfrdm: citizen, lxr: phone, gclb: '01' },
  ],
  [
    'water.contracts',
    'the contractor',
    { xmbh: 'SL2023-00001', bdbh: 'TJ-1', xmmc: '河道治理', sgdwdm: citizen, htgq: 90 },
  ],
  [
    'water.permits',
    'the holder',
    { 取水许可证号: 'C1', 统一社会信用代码: citizen, 取水权人: phone, 联系电话: phone, 取水用途: '生活用水' },
  ],
  [
    'water.usages',
    'the holder',
    { 取水许可证号: 'C1', 年度: '2023', 季度: '1', 取水权人: phone, 上报日期: '2023-04-02' },
  ],
  [
    'development.progress',
    'the reporter',
    { xmdm: '2303-410105-04-01-123456', bsyf: '202306', xmdwdm: citizen, tbr: phone, jdms: '主体施工' },
  ],
] as const

/** Fields that are no texts in a row that cannot be taken. */
const breakable = new Set(['bz', 'BZ', 'LXDH', 'lxbh', 'gclb', 'htgq', '取水用途', '上报日期', 'jdms'])

test.each(cases)('%s: the number of %s is sealed', async (feed, _who, row) => {
  expect((await scripted(db).deliver(feed, [row])).state).toBe('green')
  expect(await standsIn(db, [citizen, phone])).toEqual([])
})

test.each(cases)('%s: the number of %s is sealed in a row that could not be taken', async (feed, _who, row) => {
  const broken = Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, breakable.has(name) ? { phone: value } : value]),
  )
  const report = await scripted(db).deliver(feed, [broken])
  expect(report.batches[0]!.quarantined).toBe(1n)
  expect(await standsIn(db, [citizen, phone])).toEqual([])
})
