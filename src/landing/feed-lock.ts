/** One import of a feed at a time, over all hubs: the lock ends with the process that holds it, so kill -9 frees it at once. */
import type { Database } from '../db/database.ts'
import { withSessionLock } from '../db/session-locks.ts'
import { HubError } from '../kernel/errors.ts'

/** Runs `fn` while this process is the feed's only importer. HubError `landing.busy` (retryable) where another one is at work. */
export const withFeedLock = async <T>(
  db: Pick<Database, 'pipeline'>,
  feed: string,
  fn: () => Promise<T>,
): Promise<T> => {
  const done = await withSessionLock(db.pipeline, `import ${feed}`, fn)
  if (done !== null) return done.value
  throw new HubError({
    code: 'landing.busy',
    publicMessage: { zh: `${feed} 正在导入，请稍后再试`, en: `${feed} is being imported; try again later` },
    retryable: true,
    context: { feed },
  })
}
