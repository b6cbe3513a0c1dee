import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { createWorld, type World } from './world.ts'

const db = await testDatabase()
let world: World
beforeAll(async () => {
  world = await createWorld(db)
})

interface Hits {
  readonly items: readonly {
    readonly id: string
    readonly registration: { readonly name: string; readonly address: string }
  }[]
}

const search = async (body: unknown, token = world.tokens.riskDesk): Promise<Hits> => {
  const response = await world.post('/v1/taxpayers/search', body, token)
  expect(response.status).toBe(200)
  return (await response.json()) as Hits
}

describe('search', () => {
  test.each([
    [{ code: '91410105MA44TERT3N' }, ['tx_1']],
    [{ code: ' ９１４１０１０５ma44tert3n ' }, ['tx_1']],
    [{ code: 'MA44TERT-3' }, ['tx_1']],
    [{ code: 'REG1' }, ['tx_1']],
    [{ code: '11010519491231002x' }, ['tx_2']],
    [{ code: '410105000000000000' }, []],
    [{ name: '测试甲' }, ['tx_1']],
    [{ name: 'csjjs' }, ['tx_1']],
    [{ name: '三丰' }, ['tx_2']],
  ])('%j finds %j', async (body, ids) => {
    expect((await search(body)).items.map((item) => item.id)).toEqual(ids)
  })

  test('shows registrations of the own scope only', async () => {
    const token = await world.tokenFor('riskDesk', '410122')
    expect((await search({ code: '91410105MA44TERT3N' }, token)).items).toEqual([])
    expect((await search({ name: '测试甲' }, token)).items).toEqual([])
    expect((await world.get('/v1/taxpayers/tx_1', token)).status).toBe(404)
  })

  test.each([
    [{}],
    [{ code: '1'.repeat(18), name: '甲乙' }],
    [{ code: 5 }],
    [{ nsrsbh: '91410105MA44TERT3N' }],
    [[]],
  ])('%j is refused', async (body) => {
    const response = await world.post('/v1/taxpayers/search', body, world.tokens.officer)
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([400, 'http.bad_input'])
  })

  test('leaves no identity number in the log or the audit trail', async () => {
    await search({ code: '11010519491231002X' })
    await search({ name: '11010519491231002X' })
    const { rows } = await db.owner().query<{ detail: string }>('SELECT detail::text FROM audit')
    expect(`${rows.map((row) => row.detail).join()}${world.logged.join()}`).not.toContain('11010519491231002')
  })
})

describe('fields by need', () => {
  test('a person is masked for an officer and clear for the risk desk', async () => {
    expect((await search({ name: '三丰' }, world.tokens.officer)).items[0]?.registration).toMatchObject({
      name: '张**',
      address: '郑州市金水区经八路街道****',
    })
    expect((await search({ name: '三丰' })).items[0]?.registration.name).toBe('张三丰')
  })

  test("an organisation's name and address are clear for an officer", async () => {
    expect((await search({ name: '测试甲' }, world.tokens.officer)).items[0]?.registration).toMatchObject({
      name: '测试甲建设有限公司',
      address: '郑州市金水区经八路街道1号',
    })
  })

  test("a project's parties are masked in the same way", async () => {
    const namesFor = async (token: string) => {
      const { position } = (await (await world.get('/v1/projects/P1', token)).json()) as {
        position: { parties: { name: string }[] }
      }
      return position.parties.map((party) => party.name)
    }
    expect(await namesFor(world.tokens.officer)).toEqual(['测试甲建设有限公司', '测试乙路桥公司', '张**'])
    expect(await namesFor(world.tokens.steward)).toContain('张三丰')
  })
})

test('a taxpayer shows its registrations and the projects it takes part in, with its roles', async () => {
  const found = await (await world.get('/v1/taxpayers/tx_1', world.tokens.officer)).json()
  expect(found).toMatchObject({
    id: 'tx_1',
    registrations: [{ registrationId: 'REG1' }],
    projects: [{ project: { id: 'P1' }, roles: ['contractor'] }],
  })
})
