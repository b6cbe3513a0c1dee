/** Real award notices through the feed. The data lies beside the repository and never in it; without it this says so and is skipped. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Canonical } from '#schemas/canonical/index.ts'
import awards from '../../connectors/tendering/awards.ts'
import { mapRecord } from '../../src/connect/collect.ts'
import { openFile } from '../../src/connect/decode/open.ts'
import { rowsOf } from '../connect/support.ts'

const path = join(import.meta.dirname, '../../../shared/data/yichang/awards.jsonl.gz')

describe.skipIf(!existsSync(path))('real award notices (../shared/data, where present)', () => {
  it('are all read, nearly all without an issue, each with its winners', async () => {
    const rows = await rowsOf(openFile(path, { feed: awards }))
    expect(rows).toHaveLength(848)
    let clean = 0
    for (const row of rows) {
      const record = awards.record.parse(JSON.parse(row.text))
      const { value, issues } = mapRecord(awards, record)
      const award = Canonical.parse(value)
      if (award.kind !== 'award') throw new Error(award.kind)
      const winners = Array.isArray(record.winners) ? record.winners : []
      if (winners.length > 1)
        expect(award.parties.filter((party) => party.role === 'contractor').length).toBeGreaterThanOrEqual(
          winners.length,
        )
      if (issues.length === 0) clean++
    }
    expect(clean / rows.length).toBeGreaterThan(0.97)
  })
})
