/** What becomes of the slots that have passed since a schedule was last looked at. */
export type CatchUp = 'latest' | 'all' | 'none'

export interface Passed {
  /** Ascending. */
  readonly run: readonly Date[]
  readonly missed: readonly Date[]
}

/** A slot no older than this is on time, whatever the policy: ticks come late, processes pause. */
export const onTimeMs = 5 * 60_000

/**
 * Splits slots (ascending) into those to run and those to record as missed. Slots on time are run. Of the older ones `all` runs the newest `max`;
 * `latest` runs the newest one unless one on time brings the same; `none` runs none.
 */
export const splitPassed = (slots: readonly Date[], at: Date, policy: CatchUp, max: number): Passed => {
  const firstOnTime = slots.findIndex((slot) => at.getTime() - slot.getTime() <= onTimeMs)
  const older = firstOnTime === -1 ? slots.length : firstOnTime
  const late = policy === 'all' ? max : policy === 'latest' && older === slots.length ? 1 : 0
  const from = Math.max(0, older - late)
  return { run: slots.slice(from), missed: slots.slice(0, from) }
}
