/**
 * Everything the linking of parties weighs with, as one readable object: thresholds, weights in bits (log2 of the odds) and
 * the frequencies of a frozen moment. Under one version the answer depends on the register's content only, never on the order
 * in which it was filled (decision 13); estimating anew is a new version.
 */
import { nameForm } from './name-form.ts'
import { countPlaces, frequentPlaces } from './places.ts'
import type { RegistrationEntry } from './types.ts'

export interface LinkWeights {
  /** Share of parties that have a registration here at all, before anything is known of them. */
  readonly presentShare: number
  /** How far the language model's bits are believed: characters of a name depend on each other more than pairs show. */
  readonly languageScale: number
  /** Law keeps equal names apart within one registration authority: bits for a name that is equal but for its writing. */
  readonly equalName: number
  /** Expected absent siblings of an ordinary company: same words but for one. */
  readonly siblingShare: number
  /** Absent siblings to expect for each sibling that is in the register. */
  readonly siblingPerNeighbour: number
  /** Names that cost no more than this are neighbours; so many of them are counted. */
  readonly neighbourBits: number
  readonly neighboursMax: number
  /** A difference of words, places or branches is bridged only by a code with one slip in it, and up to this price. */
  readonly bridgedSlipBits: number
  /** Names that cost more than this are never linked by name alone. */
  readonly slipBitsMax: number
  /** Bits that each kind of difference costs when both names mean one company. */
  readonly difference: Readonly<Record<DifferenceKind, number>>
  readonly address: { readonly same: number; readonly close: number; readonly near: number; readonly far: number }
  readonly division: { readonly same: number; readonly sameCity: number; readonly other: number }
  readonly code: {
    readonly core: number
    readonly repaired: number
    readonly partial: number
    readonly contradicts: number
  }
}

export type DifferenceKind =
  | 'mark'
  | 'legalForm'
  | 'legalFormDropped'
  | 'legalFormOther'
  | 'placeSuffix'
  | 'placeDropped'
  | 'placeAdded'
  | 'placeAbove'
  | 'placeOther'
  | 'doubled'
  | 'swapped'
  | 'homophone'
  | 'lookAlike'
  | 'dropped'
  | 'added'
  | 'replaced'
  | 'wordDropped'
  | 'wordAdded'
  | 'wordReplaced'
  | 'group'
  | 'numeral'
  | 'direction'
  | 'branch'
  | 'truncated'

export interface LinkSettings {
  readonly version: number
  /** Probability from which a party is linked, and from which it is put before a person. */
  readonly linkFrom: number
  readonly reviewFrom: number
  /** At most so many registrations are compared with one party. */
  readonly candidatesMax: number
  /** Pairs of characters are looked up from the rarest on until their frequencies sum to this. */
  readonly postingsMax: number
  readonly weights: LinkWeights
  /** Names that the frequencies were counted on. */
  readonly names: number
  readonly places: readonly string[]
  readonly characters: Readonly<Record<string, number>>
  readonly bigrams: Readonly<Record<string, number>>
}

export const defaultWeights: LinkWeights = {
  presentShare: 0.85,
  languageScale: 0.62,
  equalName: 6,
  siblingShare: 0.06,
  siblingPerNeighbour: 0.18,
  neighbourBits: 26,
  neighboursMax: 6,
  bridgedSlipBits: 22,
  slipBitsMax: 15,
  difference: {
    mark: 0.3,
    legalForm: 0.6,
    legalFormDropped: 4,
    legalFormOther: 6,
    placeSuffix: 2,
    placeDropped: 4.5,
    placeAdded: 5.5,
    placeAbove: 2.5,
    placeOther: 16,
    doubled: 4,
    swapped: 4.5,
    homophone: 5,
    lookAlike: 5,
    dropped: 5.5,
    added: 6.5,
    replaced: 8,
    wordDropped: 7,
    wordAdded: 9,
    wordReplaced: 15,
    group: 11,
    numeral: 30,
    direction: 14,
    branch: 24,
    truncated: 4,
  },
  address: { same: 9, close: 5, near: 1.5, far: -1.5 },
  division: { same: 3, sameCity: 1, other: -3 },
  code: { core: 14, repaired: 17, partial: 12, contradicts: -20 },
}

const bigramTimesMin = 2
/** Halves of a surrogate pair are left out: stores of JSON refuse them alone. */
const isHalf = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff

/**
 * Counts characters, pairs of characters and place words over the register and freezes them with the default weights.
 * @param version number of the settings; answers keep it
 */
export const estimateLinkSettings = (entries: Iterable<RegistrationEntry>, version: number): LinkSettings => {
  const characters = new Float64Array(65536)
  const bigrams = new Map<number, number>()
  const placeCounts = new Map<string, number>()
  let names = 0
  for (const entry of entries) {
    const form = nameForm(entry.name)
    names += 1
    countPlaces(placeCounts, form, entry.address)
    let previous = 1
    for (let i = 0; i <= form.length; i++) {
      const unit = i < form.length ? form.charCodeAt(i) : 1
      characters[unit] = characters[unit]! + 1
      const key = previous * 65536 + unit
      bigrams.set(key, (bigrams.get(key) ?? 0) + 1)
      previous = unit
    }
  }
  return {
    version,
    linkFrom: 0.985,
    reviewFrom: 0.2,
    candidatesMax: 24,
    postingsMax: Math.round(Math.min(24_000, Math.max(3_000, names / 20))),
    weights: defaultWeights,
    names,
    places: frequentPlaces(placeCounts, Math.max(3, names / 20_000)),
    characters: frozenCharacters(characters),
    bigrams: frozenBigrams(bigrams),
  }
}

const frozenCharacters = (counts: Float64Array): Record<string, number> => {
  const frozen: Record<string, number> = {}
  for (let unit = 0; unit < counts.length; unit++)
    if (counts[unit]! > 0 && !isHalf(unit)) frozen[String.fromCharCode(unit)] = counts[unit]!
  return frozen
}

const frozenBigrams = (counts: ReadonlyMap<number, number>): Record<string, number> => {
  const kept: number[] = []
  for (const [key, times] of counts) {
    if (times >= bigramTimesMin && !isHalf(Math.floor(key / 65536)) && !isHalf(key % 65536)) kept.push(key)
  }
  kept.sort((a, b) => a - b)
  const frozen: Record<string, number> = {}
  for (const key of kept) frozen[String.fromCharCode(Math.floor(key / 65536), key % 65536)] = counts.get(key)!
  return frozen
}
