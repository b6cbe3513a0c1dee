/** What the HTTP edge is lent. It holds no SQL and knows no stage: reads are `src/query`, changes are verbs. */

import type { ActResult } from '#schemas/api/act.ts'
import type { StartImport } from '#schemas/api/import.ts'
import type { Position } from '#schemas/canonical/position.ts'
import type { Actor } from '../access/actor.ts'
import type { AuditTrail } from '../access/audit.ts'
import type { Credentials } from '../access/credentials.ts'
import type { Sessions } from '../access/session.ts'
import type { Database } from '../db/database.ts'
import type { Logger } from '../kernel/log.ts'
import type { Act } from '../link/verbs/act.ts'
import type { Answer } from '../link/verbs/proposals.ts'
import type { Intake } from '../push/intake.ts'
import type { DeclaredFeed } from '../query/sources.ts'
import type { DiskForecast } from '../retention/forecast.ts'

export interface HoldDecision {
  readonly batchId: bigint
  readonly decision: 'release' | 'refuse'
  readonly reason: string
}

/** Every change a person causes: scope, parse, transaction, audit row, in that order (style.md 4.2). */
export interface Verbs {
  /** Starts imports of a feed, a department's feeds or all; answers when they are under way. Throws `import.*`. */
  startImport(input: StartImport, actor: Actor): Promise<{ readonly runIds: readonly string[] }>
  /** Does a person's act and redoes what hangs on it, or proposes it; with `dryRun` only tells what it would change. Throws `judgement.*`. */
  act(input: { readonly act: Act; readonly reason: string; readonly dryRun: boolean }, actor: Actor): Promise<ActResult>
  /** Answers a proposal; null where that changes nothing. Throws `proposal.*`, `judgement.*`. */
  answer(
    input: { readonly actId: bigint; readonly answer: Answer; readonly reason: string; readonly dryRun: boolean },
    actor: Actor,
  ): Promise<ActResult | null>
  /** Takes back a name that a person gave a registration. Throws `alias.unknown`. */
  endAlias(input: { readonly aliasId: bigint; readonly reason: string }, actor: Actor): Promise<void>
  /** Lets a held delivery in or turns it away. Throws `landing.not_held`. */
  decideHold(input: HoldDecision, actor: Actor): Promise<void>
  /** Ends what is owed on a day. Throws `arrival.not_open`. */
  excuseDay(
    input: { readonly feed: string; readonly day: string; readonly reason: string },
    actor: Actor,
  ): Promise<void>
}

export interface HttpSettings {
  readonly region: { readonly code: string; readonly name: string }
  /** Pages carry a banner and the login page says where the link is. */
  readonly isDemo: boolean
  /** The session key: secret bytes, the same on every hub of one installation. */
  readonly sessionKey: Buffer
  /** Requests an actor may send within a minute. */
  readonly requestsPerMinute: number
  readonly timeoutMs: number
  readonly bodyBytesMax: number
}

export const defaultHttpSettings = { requestsPerMinute: 60_000, timeoutMs: 30_000, bodyBytesMax: 1_048_576 } as const

/** What main gives. */
export interface AppInput {
  readonly db: Pick<Database, 'withActor' | 'pipeline' | 'singleRow'>
  readonly log: Logger
  readonly settings: HttpSettings
  readonly feeds: readonly DeclaredFeed[]
  readonly verbs: Verbs
  /** Where partners' pushes go; absent: this hub takes none. */
  readonly intake?: Intake
  /** A project's position on a business day, from what was known at a tick; null where it was not known then. */
  readonly positionOn: (projectId: bigint, tick: bigint, on: string) => Promise<Position | null>
  /** What the database takes and when its disk is full; absent: this hub does not say. */
  readonly diskForecast?: () => Promise<DiskForecast>
  /** Blind index of a natural person's code, hex (decision 7). */
  readonly blindIndex: (code: string) => string
  /** False while the hub drains: `/readyz` then says so. */
  readonly isReady?: () => boolean
}

/** What a route's handler sees. */
export interface AppDeps extends AppInput {
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly audit: AuditTrail
}
