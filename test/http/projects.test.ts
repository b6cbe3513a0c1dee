import { beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { createWorld, listRow, roadPosition, type World, writeProject } from './world.ts'

const db = await testDatabase()
let world: World

interface Listed {
  readonly items: readonly { readonly id: string; readonly name: string; readonly gapFen: string }[]
  readonly nextCursor: string | null
}

const list = async (query: string, token = world.tokens.steward): Promise<Listed> => {
  const response = await world.get(`/v1/projects?${query}`, token)
  expect(response.status, query).toBe(200)
  return (await response.json()) as Listed
}
const idsOf = async (query: string, token?: string): Promise<string[]> =>
  (await list(query, token)).items.map((item) => item.id)

beforeAll(async () => {
  world = await createWorld(db)
  // A long road through two counties: three grid nodes, seen by both, counted once.
  const ring = {
    ...roadPosition,
    name: '绕城高速公路改扩建工程',
    otherNames: [],
    projectCodes: ['2305-410100-04-01-654321'],
    parties: [],
  }
  await writeProject(
    db,
    3n,
    [
      listRow(3n, '410105', ring, { gap_fen: 900n }),
      listRow(3n, '410105001', ring, { shared_prefix: 6, reason: 'inCharge', gap_fen: 900n }),
      listRow(3n, '410122', ring, { shared_prefix: 4, gap_fen: 900n }),
    ],
    ring,
  )
})

describe('search', () => {
  test.each([
    ['金水', ['P1']],
    ['jslgz', ['P1']],
    ['js', ['P1']],
    ['工程', ['P1', 'P3', 'P2']],
    ['龙湖 整治', ['P2']],
    ['龙湖 金水', []],
    ['2019-410105-48-01-000123', ['P1']],
    ['2305', ['P3']],
    ['测试甲', ['P1']],
    ['没有这个', []],
    ['！', []],
    ["'; DROP TABLE project_list; --", []],
  ])('%s finds %j', async (q, ids) => {
    expect(await idsOf(`q=${encodeURIComponent(q)}`)).toEqual(ids)
  })
})

describe('scope', () => {
  test('a city token sees each project once, however many grid nodes it lies in', async () => {
    expect(await idsOf('')).toEqual(['P1', 'P3', 'P2'])
  })

  test('a county token sees its own and what crosses it', async () => {
    const token = await world.tokenFor('officer', '410122')
    expect(await idsOf('', token)).toEqual(['P3', 'P2'])
    expect(await idsOf('q=金水', token)).toEqual([])
    expect(await idsOf('division=410105', token)).toEqual([])
    for (const path of ['P1', 'P1/timeline', 'P1/position', 'P1/invoices'])
      expect((await world.get(`/v1/projects/${path}`, token)).status, path).toBe(404)
  })

  test('a town token sees what lies in its town', async () => {
    expect(await idsOf('', await world.tokenFor('officer', '410105001'))).toEqual(['P3'])
  })

  test('a division narrows a wider scope', async () => {
    expect(await idsOf('division=410122')).toEqual(['P3', 'P2'])
    expect(await idsOf('division=410105001')).toEqual(['P3'])
  })

  test('one connection serves two actors after each other without mixing them up', async () => {
    const county = await world.tokenFor('officer', '410122')
    for (let n = 0; n < 8; n++) {
      const [wide, narrow] = await Promise.all([idsOf(''), idsOf('', county)])
      expect([wide.length, narrow.length]).toEqual([3, 2])
    }
  })
})

describe('filters', () => {
  test.each([
    ['stage=approved', ['P2']],
    ['gapMinFen=901', ['P1']],
    ['gapMinFen=900', ['P1', 'P3']],
    ['contractor=测试甲建设', ['P1']],
    ['taxpayerId=tx_1', ['P1']],
    ['taxpayerId=tx_2', []],
    ['department=transport', ['P1']],
    ['department=tax', ['P1']],
    ['department=development', ['P1', 'P2']],
    ['sort=updated', ['P2', 'P1', 'P3']],
    ['sort=name', ['P3', 'P1', 'P2']],
  ])('%s gives %j', async (query, ids) => {
    expect(await idsOf(query)).toEqual(ids)
  })
})

test('a project of several counties counts in each and once in all', async () => {
  const read = async (path: string) =>
    (await (await world.get(path, world.tokens.leader)).json()) as {
      items: { division: string; projects: number }[]
      total?: { projects: number }
    }
  const counts = async (query: string) =>
    (await read(`/v1/stats/by-division${query}`)).items.map((item) => [item.division, item.projects])
  expect(await counts('')).toEqual([
    ['410105', 2],
    ['410122', 2],
  ])
  expect(await counts('?division=410122')).toEqual([['410122', 2]])
  expect((await read('/v1/stats/by-stage')).total?.projects).toBe(3)
})

describe('pages', () => {
  test.each([
    ['gap'],
    ['updated'],
    ['name'],
  ])('sorted by %s, page by page shows each project once in the same order', async (sort) => {
    const whole = await idsOf(`sort=${sort}`)
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const page = await list(`sort=${sort}&limit=1${cursor}`)
      seen.push(...page.items.map((item) => item.id))
      if (page.nextCursor === null) break
      cursor = `&cursor=${page.nextCursor}`
    }
    expect(seen).toEqual(whole)
  })

  test.each([
    ['of another question', async () => (await list('limit=1&sort=name')).nextCursor!],
    ['that is no cursor', async () => 'xyz'],
    ['forged', async () => Buffer.from(JSON.stringify([1, 'AAAAAAAA', "1'; --", 'x'])).toString('base64url')],
  ])('a cursor %s is refused', async (_, make) => {
    const response = await world.get(`/v1/projects?limit=1&cursor=${await make()}`, world.tokens.steward)
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([400, 'http.bad_cursor'])
  })

  test.each([
    ['limit=0'],
    ['limit=201'],
    ['limit=x'],
    ['sort=size'],
    ['stage=none'],
    ['division=金水'],
    ['gapMinFen=1.5'],
  ])('%s is refused with its place', async (query) => {
    const response = await world.get(`/v1/projects?${query}`, world.tokens.steward)
    const problem = (await response.json()) as {
      code: string
      errors: { in: string; pointer: string; message: string }[]
    }
    expect([response.status, problem.code, problem.errors[0]?.in, problem.errors[0]?.pointer]).toEqual([
      400,
      'http.bad_input',
      'query',
      `/${query.split('=')[0]}`,
    ])
  })
})

describe('one project', () => {
  const read = async (path: string) => {
    const response = await world.get(path, world.tokens.steward)
    expect(response.status, path).toBe(200)
    return response.json()
  }

  test('says why its records are one', async () => {
    expect(await read('/v1/projects/P1')).toMatchObject({
      id: 'P1',
      position: { name: '金水路改造工程', ladder: { gapFen: '6000000000' } },
      links: [{ weight: 12.5, rule: 'code.same' }],
      divisions: [{ code: '410105', reason: 'site' }],
    })
  })

  test('that was merged leads to the one it became', async () => {
    const response = await world.get('/v1/projects/P9', world.tokens.steward)
    expect([response.status, response.headers.get('location')]).toEqual([308, '/v1/projects/P1'])
  })

  test.each([['P0'], ['1'], ['P1x'], ['P99999999999999999999']])('%s is no id', async (id) => {
    expect((await world.get(`/v1/projects/${id}`, world.tokens.steward)).status).toBe(400)
  })

  test('its timeline holds every fact, by department', async () => {
    const timeline = (await read('/v1/projects/P1/timeline')) as {
      events: number
      lanes: { department: string; events: { title: string; on: string; precision: string; voided: boolean }[] }[]
    }
    expect(timeline.lanes.map((lane) => [lane.department, lane.events.length])).toEqual([
      ['development', 1],
      ['transport', 2],
      ['tax', 3],
    ])
    expect(timeline.lanes[1]!.events.map(({ title, on, precision }) => [title, on, precision])).toEqual([
      ['合同 TJ-1', '2020-01-10', 'day'],
      ['计量第12期，形象进度 65%', '2021-06-01', 'month'],
    ])
    expect(timeline.lanes[2]!.events.filter((event) => event.voided)).toHaveLength(1)
  })

  test.each([
    ['asOf=2026-01-20', '2', 'inProgress'],
    ['asOf=2026-01-19', '1', 'approved'],
    ['', '2', 'inProgress'],
    ['on=2019-12-31', '2', 'approved'],
    ['on=2020-12-31&asOf=2026-01-19', '1', 'inProgress'],
  ])('its position %s rests on tick %s and is %s', async (query, tick, stage) => {
    expect(await read(`/v1/projects/P1/position?${query}`)).toMatchObject({ tick, position: { stage } })
  })

  test('before anything was known of it there is no position', async () => {
    expect((await world.get('/v1/projects/P1/position?asOf=2025-12-31', world.tokens.steward)).status).toBe(404)
  })

  test('its invoices come newest first, page by page', async () => {
    const first = (await read('/v1/projects/P1/invoices?limit=2')) as {
      items: { number: string; grossFen: string }[]
      nextCursor: string
    }
    const second = (await read(`/v1/projects/P1/invoices?limit=2&cursor=${first.nextCursor}`)) as typeof first
    expect([...first.items, ...second.items].map((item) => item.number.slice(-1))).toEqual(['6', '7', '5'])
    expect(second.nextCursor).toBeNull()
    expect(second.items[0]?.grossFen).toBe('6000000000')
  })
})
