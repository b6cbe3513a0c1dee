/**
 * What a feed is, as data. A connector module states one of these and nothing else; the kit drives it.
 * Rejected: a class per source with hooks. It hides what a source expects and lets each one invent its own retry.
 */
import type { z } from 'zod'
import type { Canonical } from '#schemas/canonical/index.ts'

/** One delivered row before it is read: `text` is the source's own bytes for that row, decoded, lexemes unchanged. */
export interface RawRow {
  /** JSON text of the record (CSV and XLSX rows become an object of strings under the feed's own field names). */
  readonly text: string
  /** Where it stood: page or file, row counted from 1, sheet where there is one. */
  readonly at: { readonly source: string; readonly row: number; readonly sheet?: string }
  /** Set where the row could not even be decoded; `text` then holds what there was (undecodable bytes as base64). */
  readonly undecodable?: { readonly code: string; readonly message: string }
}

export interface Page {
  readonly rows: readonly RawRow[]
  /** Where to go on after this page; JSON, O(1) in size; null on the last page. */
  readonly next: unknown
  /**
   * What the source says the whole delivery holds, given with the last page. The pager has settled rows that it saw move
   * meanwhile, so it is to equal the rows of all pages since `resume` was null.
   */
  readonly declaredRows?: number
  /** Sum of the feed's `controlField` over the delivery in 分, where the source states one. */
  readonly declaredFen?: bigint
  /** Where increments start next time (e.g. the greatest update time seen), given with the last page at the latest. */
  readonly watermark?: unknown
}

export interface PullRequest {
  /** Checkpoint of an open delivery: the `next` of the last page that was stored. Null starts a new one. */
  readonly resume: unknown
  /** Watermark of the last complete delivery; null asks for everything. */
  readonly since: unknown
  readonly until?: string
  readonly signal: AbortSignal
  readonly rowsPerPage: number
}

/** What the hub lends a feed to reach its department: where it lives, its secrets, its http client, its folder. */
export interface SourceAccess {
  readonly http: import('./http.ts').HttpClient
  readonly baseUrl: string
  /** Folder of the file drop; null for sources reached over HTTP. */
  readonly folder: string | null
  /** Names in a folder, where several imports share one listing; default: each looks for itself. */
  readonly listFolder?: import('./listing.ts').ListFolder
  /** Front-end database of the sharing platform; absent or null where the source has none. */
  readonly exchange?: import('./exchange-database.ts').ExchangeDatabase | null
  readonly now: () => Date
}

export type Pager = (access: SourceAccess, request: PullRequest) => AsyncIterable<Page>

/**
 * How often a feed owes a delivery, and by when it counts as late. Days are those of Asia/Shanghai. What is owed is what had been recorded by the
 * end of the period before: a daily feed owes each day what is known up to the day before.
 */
export interface Due {
  /** `workday`: each day on which China works, 调休 included. `quarter` and `month`: in the month after the period's end. */
  readonly every: 'workday' | 'day' | 'week' | 'month' | 'quarter'
  /** `week`: 1 Monday to 7 Sunday, default 1. `month`, `quarter`: day of the month, 1 to 28, default 10. One that is no workday moves to the next workday. */
  readonly by?: number
  /** `HH:mm` in Asia/Shanghai; default: the department's `dueTime`. */
  readonly time?: string
  /** Of feeds that come as dated extracts: true where the extract owed on a day bears that day's date; default: that of the day owed before it. */
  readonly sameDay?: boolean
}

export interface Feed<R = Record<string, unknown>> {
  readonly id: string
  readonly title: string
  readonly department: string
  /** Default schedule in Asia/Shanghai. */
  readonly cron: string
  /** When missing data is late; default: told by `cron` (each workday for one that fires daily, else each week or month). */
  readonly due?: Due
  /** `full` states the whole set each time and so can prove deletion; `increment` only adds and changes. */
  readonly mode: 'full' | 'increment'
  /** Outside these bounds a delivery is held (decision 4). Row bounds hold for full deliveries. */
  readonly expect: {
    readonly rows?: readonly [number, number]
    readonly rejectedShareMax: number
    readonly changedShareMax?: number
  }
  /** Null for feeds that only arrive by push or file. */
  readonly pages: Pager | null
  /** The department's own record. Unknown keys are reported as drift by name, not refused. */
  readonly record: z.ZodType<R>
  /** Immutable source fields, raw: cleaning them later would mint new records. */
  readonly key: (record: R) => readonly string[]
  /** Orders versions of one record where the source has such a field (sortable text); null: order of arrival. */
  readonly sourceOrder?: (record: R) => string | null
  /** True where the source sends the record as withdrawn. */
  readonly isWithdrawn?: (record: R) => boolean
  readonly map: (record: R) => Canonical
  /** Source fields that are read by nobody, on purpose. */
  readonly ignore: readonly string[]
  /** Fields that change without meaning, left out of the content hash (decision 6). */
  readonly volatile: readonly string[]
  /** Fields sealed before they are stored (decision 7); the first one present identifies the person. */
  readonly sensitive: readonly string[]
  /** Further fields to seal in this very record, before the others: a natural person's taxpayer number is an identity number. */
  readonly sealAlso?: (record: R) => readonly string[]
  /** Raises by one with every change of `map` that changes results. */
  readonly mapping: number
  /** Headers by which files may name the fields: Chinese or English → field. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Declares a feed; the type parameter is inferred from `record`. */
export const defineFeed = <R>(
  feed: Omit<Feed<R>, 'department' | 'volatile' | 'sensitive'> & {
    volatile?: readonly string[]
    sensitive?: readonly string[]
  },
): Feed<R> => ({ volatile: [], sensitive: [], ...feed, department: feed.id.split('.')[0] ?? feed.id })

/** A feed whose record type is of no interest to the caller. */
export type AnyFeed = Omit<Feed<never>, 'record'> & { readonly record: z.ZodType }
