import { expect, test } from 'vitest'
import { type Actor, systemActor } from '../../src/access/actor.ts'
import { loadGrid } from '../../src/grid/load.ts'
import { countiesOf } from '../../src/grid/nodes.ts'
import { listGrids } from '../../src/query/grids.ts'
import { testDatabase } from '../support/database.ts'

const db = await testDatabase()
const zhengzhou = { code: '410100', name: '郑州市' }
const officer: Actor = { id: 'o', kind: 'user', role: 'officer', scopePrefix: '4101' }

const nodes = async () =>
  (await db.pipeline.query<{ code: string; name: string }>('SELECT code, name FROM grid_node ORDER BY code')).rows

test('a city has its counties and the zones that collect tax like one, each once', () => {
  const codes = countiesOf('410100').map((node) => node.code)
  expect(codes).toContain('410105')
  expect(codes).toContain('4101ZD')
  expect(codes.filter((code) => code === '410171')).toHaveLength(1)
  expect(new Set(codes).size).toBe(codes.length)
  expect(codes.filter((code) => !code.startsWith('4101') || code.endsWith('00'))).toEqual([])
  expect(countiesOf('410100').find((node) => node.code === '410173')?.validFrom).toBe('2013-03-07')
})

test('hubs that open at once store it once, with one audit row for each that wrote', async () => {
  await Promise.all([loadGrid(db, zhengzhou), loadGrid(db, zhengzhou), loadGrid(db, zhengzhou)])
  expect((await nodes()).map((node) => node.code)).toEqual(countiesOf('410100').map((node) => node.code))
  expect((await db.pipeline.query('SELECT code, scope_from, scope_to FROM region')).rows).toEqual([
    { code: '410100', scope_from: '4101', scope_to: '4102' },
  ])
})

test('opening again writes nothing, and leaves what the city has changed', async () => {
  await db.pipeline.query(`UPDATE grid_node SET name = '金水新区' WHERE code = '410105'`)
  const before = (await db.pipeline.query('SELECT FROM audit')).rowCount
  expect(await loadGrid(db, zhengzhou)).toEqual([])
  expect((await nodes()).find((node) => node.code === '410105')?.name).toBe('金水新区')
  expect((await db.pipeline.query('SELECT FROM audit')).rowCount).toBe(before)
})

test('the grid shows the counties with the projects the actor sees in each', async () => {
  await db.owner().query(
    `INSERT INTO project_list (scope, project_id, shared_prefix, reason, name, contractor_names, stage, departments, net_invoiced_fen, gap_fen)
       SELECT s, n, -1, 'site', '项目', '', 'approved', 1, 0, 100 FROM (VALUES ('410105', 1), ('410105001', 2), ('4101ZD', 3), ('410122', 4)) AS t (s, n)`,
  )
  const projectsOf = async (actor: Actor) =>
    Object.fromEntries(
      (await db.withActor(actor, (client) => listGrids(client, null)))
        .filter((item) => item.projects > 0)
        .map((item) => [item.code, item.projects]),
    )
  expect(await projectsOf(officer)).toEqual({ '410105': 2, '4101ZD': 1, '410122': 1 })
  expect(await projectsOf({ ...officer, scopePrefix: '410105' })).toEqual({ '410105': 2 })
  expect(await db.withActor(officer, (client) => listGrids(client, '410100'))).toHaveLength(countiesOf('410100').length)
})

test('a hub whose region is changed has the new one only', async () => {
  await loadGrid(db, { code: '420500', name: '宜昌市' })
  expect((await db.pipeline.query('SELECT code FROM region')).rows).toEqual([{ code: '420500' }])
  const { rows } = await db.withActor(systemActor, (client) =>
    client.query(`SELECT level, parent FROM grid_node WHERE code = '420502'`),
  )
  expect(rows).toEqual([{ level: 'county', parent: '420500' }])
})
