import { beforeAll, expect, test } from 'vitest'
import { type Actor, isInScope, scopeRange } from '../../src/access/actor.ts'
import type { Database } from '../../src/db/database.ts'
import { testDatabase } from '../support/database.ts'

let db: Database
beforeAll(async () => {
  db = await testDatabase({ readerMax: 1 })
  await db.owner().query(`
    CREATE TABLE place (scope text COLLATE "C" PRIMARY KEY);
    ALTER TABLE place ENABLE ROW LEVEL SECURITY;
    CREATE POLICY reader_scope ON place FOR SELECT TO jingwei_reader USING (scope >= scope_from() AND scope < scope_to());
    CREATE POLICY pipeline_all ON place TO jingwei_pipeline USING (true) WITH CHECK (true);
    GRANT SELECT ON place TO jingwei_reader;
    INSERT INTO place VALUES ('410105'), ('410105001'), ('410106'), ('4101'), ('42')`)
})

const officer = (scopePrefix: string, id = `officer ${scopePrefix}`): Actor => ({
  id,
  kind: 'user',
  role: 'officer',
  scopePrefix,
})

const placesOf = (actor: Actor): Promise<string[]> =>
  db.withActor(actor, async (client) =>
    (await client.query<{ scope: string }>('SELECT scope FROM place ORDER BY scope')).rows.map((row) => row.scope),
  )

test('each actor sees its own scope, on the same connection, in any order', async () => {
  expect(await placesOf(officer('410105'))).toEqual(['410105', '410105001'])
  expect(await placesOf(officer('4101'))).toEqual(['4101', '410105', '410105001', '410106'])
  expect(await placesOf(officer(''))).toHaveLength(5)
  expect(await placesOf(officer('410105'))).toEqual(['410105', '410105001'])
  expect(await placesOf(officer('99'))).toEqual([])
})

test('a connection that carries nobody sees nothing', async () => {
  await placesOf(officer(''))
  await expect(db.withActor(officer(''), () => Promise.reject(new Error('broke')))).rejects.toThrow('broke')
  expect((await db.reader.query('SELECT FROM place')).rowCount).toBe(0)
  expect((await db.reader.query(`SELECT current_setting('jingwei.actor') AS actor`)).rows).toEqual([{ actor: '' }])
})

test('after an error the next actor is set anew, also the same one', async () => {
  const actor = officer('410106')
  await expect(db.withActor(actor, (client) => client.query('SELECT 1 / 0'))).rejects.toMatchObject({ code: '22012' })
  expect(await placesOf(actor)).toEqual(['410106'])
})

test('settings are sent only when the actor changes', async () => {
  const actor = officer('4101', 'once')
  await placesOf(actor)
  // Changed behind its back: a second read of the same actor would mend it if it set again.
  await db.reader.query(`SELECT set_config('jingwei.actor', 'mark', false)`)
  const seen = (who: Actor) =>
    db.withActor(
      who,
      async (client) =>
        (await client.query<{ who: string }>(`SELECT current_setting('jingwei.actor') AS who`)).rows[0]!.who,
    )
  expect(await seen(actor)).toBe('mark')
  expect(await seen(officer('4101', 'other'))).toBe('other')
})

test('several statements of one actor go out together', async () => {
  const rows = await db.withActor(officer(''), (client) =>
    Promise.all([1, 2, 3].map((n) => client.query<{ n: number }>('SELECT $1::int AS n', [n]))),
  )
  expect(rows.map((result) => result.rows[0]?.n)).toEqual([1, 2, 3])
})

test('the range of a prefix holds exactly the codes that begin with it', () => {
  const codes = ['', '4', '41', '4101', '410105', '410105001', '410106', '4102', '42', '9', 'A1', '国']
  for (const prefix of ['', '41', '4101', '410105', '4109', '9']) {
    const { from, to } = scopeRange(prefix)
    const bytes = (text: string) => Buffer.from(text)
    const inside = codes.filter(
      (code) => Buffer.compare(bytes(code), bytes(from)) >= 0 && Buffer.compare(bytes(code), bytes(to)) < 0,
    )
    expect(inside).toEqual(codes.filter((code) => isInScope(officer(prefix), code)))
  }
})
