/** The sharing platform's front-end database (前置库) as the department fills it: a table of batches, and a table of data for each resource. */
import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Delivery } from '../source.ts'
import type { Row } from './wording.ts'

export interface ExchangeTable {
  /** 资源目录编码. */
  readonly catalogue: string
  readonly table: string
  /** Columns beside number of the batch and of the row, with their types. */
  readonly columns: Readonly<Record<string, string>>
  /** The column that a drifted table has lost. */
  readonly drifted: string
}

const rowsAtOnce = 500
const quoted = (name: string): string => `"${name}"`

const createTables = async (client: pg.Client, { table, columns }: ExchangeTable): Promise<void> => {
  await client.query(
    `CREATE TABLE IF NOT EXISTS exchange_batch (pch varchar(32) NOT NULL, zymlbm varchar(64) NOT NULL, zt varchar(16) NOT NULL,
       jls integer NOT NULL, sm3 char(64) NOT NULL, xrsj timestamp(0) NOT NULL, qssj timestamp(0))`,
  )
  const own = Object.entries(columns).map(([name, type]) => `${quoted(name)} ${type}`)
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${table} (pch varchar(32) NOT NULL, hh integer NOT NULL, ${own.join(', ')})`,
  )
  await client.query(`CREATE INDEX IF NOT EXISTS ${table}_pch ON ${table} (pch, hh)`)
}

/** A revision of the table under a fault: one column has gone and a new one is there; it is as it was with the next sound delivery. */
const setColumns = async (
  client: pg.Client,
  { drifted: gone, table, columns }: ExchangeTable,
  isDrifted: boolean,
): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1',
    [table],
  )
  const hasDrifted = rows.some(({ name }) => name === 'kzxx')
  if (isDrifted && !hasDrifted) await client.query(`ALTER TABLE ${table} RENAME COLUMN ${quoted(gone)} TO kzxx`)
  if (!isDrifted && hasDrifted) await client.query(`ALTER TABLE ${table} RENAME COLUMN kzxx TO ${quoted(gone)}`)
  return Object.keys(columns).map((name) => (isDrifted && name === gone ? 'kzxx' : name))
}

const textOf = (value: unknown): string | null =>
  value === null || value === undefined || value === '' ? null : String(value)

interface Written {
  rows: number
  readonly digest: string
}

/** Inserts the rows some hundred at a time and gives their number and the SM3 digest over what a reader will see. */
const insertRows = async (
  client: pg.Client,
  table: string,
  columns: readonly string[],
  batch: string,
  rows: Iterable<Row>,
): Promise<Written> => {
  const hash = createHash('sm3')
  const sorted = [...columns].sort()
  let count = 0
  let waiting: (string | number | null)[][] = []
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return
    const width = columns.length + 2
    const places = waiting.map(
      (_, i) => `(${Array.from({ length: width }, (__, k) => `$${i * width + k + 1}`).join(', ')})`,
    )
    await client.query(
      `INSERT INTO ${table} (pch, hh, ${columns.map(quoted).join(', ')}) VALUES ${places.join(', ')}`,
      waiting.flat(),
    )
    waiting = []
  }
  for (const row of rows) {
    count++
    hash.update(`${sorted.map((name) => textOf(row[name]) ?? '').join('\t')}\n`)
    waiting.push([batch, count, ...columns.map((name) => textOf(row[name]))])
    if (waiting.length >= rowsAtOnce) await flush()
  }
  await flush()
  return { rows: count, digest: hash.digest('hex') }
}

const spoilBatch = async (
  client: pg.Client,
  table: string,
  batch: string,
  fault: Delivery['fault'],
  written: Written,
): Promise<Written> => {
  switch (fault) {
    case 'cut':
      await client.query(`DELETE FROM ${table} WHERE pch = $1 AND hh > $2`, [batch, Math.floor(written.rows / 2)])
      return written
    case 'shortTotal':
      return { ...written, rows: written.rows + 1 }
    case 'totalTooLow':
      return { ...written, rows: Math.max(0, written.rows - 1) }
    case 'badDigest':
      return { ...written, digest: written.digest.replace(/^./, (c) => (c === '0' ? '1' : '0')) }
    default:
      return written
  }
}

/** Rows with the hundred first ones twice, or one of them in two versions, where the fault says so. */
function* spoilRows(rows: Iterable<Row>, { drifted }: ExchangeTable, fault: Delivery['fault']): Generator<Row> {
  const again: Row[] = []
  for (const row of rows) {
    if (fault === 'repeatPage' && again.length < 100) again.push(row)
    if (fault === 'twoPayloads' && again.length === 0)
      again.push({ ...row, [drifted]: `${row[drifted] ?? ''}（另一版）` })
    yield fault === 'drift' ? { ...row, kzxx: '01' } : row
  }
  yield* again
}

/**
 * Writes the day's batch: first its entry as 写入中, then the rows, then what the entry states. A batch of the same day is replaced.
 * Nothing is written where the world has no such database.
 */
export const deliverBatch = async (
  { world, exchangeUrl, fault }: Delivery,
  table: ExchangeTable,
  rows: Iterable<Row>,
): Promise<void> => {
  if (exchangeUrl === null) return
  const client = new pg.Client({ connectionString: exchangeUrl, application_name: 'department-exchange' })
  await client.connect()
  try {
    await createTables(client, table)
    const columns = await setColumns(client, table, fault === 'drift')
    const batch = `${world.today.replaceAll('-', '')}${table.catalogue.slice(-3)}01`
    await client.query('DELETE FROM exchange_batch WHERE zymlbm = $1 AND pch = $2', [table.catalogue, batch])
    await client.query(`DELETE FROM ${table.table} WHERE pch = $1`, [batch])
    await client.query(
      `INSERT INTO exchange_batch (pch, zymlbm, zt, jls, sm3, xrsj) VALUES ($1, $2, '写入中', 0, '', $3)`,
      [batch, table.catalogue, `${world.today} 05:30:00`],
    )
    const sent = fault === 'repeatPage' ? { extra: true } : null
    const written = await insertRows(client, table.table, columns, batch, spoilRows(rows, table, fault))
    const honest = sent ? { ...written, rows: written.rows - Math.min(100, Math.ceil(written.rows / 2)) } : written
    const stated = await spoilBatch(client, table.table, batch, fault, honest)
    await client.query(`UPDATE exchange_batch SET zt = '待取', jls = $1, sm3 = $2 WHERE zymlbm = $3 AND pch = $4`, [
      stated.rows,
      stated.digest,
      table.catalogue,
      batch,
    ])
  } finally {
    await client.end()
  }
}
