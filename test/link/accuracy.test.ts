/**
 * Accuracy on real registers and real award notices, where they are present beside the repository. The floors are a little below
 * what was measured, so that a change for the worse fails here before anybody is linked wrongly.
 */
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { run as group } from '../../bench/group.ts'
import { run as link } from '../../bench/link.ts'

const data = '../shared/data'

describe.skipIf(!existsSync(`${data}/registry_henan.csv.gz`))(
  'parties against a real register (needs ../shared/data)',
  () => {
    test.each([
      ['henan', false, 0.965],
      ['hubei', false, 0.96],
      ['henan', true, 0.93],
    ])(
      '%s, names only: %s',
      async (registry, namesOnly, recallMin) => {
        for await (const figure of link({
          registry: `${data}/registry_${registry}.csv.gz`,
          parties: 4_000,
          seed: 77,
          namesOnly,
        })) {
          expect(figure.precision).toBeGreaterThanOrEqual(0.995)
          expect(figure.recall).toBeGreaterThanOrEqual(recallMin)
          return
        }
      },
      300_000,
    )
  },
)

describe.skipIf(!existsSync(`${data}/yichang/awards.jsonl.gz`))(
  'award notices to projects (needs ../shared/data)',
  () => {
    test('beats the naive floor by far on the districts with complete numbers', async () => {
      for await (const figure of group()) {
        expect(figure.f1).toBeGreaterThanOrEqual(0.95)
        expect(figure.precision).toBeGreaterThanOrEqual(0.98)
        return
      }
    })
  },
)
