/**
 * Locks that last as long as a piece of work and end with the process that holds them, over all hubs on a database. All locks of a process live on
 * one connection, taken from the pool while any is held: many imports at once must not use up the pool that they need to work with.
 */
import type pg from 'pg'
import { prepared } from './prepared.ts'

interface Session {
  readonly client: Promise<pg.PoolClient>
  /** The server lets a session take its own lock twice, so what this process holds is remembered here. */
  readonly held: Set<string>
  users: number
  isBroken: boolean
  readonly onError: () => void
}

const sessions = new WeakMap<pg.Pool, Session>()

const enter = (pool: pg.Pool): Session => {
  const open = sessions.get(pool)
  if (open && !open.isBroken) {
    open.users++
    return open
  }
  const onError = () => {
    session.isBroken = true
  }
  const session: Session = { client: pool.connect(), held: new Set(), users: 1, isBroken: false, onError }
  session.client.then((client) => client.on('error', onError), onError)
  sessions.set(pool, session)
  return session
}

const leave = async (pool: pg.Pool, session: Session): Promise<void> => {
  if (--session.users > 0) return
  if (sessions.get(pool) === session) sessions.delete(pool)
  const client = await session.client.catch(() => null)
  client?.off('error', session.onError)
  client?.release(session.isBroken)
}

const lockKey = `hashtextextended('jingwei ' || $1, 0)`
const tryLock = prepared('session_lock.take', `SELECT pg_try_advisory_lock(${lockKey}) AS got`)
const unlock = prepared('session_lock.give', `SELECT pg_advisory_unlock(${lockKey})`)

/** Runs `fn` while this process alone holds the lock of this name; null, and `fn` is not run, where it is held by this or another process. */
export const withSessionLock = async <T>(
  pool: pg.Pool,
  name: string,
  fn: () => Promise<T>,
): Promise<{ readonly value: T } | null> => {
  const session = enter(pool)
  try {
    const client = await session.client
    if (session.held.has(name)) return null
    session.held.add(name)
    try {
      const { rows } = await client.query<{ got: boolean }>(tryLock(name))
      if (!rows[0]?.got) return null
      try {
        return { value: await fn() }
      } finally {
        await client.query(unlock(name)).catch(() => (session.isBroken = true))
      }
    } finally {
      session.held.delete(name)
    }
  } finally {
    await leave(pool, session)
  }
}
