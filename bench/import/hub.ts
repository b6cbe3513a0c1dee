/**
 * The hub under measurement, in a process of its own: opens the real hub from its configuration and imports every feed on demand, as `import all`
 * does. By IPC: `{ since }` → the figures of one import of everything.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { importAll } from '../../src/cli/import.ts'
import { openHub } from '../../src/hub.ts'
import type { ImportReport } from '../../src/import.ts'
import { loadConfig } from '../../src/kernel/config.ts'
import { setLogLevel } from '../../src/kernel/log.ts'
import { serverCpuMs } from './server-time.ts'

export interface ImportFigures {
  readonly states: Readonly<Record<string, string>>
  readonly rows: number
  /** Rows that were written as versions. */
  readonly versions: number
  readonly seconds: number
  readonly landingMs: number
  readonly normaliseMs: number
  readonly linkMs: number
  readonly trackMs: number
  readonly positions: number
  readonly peakRssMb: number
  readonly stallMs: number
  /** Processor time of the hub, and of the PostgreSQL server with all its backends; null where the latter cannot be told. */
  readonly cpuMs: number
  readonly serverCpuMs: number | null
  readonly batches: readonly [first: string, last: string]
  readonly ticks: readonly [after: string, through: string]
  readonly feeds: Readonly<Record<string, FeedFigures>>
}

export interface FeedFigures {
  readonly rows: number
  readonly new: number
  readonly changed: number
  readonly quarantined: number
  readonly landingMs: number
}

setLogLevel('error')
const config = loadConfig()
const hub = await openHub(config)

const newest = async (): Promise<{ batch: bigint; tick: bigint }> =>
  (
    await hub.db.pipeline.query<{ batch: bigint; tick: bigint }>(
      'SELECT (SELECT coalesce(max(batch_id), 0) FROM batch) AS batch, (SELECT tick FROM truth_clock) AS tick',
    )
  ).rows[0]!

const feedFigures = ({ batches, landingMs }: ImportReport): FeedFigures => {
  const sum = (of: (batch: (typeof batches)[number]) => bigint): number =>
    batches.reduce((n, b) => n + Number(of(b)), 0)
  return {
    rows: sum((b) => b.fetched),
    new: sum((b) => b.new),
    changed: sum((b) => b.changed),
    quarantined: sum((b) => b.quarantined),
    landingMs,
  }
}

const stateOf = ({ state, error, discrepancies }: ImportReport): string => {
  if (error) return `${state}: ${String(error)}`
  return discrepancies.length > 0 ? `${state}: ${JSON.stringify(discrepancies)}` : state
}

const importEverything = async (since: string | undefined): Promise<ImportFigures> => {
  if (since !== undefined) await hub.db.pipeline.query('UPDATE feed_state SET watermark = $1', [JSON.stringify(since)])
  const before = await newest()
  const stalls = monitorEventLoopDelay({ resolution: 1 })
  stalls.enable()
  const serverBefore = await serverCpuMs(config.dataFolder)
  const cpu = process.cpuUsage()
  const start = performance.now()
  const reports = await importAll(hub, 'all', { actor: 'bench' })
  const seconds = (performance.now() - start) / 1_000
  const used = process.cpuUsage(cpu)
  const serverAfter = await serverCpuMs(config.dataFolder)
  stalls.disable()
  const after = await newest()
  const stages = reports.find((r) => r.stages)?.stages
  const batches = reports.flatMap((report) => report.batches)
  const sum = (of: (report: (typeof reports)[number]) => number): number => reports.reduce((n, r) => n + of(r), 0)
  return {
    states: Object.fromEntries(reports.map((r) => [r.feed, stateOf(r)])),
    rows: batches.reduce((n, b) => n + Number(b.fetched), 0),
    versions: batches.reduce((n, b) => n + Number(b.new + b.changed + b.withdrawn), 0),
    seconds,
    landingMs: sum((r) => r.landingMs),
    // The stages ran once for all feeds; every report tells the same times.
    normaliseMs: stages?.normaliseMs ?? 0,
    linkMs: stages?.linkMs ?? 0,
    trackMs: stages?.trackMs ?? 0,
    positions: stages?.positionsComputed ?? 0,
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
    stallMs: Math.round(stalls.max / 1e6),
    cpuMs: Math.round((used.user + used.system) / 1_000),
    serverCpuMs: serverBefore === null || serverAfter === null ? null : serverAfter - serverBefore,
    batches: [String(before.batch + 1n), String(after.batch)],
    ticks: [String(before.tick), String(after.tick)],
    feeds: Object.fromEntries(reports.map((r) => [r.feed, feedFigures(r)])),
  }
}

const version = await hub.db.pipeline.query<{ v: string }>("SELECT current_setting('server_version') AS v")
process.send?.({ postgres: version.rows[0]?.v ?? '' })
process.on('message', (message) => {
  const { since } = message as { since?: string }
  importEverything(since).then(
    (figures) => process.send?.(figures),
    (error: unknown) => {
      process.stderr.write(`${String((error as Error).stack ?? error)}\n`)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => void hub.close().then(() => process.exit(0)))
