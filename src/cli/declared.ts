import type { Hub } from '../hub.ts'
import type { DeclaredFeed } from '../query/sources.ts'

/** What the code declares of each feed, as the lists of sources show it. */
export const declaredFeeds = (hub: Pick<Hub, 'feedList'>): DeclaredFeed[] =>
  hub.feedList.map(({ id, title, department, mode, cron, pages }) => ({
    id,
    title,
    department,
    mode,
    cron,
    pulled: pages !== null,
  }))
