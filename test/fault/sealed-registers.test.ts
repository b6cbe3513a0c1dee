/** Decision 7 where registers speak of persons: owners of let dwellings, holders of electricity accounts, seals under a person's number. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { testDatabase } from '../support/database.ts'
import { scripted } from '../support/scripted.ts'
import { standsIn } from '../support/stands-in.ts'

let db: Database
beforeEach(async () => {
  db = await testDatabase({ pipelineMax: 4, readerMax: 1 })
})
afterEach(() => db.close())

/** Valid by its check character, of a region that never existed. */
const citizen = '419921198001010018'
const phone = '14112345678'
const person = '欧阳玉兰'
const home = '贲苓路15号院3号楼1104'

const letting = {
  fwbh: 'CZ4101030000001001',
  qzrq: '2023-03-01',
  bzdz: home,
  bzdzbm: '41010301300100001001',
  cqrxm: person,
  cqrzjhm: citizen,
  cqrlxdh: phone,
  jzrs: 2,
}
const account = { cons_no: '4100123456', cons_name: person, elec_addr: home, elec_type: '城镇居民生活用电', volt: '1' }

const cases = [
  ['security.rentals', 'the owner', letting],
  ['security.rentals', 'an owner without a number', { ...letting, cqrzjhm: null }],
  [
    'security.seals',
    'a shop under its owner’s number',
    { yzbm: '4101000000001', dwmc: '某某店', tyshxydm: citizen, yzlx: '01' },
  ],
  ['power.accounts', 'a dwelling', account],
  ['power.accounts', 'a shop under its owner’s name', { ...account, elec_type: '商业用电' }],
  [
    'power.installations',
    'a shop under its owner’s name',
    { app_no: '240510999000333', app_name: person, elec_addr: home, elec_type: '商业用电', app_cap: '10' },
  ],
] as const
const secrets = [citizen, phone, person, home]

test.each(cases)('%s: %s stands nowhere in clear', async (feed, _who, row) => {
  expect((await scripted(db).deliver(feed, [row])).state).toBe('green')
  expect(await standsIn(db, secrets)).toEqual([])
})

/** Fields that are no texts in a row that cannot be taken. */
const breakable = new Set(['jzrs', 'yzlx', 'volt', 'app_cap'])

test.each(cases)('%s: %s stands nowhere in clear of a row that could not be taken', async (feed, _who, row) => {
  const broken = Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, breakable.has(name) ? { phone: value } : value]),
  )
  const report = await scripted(db).deliver(feed, [broken])
  expect(report.batches[0]!.quarantined).toBe(1n)
  expect(await standsIn(db, secrets)).toEqual([])
})

test('fourteen rooms of one landlord have one blind owner in the facts', async () => {
  const rooms = Array.from({ length: 14 }, (_, i) => ({
    ...letting,
    fwbh: `CZ4101030000001${String(i).padStart(3, '0')}`,
  }))
  expect((await scripted(db).deliver('security.rentals', rooms)).state).toBe('green')
  const { rows } = await db
    .owner()
    .query<{ owners: string; rooms: string }>(
      `SELECT count(DISTINCT body::jsonb->>'ownerBlind') AS owners, count(*) AS rooms FROM fact WHERE kind = 'letting' AND body::jsonb->>'ownerBlind' IS NOT NULL`,
    )
  expect(rows.map((r) => [Number(r.owners), Number(r.rooms)])).toEqual([[1, 14]])
})
