/**
 * `push`: what partners send, over HTTP until the receipt is there, against floors of the same run. NDJSON of many rows against COPY of the finished
 * rows; single records against one INSERT a request behind the same HTTP stack. Receipts, audit, log and stages are on, as `serve` has them.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { systemActor } from '../src/access/actor.ts'
import { issueApiKey } from '../src/access/api-keys.ts'
import { connectDatabase, type Database } from '../src/db/database.ts'
import { sleep } from '../src/kernel/clock.ts'
import { loadConfig } from '../src/kernel/config.ts'
import { hostOf } from './host.ts'
import { type Child, startChild } from './import/child.ts'
import type { FloorAsk, FloorFigures } from './import/floor.ts'
import type { BenchFigure } from './link.ts'
import { type ServedHub, serveHub } from './push/hub.ts'
import type { FileAsk, FileFigures, SinglesAsk, SinglesFigures } from './push/load.ts'
import { measurementLine } from './push/rows.ts'
import { serverCpuMs } from './push/usage.ts'

export interface PushBenchOptions {
  /** Rows of the NDJSON body. */
  readonly rows?: number
  readonly runs?: number
  /** Folder for a CPU profile of the hub process. */
  readonly profile?: string
}

const connectionCounts = [4, 16, 64] as const
const warmMs = 1_500
/** Before the first measurement: a hub that serves is not one that has just begun to compile. */
const startMs = 6_000
const measureMs = 5_000
const settleWithinMs = 600_000

type Load = Child<SinglesAsk | FileAsk, SinglesFigures | FileFigures>

interface Bench {
  readonly hub: ServedHub
  readonly db: Database
  readonly load: Load
  readonly keys: readonly string[]
  /** Folder of the database server's files. */
  readonly cluster: string
  readonly env: Readonly<Record<string, string>>
}

/** Waits until the stages have seen what was pushed, so that they take nothing from the next measurement. */
const settled = async (db: Database): Promise<void> => {
  for (const until = performance.now() + settleWithinMs; performance.now() < until; await sleep(200)) {
    const { rows } = await db.pipeline.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM run WHERE kind = 'push' AND state = 'running'`,
    )
    if (rows[0]!.n === 0) return
  }
  throw new Error('the stages did not come to rest')
}

const keysOf = async (db: Database, count: number): Promise<string[]> => {
  const keys: string[] = []
  for (let i = 0; i < count; i++) {
    const input = { department: 'transport', feed: null, name: `bench ${i}`, expiresAt: null }
    keys.push((await issueApiKey(db, input, systemActor)).key)
  }
  return keys
}

const writeRows = (file: string, rows: number): Promise<void> =>
  pipeline(
    Readable.from(
      (function* () {
        let text = ''
        for (let n = 0; n < rows; n++) {
          text += measurementLine(n)
          if (n % 500 !== 499) continue
          yield text
          text = ''
        }
        yield text
      })(),
    ),
    createWriteStream(file),
  )

const round = (n: number, digits = 3): number => Number(n.toFixed(digits))
const host = async (db: Database) =>
  hostOf((await db.pipeline.query<{ v: string }>("SELECT current_setting('server_version') AS v")).rows[0]?.v)

interface Measured {
  readonly name: string
  readonly unit: string
  readonly throughput: number
  readonly floor: number
  readonly peakRssMb: number
  readonly more: Readonly<Record<string, unknown>>
}

/** The body of many rows sent once as news and once unchanged; each against COPY of what it left, or of what stands. */
const measureFile = async (bench: Bench, folder: string, rows: number): Promise<Measured[]> => {
  const file = join(folder, 'rows.ndjson')
  await writeRows(file, rows)
  const measured: Measured[] = []
  const ask: FileAsk = {
    port: bench.hub.port,
    path: '/v1/feeds/transport.measurements/records',
    key: bench.keys[0]!,
    file,
  }
  let floor: FloorFigures | null = null
  for (const phase of ['first', 'again'] as const) {
    await bench.hub.resetPeak()
    const before = await bench.hub.usage()
    const sent = (await bench.load.ask(ask)) as FileFigures
    const after = await bench.hub.usage()
    await settled(bench.db)
    if (floor === null) {
      const { rows: batches } = await bench.db.pipeline.query<{ id: bigint; tick: bigint }>(
        'SELECT batch_id AS id, admitted_tick AS tick FROM batch JOIN receipt USING (batch_id) WHERE receipt_id = $1',
        [sent.receiptId],
      )
      const { id, tick } = batches[0]!
      const copy = await startChild<FloorAsk, FloorFigures>('floor', [], bench.env)
      floor = await copy.ask({ batches: [String(id), String(id)], ticks: [String(tick - 1n), String(tick)] })
      await copy.end()
    }
    const { raw_version: versions, record, fact } = floor.tables
    measured.push({
      name: `push.ndjson.${phase}`,
      unit: 'rows/s',
      throughput: rows / sent.seconds,
      floor: rows / floor.seconds,
      peakRssMb: after.peakRssMb,
      more: {
        rows,
        counts: sent.counts,
        seconds: round(sent.seconds),
        floorSeconds: round(floor.seconds),
        // Of what the push has written when it is acknowledged: facts come with the stages.
        ratioWithoutFacts: round((versions!.ms + record!.ms) / 1_000 / sent.seconds),
        floorTables: { raw_version: versions, record, fact },
        hubCpuMs: Math.round(after.cpuMs - before.cpuMs),
      },
    })
  }
  await rm(file)
  return measured
}

/** Processor time in µs a request, of those who serve and of the partners who ask. */
interface Cost {
  readonly hub: number
  readonly serve: number
  readonly server: number
  readonly load: number
}

const measureFloor = async (bench: Bench, ask: Omit<SinglesAsk, 'port' | 'path'>) => {
  const server = await startChild<object, { cpuMs: number }>('../push/insert-server', [], bench.env)
  const before = { hub: await server.ask({}), server: await serverCpuMs(bench.cluster) }
  const port = (server.greeting as { port: number }).port
  const figures = (await bench.load.ask({ ...ask, port, path: '/records' })) as SinglesFigures
  const after = { hub: await server.ask({}), server: await serverCpuMs(bench.cluster) }
  await server.end()
  const micros = (ms: number): number => Math.round((ms * 1_000) / (figures.next - ask.from))
  const hub = micros(after.hub.cpuMs - before.hub.cpuMs)
  const cost: Cost = { hub, serve: hub, server: micros(after.server - before.server), load: figures.cpuMicros }
  return { figures, cost }
}

/** Receipts and the gathers they came in, so far. */
const receiptsOf = async (db: Database): Promise<{ receipts: number; gathers: number }> =>
  (
    await db.pipeline.query<{ receipts: number; gathers: number }>(
      'SELECT count(*)::int AS receipts, count(DISTINCT batch_id)::int AS gathers FROM receipt',
    )
  ).rows[0]!

const measureHub = async (bench: Bench, ask: Omit<SinglesAsk, 'port' | 'path'>) => {
  await bench.hub.resetPeak()
  const stored = await receiptsOf(bench.db)
  const before = { ...(await bench.hub.usage()), server: await serverCpuMs(bench.cluster) }
  const path = '/v1/feeds/transport.sections/records'
  const figures = (await bench.load.ask({ ...ask, port: bench.hub.port, path })) as SinglesFigures
  const after = { ...(await bench.hub.usage()), server: await serverCpuMs(bench.cluster) }
  await settled(bench.db)
  const storedAfter = await receiptsOf(bench.db)
  const perGather = (storedAfter.receipts - stored.receipts) / (storedAfter.gathers - stored.gathers)
  const settledAt = { ...(await bench.hub.usage()), server: await serverCpuMs(bench.cluster) }
  const micros = (ms: number): number => Math.round((ms * 1_000) / (figures.next - ask.from))
  const cost: Cost = {
    hub: micros(after.cpuMs - before.cpuMs),
    serve: micros(after.serveCpuMs - before.serveCpuMs),
    server: micros(after.server - before.server),
    load: figures.cpuMicros,
  }
  // What the stages take once the pushes are over; a part of it falls into the pushes themselves.
  const stagesAfter = { hub: micros(settledAt.cpuMs - after.cpuMs), server: micros(settledAt.server - after.server) }
  return { figures, cost, stagesAfter, perGather, peakRssMb: after.peakRssMb }
}

const measureSingles = async (
  bench: Bench,
  connections: number,
  from: number,
): Promise<{ measured: Measured; next: number }> => {
  const common = { keys: bench.keys, connections, warmMs, measureMs, from }
  const floor = await measureFloor(bench, common)
  const own = await measureHub(bench, common)
  const rate = (f: SinglesFigures): number => f.requests / f.seconds
  return {
    next: own.figures.next,
    measured: {
      name: `push.single.${connections}`,
      unit: 'records/s',
      throughput: rate(own.figures),
      floor: rate(floor.figures),
      peakRssMb: own.peakRssMb,
      more: {
        connections,
        p50Ms: own.figures.p50Ms,
        p99Ms: own.figures.p99Ms,
        floorP50Ms: floor.figures.p50Ms,
        floorP99Ms: floor.figures.p99Ms,
        cpuMicros: own.cost,
        floorCpuMicros: floor.cost,
        pushesPerGather: round(own.perGather, 1),
        stagesAfterMicros: own.stagesAfter,
      },
    },
  }
}

const measureOnce = async (folder: string, options: PushBenchOptions) => {
  const env = { JINGWEI_DATA_DIR: join(folder, 'data'), DATABASE_URL: '', JINGWEI_LOG_LEVEL: 'info' }
  const nodeArgs = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : []
  const hub = await serveHub(folder, env, nodeArgs)
  const db = await connectDatabase(loadConfig({ ...process.env, ...env }).database)
  const load: Load = await startChild('../push/load', [], {})
  try {
    const bench: Bench = { hub, db, load, env, cluster: join(folder, 'data', 'pg'), keys: await keysOf(db, 64) }
    const measured = options.rows === 1 ? [] : await measureFile(bench, folder, options.rows ?? 100_000)
    const begin = { keys: bench.keys, connections: 16, warmMs: 0, measureMs: startMs, from: 0 }
    let from = (await measureHub(bench, begin)).figures.next
    for (const connections of connectionCounts) {
      const { measured: single, next } = await measureSingles(bench, connections, from)
      measured.push(single)
      from = next
    }
    return { measured, host: await host(db) }
  } finally {
    await load.end()
    await db.close()
    await hub.end()
  }
}

const middle = (all: readonly Measured[]): Measured =>
  [...all].sort((a, b) => a.throughput / a.floor - b.throughput / b.floor)[Math.floor(all.length / 2)]!

/** One line for each figure: the median run by ratio. */
export const run = async function* (options: PushBenchOptions = {}): AsyncGenerator<BenchFigure> {
  const folder = await mkdtemp(join(tmpdir(), 'jingwei-bench-'))
  try {
    const all: Measured[] = []
    const runs = options.runs ?? 1
    let measuredOn = hostOf()
    for (let i = 0; i < runs; i++) {
      const runFolder = join(folder, `run-${i}`)
      await mkdir(runFolder)
      const { measured, host: on } = await measureOnce(runFolder, options)
      all.push(...measured)
      measuredOn = on
      await rm(runFolder, { recursive: true, force: true })
    }
    for (const [name, own] of Map.groupBy(all, (m) => m.name)) {
      const { unit, throughput, floor, peakRssMb, more } = middle(own)
      const ratio = round(throughput / floor)
      yield {
        name,
        unit,
        throughput: Math.round(throughput),
        floor: Math.round(floor),
        ratio,
        peakRssMb,
        runs,
        ...more,
        host: measuredOn,
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
