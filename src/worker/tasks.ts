/** What the importing thread is asked for and what it answers: plain values, since they cross between threads. */
import type { ActResult } from '#schemas/api/act.ts'
import type { AskedAct, AskedAnswer } from '../acts.ts'
import type { DayRange } from '../backfill.ts'
import type { CarriedDatabase } from '../db/carry.ts'
import type { Config } from '../kernel/config.ts'
import type { PublicMessage } from '../kernel/errors.ts'
import type { LogLevel } from '../kernel/log.ts'
import type { RunState } from '../landing/run.ts'

export interface AskedRun {
  readonly feed: string
  readonly runId: string
  readonly actor: string
  readonly slotAt?: Date
  /** Of a backfill, or of the rehearsal of one. */
  readonly range?: DayRange
  readonly byDay?: boolean
}

/** `import`: feeds landed in turn, then tracked together. `backfill`: a range of each. `rehearse`: a dry run of each. `advance`: the stages, after a judgement or a release. */
export type Task =
  | { readonly kind: 'import' | 'backfill' | 'rehearse'; readonly runs: readonly AskedRun[] }
  | { readonly kind: 'advance' }

/** A person's act, or the answer to a proposal: both look at what the stages would make of it, so they run where the stages do. */
export type ActTask = ({ readonly kind: 'act' } & AskedAct) | ({ readonly kind: 'answer' } & AskedAnswer)

export interface Ended {
  readonly runId: string
  readonly state: RunState
}

export type Asked = { readonly id: number; readonly task: Task | ActTask } | 'stop'

export type Answered =
  | { readonly id: number; readonly ended: readonly Ended[] }
  | { readonly id: number; readonly result: ActResult | null }
  | { readonly id: number; readonly failed: Failure }

/** An error as far as it crosses threads: with its public words where it has some. */
export interface Failure {
  readonly message: string
  readonly refusal: { readonly code: string; readonly publicMessage: PublicMessage; readonly retryable: boolean } | null
}

type CarriedSource = Omit<Config['sources'][string], 'secret' | 'database'> & {
  readonly secret?: string
  readonly database?: string
}

/** Holds secrets in clear: it never leaves the process. */
export interface ThreadData {
  readonly database: CarriedDatabase
  readonly masterKeyHex: string
  readonly region: Config['region']
  readonly policies: Config['policies']
  readonly sources: Readonly<Record<string, CarriedSource>>
  readonly logLevel: LogLevel
}
