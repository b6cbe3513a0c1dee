import type pg from 'pg'

/** What statements run on: a pool, or one connection of it. */
export type Queryable = Pick<pg.ClientBase, 'query'>

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  readonly readOnly?: boolean
}

/**
 * Runs `fn` in one transaction on one connection: commit when it resolves, rollback when it rejects (the error is passed on).
 * A connection whose rollback fails is closed, not given back.
 */
export const transaction = async <T>(
  pool: pg.Pool,
  fn: (client: pg.PoolClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> => {
  const client = await pool.connect()
  let broken = false
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL ${options.isolation ?? 'read committed'}${options.readOnly ? ' READ ONLY' : ''}`,
    )
    const result = await fn(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => (broken = true))
    throw error
  } finally {
    client.release(broken)
  }
}
