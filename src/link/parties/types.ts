/** What goes into and comes out of the linking of one party to the tax register. Pure data; score, evidence and judgement stay apart. */
import type { Identifier } from '#schemas/canonical/reading.ts'

export type { LinkSettings } from './settings.ts'

/** One registration (登记序号) of a taxpayer as the register holds it. Names are folded (`foldName`). */
export interface RegistrationEntry {
  readonly registrationId: string
  /** 18-character 统一社会信用代码, null where there is none. */
  readonly uscc: string | null
  /** Nine-character organisation core. */
  readonly core: string | null
  readonly name: string
  readonly formerNames: readonly string[]
  readonly address: string | null
  readonly divisionCode: string | null
  readonly active: boolean
}

/** One organisation as a record names it. */
export interface PartyQuery {
  readonly name: string
  readonly code: Identifier | null
  /** 项目部 and the like that were cut off the name; the name is then the parent's. */
  readonly siteUnit: string | null
  readonly divisionCode: string | null
  /** Free text address where the source gives one (the stand-alone command does). */
  readonly address?: string | null
}

/** One comparison of the waterfall: both values, the level they reached, and what it weighs in bits (log2 of the odds). */
export interface LinkEvidence {
  readonly comparison: string
  readonly left: string
  readonly right: string
  readonly level: string
  readonly weight: number
}

export type LinkDecision = 'link' | 'review' | 'none'

export type LinkReason =
  | 'code.exact'
  | 'code.core'
  | 'code.repaired'
  | 'code.partial'
  | 'code.contradicts'
  | 'code.nameElsewhere'
  | 'name.exact'
  | 'name.form'
  | 'name.former'
  | 'name.parentOfSiteUnit'
  | 'name.branch'
  | 'name.close'
  | 'name.weak'
  | 'name.ambiguous'
  | 'register.absent'
  | 'query.empty'

export interface LinkAnswer {
  readonly decision: LinkDecision
  /** The linked registration, or for a review the likeliest one. */
  readonly registrationId: string | null
  /** Probability that the party is this registration, 0..1. */
  readonly score: number
  readonly reason: LinkReason
  readonly evidence: readonly LinkEvidence[]
  /** The likeliest registrations, best first. */
  readonly candidates: readonly { readonly registrationId: string; readonly score: number }[]
}
