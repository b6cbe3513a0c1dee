/** Pages → gathers (decision 1): up to 10 000 rows, 8 MB or 500 ms, so that one transaction holds many pages and the last one's checkpoint. */
import type { Page } from '../connect/feed.ts'
import { elapsedMs } from '../kernel/clock.ts'
import { turn } from '../kernel/turn.ts'
import type { Gather, GatheredRow } from './land.ts'
import type { RowReader } from './read-row.ts'

export interface GatherBounds {
  readonly rowsMax: number
  readonly bytesMax: number
  readonly waitMaxMs: number
}

export const defaultGatherBounds: GatherBounds = { rowsMax: 10_000, bytesMax: 8 * 1024 * 1024, waitMaxMs: 500 }

/** Rows read before the event loop gets a turn: about 5 ms of work. */
const rowsPerTurn = 500

interface Draft {
  rows: GatheredRow[]
  bytes: number
  last: Page | null
  declaredRows: number | null
  declaredFen: bigint | null
  watermark: unknown
}

const emptyDraft = (): Draft => ({
  rows: [],
  bytes: 0,
  last: null,
  declaredRows: null,
  declaredFen: null,
  watermark: null,
})

const finish = (draft: Draft, reader: RowReader): Gather => ({
  rows: draft.rows,
  ...reader.takeCounts(),
  resume: draft.last?.next ?? null,
  isLast: (draft.last?.next ?? null) === null,
  watermark: draft.watermark,
  declaredRows: draft.declaredRows,
  declaredFen: draft.declaredFen,
})

const addPage = async (draft: Draft, page: Page, reader: RowReader): Promise<void> => {
  for (const row of page.rows) {
    draft.rows.push({ read: reader.read(row), at: row.at })
    draft.bytes += row.text.length
    if (draft.rows.length % rowsPerTurn === 0) await turn()
  }
  draft.last = page
  draft.declaredRows = page.declaredRows ?? draft.declaredRows
  draft.declaredFen = page.declaredFen ?? draft.declaredFen
  draft.watermark = page.watermark ?? draft.watermark
}

/** Gathers until the pages end. The last gather may be empty of rows: it still carries watermark and declared totals. */
export async function* gatherPages(
  pages: AsyncIterable<Page>,
  reader: RowReader,
  bounds: GatherBounds = defaultGatherBounds,
): AsyncGenerator<Gather> {
  let draft = emptyDraft()
  let since = elapsedMs()
  for await (const page of pages) {
    await addPage(draft, page, reader)
    if (
      draft.rows.length >= bounds.rowsMax ||
      draft.bytes >= bounds.bytesMax ||
      elapsedMs() - since >= bounds.waitMaxMs
    ) {
      yield finish(draft, reader)
      draft = emptyDraft()
      since = elapsedMs()
    }
  }
  if (draft.last !== null) yield finish(draft, reader)
}

/** Lets the producer work one item ahead while the consumer stores the one before: reading and storing then use both cores. */
export async function* oneAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  let next = iterator.next()
  // A rejection is seen where it is awaited; without this it would count as unhandled while the consumer is still busy.
  next.catch(() => undefined)
  try {
    for (;;) {
      const { value, done } = await next
      if (done) return
      next = iterator.next()
      next.catch(() => undefined)
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}
