/** A dry run: what a delivery would bring, compared with the heads as they stand. Nothing is written. */
import type { AnyFeed, SourceAccess } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import type { Keyring } from '../kernel/cipher.ts'
import { gatherPages } from './gather.ts'
import { classifyAll, loadHeads } from './land.ts'
import type { LandingPolicy } from './pull.ts'
import { createRowReader } from './read-row.ts'

/** Rows by what they would mean. Rows that repeat across gathers count as they would alone: there is no batch to remember them. */
export const rehearse = async (
  d: { readonly db: Database; readonly feed: AnyFeed; readonly keyring: Keyring; readonly policy: LandingPolicy },
  access: SourceAccess,
  options: { since?: string | undefined; until?: string | undefined; signal: AbortSignal },
): Promise<Record<string, number>> => {
  const { rows } = await d.db.pipeline.query<{ watermark: unknown }>(
    'SELECT watermark FROM feed_state WHERE feed = $1',
    [d.feed.id],
  )
  const request = {
    resume: null,
    since: options.since ?? rows[0]?.watermark ?? null,
    signal: options.signal,
    rowsPerPage: d.policy.rowsPerPage,
    ...(options.until ? { until: options.until } : {}),
  }
  const reader = createRowReader(d.feed, d.keyring.blind)
  const total: Record<string, number> = {}
  for await (const gather of gatherPages(d.feed.pages!(access, request), reader, d.policy.gather)) {
    const keys = [...new Set(gather.rows.flatMap(({ read }) => (read.fault ? [] : [read.keyHash])))]
    const { counts } = classifyAll(gather, await loadHeads(d.db.pipeline, { feed: d.feed, batchId: 0n }, keys), 0)
    for (const [name, n] of Object.entries(counts)) total[name] = (total[name] ?? 0) + n
  }
  return total
}
