/**
 * `import`: HTTP pull → tracked, against COPY of the same finished rows in the same run. The departments answer from a process of their own, the
 * hub runs its real import in another, so that its peak memory and its processor time are its own.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hostOf } from './host.ts'
import { type Child, startChild } from './import/child.ts'
import type { FloorAsk, FloorFigures } from './import/floor.ts'
import type { ImportFigures } from './import/hub.ts'
import type { BenchFigure } from './link.ts'

export interface ImportBenchOptions {
  readonly rows?: number
  readonly runs?: number
  readonly seed?: number
  /** Folder for a CPU profile of the hub process. */
  readonly profile?: string
}

type Phase = 'first' | 'again' | 'fullDay' | 'day'

interface Step {
  readonly phase: Phase
  /** Day on which the departments stand. */
  readonly day: number
  readonly since?: string
  /** Whose rows the floor copies: this import's own, or all that stand after it, where it wrote next to nothing of what it was served. */
  readonly floorOf: 'own' | 'all'
}

const everything = '2000-01-01'

const steps: readonly Step[] = [
  { phase: 'first', day: 0, floorOf: 'own' },
  { phase: 'again', day: 0, since: everything, floorOf: 'all' },
  { phase: 'fullDay', day: 1, since: everything, floorOf: 'all' },
  { phase: 'day', day: 2, floorOf: 'own' },
]

interface Measured {
  readonly phase: Phase
  readonly figures: ImportFigures
  readonly floor: FloorFigures
  readonly floorRows: number
}

const configText = (port: number, drop: string): string => `
sources:
  development: { baseUrl: 'http://127.0.0.1:${port}/development', clientId: bench, secret: bench, pacingMs: 0 }
  transport: { baseUrl: 'http://127.0.0.1:${port}/transport', clientId: bench, secret: bench, pacingMs: 0 }
  tax: { folder: '${drop}' }
  tendering: { folder: '${drop}' }
`

const hubEnvironment = (folder: string): Record<string, string> => ({
  JINGWEI_DATA_DIR: join(folder, 'data'),
  JINGWEI_CONFIG: join(folder, 'hub.yaml'),
  JINGWEI_LOG_LEVEL: 'error',
  DATABASE_URL: '',
})

const refuseUnlessGreen = (phase: Phase, figures: ImportFigures): void => {
  const wrong = Object.entries(figures.states).filter(([, state]) => state !== 'green')
  if (wrong.length > 0) throw new Error(`${phase}: ${wrong.map(([feed, state]) => `${feed} ${state}`).join('; ')}`)
}

const measureOnce = async (
  departments: Child<{ day: number }, unknown>,
  folder: string,
  profile: string | undefined,
): Promise<{ measured: Measured[]; postgres: string }> => {
  const env = hubEnvironment(folder)
  const nodeArgs = profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []
  const hub = await startChild<{ since?: string }, ImportFigures>('hub', [], env, nodeArgs)
  try {
    const floor = await startChild<FloorAsk, FloorFigures>('floor', [], env)
    try {
      const measured: Measured[] = []
      for (const step of steps) {
        await departments.ask({ day: step.day })
        const figures = await hub.ask(step.since ? { since: step.since } : {})
        refuseUnlessGreen(step.phase, figures)
        const ask: FloorAsk = step.floorOf === 'own' ? figures : { batches: ['1', '4095'], ticks: ['0', '16383'] }
        const floored = await floor.ask({ batches: ask.batches, ticks: ask.ticks })
        measured.push({ phase: step.phase, figures, floor: floored, floorRows: floored.tables.record?.rows ?? 0 })
      }
      return { measured, postgres: (hub.greeting as { postgres: string }).postgres }
    } finally {
      await floor.end()
    }
  } finally {
    await hub.end()
  }
}

const middle = <T>(items: readonly T[], of: (item: T) => number): T =>
  [...items].sort((a, b) => of(a) - of(b))[Math.floor(items.length / 2)]!

const figureOf = (all: readonly Measured[], rows: number, postgres: string): BenchFigure => {
  const { phase, figures, floor, floorRows } = middle(all, (m) => m.figures.seconds)
  const throughput = figures.rows / figures.seconds
  const floorRate = floorRows / floor.seconds
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
    seconds: Number(figures.seconds.toFixed(3)),
    floorSeconds: Number(floor.seconds.toFixed(3)),
    floorTables: floor.tables,
    stagesMs: {
      landing: figures.landingMs,
      normalise: figures.normaliseMs,
      link: figures.linkMs,
      track: figures.trackMs,
    },
    landingMs: figures.feeds,
    positions: figures.positions,
    hubCpuMs: figures.cpuMs,
    stallMs: figures.stallMs,
    host: hostOf(postgres),
  }
}

/** One line for each figure: the median run by time. */
export const run = async function* (options: ImportBenchOptions = {}): AsyncGenerator<BenchFigure> {
  const rows = options.rows ?? 100_000
  const folder = await mkdtemp(join(tmpdir(), 'jingwei-bench-'))
  const drop = join(folder, 'drop')
  const departments = await startChild<{ day: number }, unknown>(
    'departments',
    [drop, String(rows), String(options.seed ?? 1)],
    {},
  )
  try {
    const all: Measured[] = []
    let server = ''
    for (let i = 0; i < (options.runs ?? 1); i++) {
      const runFolder = join(folder, `run-${i}`)
      await mkdir(runFolder)
      await writeFile(join(runFolder, 'hub.yaml'), configText((departments.greeting as { port: number }).port, drop))
      const { measured, postgres } = await measureOnce(departments, runFolder, options.profile)
      all.push(...measured)
      server = postgres
      await rm(runFolder, { recursive: true, force: true })
    }
    for (const { phase } of steps) {
      yield figureOf(
        all.filter((m) => m.phase === phase),
        rows,
        server,
      )
    }
  } finally {
    await departments.end()
    await rm(folder, { recursive: true, force: true })
  }
}
