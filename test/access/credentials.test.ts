import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { systemActor } from '../../src/access/actor.ts'
import { issueApiKey, listApiKeys, revokeApiKey } from '../../src/access/api-keys.ts'
import { createCredentials } from '../../src/access/credentials.ts'
import { logIn, logOut } from '../../src/access/login.ts'
import { hashPassword, isPassword, isStrongPassword } from '../../src/access/password.ts'
import { createSessions, sessionIdleSeconds, sessionMaxAgeSeconds } from '../../src/access/session.ts'
import { issueToken, listTokens, revokeToken, revokeTokensNamed } from '../../src/access/tokens.ts'
import { createUser, disableUser, listUsers, newPassword, setPassword } from '../../src/access/users.ts'
import { nowMs, setClockOffset } from '../../src/kernel/clock.ts'
import { testDatabase } from '../support/database.ts'

const db = await testDatabase()
afterEach(() => setClockOffset(0))

const trail = async (subject: string): Promise<string[]> =>
  (
    await db.pipeline.query<{ action: string }>('SELECT action FROM audit WHERE subject = $1 ORDER BY audit_id', [
      subject,
    ])
  ).rows.map((row) => row.action)

describe('a token', () => {
  test('works until it is revoked; making and revoking stand in the trail; its text stands nowhere', async () => {
    const made = await issueToken(db, { name: 'a machine', role: 'officer', scopePrefix: '410105' }, systemActor)
    expect(await createCredentials(db.pipeline).byToken(made.token)).toMatchObject({
      id: made.id,
      kind: 'token',
      role: 'officer',
      scopePrefix: '410105',
    })
    expect((await listTokens(db)).find((item) => item.id === made.id)).toMatchObject({ revokedAt: null })
    await revokeToken(db, made.id, systemActor)
    await revokeToken(db, made.id, systemActor)
    expect(await createCredentials(db.pipeline).byToken(made.token)).toBeNull()
    expect(await trail(made.id)).toEqual(['token.create', 'token.revoke'])
    const { rows } = await db.pipeline.query(
      `SELECT t::text AS line FROM token t UNION ALL SELECT a::text FROM audit a`,
    )
    expect(rows.filter((row) => row.line.includes(made.token))).toEqual([])
  })

  test('that does not exist cannot be revoked', async () => {
    await expect(revokeToken(db, 'tok_nothing', systemActor)).rejects.toMatchObject({ code: 'access.unknown_token' })
  })

  test('is not made where its audit row cannot be written', async () => {
    const circular: Record<string, unknown> = {}
    circular.self = circular
    const by = { ...systemActor, id: circular as never }
    await expect(issueToken(db, { name: 'lost', role: 'officer', scopePrefix: '' }, by)).rejects.toThrow()
    expect((await listTokens(db)).filter((item) => item.name === 'lost')).toEqual([])
  })

  test('of an earlier demo ends with the next one', async () => {
    const made = await issueToken(db, { name: 'demo officer', role: 'officer', scopePrefix: '' }, systemActor)
    await revokeTokensNamed(db, 'demo ', systemActor)
    expect(await createCredentials(db.pipeline).byToken(made.token)).toBeNull()
    expect(await trail(made.id)).toEqual(['token.create', 'token.revoke'])
  })
})

describe('an API key', () => {
  const water = { department: 'water', feed: 'water.projects', name: 'pilot', expiresAt: null }

  test('speaks for its department and feed, with no scope over anyone else’s data, until it is revoked', async () => {
    const made = await issueApiKey(db, water, systemActor)
    expect(await createCredentials(db.pipeline).byToken(made.key)).toEqual({
      id: made.id,
      kind: 'partner',
      role: 'partner',
      scopePrefix: '-',
      name: 'pilot',
      department: 'water',
      feed: 'water.projects',
    })
    expect((await listApiKeys(db)).map((item) => item.id)).toContain(made.id)
    await revokeApiKey(db, made.id, systemActor)
    expect(await createCredentials(db.pipeline).byToken(made.key)).toBeNull()
    expect(await trail(made.id)).toEqual(['key.create', 'key.revoke'])
  })

  test('ends by itself', async () => {
    const made = await issueApiKey(db, { ...water, expiresAt: new Date(nowMs() + 30_000) }, systemActor)
    expect(await createCredentials(db.pipeline).byToken(made.key)).not.toBeNull()
    setClockOffset(60_000)
    expect(await createCredentials(db.pipeline).byToken(made.key)).toBeNull()
  })

  test('that does not exist cannot be revoked', async () => {
    await expect(revokeApiKey(db, 'key_nothing', systemActor)).rejects.toMatchObject({ code: 'access.unknown_key' })
  })
})

describe('a password', () => {
  test('is known by its hash only, salted, also when typed in another form of Unicode', async () => {
    const [one, two] = await Promise.all([hashPassword('Ångström 9!'), hashPassword('Ångström 9!')])
    expect(one).not.toBe(two)
    expect(await isPassword('Ångström 9!'.normalize('NFD'), one)).toBe(true)
    expect(await isPassword('Ångström 9?', one)).toBe(false)
    expect(await isPassword('x', 'md5$x')).toBe(false)
  })

  test.each([
    ['Short1!', false],
    ['longbutplain', false],
    ['Long-enough-1', true],
    ['prefix-Zhang.San-9', false],
    [newPassword(), true],
  ])('%s: strong enough is %s', (password, expected) => {
    expect(isStrongPassword(password, 'zhang.san')).toBe(expected)
  })
})

describe('a person', () => {
  const password = 'Grid-office-7'
  let userId: string
  beforeAll(async () => {
    userId = (
      await createUser(
        db,
        { name: 'li.si', displayName: '李四', role: 'officer', scopePrefix: '410105', password },
        systemActor,
      )
    ).id
  })
  const who = async (tokenId: string) => createCredentials(db.pipeline).byTokenId(tokenId)

  test('logs in as themselves, and out of this session alone', async () => {
    const [first, second] = [await logIn(db, 'li.si', password), await logIn(db, 'li.si', password)]
    expect(await who(first.tokenId)).toMatchObject({ id: userId, kind: 'user', name: '李四', scopePrefix: '410105' })
    await logOut(db, first.tokenId)
    expect(await who(first.tokenId)).toBeNull()
    expect(await who(second.tokenId)).not.toBeNull()
    expect((await listTokens(db)).filter((item) => item.name.startsWith('session'))).toEqual([])
  })

  test('is refused in the same words for a wrong name and a wrong password, and what was typed as a name is not kept', async () => {
    const refusal = { code: 'access.login_refused' }
    await expect(logIn(db, 'li.si', 'Wrong-one-77')).rejects.toMatchObject(refusal)
    await expect(logIn(db, 'My-Pass-word-1', password)).rejects.toMatchObject(refusal)
    const { rows } = await db.pipeline.query(
      `SELECT subject FROM audit WHERE action = 'login.refused' ORDER BY audit_id`,
    )
    expect(rows.map((row) => row.subject)).toEqual([userId, '-'])
    await logIn(db, 'li.si', password)
  })

  test('is locked for ten minutes after five failures, also when they come at once', async () => {
    await logIn(db, 'li.si', password)
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => logIn(db, 'li.si', 'Wrong-one-77')))
    const codes = attempts.map((a) => (a.status === 'rejected' ? a.reason.code : 'in'))
    expect(codes.filter((code) => code === 'access.login_refused')).toHaveLength(5)
    expect(codes.filter((code) => code === 'access.locked')).toHaveLength(3)
    await expect(logIn(db, 'li.si', password)).rejects.toMatchObject({ code: 'access.locked' })
    setClockOffset(10 * 60_000 + 1_000)
    expect(await logIn(db, 'li.si', password)).toHaveProperty('tokenId')
  })

  test('gets a new password, which ends every session', async () => {
    const { tokenId } = await logIn(db, 'li.si', password)
    await expect(setPassword(db, 'li.si', 'weak', systemActor)).rejects.toMatchObject({ code: 'access.weak_password' })
    await setPassword(db, 'li.si', 'Grid-office-8', systemActor)
    expect(await who(tokenId)).toBeNull()
    await setPassword(db, userId, password, systemActor)
  })

  test('who is disabled is out at once and stays out; the trail says so', async () => {
    const { tokenId } = await logIn(db, 'li.si', password)
    await disableUser(db, 'li.si', systemActor)
    expect(await who(tokenId)).toBeNull()
    await expect(logIn(db, 'li.si', password)).rejects.toMatchObject({ code: 'access.login_refused' })
    expect([...new Set((await trail(userId)).filter((action) => action.startsWith('user.')))]).toEqual([
      'user.create',
      'user.locked',
      'user.password',
      'user.disable',
    ])
    expect((await listUsers(db))[0]).not.toHaveProperty('passwordHash')
  })

  test('needs a name of their own and a password that holds', async () => {
    const again = { name: 'li.si', displayName: 'x', role: 'officer', scopePrefix: '', password } as const
    await expect(createUser(db, again, systemActor)).rejects.toMatchObject({ code: 'access.name_taken' })
    await expect(createUser(db, { ...again, name: 'wang', password: 'wang' }, systemActor)).rejects.toMatchObject({
      code: 'access.weak_password',
    })
    await expect(disableUser(db, 'nobody', systemActor)).rejects.toMatchObject({ code: 'access.unknown_user' })
  })
})

describe('a session', () => {
  const sessions = createSessions(Buffer.alloc(32, 3))
  test('ends after thirty minutes without use, and after twelve hours with it', () => {
    let cookie = sessions.issue('tok_a')
    expect(sessions.read(cookie)).toEqual({ tokenId: 'tok_a', renewed: null })
    setClockOffset(sessionIdleSeconds * 1_000 + 1_000)
    expect(sessions.read(cookie)).toBeNull()
    setClockOffset(0)
    let seconds = 0
    for (; seconds < sessionMaxAgeSeconds; seconds += 1_200) {
      setClockOffset(seconds * 1_000)
      const read = sessions.read(cookie)
      expect(read?.tokenId).toBe('tok_a')
      cookie = read?.renewed ?? cookie
    }
    setClockOffset(seconds * 1_000 + 1_000)
    expect(sessions.read(cookie)).toBeNull()
  })

  test('cannot be made longer by hand', () => {
    const [tokenId, begunAt, seenAt, mark] = sessions.issue('tok_a').split('.')
    expect(sessions.read(`${tokenId}.${Number(begunAt) + 9}.${seenAt}.${mark}`)).toBeNull()
    expect(sessions.read(`${tokenId}.${begunAt}.${Number(seenAt) + 9}.${mark}`)).toBeNull()
    expect(createSessions(Buffer.alloc(32, 4)).read(sessions.issue('tok_a'))).toBeNull()
  })
})
