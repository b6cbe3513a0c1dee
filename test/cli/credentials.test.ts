/** The commands for tokens, keys and users, as an operator types them. */
import { expect, test } from 'vitest'
import { feeds } from '../../connectors/index.ts'
import { createCredentials } from '../../src/access/credentials.ts'
import { keyCommand } from '../../src/cli/key.ts'
import type { Output } from '../../src/cli/output.ts'
import { tokenCommand } from '../../src/cli/token.ts'
import { userCommand } from '../../src/cli/user.ts'
import type { Hub } from '../../src/hub.ts'
import { testDatabase } from '../support/database.ts'
import { testUrl } from '../support/database-url.ts'
import { startHubCommand } from '../support/hub-command.ts'
import { testMasterKey } from '../support/simulated.ts'

const db = await testDatabase()
const hub = { db, config: { region: { code: '410100', name: '郑州市' } }, feedList: feeds } as unknown as Hub
type Command = (hub: Hub, args: readonly string[], out: Output) => Promise<number>

const run = async (command: Command, ...args: string[]) => {
  const lines: string[] = []
  const results: Record<string, unknown>[] = []
  const out: Output = {
    json: true,
    line: (text = '') => void lines.push(text),
    result: (value) => void results.push(value as Record<string, unknown>),
  }
  const code = await command(hub, args, out)
  return { code, lines, result: results[0] ?? {} }
}

test('a token is made, listed without its text, and revoked', async () => {
  const made = await run(
    tokenCommand,
    'create',
    '--role',
    'officer',
    '--grid',
    '410105',
    '--name',
    '驾驶舱',
    '--days',
    '30',
  )
  expect(made).toMatchObject({ code: 0, result: { role: 'officer', grid: '410105' } })
  const token = made.result.token as string
  expect(made.lines).toEqual([token])
  expect(await createCredentials(db.pipeline).byToken(token)).toMatchObject({ name: '驾驶舱' })
  const listed = await run(tokenCommand, 'list')
  expect(listed.lines.join('\n')).toContain('驾驶舱')
  expect(JSON.stringify(listed)).not.toContain(token)
  expect((await run(tokenCommand, 'revoke', made.result.id as string)).code).toBe(0)
  expect(await createCredentials(db.pipeline).byToken(token)).toBeNull()
  expect((await run(tokenCommand, 'list')).lines.join('\n')).toContain('已吊销')
})

test('a key is for a feed that exists or a department that exists', async () => {
  const made = await run(keyCommand, 'create', '--feed', 'transport.sections')
  expect(made.result).toMatchObject({ department: 'transport', feed: 'transport.sections' })
  expect(await createCredentials(db.pipeline).byToken(made.result.key as string)).toMatchObject({
    role: 'partner',
    department: 'transport',
    feed: 'transport.sections',
  })
  expect((await run(keyCommand, 'create', '--department', 'development')).result).toMatchObject({ feed: null })
  expect((await run(keyCommand, 'list')).lines).toHaveLength(3)
  expect((await run(keyCommand, 'revoke', made.result.id as string)).code).toBe(0)
  expect(await createCredentials(db.pipeline).byToken(made.result.key as string)).toBeNull()
})

test('a user is made with a password shown once, gets another, and is disabled', async () => {
  const made = await run(userCommand, 'create', '--name', 'zhao.liu', '--display', '赵六', '--role', 'steward')
  expect(made).toMatchObject({ code: 0, result: { name: 'zhao.liu', role: 'steward', grid: '4101' } })
  expect(made.lines).toEqual([made.result.password])
  const changed = await run(userCommand, 'password', 'zhao.liu')
  expect(changed.result.password).not.toBe(made.result.password)
  const listed = await run(userCommand, 'list')
  expect(listed.lines.join('\n')).toContain('赵六')
  expect(JSON.stringify(listed)).not.toContain('scrypt')
  expect((await run(userCommand, 'disable', 'zhao.liu')).code).toBe(0)
  expect((await run(userCommand, 'list')).lines.join('\n')).toContain('已停用')
})

test.each<[string, Command, string[], string]>([
  ['no verb', tokenCommand, [], 'cli.bad_argument'],
  ['a role that is none', tokenCommand, ['create', '--role', 'king'], 'cli.bad_argument'],
  ['a grid that is none', tokenCommand, ['create', '--role', 'officer', '--grid', 'abc'], 'cli.bad_argument'],
  ['days without end', tokenCommand, ['create', '--role', 'officer', '--days', '9999'], 'cli.bad_argument'],
  ['an unknown token', tokenCommand, ['revoke', 'tok_x'], 'access.unknown_token'],
  ['a key for nothing', keyCommand, ['create'], 'cli.bad_argument'],
  ['a key for two', keyCommand, ['create', '--feed', 'transport.sections', '--department', 'tax'], 'cli.bad_argument'],
  ['an unknown feed', keyCommand, ['create', '--feed', 'transport.section'], 'import.unknown_source'],
  ['an unknown department', keyCommand, ['create', '--department', 'transprt'], 'cli.bad_argument'],
  ['an unknown key', keyCommand, ['revoke', 'key_x'], 'access.unknown_key'],
  ['a name that is none', userCommand, ['create', '--name', '赵六', '--role', 'officer'], 'cli.bad_argument'],
  ['an unknown user', userCommand, ['disable', 'nobody'], 'access.unknown_user'],
])('%s is told by its code, in both languages', async (_, command, args, code) => {
  const error = await run(command, ...args).then(
    () => null,
    (thrown: { code: string; publicMessage: { zh: string; en: string } }) => thrown,
  )
  expect(error?.code).toBe(code)
  expect(error?.publicMessage.zh).toMatch(/\p{Script=Han}/u)
  expect(error?.publicMessage.en).toMatch(/[a-z]{3}/)
})

test('beside a hub, as a process: the password comes by stdin and is printed nowhere; a wrong one ends with 1, a wrong call with 2', async () => {
  const environment = { DATABASE_URL: await testUrl(), JINGWEI_MASTER_KEY: testMasterKey, JINGWEI_LOG_LEVEL: 'error' }
  const create = (name: string) => ['user', 'create', '--json', '--name', name, '--role', 'officer', '--password-stdin']
  const typed = async (args: readonly string[], input: string) => {
    const { child, finished } = startHubCommand(environment, args, input)
    expect(child.pid).toBeGreaterThan(0)
    return finished
  }
  const made = await typed(create('qian.qi'), 'Grid-office-7\n')
  expect([made.code, JSON.parse(made.stdout)]).toMatchObject([0, { name: 'qian.qi' }])
  expect(made.stdout + made.stderr).not.toContain('Grid-office-7')
  const weak = await typed(create('sun.ba'), 'weak\n')
  expect([weak.code, weak.stdout]).toEqual([1, ''])
  expect(weak.stderr).toContain('access.weak_password')
  expect((await typed(['user', 'create', '--role', 'officer'], '')).code).toBe(2)
})
