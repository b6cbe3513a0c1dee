import { expect, test } from 'vitest'
import { withSessionLock } from '../../src/db/session-locks.ts'
import { testDatabase } from '../support/database.ts'

const db = await testDatabase({ pipelineMax: 2 })
const other = await testDatabase()

test('a name is held once in a process, however many ask, and free again when the work has ended or failed', async () => {
  const gate = Promise.withResolvers<string>()
  const first = withSessionLock(db.pipeline, 'a', () => gate.promise)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await withSessionLock(db.pipeline, 'a', async () => 'again')).toBeNull()
  expect(await withSessionLock(db.pipeline, 'b', async () => 'other')).toEqual({ value: 'other' })
  gate.resolve('done')
  expect(await first).toEqual({ value: 'done' })
  await expect(withSessionLock(db.pipeline, 'a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await withSessionLock(db.pipeline, 'a', async () => 'free')).toEqual({ value: 'free' })
})

test('twenty locks at once take one connection, so that a pool of two still works', async () => {
  const names = Array.from({ length: 20 }, (_, n) => `feed ${n}`)
  const held = await Promise.all(
    names.map((name) =>
      withSessionLock(
        db.pipeline,
        name,
        async () => (await db.pipeline.query<{ one: number }>('SELECT 1 AS one')).rows[0]?.one,
      ),
    ),
  )
  expect(held).toEqual(names.map(() => ({ value: 1 })))
  expect(db.pipeline.totalCount).toBeLessThanOrEqual(2)
})

test('a connection that carried many locks one after the other carries nothing of them any more', async () => {
  const listeners = async () => {
    const client = await db.pipeline.connect()
    const count = client.listenerCount('error')
    client.release()
    return count
  }
  await withSessionLock(db.pipeline, 'once', async () => 1)
  const before = await listeners()
  for (let n = 0; n < 20; n++) await withSessionLock(db.pipeline, `turn ${n}`, async () => n)
  expect(await listeners()).toBe(before)
})

test('locks of one database are none of another', async () => {
  const value = await withSessionLock(db.pipeline, 'x', () => withSessionLock(other.pipeline, 'x', async () => 'both'))
  expect(value).toEqual({ value: { value: 'both' } })
})
