/** Where two names differ: the shortest set of runs that turn one into the other, swaps of neighbours included. */
import { isHomophone, isLookAlike } from './characters.ts'

/** `left[leftFrom..leftTo)` stands where `right[rightFrom..rightTo)` stands in the other name; either may be empty. */
export interface DifferenceRun {
  leftFrom: number
  leftTo: number
  rightFrom: number
  rightTo: number
  /** The single edits that the run is made of, where it is more than one; else absent. */
  steps?: DifferenceRun[]
}

/** Middles longer than this are one run: such names have little in common anyway. */
const middleMax = 40
const width = middleMax + 2
const cost = new Float32Array(width * width)
/** 0 match, 1 replace, 2 only left, 3 only right, 4 swap. */
const step = new Uint8Array(width * width)

const replaceCost = (a: number, b: number): number => (isHomophone(a, b) || isLookAlike(a, b) ? 0.75 : 1)

/**
 * Runs in order from the start of the names; empty where the names are equal. Names that differ in more than `editsMax`
 * characters spread over several places come back as one run: what exactly differs is of no interest there.
 */
export const differenceRuns = (left: string, right: string, editsMax = Number.POSITIVE_INFINITY): DifferenceRun[] => {
  const shorter = Math.min(left.length, right.length)
  let head = 0
  while (head < shorter && left.charCodeAt(head) === right.charCodeAt(head)) head += 1
  let tail = 0
  while (tail < shorter - head && left.charCodeAt(left.length - 1 - tail) === right.charCodeAt(right.length - 1 - tail))
    tail += 1
  const leftTo = left.length - tail
  const rightTo = right.length - tail
  const m = leftTo - head
  const n = rightTo - head
  if (m === 0 && n === 0) return []
  const whole = { leftFrom: head, leftTo, rightFrom: head, rightTo }
  if (m === 0 || n === 0 || m > middleMax || n > middleMax || (m === 1 && n === 1)) return [whole]
  fill(left, right, head, m, n)
  return cost[m * width + n]! > editsMax ? [whole] : walk(head, m, n)
}

const fill = (left: string, right: string, head: number, m: number, n: number): void => {
  for (let j = 0; j <= n; j++) {
    cost[j] = j * 0.9
    step[j] = 3
  }
  for (let i = 1; i <= m; i++) {
    const row = i * width
    cost[row] = i * 0.9
    step[row] = 2
    const a = left.charCodeAt(head + i - 1)
    for (let j = 1; j <= n; j++) {
      const b = right.charCodeAt(head + j - 1)
      let best = cost[row - width + j - 1]!
      let how = 0
      if (a !== b) {
        best += replaceCost(a, b)
        how = 1
        const onlyLeft = cost[row - width + j]! + 0.9
        if (onlyLeft < best) {
          best = onlyLeft
          how = 2
        }
        const onlyRight = cost[row + j - 1]! + 0.9
        if (onlyRight < best) {
          best = onlyRight
          how = 3
        }
        if (i > 1 && j > 1 && a === right.charCodeAt(head + j - 2) && b === left.charCodeAt(head + i - 2)) {
          const swapped = cost[row - 2 * width + j - 2]! + 0.95
          if (swapped < best) {
            best = swapped
            how = 4
          }
        }
      }
      cost[row + j] = best
      step[row + j] = how
    }
  }
}

const walk = (head: number, m: number, n: number): DifferenceRun[] => {
  const runs: DifferenceRun[] = []
  let open: DifferenceRun | null = null
  let i = m
  let j = n
  while (i > 0 || j > 0) {
    const how = i === 0 ? 3 : j === 0 ? 2 : step[i * width + j]!
    const backLeft = how === 3 ? 0 : how === 4 ? 2 : 1
    const backRight = how === 2 ? 0 : how === 4 ? 2 : 1
    const at = { leftFrom: head + i - backLeft, leftTo: head + i, rightFrom: head + j - backRight, rightTo: head + j }
    if (how === 0) open = null
    else if (open === null || how === 4) {
      open = at
      runs.push(open)
      if (how === 4) open = null
    } else {
      open.steps ??= [{ ...open }]
      open.steps.push(at)
      open.leftFrom -= backLeft
      open.rightFrom -= backRight
    }
    i -= backLeft
    j -= backRight
  }
  return runs.reverse()
}
