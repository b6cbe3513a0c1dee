/** What the hub showed then, and what it would compute from what it knew then: the two must be one. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPosition } from '#schemas/canonical/position.ts'
import type { Database } from '../../src/db/database.ts'
import { setClock, setClockOffset } from '../../src/kernel/clock.ts'
import { advance } from '../../src/pipeline.ts'
import { positionOn } from '../../src/track/run.ts'
import { testDatabase } from '../support/database.ts'
import { approval, type HandFed, handFed, invoice, measurement, section, taxpayer } from '../support/hand-fed.ts'

let db: Database
let hub: HandFed

interface Stored {
  readonly project: bigint
  readonly from: bigint
  readonly to: bigint | null
  readonly body: string
}

const history = async (): Promise<Stored[]> =>
  (
    await db.pipeline.query<Stored>(
      `SELECT project_id AS project, known_from AS from, NULL::bigint AS to, body FROM position UNION ALL SELECT project_id, known_from, known_to, body FROM position_past ORDER BY 1, 2`,
    )
  ).rows

beforeAll(async () => {
  db = await testDatabase()
  hub = handFed(db)
  const days: [string, () => Promise<unknown>][] = [
    ['2022-02-01', () => hub.deliver('development.approvals', [approval()])],
    ['2022-11-02', () => hub.deliver('transport.sections', [section()])],
    ['2022-12-07', () => hub.deliver('transport.measurements', [measurement()])],
    ['2022-12-20', () => hub.deliver('tax.invoices', [invoice()])],
    ['2023-01-10', () => hub.deliver('tax.taxpayers', [taxpayer()])],
    [
      '2023-02-10',
      () =>
        hub.deliver('transport.measurements', [
          measurement({ bqjl: '18000000', ljjl: '18000000', gxsj: '2023-02-09 09:00:00' }),
          measurement({ qs: 2, ljjl: '30000000', bqjl: '12000000', shrq: '2023-01-05' }),
        ]),
    ],
    [
      '2023-03-01',
      () =>
        hub.deliver('tax.invoices', [
          invoice({
            FPHM: '23412000000000000002',
            FPZT_DM: '3',
            LZFPHM: '22412000000000000001',
            JSHJ: '-4000000.00',
            KPRQ: '2023-02-27 10:00:00',
          }),
        ]),
    ],
  ]
  for (const [on, deliver] of days) {
    setClock(`${on}T08:00:00+08:00`)
    await deliver()
  }
})
afterAll(() => setClockOffset(0))

test('one project grew out of what two departments and the tax core said', async () => {
  const { rows } = await db.pipeline.query<{ body: string }>('SELECT body FROM position')
  expect(rows).toHaveLength(1)
  const position = readPosition(rows[0]!.body)
  expect(position).toMatchObject({ departments: ['development', 'tax', 'transport'], stage: 'inProgress' })
  expect(position.ladder).toMatchObject({
    contractFen: 10_000_000_000n,
    workDoneFen: 3_000_000_000n,
    receivableFen: 2_400_000_000n,
    netInvoicedFen: 600_000_000n,
    gapFen: 1_800_000_000n,
  })
  expect(position.parties.find((p) => p.role === 'contractor')).toMatchObject({
    decision: 'link',
    registrationId: '10114101000000000001',
  })
})

test('each delivery left the position before it in the past', async () => {
  const stored = await history()
  expect(stored.length).toBeGreaterThanOrEqual(6)
  for (const [i, row] of stored.entries()) if (i + 1 < stored.length) expect(row.to).toBe(stored[i + 1]!.from)
})

test('every position ever shown is computed again from the facts, links and ties known at its tick', async () => {
  for (const row of await history()) {
    const { rows } = await db.pipeline.query<{ at: Date }>('SELECT at FROM tick WHERE tick = $1', [row.from])
    const on = new Date(rows[0]!.at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)
    const again = await positionOn(db, row.project, row.from, on)
    // Taxpayer ids and links are those of then; what had not happened by that day was not known then either.
    expect(again).toEqual(readPosition(row.body))
  }
})

test('a day that changes a position by itself takes a tick of its own, and the day before still shows the old one', async () => {
  const other = approval({
    slbh: 'SL-2',
    xmdm: '2203-410122-04-01-654321',
    xmmc: '中牟县某村道路工程',
    xmdw: '中牟县交通运输服务站',
    pfwh: '牟发改审批〔2022〕3号',
    pfrq: '2022-03-05',
    xzqh: '410122',
  })
  setClock('2023-03-02T08:00:00+08:00')
  await hub.deliver('development.approvals', [other])
  setClock('2023-03-05T08:00:00+08:00')
  await advance(hub)
  const { rows } = await db.pipeline.query<{ body: string; kind: string }>(
    `SELECT p.body, t.kind FROM position p JOIN tick t ON t.tick = p.known_from WHERE p.body LIKE '%村道路工程%'`,
  )
  expect(rows[0]?.kind).toBe('calendar')
  expect(readPosition(rows[0]!.body).stalledSince).toBe('2023-03-05')
  const { rows: past } = await db.pipeline.query<{ body: string }>(
    `SELECT body FROM position_past WHERE body LIKE '%村道路工程%'`,
  )
  expect(past.map((p) => readPosition(p.body).stalledSince)).toEqual([null])
})
