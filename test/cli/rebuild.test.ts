/** The command that derives links, projects and positions anew, as an operator types it after an upgrade. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Output } from '../../src/cli/output.ts'
import { rebuildCommand } from '../../src/cli/rebuild.ts'
import type { Hub } from '../../src/hub.ts'
import type { RebuildReport } from '../../src/rebuild.ts'
import { presentParts } from '../accept/days.ts'
import { testUrl } from '../support/database-url.ts'
import { contentDigest, differingParts } from '../support/digest.ts'
import { startHubCommand } from '../support/hub-command.ts'
import { importEverything, notGreen, type Simulated, simulate } from '../support/simulated.ts'

const url = await testUrl()
let simulated: Simulated
let hub: Hub

beforeAll(async () => {
  simulated = await simulate({ seed: 4 })
  hub = await simulated.hub(url)
  expect(notGreen(await importEverything(hub))).toEqual([])
}, 60_000)

afterAll(async () => {
  await hub.close()
  await simulated.close()
})

const run = async (...args: string[]) => {
  const lines: string[] = []
  const results: RebuildReport[] = []
  const out: Output = {
    json: true,
    line: (text = '') => void lines.push(text),
    result: (value) => void results.push(value as RebuildReport),
  }
  const code = await rebuildCommand(hub, args, out)
  return { code, text: lines.join('\n'), result: results[0]! }
}

const one = async <T>(sql: string, values: unknown[] = []): Promise<T> =>
  (await hub.db.pipeline.query<{ x: T }>(sql, values)).rows[0]!.x

const nothing = { partyLinks: 0n, memberships: 0n, ties: 0n, positions: 0n }

test('without --yes it tells what there is, does nothing and ends with 2', async () => {
  const tick = await one<bigint>('SELECT tick AS x FROM truth_clock')
  const { code, text, result } = await run()
  expect(code).toBe(2)
  expect(text).toContain('--yes')
  expect(result.before.positions).toBe(await one<bigint>('SELECT count(*) AS x FROM position'))
  expect(result.before.projects).toBeGreaterThan(0n)
  expect(result.before.ties).toBeGreaterThan(0n)
  expect(await one<bigint>('SELECT tick AS x FROM truth_clock')).toBe(tick)
})

test('what nothing changed is the same afterwards: content, identities, and the page as of the tick before', async () => {
  const before = await contentDigest(hub.db, presentParts)
  const tick = await one<bigint>('SELECT tick AS x FROM truth_clock')
  const shown = `SELECT string_agg(project_id || ' ' || encode(digest, 'hex'), ' ' ORDER BY project_id) AS x`
  const pages = await one<string>(`${shown} FROM position`)
  const { code, result } = await run('--yes')
  expect(code).toBe(0)
  expect(result.changed).toEqual(nothing)
  expect(result.after).toEqual(result.before)
  expect(differingParts(before, await contentDigest(hub.db, presentParts))).toEqual([])
  expect(await one<string>(`${shown} FROM position`)).toBe(pages)
  expect(await one<string>(`${shown} FROM position_past WHERE known_from <= $1 AND known_to > $1`, [tick])).toBe(pages)
})

test('what an older hub did not store is filled, and what it tied otherwise is counted', async () => {
  const filled = `SELECT (SELECT count(name_key) FROM subject) || ' ' || (SELECT count(name_key) FROM project_record) || ' ' || (SELECT count(seller_key) FROM subject) AS x`
  const keys = await one<string>(filled)
  expect(keys).toMatch(/^[1-9]\d* [1-9]\d* [1-9]\d*$/)
  await hub.db.owner().query('UPDATE subject SET name_key = NULL, project_code = NULL')
  await hub.db.owner().query('UPDATE project_record SET name_key = NULL')
  await hub.db
    .owner()
    .query(
      'UPDATE tie SET project_id = NULL WHERE subject_hash IN (SELECT subject_hash FROM tie WHERE project_id IS NOT NULL ORDER BY subject_hash LIMIT 3)',
    )
  const { result, text } = await run('--yes')
  expect(result.changed).toMatchObject({ ties: 3n, partyLinks: 0n, memberships: 0n })
  expect(result.after.ties).toBe(result.before.ties + 3n)
  expect(text).toContain('ties 3')
  expect(await one<string>(filled)).toBe(keys)
})

test('each rebuild has its audit row with the counts and the tick', async () => {
  const { result } = await run('--yes')
  const { rows } = await hub.db
    .owner()
    .query(`SELECT actor, role, detail, tick FROM audit WHERE action = 'rebuild' ORDER BY audit_id DESC LIMIT 1`)
  expect(rows[0]).toMatchObject({ actor: 'cli', role: 'operator', tick: result.tick })
  expect(rows[0].detail.positions).toBe(result.before.positions.toString())
})

test('as a process it ends with 2, and prints the counts for machines', async () => {
  const { code, stdout } = await startHubCommand(simulated.environment(url), ['rebuild', '--json']).finished
  expect(code).toBe(2)
  expect(JSON.parse(stdout)).toMatchObject({ rebuilt: false, before: { positions: expect.stringMatching(/^\d+$/) } })
  expect((await startHubCommand(simulated.environment(url), ['rebuild', '--sure']).finished).code).toBe(2)
})
