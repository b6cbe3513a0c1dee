/**
 * m probabilities by expectation-maximisation over parties whose taxpayers nobody has told: under the settings so far each party belongs to
 * its likeliest registration with the probability of its score; how often each kind of difference is seen between them, weighted so, gives the
 * kind's new m. The u side (how common a name, a sibling, an address is) is counted over the register and stays. A few rounds settle.
 */
import { createRegister } from './register.ts'
import type { DifferenceKind, LinkSettings } from './settings.ts'
import type { PartyQuery, RegistrationEntry } from './types.ts'

/** Kinds that are slips of a writer; the others tell siblings apart and are set by law and language, not by frequency. */
const estimated: readonly DifferenceKind[] = [
  'legalFormDropped',
  'placeDropped',
  'placeAdded',
  'doubled',
  'swapped',
  'homophone',
  'lookAlike',
  'dropped',
  'replaced',
]

/** So many parties' worth of the settings before: few parties change little. */
const doubt = 200
/** A kind's price never moves further than this from where it stood, in bits: EM must not talk itself into anything. */
const stepMax = 2

interface Seen {
  parties: number
  present: number
  readonly kinds: Map<DifferenceKind, number>
}

const expectation = (
  settings: LinkSettings,
  entries: Iterable<RegistrationEntry>,
  parties: Iterable<PartyQuery>,
): Seen => {
  const register = createRegister(settings, entries)
  const seen: Seen = { parties: 0, present: 0, kinds: new Map() }
  for (const query of parties) {
    const { score, evidence } = register.resolve(query)
    seen.parties += 1
    seen.present += score
    for (const kind of new Set(evidence.map(({ level }) => level as DifferenceKind)))
      if (estimated.includes(kind)) seen.kinds.set(kind, (seen.kinds.get(kind) ?? 0) + score)
  }
  return seen
}

const maximised = (settings: LinkSettings, first: LinkSettings, seen: Seen): LinkSettings => {
  const { weights } = settings
  const start = first.weights.difference
  const difference = { ...weights.difference }
  for (const kind of estimated) {
    const before = 2 ** -start[kind]
    const m = ((seen.kinds.get(kind) ?? 0) + doubt * before) / (seen.present + doubt)
    // A kind's price is relative to how it stood: its choice among many places and characters is priced beside it.
    difference[kind] = round(Math.min(Math.max(-Math.log2(m), start[kind] - stepMax), start[kind] + stepMax))
  }
  const presentShare = round((seen.present + doubt * first.weights.presentShare) / (seen.parties + doubt))
  return { ...settings, weights: { ...weights, difference, presentShare: Math.min(Math.max(presentShare, 0.5), 0.98) } }
}

const round = (value: number): number => Math.round(value * 100) / 100

/**
 * Settings whose m side fits these parties.
 * @param version number of the new settings: answers made under them must be told from those made before
 * @param rounds of expectation and maximisation; three are enough for some thousand parties
 */
export const estimateFromParties = (
  settings: LinkSettings,
  entries: readonly RegistrationEntry[],
  parties: readonly PartyQuery[],
  version: number,
  rounds = 3,
): LinkSettings => {
  let estimate = { ...settings, version }
  for (let round = 0; round < rounds; round++)
    estimate = maximised(estimate, settings, expectation(estimate, entries, parties))
  return estimate
}
