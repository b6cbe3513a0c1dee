/** The tax ladder follows the register: what it says of a taxpayer, and who an invoice's seller is, may come or change after everything else. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPosition } from '#schemas/canonical/position.ts'
import type { Database } from '../../src/db/database.ts'
import { setClock, setClockOffset } from '../../src/kernel/clock.ts'
import { recomputePositions } from '../../src/track/run.ts'
import { testDatabase } from '../support/database.ts'
import { type HandFed, handFed, invoice, section, taxpayer } from '../support/hand-fed.ts'

let db: Database
let hub: HandFed

const contractor = async () => {
  const { rows } = await db.pipeline.query<{ id: bigint; body: string }>('SELECT project_id AS id, body FROM position')
  expect(rows).toHaveLength(1)
  expect(await recomputePositions(db, [rows[0]!.id], '2023-04-20')).toEqual([])
  return readPosition(rows[0]!.body).tax!.contractors[0]!
}

beforeAll(async () => {
  db = await testDatabase()
  hub = handFed(db)
  setClock('2023-04-20T08:00:00+08:00')
  await hub.deliver('transport.sections', [section()])
  await hub.deliver('tax.invoices', [invoice()])
})
afterAll(() => setClockOffset(0))

test('before the register knows the contractor its invoices say how it is taxed', async () => {
  expect(await contractor()).toMatchObject({
    taxpayerId: null,
    scheme: 'general',
    notes: ['register.absent', 'scheme.inferred', 'home.unknown'],
  })
})

test('a registration that comes late is taken up', async () => {
  await hub.deliver('tax.taxpayers', [taxpayer()])
  expect(await contractor()).toMatchObject({
    registrationIds: ['10114101000000000001'],
    scheme: 'general',
    homeDivision: '410105001',
    isCrossRegion: false,
    notes: [],
  })
})

test('one that changes without any link changing is taken up too', async () => {
  await hub.deliver('tax.taxpayers', [taxpayer({ NSRLX_DM: '2', XGRQ: '2023-04-19 00:00:00' })])
  expect(await contractor()).toMatchObject({ scheme: 'smallScale' })
})
