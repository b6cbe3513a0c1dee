/** Pairwise figures of a partition against the true one, with intervals from drawing whole projects anew: pairs of one project are not independent. */
import { createRandom } from './noise.ts'

export interface PairCounts {
  readonly right: number
  readonly joined: number
  readonly true: number
}

export interface PairFigures {
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

export const figuresOf = (counts: PairCounts): PairFigures => {
  const precision = counts.right / Math.max(counts.joined, 1)
  const recall = counts.right / Math.max(counts.true, 1)
  return { precision, recall, f1: (2 * precision * recall) / Math.max(precision + recall, 1e-9) }
}

/** Counts by project, so that a sample of projects can be counted without its pairs. */
export interface CountsByProject {
  /** True pairs of each project, and how many of them were joined. */
  readonly within: readonly { readonly true: number; readonly right: number }[]
  /** Wrongly joined pairs of two projects, by their places in `within`. */
  readonly between: readonly { readonly a: number; readonly b: number; readonly joined: number }[]
}

/**
 * @param projects the true project of each record, as a number from 0
 * @param isJoined whether two records came into one cluster
 * @param isLeft pairs that are not scored
 */
export const countByProject = (
  projects: readonly number[],
  isJoined: (a: number, b: number) => boolean,
  isLeft: (a: number, b: number) => boolean,
): CountsByProject => {
  const within = Array.from({ length: Math.max(-1, ...projects) + 1 }, () => ({ true: 0, right: 0 }))
  const between = new Map<string, { a: number; b: number; joined: number }>()
  for (let i = 0; i < projects.length; i++)
    for (let j = i + 1; j < projects.length; j++) {
      if (isLeft(i, j)) continue
      const [a, b] = [projects[i]!, projects[j]!]
      const joined = isJoined(i, j) ? 1 : 0
      if (a === b) {
        within[a]!.true += 1
        within[a]!.right += joined
      } else if (joined > 0) {
        const id = `${Math.min(a, b)} ${Math.max(a, b)}`
        const pair = between.get(id) ?? { a, b, joined: 0 }
        pair.joined += 1
        between.set(id, pair)
      }
    }
  return { within, between: [...between.values()] }
}

/** Counts where project `p` was drawn `times(p)` times. */
export const countsOf = ({ within, between }: CountsByProject, times: (project: number) => number): PairCounts => {
  const counts = { right: 0, joined: 0, true: 0 }
  for (const [project, own] of within.entries()) {
    counts.true += times(project) * own.true
    counts.right += times(project) * own.right
  }
  counts.joined = counts.right
  for (const { a, b, joined } of between) counts.joined += times(a) * times(b) * joined
  return counts
}

const samples = 1_000

/** The middle 95 % of F1 over samples of as many projects, drawn with replacement. */
export const f1Interval = (counts: CountsByProject, seed: number): readonly [number, number] => {
  const random = createRandom(seed)
  const projects = counts.within.length
  const drawn = Array.from({ length: samples }, () => {
    const times = new Uint32Array(projects)
    for (let i = 0; i < projects; i++) times[Math.floor(random() * projects)]! += 1
    return figuresOf(countsOf(counts, (project) => times[project]!)).f1
  }).sort((a, b) => a - b)
  return [drawn[Math.floor(samples * 0.025)]!, drawn[Math.floor(samples * 0.975)]!]
}
