/**
 * `import`: HTTP pull → tracked, against COPY of the same finished rows in the same run. The departments answer from a process of their own, the
 * hub runs its real import in another, so that its peak memory and its processor time are its own.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { departments as register } from '../connectors/index.ts'
import { exchanges, interfaces } from '../simulator/server.ts'
import { type Child, startChild } from './import/child.ts'
import type { DepartmentsReady, Shown } from './import/departments.ts'
import { figureOf, type Measured, type Phase } from './import/figure.ts'
import type { FloorAsk, FloorFigures } from './import/floor.ts'
import type { ImportFigures } from './import/hub.ts'
import { secret } from './import/interfaces.ts'
import type { Rendered } from './import/render.ts'
import { feedIds, rowsOf } from './import/shares.ts'
import type { BenchFigure } from './link.ts'

export interface ImportBenchOptions {
  readonly rows?: number
  readonly runs?: number
  readonly seed?: number
  /** Folder for a CPU profile of the hub process. */
  readonly profile?: string
}

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

/** Every department of the register in the way it delivers; nothing else differs from what is shipped, but for pauses that spare a real source. */
const configText = ({ port, drop, exchangeUrl }: DepartmentsReady): string =>
  stringify({
    sources: Object.fromEntries(
      register.map(({ id }) => [
        id,
        {
          folder: drop,
          ...(interfaces.includes(id)
            ? { baseUrl: `http://127.0.0.1:${port}/${id}`, clientId: 'bench', secret, pacingMs: 0 }
            : {}),
          ...(exchanges.includes(id) ? { database: exchangeUrl } : {}),
        },
      ]),
    ),
  })

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

/**
 * A world that lacks rows of a feed would be another mix: the shares are what makes figures of two days comparable. A small world may lack a few
 * rows of rare feeds, a thousandth of all at most.
 */
const refuseUnlessInShares = (rendered: Rendered, rows: number): void => {
  const lacking = feedIds.map((feed) => ({ feed, rows: rowsOf(feed, rows) - (rendered.days[0]?.[feed] ?? 0) }))
  if (lacking.reduce((sum, lack) => sum + lack.rows, 0) <= rows / 1_000) return
  const found = lacking.filter((lack) => lack.rows > 0).map((lack) => `${lack.feed} lacks ${lack.rows}`)
  throw new RangeError(`the world does not hold its shares: ${found.join('; ')}`)
}

const measureOnce = async (
  departments: Child<{ day: number }, Shown>,
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
        const shown = await departments.ask({ day: step.day })
        const figures = await hub.ask(step.since ? { since: step.since } : {})
        const departmentsCpuMs = (await departments.ask({ day: step.day })).beforeMs - shown.afterMs
        refuseUnlessGreen(step.phase, figures)
        const ask: FloorAsk = step.floorOf === 'own' ? figures : { batches: ['1', '4095'], ticks: ['0', '16383'] }
        const floored = await floor.ask({ batches: ask.batches, ticks: ask.ticks })
        const floorRows = floored.tables.record?.rows ?? 0
        measured.push({ phase: step.phase, figures, departmentsCpuMs, floor: floored, floorRows })
      }
      return { measured, postgres: (hub.greeting as { postgres: string }).postgres }
    } finally {
      await floor.end()
    }
  } finally {
    await hub.end()
  }
}

/** One line for each figure: the median run by time. */
export const run = async function* (options: ImportBenchOptions = {}): AsyncGenerator<BenchFigure> {
  const folder = await mkdtemp(join(tmpdir(), 'jingwei-bench-'))
  try {
    yield* runIn(folder, options)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const runIn = async function* (folder: string, options: ImportBenchOptions): AsyncGenerator<BenchFigure> {
  const rows = options.rows ?? 100_000
  const args = [join(folder, 'departments'), String(rows), String(options.seed ?? 1)]
  const child = await startChild<{ day: number }, Shown>('departments', args, {})
  try {
    const ready = child.greeting as DepartmentsReady
    refuseUnlessInShares(ready.rendered, rows)
    const all: Measured[] = []
    let server = ''
    for (let i = 0; i < (options.runs ?? 1); i++) {
      const runFolder = join(folder, `run-${i}`)
      await mkdir(runFolder)
      await writeFile(join(runFolder, 'hub.yaml'), configText(ready))
      const { measured, postgres } = await measureOnce(child, runFolder, options.profile)
      all.push(...measured)
      server = postgres
      await rm(runFolder, { recursive: true, force: true })
    }
    for (const { phase } of steps) {
      const ofPhase = all.filter((m) => m.phase === phase)
      yield figureOf(ofPhase, rows, ready.rendered, server)
    }
  } finally {
    await child.end()
  }
}
