/** How likely a run of characters is in a company name: a model of character pairs over the frozen counts, in bits. */
import type { LinkSettings } from './settings.ts'

export interface Likelihood {
  /** Bits of the whole name, its end included: how rare a company of that very name is. */
  nameBits(form: string): number
  /**
   * Bits of `middle` between two given units (1 stands for the edge of the name): how rarely another company would have
   * exactly these characters there. May be slightly below 0.
   */
  middleBits(left: number, middle: string, right: number): number
  /** How many names of the frozen register hold the pair; 1 for pairs too rare to be kept. */
  bigramCount(left: number, right: number): number
}

export const createLikelihood = (settings: LinkSettings): Likelihood => {
  const characters = new Float64Array(65536)
  let total = 0
  for (const [character, times] of Object.entries(settings.characters)) {
    characters[character.charCodeAt(0)] = times
    total += times
  }
  const bigrams = new Map<number, number>()
  const followers = new Float64Array(65536)
  for (const [pair, times] of Object.entries(settings.bigrams)) {
    const left = pair.charCodeAt(0)
    bigrams.set(left * 65536 + pair.charCodeAt(1), times)
    followers[left]! += 1
  }
  const vocabulary = 8000
  const unigram = (unit: number): number => (characters[unit]! + 0.5) / (total + vocabulary)
  /** Witten-Bell: a unit that is followed by few different ones leaves little room for unseen pairs. */
  const conditional = (left: number, right: number): number => {
    const seen = characters[left]!
    const kinds = followers[left]! + 3
    return ((bigrams.get(left * 65536 + right) ?? 0) + kinds * unigram(right)) / (seen + kinds)
  }
  const bits = (left: number, right: number): number => -Math.log2(conditional(left, right))
  return {
    nameBits: (form) => {
      let sum = 0
      let left = 1
      for (let i = 0; i < form.length; i++) {
        const right = form.charCodeAt(i)
        sum += bits(left, right)
        left = right
      }
      return sum + bits(left, 1)
    },
    middleBits: (leftUnit, middle, right) => {
      let sum = 0
      let left = leftUnit
      for (let i = 0; i < middle.length; i++) {
        sum += bits(left, middle.charCodeAt(i))
        left = middle.charCodeAt(i)
      }
      return sum + bits(left, right) + Math.log2(unigram(right))
    },
    bigramCount: (left, right) => bigrams.get(left * 65536 + right) ?? 1,
  }
}
