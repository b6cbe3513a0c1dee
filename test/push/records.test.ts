import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { checkAll } from '../../src/check.ts'
import { testDatabase } from '../support/database.ts'
import { section } from '../support/hand-fed.ts'
import { codeOf, pushWorld, receiptOf } from './world.ts'

const db = await testDatabase()
const world = await pushWorld(db, { gather: { rowsMax: 500, bytesMax: 8_388_608, waitMaxMs: 500 } })
afterAll(() => world.intake.drain())

const outcomes = async (response: Response): Promise<[number, string[]]> => [
  response.status,
  (await receiptOf(response)).rows.map((row) => row.outcome),
]

describe('the key', () => {
  test.each([
    ['an unknown one', `jwkey_${'0'.repeat(32)}`],
    ['none', ''],
  ])('is looked at before the body: %s with a broken body is a 401', async (_, key) => {
    expect(await codeOf(await world.push('{ broken', { key }))).toEqual([401, 'http.unauthenticated'])
  })

  test.each([
    ['another department’s feed', 'development.approvals', () => world.transport],
    ['a feed that is not there', 'transport.nothing', () => world.transport],
    ['another feed than the key’s own', 'transport.sections', () => world.measurements],
  ])('does not open %s, whatever the body', async (_, feed, key) => {
    const response = await world.push('{ broken', { feed, key: key() })
    expect(await codeOf(response)).toEqual([404, 'push.unknown_feed'])
  })
})

describe('an answer', () => {
  test('has one outcome for each row, in order, with the place and both languages of what is wrong', async () => {
    const rows = [
      section({ htdbh: 'A-1' }),
      section({ htdbh: '' }),
      section({ htdbh: 'A-1' }),
      section({ htdbh: 'A-1', htj: '2.00', gxsj: '2020-01-01 00:00:00' }),
      'text',
      { xmbh: 'JT2022-0001' },
      section({ htdbh: 'A-2' }),
    ]
    const response = await world.push(rows)
    expect(response.status).toBe(207)
    const receipt = await receiptOf(response)
    expect(receipt.rows.map((row) => [row.row, row.outcome, row.fault?.code ?? null])).toEqual([
      [1, 'new', null],
      [2, 'quarantined', 'landing.row_invalid'],
      [3, 'repeated', null],
      [4, 'older', null],
      [5, 'quarantined', 'decode.not_an_object'],
      [6, 'quarantined', 'landing.row_invalid'],
      [7, 'new', null],
    ])
    expect(receipt.rows[5]?.fault).toMatchObject({ pointer: expect.stringMatching(/^\//) })
    expect(receipt.rows[5]?.fault?.message.zh).toMatch(/\p{Script=Han}/u)
    expect(receipt.rows.map((row) => row.recordId !== null)).toEqual([true, false, true, true, false, false, true])
    expect(receipt.counts).toMatchObject({ new: 2, repeated: 1, older: 1, quarantined: 3 })
    expect(response.headers.get('location')).toBe(`/v1/receipts/${receipt.receiptId}`)
  })

  test('says 201, then 200 for the same again, then what has changed', async () => {
    const row = section({ htdbh: 'B-1' })
    expect(await outcomes(await world.push([row]))).toEqual([201, ['new']])
    expect(await outcomes(await world.push([row]))).toEqual([200, ['unchanged']])
    const later = { ...row, htj: '7.00', gxsj: '2022-12-01 09:00:00' }
    expect(await outcomes(await world.push([later]))).toEqual([201, ['changed']])
    expect(await outcomes(await world.push([{ ...row, htj: '5.00' }]))).toEqual([200, ['older']])
  })

  test('tells nothing of what the bureau makes of a row', async () => {
    const text = await (await world.push([section({ htdbh: 'B-2' })])).text()
    expect(text).not.toMatch(/taxpayer|registration|link|position|alert|gap|batch|tick/i)
  })
})

describe('a body', () => {
  const ndjson = { 'content-type': 'application/x-ndjson' }
  const lines = [section({ htdbh: 'C-1' }), section({ htdbh: 'C-2' })].map((row) => JSON.stringify(row)).join('\n')

  test('may be NDJSON, with blank lines and a broken one', async () => {
    const response = await world.push(`${lines}\n\n{"xmbh":\n`, { headers: ndjson })
    expect(await outcomes(response)).toEqual([207, ['new', 'new', 'quarantined']])
  })

  test('may be gzip', async () => {
    const body = gzipSync(lines.replaceAll('C-', 'D-'))
    const headers = { ...ndjson, 'content-encoding': 'gzip' }
    expect(await outcomes(await world.push(body, { headers }))).toEqual([201, ['new', 'new']])
    expect(await codeOf(await world.push(body.subarray(0, 200), { headers }))).toEqual([400, 'push.bad_body'])
  })

  test.each([
    ['no array', '{"a":1}', {}, 400, 'push.bad_body'],
    ['an array that breaks off', '[{"a":1},{"b"', {}, 400, 'push.bad_body'],
    ['bytes that are no text', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), {}, 400, 'push.bad_body'],
    ['an empty array', '[]', {}, 422, 'push.no_rows'],
    ['nothing at all', '', ndjson, 422, 'push.no_rows'],
    ['another type', 'a,b', { 'content-type': 'text/csv' }, 415, 'push.unsupported_type'],
    ['another coding', '[]', { 'content-encoding': 'br' }, 415, 'push.unsupported_encoding'],
    ['a key of the wrong form', '[]', { 'idempotency-key': 'a b' }, 400, 'push.bad_idempotency_key'],
    ['one that says it is too large', '[]', { 'content-length': '999999999999' }, 413, 'push.too_large'],
  ])('that is %s is refused by code', async (_, body, headers, status, code) => {
    expect(await codeOf(await world.push(body, { headers: headers as Record<string, string> }))).toEqual([status, code])
  })

  test('with a query nobody knows is refused rather than taken otherwise than meant', async () => {
    const response = await world.push([section({ htdbh: 'C-9' })], { query: '?dryRun=true' })
    expect(await codeOf(response)).toEqual([400, 'http.bad_input'])
  })

  test('of one long line without end is read as it comes', async () => {
    const rows = Array.from({ length: 60 }, (_, n) => section({ htdbh: `E-${n}`, bz: '路'.repeat(100_000) }))
    const response = await world.push(rows)
    expect([response.status, (await receiptOf(response)).counts.new]).toEqual([201, 60])
  })
})

describe('atomic', () => {
  test('takes nothing where one row is faulty, and says which', async () => {
    const rows = [section({ htdbh: 'F-1' }), section({ htdbh: '' })]
    const response = await world.push(rows, { query: '?mode=atomic' })
    expect(response.status).toBe(422)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(await response.json()).toMatchObject({
      code: 'push.atomic_refused',
      rows: [{ row: 2, outcome: 'quarantined', fault: { code: 'landing.row_invalid' } }],
    })
    expect(await outcomes(await world.push([rows[0]], { query: '?mode=atomic' }))).toEqual([201, ['new']])
  })

  test('holds for a body of many rows too, whose first rows were stored before the fault was seen', async () => {
    const rows = Array.from({ length: 2_500 }, (_, n) => section({ htdbh: n === 2_300 ? '' : `G-${n}` }))
    const response = await world.push(rows, { query: '?mode=atomic' })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ rows: [{ row: 2_301 }] })
    expect(await outcomes(await world.push([rows[0]]))).toEqual([201, ['new']])
    const { rows: left } = await db
      .owner()
      .query(
        `SELECT count(*)::int AS pages FROM receipt_page p WHERE NOT EXISTS (SELECT 1 FROM receipt r WHERE r.receipt_id = p.receipt_id)`,
      )
    expect(left).toEqual([{ pages: 0 }])
  })
})

describe('a body of many rows', () => {
  const ndjson = { 'content-type': 'application/x-ndjson' }

  test('that breaks off leaves nothing behind that counts', async () => {
    const lines = Array.from({ length: 1_200 }, (_, n) => `${JSON.stringify(section({ htdbh: `I-${n}` }))}\n`)
    let sent = 0
    const body = new ReadableStream({
      pull: (controller) => {
        if (sent === lines.length) controller.error(new Error('the line broke'))
        else controller.enqueue(Buffer.from(lines[sent++]!))
      },
    })
    expect(await codeOf(await world.push(body, { headers: ndjson }))).toEqual([400, 'push.bad_body'])
    expect(await outcomes(await world.push([section({ htdbh: 'I-0' })]))).toEqual([201, ['new']])
  })

  test('too many of which are faulty is stored, held and said so', async () => {
    const rows = Array.from({ length: 1_100 }, (_, n) => section({ htdbh: n % 10 === 0 ? '' : `L-${n % 30}` }))
    const response = await world.push(rows)
    expect(response.status).toBe(202)
    const { receiptId, state } = await receiptOf(response)
    expect(state).toBe('held')
    expect(await receiptOf(await world.send('GET', `/v1/receipts/${receiptId}?limit=1`))).toMatchObject({
      state: 'held',
    })
  })
})

describe('a receipt', () => {
  test('is read again in pages by its own department only', async () => {
    const rows = Array.from({ length: 12_000 }, (_, n) => section({ htdbh: n % 5_000 === 7 ? '' : `H-${n % 50}` }))
    const body = rows.map((row) => JSON.stringify(row)).join('\n')
    const pushed = await receiptOf(await world.push(body, { headers: { 'content-type': 'application/x-ndjson' } }))
    expect([pushed.rowCount, pushed.rows.length, pushed.nextAfter]).toEqual([12_000, 10_000, 10_000])
    const read = async (after: number, limit: number, key = world.transport) =>
      world.send('GET', `/v1/receipts/${pushed.receiptId}?after=${after}&limit=${limit}`, key)
    const rest = await receiptOf(await read(10_000, 5_000))
    expect([rest.rows.length, rest.rows[0]?.row, rest.nextAfter]).toEqual([2_000, 10_001, null])
    expect(rest.rows.find((row) => row.row === 10_008)?.fault?.code).toBe('landing.row_invalid')
    expect((await receiptOf(await read(0, 3))).rows).toEqual(pushed.rows.slice(0, 3))
    expect(await codeOf(await read(0, 3, world.development))).toEqual([404, 'push.unknown_receipt'])
    expect(await codeOf(await read(0, 3, world.measurements))).toEqual([404, 'push.unknown_receipt'])
  })
})

describe('a withdrawal', () => {
  test('is a version of its own, said once, and undone by sending the row again', async () => {
    const row = section({ htdbh: 'W-1' })
    const { recordId } = (await receiptOf(await world.push([row]))).rows[0]!
    const path = `/v1/feeds/transport.sections/records/${recordId}`
    expect(await codeOf(await world.send('DELETE', path, world.development))).toEqual([404, 'push.unknown_feed'])
    expect(await outcomes(await world.send('DELETE', path))).toEqual([200, ['withdrawn']])
    expect(await outcomes(await world.send('DELETE', path))).toEqual([200, ['unchanged']])
    expect(await outcomes(await world.push([row]))).toEqual([201, ['changed']])
    const other = `/v1/feeds/transport.measurements/records/${recordId}`
    expect(await codeOf(await world.send('DELETE', other))).toEqual([404, 'push.unknown_record'])
  })
})

test('a zero report is kept once for its period, and shown', async () => {
  const path = '/v1/feeds/transport.sections/zero-report'
  const report = async (body: unknown) => world.send('POST', path, world.transport, body)
  expect(await (await report({ period: '2026-01', reason: '无新增' })).json()).toMatchObject({ isNew: true })
  expect(await (await report({ period: '2026-01' })).json()).toMatchObject({ isNew: false, reason: '无新增' })
  expect(await codeOf(await report({ period: '2999-01' }))).toEqual([422, 'push.future_period'])
  expect(await codeOf(await report({ period: '2026-13' }))).toEqual([400, 'http.bad_input'])
  const { rows } = await db.owner().query(`SELECT action, subject FROM audit WHERE action = 'push.zeroReport'`)
  expect(rows).toEqual([{ action: 'push.zeroReport', subject: 'transport.sections' }])
})

test('whoami tells a partner its feeds, the time, and how far its clock is off', async () => {
  const at = new Date(Date.now() - 90_000).toISOString()
  const answer = await (await world.send('GET', `/v1/whoami?at=${at}`, world.measurements)).json()
  expect(answer).toMatchObject({ department: 'transport', feeds: [{ feed: 'transport.measurements' }] })
  expect(Math.abs((answer as { clockSkewSeconds: number }).clockSkewSeconds + 90)).toBeLessThan(30)
})

test('what was pushed has passed every stage, its runs are green, and everything reconciles', async () => {
  await world.intake.drain()
  const { checks } = await checkAll(db, 200)
  expect(checks.flatMap((check) => check.findings)).toEqual([])
  const { rows } = await db
    .owner()
    .query(`SELECT state, count(*)::int AS runs FROM run WHERE kind = 'push' GROUP BY state ORDER BY state`)
  // Refused: the atomic one of many rows, and the one that broke off.
  expect(rows.filter((row) => row.state !== 'green')).toEqual([
    { state: 'failed', runs: 2 },
    { state: 'held', runs: 1 },
  ])
})
