/** The city mix as it was served, one line a feed. */
import { table } from '../../src/cli/output.ts'
import type { BenchFigure } from '../link.ts'
import type { FeedFigures } from './hub.ts'

type Shown = Readonly<Record<string, FeedFigures & { readonly share: number }>>

const feedsOf = (figures: readonly BenchFigure[], name: string): Shown =>
  (figures.find((figure) => figure.name === name)?.feeds ?? {}) as Shown

/** Share, rows and landing time of each feed in the first load, and what the day brought; nothing for benches without feeds. */
export const feedLines = (figures: readonly BenchFigure[]): string[] => {
  const first = Object.entries(feedsOf(figures, 'import.first'))
  if (first.length === 0) return []
  const day = feedsOf(figures, 'import.day')
  const cells = first.map(([feed, { share, rows, landingMs }]) => [
    feed,
    `${(share * 100).toFixed(2)} %`,
    String(rows),
    String(landingMs),
    String(day[feed]?.new ?? 0),
    String(day[feed]?.changed ?? 0),
  ])
  return ['', ...table(['feed', 'share', 'rows', 'landing ms', 'new in a day', 'changed in a day'], cells)]
}
