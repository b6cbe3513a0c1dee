import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { problemKinds } from '../../src/http/codes.ts'
import { pushMessages } from '../../src/push/codes.ts'
import { outcomes } from '../../src/push/types.ts'

const text = readFileSync(new URL('../../docs/push.md', import.meta.url), 'utf8')

test('the partners’ page names every code with its status, and every outcome', () => {
  const rows = text.split('\n').filter((line) => line.startsWith('|'))
  for (const code of Object.keys(pushMessages) as (keyof typeof pushMessages)[])
    expect(rows.find((row) => row.includes(`\`${code}\``)) ?? code).toContain(String(problemKinds[code].status))
  for (const outcome of outcomes) expect(text).toContain(`\`${outcome}\``)
})
