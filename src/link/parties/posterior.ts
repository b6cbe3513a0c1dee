/**
 * From bits to a probability. Four explanations compete for the name a record gives: each candidate with slips of the pen, an
 * absent sibling of each candidate, and an absent company of its own. The score is the share of one candidate in their sum.
 */
import type { LinkSettings } from './settings.ts'

export interface Rival {
  readonly slot: number
  /** Equal for registrations of one organisation, which do not compete with each other. */
  readonly identity: string
  readonly slipBits: number
  readonly siblingBits: number
  /** Evidence beside the name: code, address, division. */
  readonly besideBits: number
  /** The address's part of them. */
  readonly addressBits: number
  readonly isOtherBranch: boolean
  readonly isEqual: boolean
  readonly isOther: boolean
}

/** Probabilities of the rivals, in their order; registrations of one organisation share its probability. */
export const probabilities = (settings: LinkSettings, rivals: readonly Rival[], nameBits: number): number[] => {
  const { weights } = settings
  const prior = Math.log2(weights.presentShare) - Math.log2(Math.max(settings.names, 2))
  const absent = Math.log2(1 - weights.presentShare) - weights.languageScale * nameBits
  const near = new Set<string>()
  for (const rival of rivals) if (rival.slipBits <= weights.neighbourBits) near.add(rival.identity)
  const expected =
    weights.siblingShare + weights.siblingPerNeighbour * Math.min(Math.max(near.size - 1, 0), weights.neighboursMax)
  const best = new Map<string, number>()
  const siblings = new Map<string, number>()
  for (const rival of rivals) {
    const own = prior - rival.slipBits + rival.besideBits + (rival.isEqual ? weights.equalName : 0)
    best.set(rival.identity, Math.max(best.get(rival.identity) ?? Number.NEGATIVE_INFINITY, own))
    const sibling =
      prior + Math.log2(expected) - rival.siblingBits + weights.siblingAddress * Math.max(rival.addressBits, 0)
    siblings.set(rival.identity, Math.max(siblings.get(rival.identity) ?? Number.NEGATIVE_INFINITY, sibling))
  }
  let most = absent
  for (const bits of best.values()) most = Math.max(most, bits)
  for (const bits of siblings.values()) most = Math.max(most, bits)
  let sum = 2 ** (absent - most)
  for (const bits of [...best.values()].sort((a, b) => a - b)) sum += 2 ** (bits - most)
  for (const bits of [...siblings.values()].sort((a, b) => a - b)) sum += 2 ** (bits - most)
  return rivals.map((rival) => 2 ** (best.get(rival.identity)! - most) / sum)
}
