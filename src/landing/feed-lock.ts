/** One import of a feed at a time, over all hubs: a session lock that ends with the process that holds it, so kill -9 frees it at once. */
import type { Database } from '../db/database.ts'
import { HubError } from '../kernel/errors.ts'

const key = `hashtextextended('jingwei import ' || $1, 0)`

/** Runs `fn` while this process is the feed's only importer. HubError `landing.busy` (retryable) where another one is at work. */
export const withFeedLock = async <T>(db: Database, feed: string, fn: () => Promise<T>): Promise<T> => {
  const client = await db.pipeline.connect()
  let isBroken = false
  try {
    const { rows } = await client.query<{ got: boolean }>(`SELECT pg_try_advisory_lock(${key}) AS got`, [feed])
    if (!rows[0]?.got) {
      throw new HubError({
        code: 'landing.busy',
        publicMessage: { zh: `${feed} 正在导入，请稍后再试`, en: `${feed} is being imported; try again later` },
        retryable: true,
        context: { feed },
      })
    }
    try {
      return await fn()
    } finally {
      await client.query(`SELECT pg_advisory_unlock(${key})`, [feed]).catch(() => (isBroken = true))
    }
  } finally {
    client.release(isBroken)
  }
}
