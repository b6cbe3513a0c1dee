import { beforeAll, expect, test } from 'vitest'
import { partyId, recordId } from '../../src/kernel/opaque-id.ts'
import { testDatabase } from '../support/database.ts'
import { createWorld, hash, type World } from './world.ts'

const db = await testDatabase()
let world: World
beforeAll(async () => {
  world = await createWorld(db)
})

interface Queue {
  readonly items: readonly {
    readonly party: string
    readonly name: string
    readonly code: string | null
    readonly information: number
  }[]
  readonly nextCursor: string | null
}
const queue = async (query = '', token = world.tokens.steward): Promise<Queue> =>
  (await (await world.get(`/v1/links?${query}`, token)).json()) as Queue
const unsure = partyId.of(hash(102))

test('the queue holds what is unsure, most informative first, page by page', async () => {
  const whole = await queue('decision=review')
  expect(whole.items.map((item) => item.name)).toEqual(['测试乙路桥公司', '张三丰'])
  const first = await queue('limit=1')
  const second = await queue(`limit=1&cursor=${first.nextCursor}`)
  expect([...first.items, ...second.items]).toEqual(whole.items)
  expect(second.nextCursor).toBeNull()
})

test('an identity number is never shown as a code', async () => {
  const { items } = await queue('decision=review')
  expect(items.find((item) => item.name === '张三丰')?.code).toBeNull()
})

test('a county steward sees the parties of its own projects', async () => {
  const token = await world.tokenFor('steward', '410122')
  expect((await queue('decision=review', token)).items.map((item) => item.name)).toEqual(['张三丰'])
  expect((await world.get(`/v1/links/${unsure}`, token)).status).toBe(404)
  expect(
    (
      await world.post(
        `/v1/links/${unsure}/judgement`,
        { verdict: 'negative', registrationId: 'REG1', reason: '不是' },
        token,
      )
    ).status,
  ).toBe(404)
  expect(world.calls.filter((call) => call.verb === 'act')).toEqual([])
})

test('a link says why: comparisons, candidates, where it occurs', async () => {
  const answer = await (await world.get(`/v1/links/${unsure}`, world.tokens.steward)).json()
  expect(answer).toMatchObject({
    link: { decision: 'review', registrationName: '测试甲建设有限公司' },
    evidence: [{ comparison: 'name', level: 'close' }],
    candidates: [{ registrationId: 'REG1', taxpayerId: 'tx_1', name: '测试甲建设有限公司' }],
    mentions: [{ feed: 'transport.sections', role: 'subcontractor', project: 'P1', projectName: '金水路改造工程' }],
  })
})

const textHash = hash(102).toString('hex')

test('a judgement reaches the verb with the hash of the party text; a dry run writes nothing and says so', async () => {
  const body = { verdict: 'positive', registrationId: 'REG1', reason: '电话核实' }
  const response = await world.post(`/v1/links/${unsure}/judgement`, body, world.tokens.steward)
  expect([response.status, await response.json()]).toMatchObject([201, { judgementId: '7', tick: '3', state: 'done' }])
  const input = { act: { verb: 'confirm', registrationId: 'REG1', textHash }, reason: '电话核实', dryRun: false }
  expect(world.calls.at(-1)).toEqual({ verb: 'act', input })
  const told = await world.post(`/v1/links/${unsure}/judgement?dryRun=true`, body, world.tokens.steward)
  expect([told.status, await told.json()]).toMatchObject([200, { judgementId: null, tick: null, state: 'previewed' }])
  expect(world.calls.at(-1)).toEqual({ verb: 'act', input: { ...input, dryRun: true } })
})

test('the queue is cut by reason and by county, and its cursor belongs to the question', async () => {
  expect((await queue('reason=name.close')).items).toHaveLength(2)
  expect((await queue('reason=name.ambiguous')).items).toEqual([])
  expect((await queue('division=410122')).items.map((item) => item.name)).toEqual(['张三丰'])
  const county = await world.tokenFor('steward', '410122')
  expect((await queue('division=410105', county)).items).toEqual([])
  const { nextCursor } = await queue('limit=1')
  expect(
    (await world.get(`/v1/links?limit=1&reason=name.close&cursor=${nextCursor}`, world.tokens.steward)).status,
  ).toBe(400)
})

test('a link says what hangs on it, by what it was found, and what would change the answer', async () => {
  const answer = await (await world.get(`/v1/links/${unsure}`, world.tokens.steward)).json()
  expect(answer).toMatchObject({
    link: { projects: 1, contractFen: '30000000000' },
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    foundBy: 'namePairs',
    change: [{ to: 'link', by: ['code.same', 'name.former', 'judgement'] }],
    rejectedBefore: null,
    aliases: [{ name: '甲建', kind: 'shortName', validUntil: '2099-01-01', ownerName: '李四', living: true }],
  })
})

test('two records say why they are one, and a record elsewhere is not found', async () => {
  const pair = (record: number, other: number, token = world.tokens.steward) =>
    world.get(`/v1/projects/P1/pair?record=${recordId.of(hash(record))}&other=${recordId.of(hash(other))}`, token)
  expect(await (await pair(1, 2)).json()).toMatchObject({
    same: true,
    because: 'edge',
    records: [{ project: 'P1' }, { project: 'P1' }],
    way: [{ rule: 'code.same', weight: 12.5 }],
  })
  expect((await pair(1, 99)).status).toBe(404)
  expect((await pair(1, 2, await world.tokenFor('steward', '410122'))).status).toBe(404)
})

test('merging reaches the verb only with projects in sight; splitting only with record ids', async () => {
  const steward = world.tokens.steward
  const merged = await world.post('/v1/projects/P1/merge?dryRun=true', { other: 'P2', reason: '同一项目' }, steward)
  expect(merged.status).toBe(200)
  expect(world.calls.at(-1)).toMatchObject({
    input: { act: { verb: 'merge', project: '1', other: '2' }, dryRun: true },
  })
  const calls = world.calls.length
  const county = await world.tokenFor('steward', '410105')
  const unseen = await world.post('/v1/projects/P1/merge', { other: 'P2', reason: '同一项目' }, county)
  expect([unseen.status, await unseen.json()]).toMatchObject([404, { code: 'judgement.unknown_project' }])
  expect((await world.post('/v1/projects/P2/merge', { other: 'P1', reason: '同一项目' }, county)).status).toBe(404)
  expect((await world.post('/v1/projects/P1/split', { records: ['r_'], reason: '混入' }, steward)).status).toBe(400)
  expect(world.calls).toHaveLength(calls)
  const split = await world.post('/v1/projects/P1/split', { records: [recordId.of(hash(2))], reason: '混入' }, steward)
  expect(split.status).toBe(201)
})

test('a proposal waits in sight of its county only, and is answered by number', async () => {
  const open = async (token = world.tokens.steward) =>
    ((await (await world.get('/v1/acts', token)).json()) as { items: { id: string }[] }).items.map((item) => item.id)
  expect(await open()).toEqual(['1'])
  expect(await open(await world.tokenFor('steward', '410122'))).toEqual([])
  const answer = await world.post('/v1/acts/1/answer', { answer: 'confirmed', reason: '同意' }, world.tokens.steward)
  expect(answer.status).toBe(200)
  expect(world.calls.at(-1)).toMatchObject({ verb: 'answer', input: { actId: 1n, answer: 'confirmed', dryRun: false } })
  expect((await world.post('/v1/acts/1/undo', { reason: '有误' }, world.tokens.steward)).status).toBe(201)
  expect(world.calls.at(-1)).toMatchObject({ input: { act: { verb: 'undo', act: '1' } } })
  expect((await world.get('/v1/acts/99', world.tokens.steward)).status).toBe(404)
})

test.each([
  [{ verdict: 'positive', reason: '无登记' }, '/registrationId'],
  [{ verdict: 'undo', reason: '撤' }, '/undoes'],
  [{ verdict: 'negative', registrationId: 'REG1', undoes: '7', reason: '否' }, '/undoes'],
  [{ verdict: 'maybe', reason: '?' }, '/verdict'],
  [{ verdict: 'negative', registrationId: 'REG1', reason: ' ' }, '/reason'],
  [{ verdict: 'negative', reason: '否', alias: { kind: 'shortName', validUntil: '2027-01-01' } }, '/alias'],
  [{ verdict: 'negative', reason: '否', seen: 'x' }, '/seen'],
])('%j is refused at %s', async (body, pointer) => {
  const response = await world.post(`/v1/links/${unsure}/judgement`, body, world.tokens.steward)
  const problem = (await response.json()) as { code: string; errors: { pointer: string }[] }
  expect([response.status, problem.code]).toEqual([400, 'http.bad_input'])
  expect(problem.errors.map((fault) => fault.pointer)).toContain(pointer)
})

test.each([['p_zzz'], ['r_0000'], ['p_'], ['p_!!']])('%s is no party', async (party) => {
  expect([400, 404]).toContain((await world.get(`/v1/links/${party}`, world.tokens.steward)).status)
})
