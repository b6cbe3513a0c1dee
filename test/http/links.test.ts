import { beforeAll, expect, test } from 'vitest'
import { partyId } from '../../src/kernel/opaque-id.ts'
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
  expect(world.calls.filter((call) => call.verb === 'judge')).toEqual([])
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

test('a judgement reaches the verb with the hash of the party text', async () => {
  const response = await world.post(
    `/v1/links/${unsure}/judgement`,
    { verdict: 'positive', registrationId: 'REG1', reason: '电话核实' },
    world.tokens.steward,
  )
  expect([response.status, await response.json()]).toMatchObject([201, { judgementId: '7', tick: '3' }])
  expect(world.calls.at(-1)).toEqual({
    verb: 'judge',
    input: { verdict: 'positive', registrationId: 'REG1', reason: '电话核实', textHash: hash(102) },
  })
})

test.each([
  [{ verdict: 'positive', reason: '无登记' }, '/registrationId'],
  [{ verdict: 'undo', reason: '撤' }, '/undoes'],
  [{ verdict: 'negative', registrationId: 'REG1', undoes: '7', reason: '否' }, '/undoes'],
  [{ verdict: 'maybe', reason: '?' }, '/verdict'],
  [{ verdict: 'negative', registrationId: 'REG1', reason: ' ' }, '/reason'],
])('%j is refused at %s', async (body, pointer) => {
  const response = await world.post(`/v1/links/${unsure}/judgement`, body, world.tokens.steward)
  const problem = (await response.json()) as { code: string; errors: { pointer: string }[] }
  expect([response.status, problem.code]).toEqual([400, 'http.bad_input'])
  expect(problem.errors.map((fault) => fault.pointer)).toContain(pointer)
})

test.each([['p_zzz'], ['r_0000'], ['p_'], ['p_!!']])('%s is no party', async (party) => {
  expect([400, 404]).toContain((await world.get(`/v1/links/${party}`, world.tokens.steward)).status)
})
