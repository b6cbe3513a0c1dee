/** What a difference costs in bits: as a slip of somebody who means this very name, and as another company's own name. */
import type { NameModel } from './differences.ts'
import type { DifferenceKind } from './settings.ts'

/** A wrong character is one of thousands: that it is this very one costs a share of its own rarity. */
export const slipPrice = (model: NameModel, kind: DifferenceKind, said: string, held: string): number => {
  const base = model.weights.difference[kind]
  const length = Math.max(said.length, held.length)
  switch (kind) {
    case 'replaced':
    case 'added':
      return base + model.weights.characterChoice * model.likelihood.unitBits(said.charCodeAt(0))
    case 'homophone':
      return base * length
    case 'numeral':
      return said === '' || held === '' ? base / 2 : base
    case 'truncated':
      return base + held.length
    case 'wordDropped':
    case 'wordAdded':
    case 'wordReplaced':
      return base + 1.5 * (length - 2)
    default:
      return base
  }
}

/** Other towns, numbers and legal forms are few: siblings there are common whatever the characters. */
export const siblingPrice = (kind: DifferenceKind, surprise: number): number => {
  const floor = Math.max(surprise, 0.5)
  switch (kind) {
    case 'placeOther':
    case 'numeral':
    case 'direction':
      return Math.min(floor, 5)
    case 'placeAdded':
    case 'placeDropped':
      return Math.min(floor, 7)
    case 'legalFormDropped':
      return 14
    case 'legalFormOther':
    case 'group':
      return 6
    case 'truncated':
      return 15
    case 'doubled':
      return floor + 6
    case 'swapped':
      return floor + 2
    default:
      return floor
  }
}
