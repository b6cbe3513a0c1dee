/** The power company's monthly delivery: three kinds of files in GB18030 under Chinese headers, and one manifest of them all, written last. */
import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import type { Fault } from '../fault-kinds.ts'
import type { Delivery } from '../source.ts'
import { compactMonth, dayOf, monthStart } from '../world/calendar.ts'
import { deliveredMonth } from '../world/power.ts'
import type { Row } from './wording.ts'

export interface PowerFile {
  readonly feed: 'power.accounts' | 'power.installations' | 'power.readings'
  /** Field → header, in the order of the columns. */
  readonly headers: Readonly<Record<string, string>>
  readonly drifted: string
  readonly sumField: string | null
  readonly dateField: string
  /** A field that two contents of one key differ in. */
  readonly changing: string
  /** Null: one file without a number. */
  readonly rowsPerFile: ((taxpayers: number) => number) | null
  /** True for the dataset whose files are the last of a month: the manifest follows them. */
  readonly isLast: boolean
  readonly rows: (delivery: Delivery) => Iterable<Row>
}

interface Entry {
  readonly file: string
  readonly feed: string
  readonly mode: 'full' | 'increment'
  readonly encoding: 'gb18030'
  readonly rows: number
  readonly sumYuan?: string
  readonly sm3: string
}

/** The company delivers on the 8th. */
export const isDeliveryDay = (date: string): boolean => date.endsWith('-08')

/** First day that a delivery of today has news of: the day after the delivery before, or all since the world began. */
export const newSince = ({ world, mode }: Delivery): string | null =>
  mode === 'full'
    ? null
    : new Date((Math.max(world.begins, monthStart(world.clock, -1) + 6) + 1) * 86_400_000).toISOString().slice(0, 10)

const quoted = (value: unknown): string => {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const fenOf = (text: string): bigint => BigInt(text.replace('.', ''))

const yuanOf = (fen: bigint): string => {
  const digits = String(fen < 0n ? -fen : fen).padStart(3, '0')
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

const yearLater = (date: unknown): unknown =>
  typeof date === 'string' && /^\d{4}-/.test(date) ? `${Number(date.slice(0, 4)) + 1}${date.slice(4)}` : date

/** Rows as the fault leaves them, and how often each goes into the file. */
function* spoiled(rows: Iterable<Row>, spec: PowerFile, fault: Fault | null): Generator<Row> {
  let isFirst = true
  for (const row of rows) {
    yield fault === 'futureDate' ? { ...row, [spec.dateField]: yearLater(row[spec.dateField]) } : row
    if (fault === 'twoPayloads' && isFirst) yield { ...row, [spec.changing]: '7' }
    isFirst = false
  }
}

/** Cuts rows into the numbered files of a month; at least one file, which may be empty. */
function* parts(rows: Iterable<Row>, size: number | null): Generator<Iterable<Row>> {
  if (size === null) return yield rows
  const iterator = rows[Symbol.iterator]()
  let step = iterator.next()
  do {
    yield (function* () {
      for (let i = 0; i < size && !step.done; i++) {
        yield step.value
        step = iterator.next()
      }
    })()
  } while (!step.done)
}

interface Written {
  readonly rows: number
  readonly sumFen: bigint
  readonly sm3: string
}

const writeTable = async (
  path: string,
  spec: PowerFile,
  rows: Iterable<Row>,
  fault: Fault | null,
): Promise<Written> => {
  const fields = Object.keys(spec.headers).filter((field) => fault !== 'drift' || field !== spec.drifted)
  const encode = (text: string): Buffer =>
    fault === 'wrongEncoding' ? Buffer.from(text) : iconv.encode(text, 'gb18030')
  const extra = fault === 'drift' ? ',kzxx' : ''
  const line = (row: Row): string => `${fields.map((field) => quoted(row[field])).join(',')}${extra && ',01'}\r\n`
  const hash = createHash('sm3')
  const again: string[] = []
  let count = 0
  let sumFen = 0n
  let text = `${fields.map((field) => spec.headers[field]).join(',')}${extra}\r\n`
  await using file = await open(path, 'w')
  const flush = async (): Promise<void> => {
    const bytes = encode(text)
    hash.update(bytes)
    await file.write(bytes)
    text = ''
  }
  for (const row of rows) {
    if (spec.sumField) sumFen += fenOf(String(row[spec.sumField]))
    const written = line(row)
    if (fault === 'repeatPage' && again.length < 100) again.push(written)
    text += written
    if (++count % 1_000 === 0) await flush()
  }
  text += again.join('')
  await flush()
  return { rows: count, sumFen, sm3: hash.digest('hex') }
}

const statedRows = (rows: number, fault: Fault | null): number =>
  fault === 'shortTotal' ? rows + 1 : fault === 'totalTooLow' ? Math.max(0, rows - 1) : rows

const entryOf = (
  file: string,
  spec: PowerFile,
  mode: Delivery['mode'],
  written: Written,
  fault: Fault | null,
): Entry => ({
  file,
  feed: spec.feed,
  mode,
  encoding: 'gb18030',
  rows: statedRows(written.rows, fault),
  ...(spec.sumField ? { sumYuan: yuanOf(written.sumFen) } : {}),
  sm3: fault === 'badDigest' ? written.sm3.replace(/^./, (c) => (c === '0' ? '1' : '0')) : written.sm3,
})

const spoilFile = async (path: string, fault: Fault | null): Promise<void> => {
  if (fault === 'gone') await rm(path)
  if (fault !== 'cut') return
  const { length } = await readFile(path)
  await truncate(path, Math.floor(length / 2))
}

const filesIn = async (path: string): Promise<readonly Entry[] | null> => {
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as { files: Entry[] }).files
  } catch {
    return null
  }
}

/**
 * States the files of one dataset in the manifest of their month. It is a draft until the last dataset is written and then gets its name; one
 * that has it already is written anew, since a dataset was delivered again.
 */
const stateFiles = async (folder: string, period: string, spec: PowerFile, date: string, entries: readonly Entry[]) => {
  const path = join(folder, `manifest_${period}.json`)
  const draft = `${path}.tmp`
  const drafted = await filesIn(draft)
  const stated = drafted ?? (await filesIn(path))
  const files = [...(stated ?? []).filter(({ feed }) => feed !== spec.feed), ...entries]
  await writeFile(draft, `${JSON.stringify({ provider: '国网郑州供电公司', period, sentOn: date, files }, null, 1)}\n`)
  if (spec.isLast || (drafted === null && stated !== null)) await rename(draft, path)
}

/** Writes the files of one dataset for the month that is due today, and after the last dataset the manifest. A fault spoils the first file. */
export const deliverPower = async (spec: PowerFile, delivery: Delivery): Promise<void> => {
  const { world, dropFolder, mode, fault } = delivery
  const folder = join(dropFolder, 'power')
  await mkdir(folder, { recursive: true })
  const period = compactMonth(deliveredMonth(dayOf(world.today) - 1))
  const name = spec.feed.slice('power.'.length)
  const entries: Entry[] = []
  for (const rows of parts(
    spoiled(spec.rows(delivery), spec, fault),
    spec.rowsPerFile?.(world.parties.taxpayers) ?? null,
  )) {
    const part = spec.rowsPerFile ? `_${String(entries.length + 1).padStart(2, '0')}` : ''
    const file = `${name}_${period}${part}.csv`
    const mine = entries.length === 0 ? fault : null
    const path = join(folder, file)
    const written = await writeTable(`${path}.tmp`, spec, rows, mine)
    await rename(`${path}.tmp`, path)
    await spoilFile(path, mine)
    entries.push(entryOf(file, spec, mode, written, mine))
  }
  await stateFiles(folder, period, spec, world.today, entries)
}
