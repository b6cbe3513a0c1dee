/**
 * The floor of an import: COPY, on one connection with the hub's settings, of the rows that it left in raw_version, record and fact, into empty
 * tables of the same DDL with the same indexes and partitions. The COPY text is rendered to files before the clock starts.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from, to } from 'pg-copy-streams'
import { connectDatabase } from '../../src/db/database.ts'
import { loadConfig } from '../../src/kernel/config.ts'
import { serverCpuMs } from './server-time.ts'

export interface FloorAsk {
  readonly batches: readonly [first: string, last: string]
  readonly ticks: readonly [after: string, through: string]
}
export interface FloorFigures {
  readonly seconds: number
  /** Processor time of COPY: of this process and of the server; null where the latter cannot be told. */
  readonly cpuMs: number | null
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly mb: number; readonly ms: number }>>
}

const tables = ['raw_version', 'record', 'fact'] as const

const selection = (table: (typeof tables)[number], ask: FloorAsk): string =>
  table === 'fact'
    ? `SELECT * FROM fact WHERE known_from > ${ask.ticks[0]} AND known_from <= ${ask.ticks[1]}`
    : `SELECT * FROM ${table} WHERE batch_id BETWEEN ${ask.batches[0]} AND ${ask.batches[1]}`

const makeTables = async (client: pg.PoolClient): Promise<void> => {
  for (const table of tables) {
    await client.query(`DROP TABLE IF EXISTS bench_${table}`)
    await client.query(
      `CREATE TABLE bench_${table} (LIKE ${table} INCLUDING ALL)${table === 'raw_version' ? ' PARTITION BY RANGE (batch_id)' : ''}`,
    )
  }
  await client.query('CREATE TABLE bench_raw_version_0 PARTITION OF bench_raw_version FOR VALUES FROM (0) TO (4096)')
}

const copyOut = async (client: pg.PoolClient, text: string, path: string): Promise<void> =>
  pipeline(client.query(to(`COPY (${text}) TO STDOUT`)), createWriteStream(path))

const copyIn = async (client: pg.PoolClient, table: string, path: string): Promise<{ rows: number; ms: number }> => {
  const start = performance.now()
  const copy = client.query(from(`COPY bench_${table} FROM STDIN`))
  await pipeline(createReadStream(path, { highWaterMark: 262_144 }), copy)
  return { rows: copy.rowCount, ms: performance.now() - start }
}

const config = loadConfig()
const db = await connectDatabase(config.database)

const measure = async (ask: FloorAsk): Promise<FloorFigures> => {
  const client = await db.owner().connect()
  try {
    await makeTables(client)
    const figures: Record<string, { rows: number; mb: number; ms: number }> = {}
    for (const table of tables) await copyOut(client, selection(table, ask), join(config.dataFolder, `floor-${table}`))
    const before = await serverCpuMs(config.dataFolder)
    const own = process.cpuUsage()
    for (const table of tables) {
      const path = join(config.dataFolder, `floor-${table}`)
      figures[table] = { mb: (await stat(path)).size / 1_048_576, ...(await copyIn(client, table, path)) }
      await rm(path)
    }
    const used = process.cpuUsage(own)
    const after = await serverCpuMs(config.dataFolder)
    for (const table of tables) await client.query(`DROP TABLE bench_${table}`)
    return {
      seconds: Object.values(figures).reduce((sum, f) => sum + f.ms, 0) / 1_000,
      cpuMs: before === null || after === null ? null : after - before + Math.round((used.user + used.system) / 1_000),
      tables: figures,
    }
  } finally {
    client.release()
  }
}

process.send?.({ ready: true })
process.on('message', (message) => {
  measure(message as FloorAsk).then(
    (figures) => process.send?.(figures),
    (error: unknown) => {
      process.stderr.write(`${String((error as Error).stack ?? error)}\n`)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => void db.close().then(() => process.exit(0)))
