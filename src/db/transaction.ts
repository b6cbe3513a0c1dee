import type pg from 'pg'
import { currentWatch } from '../kernel/watched.ts'

/** What statements run on: a pool, or one connection of it. */
export type Queryable = Pick<pg.ClientBase, 'query'>

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  readonly readOnly?: boolean
}

/** A backend that waits for a lock does not notice that its client has gone: it is ended by its number. */
const endBackend = (pool: pg.Pool, client: pg.PoolClient): void => {
  const { processID } = client as pg.PoolClient & { readonly processID?: number | null }
  if (processID) pool.query('SELECT pg_terminate_backend($1)', [processID]).catch(() => undefined)
}

/**
 * Runs `fn` in one transaction on one connection: commit when it resolves, rollback when it rejects (the error is passed on).
 * A connection whose rollback fails is closed, not given back. Inside watched work a commit is progress, and a cut ends the connection.
 */
export const transaction = async <T>(
  pool: pg.Pool,
  fn: (client: pg.PoolClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> => {
  const watch = currentWatch()
  watch?.signal.throwIfAborted()
  const client = await pool.connect()
  let broken = false
  const onCut = (): void => {
    broken = true
    endBackend(pool, client)
  }
  watch?.signal.addEventListener('abort', onCut, { once: true })
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL ${options.isolation ?? 'read committed'}${options.readOnly ? ' READ ONLY' : ''}`,
    )
    const result = await fn(client)
    await client.query('COMMIT')
    watch?.touch()
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => (broken = true))
    throw error
  } finally {
    watch?.signal.removeEventListener('abort', onCut)
    client.release(broken)
  }
}
