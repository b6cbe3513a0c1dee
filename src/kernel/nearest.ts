/** Number of single-character insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment). */
export const editDistance = (a: string, b: string): number => {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1)
      row.push(best)
    }
    before = last
    last = row
  }
  return last[b.length]!
}

/** The known word that a mistyped one most likely means; null where none is near (more than half of it would change). */
export const nearest = (word: string, known: Iterable<string>): string | null => {
  let found: string | null = null
  let foundDistance = Math.max(1, Math.floor(word.length / 2)) + 1
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < foundDistance) {
      found = candidate
      foundDistance = distance
    }
  }
  return found
}
