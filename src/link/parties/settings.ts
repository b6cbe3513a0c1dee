/**
 * Everything the linking of parties weighs with, as one readable object: thresholds, weights in bits (log2 of the odds) and
 * the frequencies of a frozen moment. Under one version the answer depends on the register's content only, never on the order
 * in which it was filled (decision 13); estimating anew is a new version.
 */
import { CountTable } from './count-table.ts'
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
  /** Share of a wrong character's own bits that the slip costs beside its kind. */
  readonly characterChoice: number
  /** Siblings often sit at one address: share of the address's bits that they get too. */
  readonly siblingAddress: number
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
  | 'slips'
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
  readonly trigrams: Readonly<Record<string, number>>
}

export const defaultWeights: LinkWeights = {
  presentShare: 0.89,
  languageScale: 0.62,
  equalName: 6.4,
  siblingShare: 0.05,
  characterChoice: 0.54,
  siblingAddress: 0.3,
  siblingPerNeighbour: 0.01,
  neighbourBits: 14,
  neighboursMax: 6,
  bridgedSlipBits: 22,
  slipBitsMax: 17,
  difference: {
    mark: 0.3,
    legalForm: 0.6,
    legalFormDropped: 3.3,
    legalFormOther: 6,
    placeSuffix: 1.4,
    placeDropped: 2.9,
    placeAdded: 5.5,
    placeAbove: 2.9,
    placeOther: 16,
    doubled: 4,
    swapped: 4.6,
    homophone: 5.5,
    lookAlike: 5.4,
    dropped: 3.3,
    added: 4.7,
    replaced: 5.5,
    wordDropped: 8.2,
    wordAdded: 9,
    wordReplaced: 15,
    slips: 0,
    group: 11,
    numeral: 30,
    direction: 14,
    branch: 24,
    truncated: 4,
  },
  address: { same: 9, close: 6, near: 1.5, far: -1.5 },
  division: { same: 3, sameCity: 1, other: -3 },
  code: { core: 14, repaired: 17, partial: 12, contradicts: -20 },
}

/** Halves of a surrogate pair are left out: stores of JSON refuse them alone. */
const isHalf = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff

/**
 * Counts characters, pairs and triples of characters and place words over the register and freezes them with the default weights.
 * Only what is frequent is kept: at 150 k names about 100 k pairs and as many triples, some 3 MB as JSON.
 * @param version number of the settings; answers keep it
 */
export const estimateLinkSettings = (entries: Iterable<RegistrationEntry>, version: number): LinkSettings => {
  const characters = new Float64Array(65536)
  const bigrams = new CountTable(65_536)
  const trigrams = new CountTable(262_144)
  const placeCounts = new Map<string, number>()
  let names = 0
  for (const entry of entries) {
    const form = nameForm(entry.name)
    names += 1
    countPlaces(placeCounts, form, entry.address)
    let before = 0
    let left = 1
    for (let i = 0; i <= form.length; i++) {
      const unit = i < form.length ? form.charCodeAt(i) : 1
      characters[unit]! += 1
      const pair = left * 65536 + unit
      bigrams.add(pair, 1)
      if (before > 0) trigrams.add((before * 65536 + left) * 65536 + unit, 1)
      before = left
      left = unit
    }
  }
  return {
    version,
    linkFrom: 0.6,
    reviewFrom: 0.2,
    candidatesMax: 24,
    postingsMax: Math.round(Math.min(10_000, Math.max(3_000, names / 20))),
    weights: defaultWeights,
    names,
    places: frequentPlaces(placeCounts, Math.max(3, names / 20_000)),
    characters: frozenCharacters(characters),
    bigrams: frozen(bigrams, Math.max(2, names / 200_000)),
    trigrams: frozen(trigrams, Math.max(4, names / 100_000)),
  }
}

const frozenCharacters = (counts: Float64Array): Record<string, number> => {
  const kept: Record<string, number> = {}
  for (let unit = 0; unit < counts.length; unit++)
    if (counts[unit]! > 0 && !isHalf(unit)) kept[String.fromCharCode(unit)] = counts[unit]!
  return kept
}

/** Runs of characters seen at least so often, ordered by their characters. */
const frozen = (counts: CountTable, timesMin: number): Record<string, number> => {
  const kept: [number, number][] = []
  for (const entry of counts.entries()) if (entry[1] >= timesMin) kept.push(entry)
  kept.sort((a, b) => a[0] - b[0])
  const named: Record<string, number> = {}
  for (const [key, times] of kept) {
    const units = unitsOf(key)
    if (!units.some(isHalf)) named[String.fromCharCode(...units)] = times
  }
  return named
}

const unitsOf = (key: number): number[] => {
  const units: number[] = []
  for (let rest = key; rest > 0; rest = Math.floor(rest / 65536)) units.unshift(rest % 65536)
  return units
}
