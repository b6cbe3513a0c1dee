/** A hub on simulated departments: the configuration a real one would have, written to a file, so that processes of their own can use it too. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { departments } from '../../connectors/index.ts'
import { exchanges, interfaces, type Simulator, startSimulator } from '../../simulator/server.ts'
import type { Pace, Size, WorldSize } from '../../simulator/world/sizes.ts'
import { importAll } from '../../src/cli/import.ts'
import { type Hub, openHub } from '../../src/hub.ts'
import type { ImportReport } from '../../src/import.ts'
import { nowMs, setClock, setClockOffset } from '../../src/kernel/clock.ts'
import { type Environment, loadConfig } from '../../src/kernel/config.ts'
import { type Exchange, openExchangeDatabase } from './exchange.ts'

/** One key for all hubs of a comparison: blind indexes and taxpayer ids are keyed by it. Invented, and used by tests only. */
export const testMasterKey = '5a'.repeat(32)

/** The day on which simulated worlds begin, and the hubs that look at them live. */
export const firstDay = '2026-03-10'

export interface Simulated {
  readonly simulator: Simulator
  /** Removed at the end; holds the drop and the configuration. */
  readonly folder: string
  readonly configFile: string
  /** Environment of a hub on this database. */
  environment(databaseUrl: string | null): Environment
  /** An in-process hub on this database; the caller closes it. */
  hub(databaseUrl: string): Promise<Hub>
  /** Moves departments and hub on by whole days. */
  advance(days: number): Promise<void>
  close(): Promise<void>
}

export interface SimulatedOptions {
  readonly size?: Size | WorldSize
  readonly pace?: Pace
  readonly seed?: number
  readonly rowsPerPage?: number
  /** Further settings of the YAML file. */
  readonly settings?: Record<string, unknown>
  /** `wall`: hubs in processes of their own cannot be told the time, so the world begins on the real day. */
  readonly clock?: 'simulated' | 'wall'
  readonly today?: string
  readonly cursorLifetimeSeconds?: number
  /** Of the interfaces; a fault that lasts is then told soon. */
  readonly limits?: { readonly attemptTimeoutMs?: number; readonly budgetMs?: number; readonly rowsPerPage?: number }
  /** Opens the front-end database; absent: one on the test server or on a server of its own. */
  readonly exchange?: () => Promise<Exchange>
}

/** Morning in the hub's zone: after every extract of the day has been written. */
const morning = (day: string): string => `${day}T08:00:00+08:00`

const api = (port: number, department: string, limits: SimulatedOptions['limits']) => ({
  baseUrl: `http://127.0.0.1:${port}/${department}`,
  clientId: 'jingwei-hub',
  secret: `demo-only-${department}`,
  pacingMs: 0,
  attemptTimeoutMs: 2_000,
  budgetMs: 6_000,
  ...limits,
})

/** Starts the departments and writes the hub's configuration beside their drop. */
export const simulate = async (options: SimulatedOptions = {}): Promise<Simulated> => {
  const folder = await mkdtemp(join(tmpdir(), 'jingwei-sim-'))
  const today = options.today ?? firstDay
  if (options.clock !== 'wall') setClock(morning(today))
  const exchange = await (options.exchange?.() ?? openExchangeDatabase(folder))
  const simulator = await startSimulator({
    exchangeUrl: exchange.url,
    size: options.size ?? 'tiny',
    seed: options.seed ?? 1,
    today,
    port: 0,
    truthPort: 0,
    dropFolder: join(folder, 'drop'),
    requestsPerSecond: 100_000,
    now: options.clock === 'wall' ? Date.now : nowMs,
    ...(options.pace ? { pace: options.pace } : {}),
    ...(options.rowsPerPage ? { rowsPerPage: options.rowsPerPage } : {}),
    ...(options.cursorLifetimeSeconds ? { cursorLifetimeSeconds: options.cursorLifetimeSeconds } : {}),
  })
  const configFile = join(folder, 'hub.yaml')
  const files = { folder: simulator.dropFolder }
  await writeFile(
    configFile,
    stringify({
      region: { code: '410100', name: '郑州市' },
      sources: Object.fromEntries(
        departments.map(({ id }) => [
          id,
          {
            ...files,
            ...(interfaces.includes(id) ? api(simulator.port, id, options.limits) : {}),
            ...(exchanges.includes(id) ? { database: exchange.url, ...options.limits } : {}),
          },
        ]),
      ),
      ...options.settings,
    }),
  )
  const environment = (databaseUrl: string | null): Environment => ({
    JINGWEI_CONFIG: configFile,
    JINGWEI_DATA_DIR: join(folder, 'data'),
    JINGWEI_MASTER_KEY: testMasterKey,
    JINGWEI_LOG_LEVEL: 'error',
    ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
  })
  return {
    simulator,
    folder,
    configFile,
    environment,
    hub: (databaseUrl) => openHub(loadConfig(environment(databaseUrl))),
    advance: async (days) => {
      await simulator.advance(days)
      if (options.clock !== 'wall') setClock(morning(simulator.world.today))
    },
    close: async () => {
      await simulator.close()
      await exchange.close()
      setClockOffset(0)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Imports every feed once, in the order of the register. */
export const importEverything = (hub: Hub, source = 'all'): Promise<ImportReport[]> =>
  importAll(hub, source, { actor: 'test' })

/** What keeps a set of reports from being green, in words; empty where all are. */
export const notGreen = (reports: readonly ImportReport[]): string[] =>
  reports.flatMap((r) =>
    r.state === 'green'
      ? []
      : [
          `${r.feed} ${r.state} ${JSON.stringify(r.discrepancies)} ${String((r.error as { code?: unknown } | null)?.code ?? r.error)}`,
        ],
  )
