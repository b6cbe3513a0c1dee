/** Many who want the stages to advance at once share few connections: those who wait for their turn must not keep those from the one at work. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { advance } from '../../src/pipeline.ts'
import { testDatabase } from '../support/database.ts'
import { handFed, section } from '../support/hand-fed.ts'

let db: Database
beforeEach(async () => {
  db = await testDatabase({ pipelineMax: 4 })
})
afterEach(() => db.close())

test('eight advances over four connections all come to their end', async () => {
  const hub = handFed(db)
  await hub.land('transport.sections', [section()])
  const ends = await Promise.all(Array.from({ length: 8 }, () => advance(hub)))
  expect(ends.reduce((n, end) => n + end.positionsComputed, 0)).toBe(1)
}, 60_000)
