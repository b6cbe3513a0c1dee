/** A hub whose sources do as a test says: each feed is pulled from a script of pages that can wait, lie or break off. */
import type { AnyFeed, OpenSource } from '#connect'
import { feeds } from '../../connectors/index.ts'
import type { Page, PullRequest } from '../../src/connect/feed.ts'
import type { Database } from '../../src/db/database.ts'
import { type ImportDeps, type ImportReport, importFeed } from '../../src/import.ts'
import { createKeyring } from '../../src/kernel/cipher.ts'
import { setLogLevel } from '../../src/kernel/log.ts'
import { defaultLandingPolicy } from '../../src/landing/pull.ts'
import { testMasterKey } from './simulated.ts'

// Failures are what these tests ask for; their log lines would hide the ones nobody asked for.
setLogLevel('silent')

export type Rows = readonly Record<string, unknown>[]

/** What a source answers to one pull; the request tells it where the hub wants to go on. */
export type Script = (request: PullRequest) => AsyncIterable<Page>

export interface Scripted extends ImportDeps {
  /** Sets what the feed's source answers from now on. */
  source(feedId: string, script: Script): void
  /** Imports the feed once. */
  pull(feedId: string, options?: { runId?: string; slotAt?: Date }): Promise<ImportReport>
  /** Sets the whole source to these rows on one page and imports them. */
  deliver(feedId: string, rows: Rows): Promise<ImportReport>
}

const rawRows = (rows: Rows, first = 1): Page['rows'] =>
  rows.map((record, i) => ({ text: JSON.stringify(record), at: { source: 'script', row: first + i } }))

export interface PagesOptions {
  readonly rowsPerPage?: number
  readonly declared?: number
  /** Awaited ahead of each page; may throw. */
  readonly before?: (page: number) => unknown
  /** Awaited once the last page has been taken; may throw. */
  readonly after?: () => unknown
  readonly watermark?: unknown
}

/** Pages of `rowsPerPage` rows that can be resumed. */
export const pagesOf = (rows: Rows, options: PagesOptions = {}): Script =>
  async function* pages({ resume }) {
    const size = options.rowsPerPage ?? Math.max(1, rows.length)
    const from = typeof resume === 'number' ? resume : 0
    for (let at = from; at < rows.length || at === 0; at += size) {
      await options.before?.(at / size)
      const isLast = at + size >= rows.length
      yield {
        rows: rawRows(rows.slice(at, at + size), at + 1),
        next: isLast ? null : at + size,
        ...(isLast ? { declaredRows: options.declared ?? rows.length, watermark: options.watermark ?? null } : {}),
      }
    }
    await options.after?.()
  }

const closed = { http: { troubles: () => [] }, close: async () => {} } as unknown as OpenSource

/** `change` replaces feeds, e.g. by one that delivers its whole set each time; `more` are feeds beside them, or in the place of those of the same id. */
export const scripted = (
  db: Database,
  change: (feed: AnyFeed) => AnyFeed = (feed) => feed,
  more: readonly AnyFeed[] = [],
): Scripted => {
  const scripts = new Map<string, Script>()
  const own = [...feeds.map(change), ...more].map((feed): AnyFeed => {
    return {
      ...feed,
      pages: (_access, request) => {
        const script = scripts.get(feed.id)
        if (!script) throw new TypeError(`the test gave ${feed.id} no script`)
        return script(request)
      },
    }
  })
  const map = new Map(own.map((feed) => [feed.id, feed]))
  const deps: ImportDeps = {
    db,
    feeds: map,
    keyring: createKeyring(Buffer.from(testMasterKey, 'hex')),
    region: '410100',
    // Each page is a gather of its own, so that a test decides what one transaction holds.
    policy: { ...defaultLandingPolicy, gather: { rowsMax: 1, bytesMax: 1_000_000, waitMaxMs: 60_000 } },
    openSource: () => closed,
  }
  const pull: Scripted['pull'] = (feedId, options = {}) =>
    importFeed(deps, { feed: map.get(feedId)!, actor: 'test', ...options })
  return {
    ...deps,
    source: (feedId, script) => void scripts.set(feedId, script),
    pull,
    deliver: (feedId, rows) => {
      scripts.set(feedId, pagesOf(rows))
      return pull(feedId)
    },
  }
}

/** The code of what stopped or refused an import. */
export const errorCode = (report: ImportReport): string | undefined =>
  (report.error as { code?: string } | null)?.code ?? undefined
