import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { testDatabase } from '../support/database.ts'

let db: Database
beforeAll(async () => {
  db = await testDatabase()
})

test('each pool logs in as its own role, with our schema first', async () => {
  const ask = `SELECT current_user AS who, current_schema() AS schema`
  expect((await db.pipeline.query(ask)).rows[0]).toEqual({ who: 'jingwei_pipeline', schema: 'jingwei' })
  expect((await db.reader.query(ask)).rows[0]).toEqual({ who: 'jingwei_reader', schema: 'jingwei' })
  expect((await db.owner().query(ask)).rows[0]).toEqual({ who: 'jingwei_owner', schema: 'jingwei' })
})
