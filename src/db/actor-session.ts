/**
 * Reads on behalf of someone. Row security looks at four settings of the connection; they are set only when they differ from what the connection
 * carries already, since a transaction per read costs half the speed (decision 16). A connection nobody set shows no rows.
 */
import type pg from 'pg'
import { type Actor, scopeRange } from '../access/actor.ts'
import type { Queryable } from './transaction.ts'

const carried = new WeakMap<object, string>()

const setActor = {
  name: 'actor_set',
  text: `SELECT set_config('jingwei.actor', $1, false), set_config('jingwei.role', $2, false), set_config('jingwei.scope_from', $3, false), set_config('jingwei.scope_to', $4, false)`,
}

const assume = async (client: pg.PoolClient, actor: Actor): Promise<void> => {
  const scope = scopeRange(actor.scopePrefix)
  const values = [actor.id, actor.role, scope.from, scope.to]
  const wanted = values.join('\u0000')
  if (carried.get(client) === wanted) return
  carried.delete(client)
  await client.query({ ...setActor, values })
  carried.set(client, wanted)
}

/** Runs `fn` on a reader connection that sees what `actor` may see. When anything throws, the connection forgets the actor before it is given back. */
export const withActorOn = async <T>(
  reader: pg.Pool,
  actor: Actor,
  fn: (client: Queryable) => Promise<T>,
): Promise<T> => {
  const client = await reader.connect()
  let broken = false
  try {
    await assume(client, actor)
    return await fn(client)
  } catch (error) {
    carried.delete(client)
    await client.query({ ...setActor, values: ['', '', '', ''] }).catch(() => (broken = true))
    throw error
  } finally {
    client.release(broken)
  }
}
