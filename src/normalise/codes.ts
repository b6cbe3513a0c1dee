/** Codes normalise gives to a version that yields no fact, and to a replay that cannot be decided. Issues inside a fact carry the code of the value rule that raised them. */
export const normaliseCodes = {
  unparseable: 'normalise.unparseable',
  mapFailed: 'normalise.map_failed',
  replayIncomplete: 'replay.incomplete',
} as const
