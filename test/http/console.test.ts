import { beforeAll, describe, expect, test } from 'vitest'
import { systemActor } from '../../src/access/actor.ts'
import { issueApiKey } from '../../src/access/api-keys.ts'
import { createUser } from '../../src/access/users.ts'
import { setClockOffset } from '../../src/kernel/clock.ts'
import { partyId, recordId } from '../../src/kernel/opaque-id.ts'
import { testDatabase } from '../support/database.ts'
import { createWorld, hash, type World } from './world.ts'

const db = await testDatabase()
let world: World
beforeAll(async () => {
  world = await createWorld(db)
})

const form = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(
    world.app.request(path, {
      method: 'POST',
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    }),
  )

const logIn = async (token: string): Promise<string> => {
  const response = await form('/login', { token })
  expect([response.status, response.headers.get('location')]).toEqual([303, '/'])
  return response.headers.get('set-cookie')!.split(';')[0]!
}

const open = (path: string, cookie: string): Promise<Response> =>
  Promise.resolve(world.app.request(path, { headers: { cookie } }))
const sameSite = { 'sec-fetch-site': 'same-origin' }

describe('sessions', () => {
  test('a token entered once opens the pages; the cookie is out of reach of scripts and holds no token', async () => {
    const response = await form('/login', { token: world.tokens.steward, next: '/links' })
    const cookie = response.headers.get('set-cookie')!
    expect(cookie).toMatch(/^jingwei_session=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/)
    expect(cookie).not.toContain(world.tokens.steward)
    expect(response.headers.get('location')).toBe('/links')
    expect((await open('/projects', cookie.split(';')[0]!)).status).toBe(200)
  })

  test('a wrong token is told so', async () => {
    const response = await form('/login', { token: 'jw_wrong' })
    expect([response.status, await response.text()]).toEqual([401, expect.stringContaining('令牌无效')])
  })

  test.each([
    ['https://evil.example/'],
    ['//evil.example'],
    ['/\\evil.example'],
    ['javascript:alert(1)'],
  ])('login never leads to %s', async (next) => {
    expect((await form('/login', { token: world.tokens.steward, next })).headers.get('location')).toBe('/')
  })

  test('a person logs in by name and password, is shown by name, and a logout ends the session on every copy of its cookie', async () => {
    const password = 'Grid-office-7'
    await createUser(
      db,
      { name: 'wang.wu', displayName: '王五', role: 'officer', scopePrefix: '410105', password },
      systemActor,
    )
    expect((await form('/login', { name: 'wang.wu', password: 'wrong' })).status).toBe(401)
    const response = await form('/login', { name: 'wang.wu', password, next: '/projects' })
    expect([response.status, response.headers.get('location')]).toEqual([303, '/projects'])
    const cookie = response.headers.get('set-cookie')!.split(';')[0]!
    expect(await (await open('/projects', cookie)).text()).toContain('王五')
    await form('/logout', {}, { cookie, ...sameSite })
    setClockOffset(6_000)
    expect((await open('/projects', cookie)).headers.get('location')).toBe('/login?next=%2Fprojects')
    setClockOffset(0)
  })

  test('a page in use renews its cookie; one left alone for half an hour asks for the login again', async () => {
    const cookie = await logIn(world.tokens.steward)
    setClockOffset(20 * 60_000)
    const renewed = (await open('/projects', cookie)).headers.get('set-cookie')!
    expect(renewed).toMatch(/^jingwei_session=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/)
    setClockOffset(40 * 60_000)
    expect((await open('/projects', renewed.split(';')[0]!)).status).toBe(200)
    expect((await open('/projects', cookie)).status).toBe(303)
    setClockOffset(0)
  })

  test('another site cannot log a browser in, and an origin that is no address changes nothing', async () => {
    const credentials = { token: world.tokens.steward }
    expect((await form('/login', credentials, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    const cookie = await logIn(world.tokens.steward)
    expect((await form('/imports', { source: 'tax.invoices' }, { cookie, origin: 'null' })).status).toBe(403)
  })

  test('a partner’s key opens no pages', async () => {
    const key = { department: 'transport', feed: null, name: 'k', expiresAt: null }
    expect((await form('/login', { token: (await issueApiKey(db, key, systemActor)).key })).status).toBe(401)
  })

  test('a login link works once', async () => {
    const { rows } = await db.owner().query<{ id: string }>(`SELECT id FROM token WHERE role = 'steward' LIMIT 1`)
    const path = world.app.loginPath(rows[0]!.id)
    const first = await world.get(path)
    expect([first.status, first.headers.get('location')]).toEqual([303, '/'])
    expect((await open('/projects', first.headers.get('set-cookie')!.split(';')[0]!)).status).toBe(200)
    expect(await (await world.get(path)).text()).toContain('链接已用过')
  })

  test('an altered cookie, one too old, and one whose token was revoked are none', async () => {
    const cookie = await logIn(world.tokens.steward)
    const refused = async (value: string) => (await open('/projects', value)).headers.get('location')
    expect(await refused(`${cookie.slice(0, -3)}AAA`)).toBe('/login?next=%2Fprojects')
    expect(await refused(cookie.replace('tok_', 'tok_x'))).toBe('/login?next=%2Fprojects')
    setClockOffset(13 * 3_600_000)
    expect(await refused(cookie)).toBe('/login?next=%2Fprojects')
    setClockOffset(0)
    const token = await world.tokenFor('officer', '4101')
    const other = await logIn(token)
    expect((await open('/projects', other)).status).toBe(200)
    await db
      .owner()
      .query(`UPDATE token SET revoked_at = now() WHERE name = 'officer 4101' AND id = $1`, [
        other.split('=')[1]!.split('.')[0],
      ])
    setClockOffset(6_000)
    expect(await refused(other)).toBe('/login?next=%2Fprojects')
    expect((await world.get('/v1/whoami', token)).status).toBe(401)
    setClockOffset(0)
  })

  test('logging out takes the cookie away', async () => {
    const cookie = await logIn(world.tokens.steward)
    const response = await form('/logout', {}, { cookie, ...sameSite })
    expect(response.headers.get('set-cookie')).toContain('Max-Age=0')
  })

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }, 403],
    ['an old browser, other origin', { origin: 'https://evil.example', host: 'hub.example' }, 403],
    ['nothing to tell it by', {}, 403],
    ['an old browser, same origin', { origin: 'https://hub.example', host: 'hub.example' }, 303],
    ['the page itself', sameSite, 303],
  ])('a change asked for by %s answers %s', async (_, headers, status) => {
    const cookie = await logIn(world.tokens.steward)
    expect((await form('/imports', { source: 'tax.invoices' }, { cookie, ...headers })).status).toBe(status)
  })
})

describe('pages', () => {
  test.each([
    ['steward', '/projects'],
    ['officer', '/projects'],
    ['leader', '/figures'],
    ['operator', '/imports'],
    ['auditor', '/me'],
    ['partner', '/me'],
  ] as const)('a %s begins at %s', async (role, location) => {
    expect((await open('/', await logIn(world.tokens[role]))).headers.get('location')).toBe(location)
  })

  test.each([
    ['/projects', ['金水路改造工程', '演示数据', '6,000.00', '龙湖水系整治工程']],
    ['/projects?q=jslgz&gapWan=100&sort=updated', ['金水路改造工程', 'value="100"']],
    ['/projects?q=没有的', ['没有符合条件的项目']],
    [
      '/projects/P1',
      ['2019-410105-48-01-000123', '未开票 6,000.00 万元', '<svg viewBox', '计量第12期', 'TJ-1', '代码一致'],
    ],
    ['/projects/P2', ['差额未知', '没有标段记录']],
    ['/taxpayers/tx_1', ['曾用名 测试甲工程队', '金水路改造工程', '施工单位']],
    ['/links', ['测试乙路桥公司', '等待第二人确认', '合并项目', '哪些当事方还认不准']],
    ['/links?reason=code.partial', ['没有符合条件的']],
    [`/links/${partyId.of(hash(102))}`, ['测试甲建设有限公司', 'data-key="a"', '名称相近']],
    [`/links/${partyId.of(hash(103))}?of=${partyId.of(hash(102))}&judgement=7`, ['data-key="u"', '撤销']],
    ['/links?reason=name.close&division=410105', ['测试乙路桥公司', '第二人', '30,000.00']],
    ['/projects/P1/regroup', ['预览拆分', '预览合并', '公路合同段', '逐项比较', '建设单位']],
    [`/projects/P1/pair?record=${recordId.of(hash(1))}&other=${recordId.of(hash(2))}`, ['为何是同一项目', '分块规则']],
    ['/acts/1', ['合并项目', '确认，立即生效', '变动金额']],
    ['/figures', ['金水区', '合计']],
    ['/imports', ['公路合同段', '对账相符', '立即导入']],
    ['/imports/run_a', ['对账相符', '条数超出预期', '放行', 'xinzd', '合同价不是数字']],
    ['/imports/run_b', ['已被接替', 'landing.fenced']],
    ['/me', ['数据管理员']],
    ['/docs', ['/v1/projects/{projectId}/timeline', 'http.bad_cursor']],
    ['/login', ['访问令牌']],
  ])('%s shows what it is for', async (path, texts) => {
    const response = await open(path, await logIn(world.tokens.steward))
    const html = await response.text()
    expect(response.status, html).toBe(200)
    for (const text of texts) expect(html).toContain(text)
    // Nothing of the values' own making, and nothing from elsewhere.
    expect(html).not.toMatch(/undefined|\[object|NaN|(src|href)="https?:/)
    expect(html).toContain('lang="zh-CN"')
  })

  test('what departments write is text, never markup', async () => {
    await db.owner().query(`UPDATE project_list SET name = '<script>alert(1)</script>"x' WHERE project_id = 2`)
    const html = await (await open('/projects', await logIn(world.tokens.steward))).text()
    expect(html).toContain('&lt;script&gt;alert(1)')
    expect(html).not.toContain('<script>alert')
  })

  test('an unknown project is a page that leads on', async () => {
    const response = await open('/projects/P999', await logIn(world.tokens.steward))
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('回到首页')])
  })

  test('who may not judge sees no buttons', async () => {
    const html = await (await open(`/links/${partyId.of(hash(102))}`, await logIn(world.tokens.riskDesk))).text()
    expect(html).not.toContain('data-key="a"')
  })

  test('confirming goes on to the next in the queue and offers to undo', async () => {
    const cookie = await logIn(world.tokens.steward)
    const [first, next] = [partyId.of(hash(102)), partyId.of(hash(103))]
    const response = await form(
      `/links/${first}/judgement`,
      { verdict: 'positive', registrationId: 'REG1', reason: '' },
      { cookie, ...sameSite },
    )
    expect([response.status, response.headers.get('location')]).toEqual([303, `/links/${next}?of=${first}&judgement=7`])
    const textHash = hash(102).toString('hex')
    expect(world.calls.at(-1)).toEqual({
      verb: 'act',
      input: { act: { verb: 'confirm', registrationId: 'REG1', textHash }, reason: '页面核实', dryRun: false },
    })
    await form(
      `/links/${first}/judgement`,
      { verdict: 'undo', undoes: '7', registrationId: 'REG1' },
      { cookie, ...sameSite },
    )
    expect(world.calls.at(-1)).toMatchObject({ input: { act: { verb: 'undo', judgement: '7', textHash } } })
  })

  test('what a judgement would change is shown before it is made, and the button makes it', async () => {
    const cookie = await logIn(world.tokens.steward)
    const party = partyId.of(hash(102))
    const asked = {
      preview: 'positive',
      registrationId: 'REG1',
      reason: '',
      aliasKind: 'shortName',
      aliasUntil: '2027-01-01',
    }
    const response = await form(`/links/${party}/judgement`, asked, { cookie, ...sameSite })
    const html = await response.text()
    expect([response.status, html]).toEqual([200, expect.stringContaining('name="verdict" value="positive"')])
    expect(html).toContain('name="aliasKind" value="shortName"')
    expect(world.calls.at(-1)).toMatchObject({
      verb: 'act',
      input: { act: { verb: 'confirm', alias: { kind: 'shortName', validUntil: '2027-01-01' } }, dryRun: true },
    })
  })

  test('records are chosen by boxes; what would change is shown, and the form carries the choice on', async () => {
    const cookie = await logIn(world.tokens.steward)
    const record = recordId.of(hash(2))
    const asked = { step: 'preview', verb: 'split', [record]: 'on' }
    const html = await (await form('/projects/P1/regroup', asked, { cookie, ...sameSite })).text()
    expect(html).toContain(`name="${record}" value="on"`)
    expect(world.calls.at(-1)).toMatchObject({
      verb: 'act',
      input: { act: { verb: 'split', project: '1', records: [hash(2).toString('hex')] }, dryRun: true },
    })
    const done = await form('/projects/P1/regroup', { ...asked, step: 'do', reason: '混入' }, { cookie, ...sameSite })
    expect([done.status, done.headers.get('location')]).toEqual([303, '/acts/5'])
  })

  test('a merge with a project that is not there keeps what was typed and says why', async () => {
    const cookie = await logIn(world.tokens.steward)
    const response = await form(
      '/projects/P1/regroup',
      { step: 'preview', verb: 'merge', other: 'P999' },
      { cookie, ...sameSite },
    )
    const html = await response.text()
    expect([response.status, html]).toEqual([200, expect.stringContaining('没有这个项目，或不在您的管辖范围内')])
    expect(html).toContain('value="P999"')
  })

  test.each([
    ['console.css'],
    ['review.js'],
    ['list.js'],
    ['mark.svg'],
  ])('%s is served and may be kept', async (file) => {
    const response = await world.get(`/static/${file}`)
    expect([response.status, response.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ])
  })

  test.each([['/static/..%2F..%2Fassets.ts'], ['/static/nothing.js']])('%s is not', async (path) => {
    expect((await world.get(path)).status).toBe(404)
  })
})
