/**
 * One dataset of one department: which records it has of the world, and in whose words. A department adds its datasets to
 * `departments/sources.ts` and its interface to `departments/routes.ts`; the world, the drop, the truth and the faults know them from there.
 * A dataset's module imports types only from `world/world.ts` and `faults.ts`: both import it.
 */
import type { Hono } from 'hono'
import type { Said } from './departments/wording.ts'
import type { Fault } from './fault-kinds.ts'
import type { Faults } from './faults.ts'
import type { Day } from './world/calendar.ts'
import type { DatasetEntry, FeedId } from './world/entries.ts'
import type { Project } from './world/projects.ts'
import type { World } from './world/world.ts'

/** One record as it stands today, told by a source that keeps no list of its own. */
export interface SaidRecord extends Said {
  readonly key: readonly string[]
  /** Null: of no construction project. */
  readonly project: Project | null
}

/** How a dataset is written to the file drop as a table or as lines: see `drop.ts`. */
export interface ExtractSpec {
  /** Name with `{day}` for the date: `payments_{day}.csv.gz`. Folder is the department. */
  readonly file: string
  readonly encoding: 'gb18030' | 'utf-8'
  /** Null: one JSON object a line. */
  readonly columns: readonly string[] | null
  /** Column in 元 whose sum the manifest states. */
  readonly sumColumn: string | null
  /** True where the department delivers its whole set each time, which can prove deletion. */
  readonly isAlwaysFull?: boolean
  /** Days on which it delivers, of the extract's date `YYYY-MM-DD`; absent: every day. The first extract is written at once. */
  readonly isDue?: (date: string) => boolean
}

interface SourceBase {
  readonly feed: FeedId
  /** The field that a drifted record has lost; no field of the key, none that is always empty. */
  readonly drifted: string
  /** Which faults this dataset can have (`faults.ts`). */
  readonly faults: readonly Fault[]
  /** Field that holds the update time: no part of a record's content. */
  readonly updateTime: string | null
  readonly extract?: ExtractSpec
  /** Delivered into the sharing platform's front-end database; it delivers nothing where there is none. */
  readonly exchange?: true
  /** Writes the day's delivery where `extract` cannot say how (manifests of another kind, database tables). */
  readonly deliver?: (delivery: Delivery) => Promise<void>
  /** Days on which `deliver` has something to write, of today's date; absent: every day. */
  readonly isDue?: (date: string) => boolean
}

export interface Delivery {
  readonly world: World
  readonly dropFolder: string
  /** `full` on the first day. */
  readonly mode: 'full' | 'increment'
  readonly fault: Fault | null
  /** URL of the front-end database of departments that deliver into one; null: there is none, and they deliver nothing. */
  readonly exchangeUrl: string | null
}

/** Records that the world keeps in a list ordered by update time, as interfaces with pages need. */
export interface ListedSource extends SourceBase {
  readonly kind: 'listed'
  /** All records of one project over its whole life, past and future: a pure function. */
  readonly ofProject?: (seed: number, project: Project) => readonly DatasetEntry[]
  /** Records of no project; asked once, when the world begins. */
  readonly ofWorld?: (world: World) => readonly DatasetEntry[]
  readonly say: (world: World, entry: DatasetEntry, updatedAt: string) => Said
}

/** Records computed when asked for, for datasets too large to be listed. */
export interface StreamedSource extends SourceBase {
  readonly kind: 'streamed'
  /** All records as they stand today (`day` null), or those that are new or changed on one advanced day. */
  readonly records: (world: World, day: Day | null) => Iterable<SaidRecord>
}

export type Source = ListedSource | StreamedSource

/** What a department's interface is given. */
export interface RouteOptions {
  readonly world: World
  readonly faults: Faults
  /** Milliseconds; the wall clock that tokens, signatures and cursors go by. */
  readonly now: () => number
  readonly clientId: string
  readonly secret: string
  readonly tokenLifetimeSeconds: number
  readonly cursorLifetimeSeconds: number
  readonly rowsPerPage: number
  /** How many requests a second a department lets through that limits them. */
  readonly requestsPerSecond: number
}

/** Departments that answer over HTTP, mounted under their id. */
export type Routes = Readonly<Record<string, (options: RouteOptions) => Hono>>
