/** One piece of evidence for one milestone, before the pieces are weighed together. */
import type { PartialDate } from '#schemas/canonical/index.ts'
import type { Evidence, MilestoneKind } from '#schemas/canonical/position.ts'

export interface Sign extends Evidence {
  readonly kind: MilestoneKind
  readonly on: PartialDate
}
