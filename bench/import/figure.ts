/** One figure of the import bench: the median run of one step, beside its floor. */
import type { FeedId } from '../../simulator/world/entries.ts'
import { hostOf } from '../host.ts'
import type { BenchFigure } from '../link.ts'
import type { FloorFigures } from './floor.ts'
import type { FeedFigures, ImportFigures } from './hub.ts'
import type { Rendered } from './render.ts'
import { shareOf } from './shares.ts'

export type Phase = 'first' | 'again' | 'fullDay' | 'day'

export interface Measured {
  readonly phase: Phase
  readonly figures: ImportFigures
  /** Processor time that the departments took to answer. */
  readonly departmentsCpuMs: number
  readonly floor: FloorFigures
  readonly floorRows: number
}

/** What each feed brought, beside the share of all rows that it has in every world. */
const feedTable = (feeds: Readonly<Record<string, FeedFigures>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(feeds)
      .map(([feed, figures]) => [feed, { share: Number(shareOf(feed as FeedId).toFixed(5)), ...figures }] as const)
      .sort(([, a], [, b]) => b.share - a.share),
  )

const middle = <T>(items: readonly T[], of: (item: T) => number): T =>
  [...items].sort((a, b) => of(a) - of(b))[Math.floor(items.length / 2)]!

const sumOf = ({ feeds }: ImportFigures, of: (feed: FeedFigures) => number): number =>
  Object.values(feeds).reduce((sum, feed) => sum + of(feed), 0)

/** Processor time of the floor's row ÷ of an imported row, hub and server together: what other work on the machine does not change. */
const cpuRatio = (figures: ImportFigures, floor: FloorFigures, floorRows: number): number | null => {
  if (figures.serverCpuMs === null || floor.cpuMs === null) return null
  const importMs = (figures.cpuMs + figures.serverCpuMs) / figures.rows
  return Number((floor.cpuMs / floorRows / importMs).toFixed(3))
}

/** The median run of one step by time. */
export const figureOf = (all: readonly Measured[], rows: number, rendered: Rendered, postgres: string): BenchFigure => {
  const { phase, figures, departmentsCpuMs, floor, floorRows } = middle(all, (m) => m.figures.seconds)
  const throughput = figures.rows / figures.seconds
  const floorRate = floorRows / floor.seconds
  const facts = floor.tables.fact?.rows ?? 0
  return {
    name: `import.${phase}`,
    unit: 'rows/s',
    throughput: Math.round(throughput),
    floor: Math.round(floorRate),
    ratio: Number((throughput / floorRate).toFixed(3)),
    peakRssMb: figures.peakRssMb,
    runs: all.length,
    worldRows: rows,
    rows: figures.rows,
    versions: figures.versions,
    newRows: sumOf(figures, (feed) => feed.new),
    changedRows: sumOf(figures, (feed) => feed.changed),
    quarantinedRows: sumOf(figures, (feed) => feed.quarantined),
    seconds: Number(figures.seconds.toFixed(3)),
    floorSeconds: Number(floor.seconds.toFixed(3)),
    floorTables: floor.tables,
    stagesMs: {
      landing: figures.landingMs,
      normalise: figures.normaliseMs,
      link: figures.linkMs,
      track: figures.trackMs,
    },
    feeds: feedTable(figures.feeds),
    positions: figures.positions,
    hubCpuMs: figures.cpuMs,
    serverCpuMs: figures.serverCpuMs,
    departmentsCpuMs,
    floorCpuMs: floor.cpuMs,
    cpuRatio: cpuRatio(figures, floor, floorRows),
    facts,
    factsPerSecond: Math.round(facts / figures.seconds),
    stallMs: figures.stallMs,
    rendering: { seconds: rendered.seconds, peakRssMb: rendered.peakRssMb },
    host: hostOf(postgres),
  }
}
