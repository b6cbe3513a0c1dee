import { expect, test } from 'vitest'
import { systemActor } from '../../src/access/actor.ts'
import { issueToken } from '../../src/access/tokens.ts'
import { testDatabase } from '../support/database.ts'

const db = await testDatabase()

test('an instant that Prisma writes is the same instant to everyone else', async () => {
  const expiresAt = new Date('2030-01-02T03:04:05.678Z')
  const { id } = await issueToken(db, { name: 'clock', role: 'auditor', scopePrefix: '4101', expiresAt }, systemActor)
  const { rows } = await db.pipeline.query<{ expires_at: Date; age: number }>(
    'SELECT expires_at, abs(extract(epoch FROM clock_timestamp() - created_at))::float8 AS age FROM token WHERE id = $1',
    [id],
  )
  expect(rows[0]?.expires_at).toEqual(expiresAt)
  expect(rows[0]?.age).toBeLessThan(60)
})
