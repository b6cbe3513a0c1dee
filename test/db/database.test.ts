import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { isPassingDbError } from '../../src/db/errors.ts'
import { transaction } from '../../src/db/transaction.ts'
import { asSuperuser, testDatabase } from '../support/database.ts'

let db: Database
beforeAll(async () => {
  db = await testDatabase()
})

test('each pool logs in as its own role, the reader with its views first', async () => {
  const ask = `SELECT current_user AS who, current_schema() AS schema`
  expect((await db.pipeline.query(ask)).rows[0]).toEqual({ who: 'jingwei_pipeline', schema: 'jingwei' })
  expect((await db.reader.query(ask)).rows[0]).toEqual({ who: 'jingwei_reader', schema: 'jingwei_read' })
  expect((await db.owner().query(ask)).rows[0]).toEqual({ who: 'jingwei_owner', schema: 'jingwei' })
})

test('values come out as the hub counts: money as bigint, days as text, instants as Date', async () => {
  const { rows } = await db.pipeline.query(
    `SELECT 9007199254740993::bigint AS fen, '2026-02-28'::date AS day, '0.10'::numeric AS rate, '2026-01-01T00:00:00+08'::timestamptz AS at,
            ARRAY[1, NULL]::bigint[] AS many, ARRAY['2026-01-01']::date[] AS days, '\\x00ff'::bytea AS bytes, '{"a": 1}'::jsonb AS body`,
  )
  expect(rows[0]).toEqual({
    fen: 9007199254740993n,
    day: '2026-02-28',
    rate: '0.10',
    at: new Date('2025-12-31T16:00:00Z'),
    many: [1n, null],
    days: ['2026-01-01'],
    bytes: Buffer.from([0, 255]),
    body: { a: 1 },
  })
})

test('an instant falls on the day it has in Shanghai', async () => {
  const { rows } = await db.pipeline.query(`SELECT '2025-12-31T16:30:00Z'::timestamptz::date AS day`)
  expect(rows).toEqual([{ day: '2026-01-01' }])
})

test('a transaction that fails leaves nothing behind and gives its connection back', async () => {
  const write = (name: string) =>
    `INSERT INTO schedule (source, cron, updated_at) VALUES ('${name}', '0 2 * * *', now())`
  const work = transaction(db.pipeline, async (client) => {
    await client.query(write('lost'))
    throw new Error('broke')
  })
  await expect(work).rejects.toThrow('broke')
  await transaction(db.pipeline, (client) => client.query(write('kept')))
  expect((await db.pipeline.query('SELECT source FROM schedule')).rows).toEqual([{ source: 'kept' }])
  await expect(
    transaction(db.pipeline, (client) => client.query(write('no')), { readOnly: true }),
  ).rejects.toMatchObject({ code: '25006' })
})

test('the reader cannot write, whatever rights it may be given', async () => {
  await db.owner().query('CREATE TABLE open_to_all (n int); GRANT ALL ON open_to_all TO jingwei_reader')
  await expect(db.reader.query('INSERT INTO open_to_all VALUES (1)')).rejects.toMatchObject({ code: '25006' })
})

test('a connection that the server ends is told as passing, and the pool goes on with a new one', async () => {
  const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${db.name}' AND application_name = 'jingwei-pipeline'`
  const work = transaction(db.pipeline, async (client) => {
    await client.query('SELECT 1')
    await asSuperuser(end)
    await client.query('SELECT 2')
  })
  const error = await work.catch((thrown) => thrown)
  expect(isPassingDbError(error)).toBe(true)
  expect((await db.pipeline.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})
