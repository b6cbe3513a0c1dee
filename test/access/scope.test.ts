/** What lies outside an officer's scope stays outside, also for a statement written by hand that forgets to ask. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '../../src/access/actor.ts'
import { loadGrid } from '../../src/grid/load.ts'
import { partyId } from '../../src/kernel/opaque-id.ts'
import { createWorld, hash, insert, type World } from '../http/world.ts'
import { testDatabase } from '../support/database.ts'

const db = await testDatabase()
let world: World
beforeAll(async () => {
  world = await createWorld(db)
  await insert(db, 'judgement', {
    kind: 'party',
    text_hash: hash(101),
    verdict: 'positive',
    registration_id: 'REG1',
    author: 'tok_1',
    reason: '合同原件',
    evidence_digest: hash(1),
    tick: 1n,
    at: '2026-01-20T00:00:00Z',
  })
  // Nobody's yet: an invoice tied to no project, a party of a record that is no member.
  await insert(db, 'fact', {
    key_hash: hash(800),
    feed: 'tax.invoices',
    kind: 'invoice',
    batch_id: 1n,
    ord: 800,
    mapping: 1,
    known_from: 1n,
    body: '{"kind":"invoice"}',
    subject_hash: hash(801),
  })
  const undo = {
    act_id: 2n,
    verb: 'undo',
    subject: 'undo 9',
    text_hash: hash(801),
    key_hashes: [],
    input: '{}',
    undoes: 1n,
  }
  const by = { author: 'a', author_name: '甲', reason: '有误', at: '2026-01-21T03:00:00Z' }
  const told = { evidence_digest: hash(79), settings: 1, effect: 'null', is_proposal: true }
  await insert(db, 'act', { ...undo, ...by, ...told }, true)
  for (const act_id of [1n, 2n]) await insert(db, 'act_answer', { act_id, answer: 'declined', ...by })
  await insert(db, 'party', { text_hash: hash(802), name: '测试戊公司', code: null, site_unit: null, known_from: 1n })
})

const officer = (scopePrefix: string): Actor => ({ id: `o ${scopePrefix}`, kind: 'user', role: 'officer', scopePrefix })
const own = officer('410105')
const other = officer('410122')

const rowsOf = async (actor: Actor, relation: string): Promise<Record<string, unknown>[]> =>
  db.withActor(actor, async (client) => (await client.query(`SELECT * FROM ${relation}`)).rows)

/** Of each relation the reader may ask: how many rows each of the two officers is shown. Project 1 is the first one's, project 2 the other's. */
const shown: Readonly<Record<string, readonly [own: number, other: number]>> = {
  'jingwei.project_list': [1, 1],
  'jingwei.position': [1, 1],
  'jingwei.position_past': [1, 0],
  'jingwei.registration': [1, 1],
  'jingwei_read.member_by_project': [2, 1],
  'jingwei_read.member_by_record': [2, 1],
  'jingwei_read.project_record': [2, 1],
  'jingwei_read.fact': [6, 1],
  'jingwei_read.subject': [2, 0],
  'jingwei_read.tie': [2, 0],
  'jingwei_read.mention': [2, 2],
  'jingwei_read.party': [2, 2],
  'jingwei_read.party_link': [2, 2],
  'jingwei_read.judgement': [2, 0],
  'jingwei_read.act': [1, 0],
  'jingwei_read.act_answer': [1, 0],
  'jingwei_read.alias': [1, 0],
  'jingwei_read.edge': [1, 0],
  'jingwei_read.taxpayer': [1, 1],
  'jingwei_read.project_event': [4, 1],
  'jingwei_read.project_feed': [6, 1],
}
/** Instants, thresholds of linking, numbers by which projects went, days from which the past is kept, pieces of words by scope (tested below), names of areas: nothing of anyone. */
const ofNobody = [
  'jingwei.grid_node',
  'jingwei.project_token',
  'jingwei.taxpayer_token',
  'jingwei_read.tick',
  'jingwei_read.project_merge',
  'jingwei_read.retention_state',
  'jingwei_read.link_settings',
]

test('the reader may ask these relations and no other', async () => {
  const { rows } = await db.owner().query<{ name: string }>(
    `SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname LIKE 'jingwei%' AND c.relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege('jingwei_reader', c.oid, 'SELECT') ORDER BY 1`,
  )
  expect(rows.map((row) => row.name)).toEqual([...Object.keys(shown), ...ofNobody].sort())
})

test('the reader may change nothing', async () => {
  const { rows } = await db.owner().query(
    `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname LIKE 'jingwei%' AND c.relkind IN ('r', 'p', 'v') AND has_table_privilege('jingwei_reader', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')`,
  )
  expect(rows).toEqual([])
})

describe.each(Object.entries(shown))('%s', (relation, [ownRows, otherRows]) => {
  test('shows each officer what is its own', async () => {
    expect([(await rowsOf(own, relation)).length, (await rowsOf(other, relation)).length]).toEqual([ownRows, otherRows])
  })

  test('shows nothing to a scope without projects and to a connection that carries nobody', async () => {
    expect(await rowsOf(officer('99'), relation)).toEqual([])
    await db.withActor(own, () => Promise.reject(new Error('forgets'))).catch(() => undefined)
    expect((await db.reader.query(`SELECT * FROM ${relation}`)).rowCount).toBe(0)
  })
})

test.each([
  ['facts by their key', `SELECT body FROM fact WHERE key_hash = '\\x${hash(1).toString('hex')}'`],
  ['facts by what they say', `SELECT body FROM fact WHERE body LIKE '%金水路%'`],
  ['invoices by their subject', `SELECT body FROM fact WHERE subject_hash = '\\x${hash(705).toString('hex')}'`],
  ['parties by name', `SELECT * FROM party WHERE name = '测试甲建设有限公司'`],
  ['who a party is', `SELECT * FROM party_link WHERE registration_id = 'REG1' AND decision = 'link'`],
  ['a position', 'SELECT body FROM position WHERE project_id = 1'],
  ['pieces of its name', `SELECT * FROM project_token WHERE project_id = 1`],
  ['pieces of a taxpayer', `SELECT * FROM taxpayer_token WHERE registration_id = 'REG1'`],
  ['a taxpayer', `SELECT * FROM registration WHERE taxpayer_id = 'tx_1'`],
  ['a count', `SELECT 1 FROM tie HAVING count(*) > 0`],
])('another county’s officer who writes SQL does not get %s', async (_, sql) => {
  expect((await db.withActor(other, (client) => client.query(sql))).rows).toEqual([])
  expect((await db.withActor(own, (client) => client.query(sql))).rows).not.toEqual([])
})

test.each([
  'raw_version',
  'jingwei.fact',
  'jingwei.party',
  'fact_past',
  'issue',
  'subject_key',
  'audit',
  'token',
  '"user"',
  'quarantine',
])('the reader may not ask %s at all', async (table) => {
  await expect(db.withActor(own, (client) => client.query(`SELECT * FROM ${table}`))).rejects.toMatchObject({
    code: '42501',
  })
})

test('over HTTP another county’s project, its timeline, position, invoices and taxpayer are not found', async () => {
  for (const role of ['officer', 'steward', 'riskDesk'] as const) {
    const token = await world.tokenFor(role, '410122')
    for (const path of [
      'projects/P1',
      'projects/P1/timeline',
      'projects/P1/position',
      'projects/P1/invoices',
      'taxpayers/tx_1',
      'projects/P9',
    ])
      expect([path, (await world.get(`/v1/${path}`, token)).status]).toEqual([path, 404])
    const list = (await (await world.get('/v1/projects?q=金水路', token)).json()) as { items: unknown[] }
    expect(list.items).toEqual([])
    const hits = await world.post('/v1/taxpayers/search', { code: '91410105MA44TERT3N' }, token)
    expect(await hits.json()).toEqual({ items: [], truncated: false })
  }
  const steward = await world.tokenFor('steward', '410122')
  expect((await world.get(`/v1/links/${partyId.of(hash(101))}`, steward)).status).toBe(404)
})

test('who may see the whole region sees also what is tied to no project', async () => {
  const city = officer('4101')
  const counts = async () => [(await rowsOf(city, 'fact')).length, (await rowsOf(city, 'party')).length]
  expect(await counts()).toEqual([7, 4])
  await loadGrid(db, { code: '410100', name: '郑州市' })
  expect(await counts()).toEqual([8, 5])
  expect((await rowsOf(other, 'fact')).length).toBe(1)
})
