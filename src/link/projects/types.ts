/** Project records as nodes, what joins two of them as edges. Pure data; keys are opaque and only compared. */
import type { ProjectKind } from '#schemas/canonical/index.ts'

/** One comparison of two records, with both values and its bits. */
export type { LinkEvidence } from '../parties/types.ts'

export interface ProjectNode {
  readonly key: string
  readonly kind: ProjectKind
  readonly name: string
  /** 投资项目统一代码, normalised and of valid form; null where there is none. */
  readonly projectCode: string | null
  /** 批复文号, normalised. */
  readonly documentNumber: string | null
  /** The department's own number of the project with its scheme, e.g. `transport:JT2019-0312`. */
  readonly sourceProject: string | null
  readonly section: string | null
  /** Taxpayer where linked, else the nine-character core, else the folded name. */
  readonly ownerKey: string | null
  readonly ownerName: string | null
  readonly contractorKeys: readonly string[]
  readonly divisionCode: string | null
  readonly placeText: string | null
  readonly amountFen: bigint | null
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  readonly on: string | null
}

/** What two nodes say about being one project. */
export interface Edge {
  readonly a: string
  readonly b: string
  /** Bits (log2 of the odds). An edge that is no veto joins unless something stronger speaks against it; the lighter ones were never made. */
  readonly weight: number
  /** The two may not end in one cluster, whatever others say, except by judgement. */
  readonly veto: boolean
  readonly rule: string
}

export interface ProjectJudgement {
  readonly a: string
  readonly b: string
  readonly verdict: 'positive' | 'negative'
}
