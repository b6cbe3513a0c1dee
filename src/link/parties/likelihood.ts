/**
 * How likely a run of characters is in a company name: pairs and triples of characters over the frozen counts, in bits.
 * Triples matter because words are whole: behind 粮油购 comes 销, and a name without it is a slip, not another company.
 */
import { CountTable } from './count-table.ts'
import type { LinkSettings } from './settings.ts'

export interface Likelihood {
  /** Bits of the whole name, its end included: how rare a company of that very name is. */
  nameBits(form: string): number
  /**
   * Bits of `form[from..to)` given what stands around it: how rarely another company would have exactly these characters
   * there. May be slightly below 0.
   */
  middleBits(form: string, from: number, to: number): number
  /** Bits of one character anywhere in a name. */
  unitBits(unit: number): number
  /** How many names of the frozen register hold the pair; 1 for pairs too rare to be kept. */
  bigramCount(left: number, right: number): number
}

/** Stands for both edges of a name. */
const edge = 1
const unitAt = (form: string, at: number): number => (at < 0 || at >= form.length ? edge : form.charCodeAt(at))

export const createLikelihood = (settings: LinkSettings): Likelihood => {
  const characters = new Float64Array(65536)
  let total = 0
  for (const [character, times] of Object.entries(settings.characters)) {
    characters[character.charCodeAt(0)] = times
    total += times
  }
  const pairs = Object.entries(settings.bigrams)
  const bigrams = new CountTable(pairs.length)
  const followers = new Float64Array(65536)
  for (const [pair, times] of pairs) {
    const left = pair.charCodeAt(0)
    bigrams.add(left * 65536 + pair.charCodeAt(1), times)
    followers[left]! += 1
  }
  const triples = Object.entries(settings.trigrams)
  const trigrams = new CountTable(triples.length)
  const keptAfter = new CountTable(pairs.length)
  for (const [triple, times] of triples) {
    const context = triple.charCodeAt(0) * 65536 + triple.charCodeAt(1)
    trigrams.add(context * 65536 + triple.charCodeAt(2), times)
    keptAfter.add(context, times)
  }
  const vocabulary = 8000
  const unigram = (unit: number): number => (characters[unit]! + 0.5) / (total + vocabulary)
  /** Witten-Bell: a unit that is followed by few different ones leaves little room for unseen pairs. */
  const afterOne = (left: number, right: number): number => {
    const seen = characters[left]!
    const kinds = followers[left]! + 3
    return (bigrams.get(left * 65536 + right) + kinds * unigram(right)) / (seen + kinds)
  }
  /** Triples too rare to be kept leave their share to the pairs. */
  const afterTwo = (before: number, left: number, right: number): number => {
    const context = before * 65536 + left
    const kept = keptAfter.get(context)
    if (kept === 0) return afterOne(left, right)
    const seen = Math.max(bigrams.get(context), kept)
    const open = seen - kept + tripleDoubt
    return (trigrams.get(context * 65536 + right) + open * afterOne(left, right)) / (seen + tripleDoubt)
  }
  const bits = (before: number, left: number, right: number): number => -Math.log2(afterTwo(before, left, right))
  return {
    nameBits: (form) => {
      let sum = 0
      for (let i = 0; i <= form.length; i++)
        sum += bits(i === 0 ? 0 : unitAt(form, i - 2), unitAt(form, i - 1), unitAt(form, i))
      return sum
    },
    middleBits: (form, from, to) => {
      const behind = unitAt(form, to)
      let sum = Math.log2(unigram(behind))
      if (to < form.length) sum += Math.log2(afterOne(behind, unitAt(form, to + 1)))
      const last = Math.min(to + 1, form.length)
      for (let i = from; i <= last; i++)
        sum += bits(i === 0 ? 0 : unitAt(form, i - 2), unitAt(form, i - 1), unitAt(form, i))
      return sum
    },
    unitBits: (unit) => -Math.log2(unigram(unit)),
    bigramCount: (left, right) => bigrams.get(left * 65536 + right) || 1,
  }
}

/** How many sightings the general habit of pairs counts for against the triples of one context. */
const tripleDoubt = 4
