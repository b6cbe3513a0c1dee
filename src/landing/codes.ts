/** Every code landing can give: to a row (quarantine), to a batch (hold), to a run (error). Stable; partners and pages rely on them. */
export const landingCodes = {
  rowNotJson: 'landing.row_not_json',
  rowNotObject: 'landing.row_not_object',
  rowTooDeep: 'landing.row_too_deep',
  rowBadText: 'landing.row_bad_text',
  rowInvalid: 'landing.row_invalid',
  rowKeyMissing: 'landing.row_key_missing',
  fenced: 'landing.fenced',
  stalled: 'landing.stalled',
  batchGone: 'landing.batch_gone',
  restarted: 'landing.restarted',
  shortDelivery: 'landing.short_delivery',
  sumMismatch: 'landing.sum_mismatch',
  holdRows: 'landing.hold_rows',
  holdRejected: 'landing.hold_rejected',
  holdChanged: 'landing.hold_mass_change',
  holdAbsent: 'landing.hold_mass_absence',
  queued: 'landing.queued_behind_hold',
  unreconciled: 'landing.unreconciled',
  notHeld: 'landing.not_held',
  releaseOrder: 'landing.release_order',
} as const

export type LandingCode = (typeof landingCodes)[keyof typeof landingCodes]
