/** A natural person's way through the hub: found by number, named by need, the number itself nowhere. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { positionJson } from '../../schemas/canonical/position.ts'
import { systemActor } from '../../src/access/actor.ts'
import { issueToken } from '../../src/access/tokens.ts'
import { importAll } from '../../src/cli/import.ts'
import { type App, createApp } from '../../src/http/app.ts'
import { defaultHttpSettings } from '../../src/http/deps.ts'
import type { Hub } from '../../src/hub.ts'
import { createLogger } from '../../src/kernel/log.ts'
import { findProject } from '../../src/query/position.ts'
import { projectSummaries } from '../../src/query/projects.ts'
import { hash, insert, roadPosition } from '../http/world.ts'
import { testUrl } from '../support/database-url.ts'
import { type Simulated, simulate } from '../support/simulated.ts'

let simulated: Simulated
let hub: Hub
let app: App
const logged: string[] = []
const never = () => Promise.reject(new Error('not here'))

beforeAll(async () => {
  simulated = await simulate({ size: 'tiny', seed: 7 })
  hub = await simulated.hub(await testUrl())
  await importAll(hub, 'tax.taxpayers', { actor: 'test' })
  app = createApp({
    db: hub.db,
    log: createLogger('debug', (line) => void logged.push(line)),
    settings: {
      region: hub.config.region,
      isDemo: false,
      sessionKey: hub.keyring.derive('session'),
      ...defaultHttpSettings,
    },
    feeds: [],
    verbs: { startImport: never, act: never, answer: never, endAlias: never, decideHold: never, excuseDay: never },
    positionOn: never,
    blindIndex: (code) => hub.keyring.blind(JSON.stringify(code)),
  })
})
afterAll(async () => {
  await app.drain()
  await hub.close()
  await simulated.close()
})

interface Hits {
  readonly items: readonly {
    readonly id: string
    readonly registration: { readonly name: string; readonly uscc: string | null }
  }[]
}

const search = async (role: 'officer' | 'riskDesk', scopePrefix: string, code: string): Promise<Hits> => {
  const { token } = await issueToken(hub.db, { name: role, role, scopePrefix }, systemActor)
  const response = await app.request('/v1/taxpayers/search', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  })
  expect(response.status).toBe(200)
  return (await response.json()) as Hits
}

const persons = () => [...simulated.simulator.world.taxpayers(null)].filter((party) => party.kind === 'person')

test('is found by the number, however it is typed, by whoever has the scope', async () => {
  expect(persons().length).toBeGreaterThan(0)
  for (const person of persons().slice(0, 5)) {
    const { items } = await search('riskDesk', '4101', person.code)
    expect(items.map((item) => item.registration.name)).toEqual([person.name])
    expect(items[0]?.registration.uscc).toBeNull()
    const typed = ` ${person.code.slice(0, 6)} ${person.code.slice(6).toLowerCase()}`
    expect((await search('riskDesk', '4101', typed)).items).toEqual(items)
    expect((await search('riskDesk', '42', person.code)).items).toEqual([])
  }
})

test('is named to who must write to the person, and only by the surname to others', async () => {
  const [person] = persons()
  const [seen] = (await search('officer', '4101', person!.code)).items
  expect(seen?.registration.name).toBe(`${[...person!.name][0]}${'*'.repeat([...person!.name].length - 1)}`)
})

test('leaves no number in the log, in the audit trail, in an id or in an answer', async () => {
  const [person] = persons()
  const answer = await search('riskDesk', '4101', person!.code)
  await app.drain()
  const { rows } = await hub.db.owner().query('SELECT audit::text AS line FROM audit')
  const trail = rows.map((row) => row.line as string).join('\n')
  expect(trail).toContain('searchTaxpayers')
  for (const text of [trail, logged.join('\n'), JSON.stringify(answer)]) expect(text).not.toContain(person!.code)
})

test('who builds is a person: the list and the reasons on the page name them by need, too', async () => {
  const one = {
    scope: '410105',
    shared_prefix: -1,
    stage: 'approved',
    departments: 1,
    net_invoiced_fen: 0n,
    gap_fen: 0n,
  }
  const actor = (role: 'officer' | 'riskDesk') => ({ id: role, kind: 'user', role, scopePrefix: '4101' }) as const
  const row = {
    ...one,
    project_id: 9_001n,
    name: '农村公路',
    reason: 'site',
    contractor_names: '张三丰、测试甲建设有限公司',
  }
  await insert(hub.db, 'project_list', row)
  await insert(hub.db, 'position', {
    project_id: 9_001n,
    known_from: 1n,
    rules: 1,
    digest: hash(1),
    body: positionJson(roadPosition),
  })
  for (const n of [9_001, 9_002]) {
    await insert(hub.db, 'member_by_project', { project_id: 9_001n, key_hash: hash(n) })
    await insert(hub.db, 'project_record', {
      key_hash: hash(n),
      feed: 'transport.sections',
      kind: 'contract',
      name: '农村公路改造工程',
      owner_key: '张三丰',
      owner_name: '张三丰',
      contractor_keys: [],
      known_from: 1n,
    })
  }
  await insert(hub.db, 'edge', {
    a: hash(9_001),
    b: hash(9_002),
    weight: 5,
    veto: false,
    rule: 'name.sameObject',
    settings: 1,
    known_from: 1n,
  })
  const seenBy = (role: 'officer' | 'riskDesk') =>
    hub.db.withActor(actor(role), async (client) => ({
      names: (await projectSummaries(client, actor(role), [9_001n]))[0]?.contractorNames,
      evidence: (await findProject(client, actor(role), 9_001n))?.links[0]?.evidence,
    }))
  expect(JSON.stringify((await seenBy('officer')).evidence)).not.toContain('张三丰')
  expect(await seenBy('officer')).toMatchObject({
    names: '张**、测试甲建设有限公司',
    evidence: expect.arrayContaining([expect.objectContaining({ left: '张**', right: '张**', weight: 3 })]),
  })
  expect(await seenBy('riskDesk')).toMatchObject({
    names: '张三丰、测试甲建设有限公司',
    evidence: expect.arrayContaining([expect.objectContaining({ left: '张三丰' })]),
  })
})
