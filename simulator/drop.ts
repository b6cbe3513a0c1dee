/** The file drop: daily extracts written the way the core and the trading centre write them, the manifest last. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGzip } from 'node:zlib'
import iconv from 'iconv-lite'
import { sources } from './departments/sources.ts'
import { invoiceColumns, sayInvoice, sayTaxpayer, taxpayerColumns } from './departments/tax.ts'
import { sayAward } from './departments/tendering.ts'
import { driftedField, type Fault } from './faults.ts'
import { otherPayload } from './page-faults.ts'
import type { ExtractSpec, Source } from './source.ts'
import { type Day, isoDay } from './world/calendar.ts'
import type { DatasetId, FeedId } from './world/entries.ts'
import type { World } from './world/world.ts'

/** The extracts of the first feeds, then of every dataset that is written as one. */
export const fileFeeds: readonly FeedId[] = [
  'tax.taxpayers',
  'tax.invoices',
  'tendering.awards',
  ...sources.flatMap((source) => (source.extract || source.deliver ? [source.feed] : [])),
]

type Row = Record<string, unknown>

interface Extract extends ExtractSpec {
  readonly folder: string
  readonly rows: (day: Day | null) => Generator<Row>
}

const firstExtracts: Readonly<
  Record<string, ExtractSpec & { rows: (world: World, day: Day | null) => Generator<Row> }>
> = {
  'tax.taxpayers': {
    file: 'taxpayers_{day}.csv',
    encoding: 'gb18030',
    columns: taxpayerColumns,
    sumColumn: null,
    rows: taxpayerRows,
  },
  'tax.invoices': {
    file: 'invoices_{day}.csv.gz',
    encoding: 'utf-8',
    columns: invoiceColumns,
    sumColumn: 'JSHJ',
    rows: invoiceRows,
  },
  'tendering.awards': {
    file: 'awards_{day}.jsonl',
    encoding: 'utf-8',
    columns: null,
    sumColumn: null,
    rows: awardRows,
  },
}

const sourceOf = (feed: FeedId): Source | undefined => sources.find((source) => source.feed === feed)

const extractOf = (world: World, feed: FeedId): Extract => {
  const folder = feed.slice(0, feed.indexOf('.'))
  const first = firstExtracts[feed]
  if (first) return { ...first, folder, rows: (day) => first.rows(world, day) }
  const source = sourceOf(feed)
  if (!source?.extract) throw new RangeError(`${feed} is not written as an extract`)
  return { ...source.extract, folder, rows: (day) => sourceRows(world, source, day) }
}

/** Rows of a dataset as they stand today, or those new or changed on one day. */
export function* sourceRows(world: World, source: Source, day: Day | null): Generator<Row> {
  if (source.kind === 'streamed') {
    for (const { row } of source.records(world, day)) yield row
    return
  }
  for (const { entry, updatedAt } of world.list(source.feed as DatasetId)) {
    if (day === null || updatedAt.startsWith(isoDay(day))) yield source.say(world, entry, updatedAt).row
  }
}

function* taxpayerRows(world: World, day: Day | null): Generator<Row> {
  for (const party of world.taxpayers(day)) yield sayTaxpayer(world, party)
}

function* invoiceRows(world: World, day: Day | null): Generator<Row> {
  for (const invoice of world.invoices(day)) yield sayInvoice(world, invoice).row
}

function* awardRows(world: World, day: Day | null): Generator<Row> {
  for (const { entry, updatedAt } of world.list('tendering.awards')) {
    if (entry.feed !== 'tendering.awards' || (day !== null && !updatedAt.startsWith(isoDay(day)))) continue
    yield sayAward(world, entry).row
  }
}

const quoted = (value: unknown): string => {
  const text = value === null || value === undefined ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** `12.30` → 1230. */
const fenOf = (text: string): bigint => BigInt(text.replace('.', ''))

const yuanOf = (fen: bigint): string => {
  const absolute = fen < 0n ? -fen : fen
  return `${fen < 0n ? '-' : ''}${absolute / 100n}.${String(absolute % 100n).padStart(2, '0')}`
}

interface Tally {
  rows: number
  sumFen: bigint
}

/** Every date a year on. */
const aYearOn = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value)
        ? `${Number(value.slice(0, 4)) + 1}${value.slice(4)}`
        : value,
    ]),
  )

/** Rows as the fault has them: `twoPayloads` tells the first one again with other contents. */
function* spoiltRows(extract: Extract, day: Day | null, fault: Fault | null, feed: FeedId): Generator<Row> {
  let isFirst = true
  for (const row of extract.rows(day)) {
    yield fault === 'futureDate' ? aYearOn(row) : row
    if (fault === 'twoPayloads' && isFirst) yield otherPayload(row, feed)
    isFirst = false
  }
}

/** What the manifest says that there are. */
const statedRows = (rows: number, fault: Fault | null): number => {
  if (fault === 'shortTotal') return rows + 1
  return fault === 'totalTooLow' ? Math.max(0, rows - 1) : rows
}

/** Text of the file in pieces of about a thousand rows; counts as it goes. A `repeatPage` fault says the first hundred rows twice. */
function* pieces(
  extract: Extract,
  day: Day | null,
  fault: Fault | null,
  feed: FeedId,
  tally: Tally,
): Generator<string> {
  const columns =
    extract.columns &&
    (fault === 'drift' ? [...extract.columns.filter((name) => name !== driftedField(feed)), 'KZXX'] : extract.columns)
  const line = (row: Row): string => {
    const shown = fault === 'drift' ? driftedRow(row, feed, extract.columns !== null) : row
    return columns ? `${columns.map((name) => quoted(shown[name])).join(',')}\r\n` : `${JSON.stringify(shown)}\n`
  }
  let text = columns ? `${columns.join(',')}\r\n` : ''
  let waiting = 0
  let last = ''
  const again: string[] = []
  for (const row of spoiltRows(extract, day, fault, feed)) {
    tally.rows++
    if (extract.sumColumn) tally.sumFen += fenOf(String(row[extract.sumColumn]))
    last = line(row)
    if (fault === 'repeatPage' && again.length < 100) again.push(last)
    text += last
    if (++waiting < 1_000) continue
    yield text
    text = ''
    waiting = 0
  }
  yield text + again.join('')
}

const driftedRow = (row: Row, feed: FeedId, upper: boolean): Row => {
  const { [driftedField(feed)]: _gone, ...rest } = row
  return { ...rest, [upper ? 'KZXX' : 'kzxx']: '01' }
}

/** Whether the dataset is delivered on the world's present day. */
export const isDeliveryDue = (world: Pick<World, 'today'>, feed: FeedId): boolean => {
  const source = sourceOf(feed)
  return (source?.isDue ?? source?.extract?.isDue)?.(world.today) ?? true
}

/** Delivers one dataset for the world's present day in the way its department has: an extract, or a way of its own. */
export const deliver = async (
  world: World,
  dropFolder: string,
  feed: FeedId,
  mode: 'full' | 'increment',
  fault: Fault | null,
  exchangeUrl: string | null = null,
): Promise<void> => {
  const source = sourceOf(feed)
  if (source?.deliver) await source.deliver({ world, dropFolder, mode, fault, exchangeUrl })
  else await writeExtract(world, dropFolder, feed, source?.extract?.isAlwaysFull ? 'full' : mode, fault)
}

/**
 * Writes the extract of one feed for the world's present day: the full set (`mode` full) or that day's new and changed rows.
 * Both files appear under their names only when complete; the manifest is the last.
 */
export const writeExtract = async (
  world: World,
  drop: string,
  feed: FeedId,
  mode: 'full' | 'increment',
  fault: Fault | null,
): Promise<string> => {
  const extract = extractOf(world, feed)
  const folder = join(drop, extract.folder)
  await mkdir(folder, { recursive: true })
  const file = extract.file.replace('{day}', world.today.replaceAll('-', ''))
  const path = join(folder, file)
  const tally: Tally = { rows: 0, sumFen: 0n }
  const digest = await writeBody(
    `${path}.tmp`,
    extract,
    pieces(extract, mode === 'full' ? null : world.clock, fault, feed, tally),
    fault,
  )
  await rename(`${path}.tmp`, path)
  const manifest = {
    feed,
    date: world.today,
    mode,
    rows: statedRows(tally.rows, fault),
    ...(extract.sumColumn ? { sumYuan: yuanOf(tally.sumFen) } : {}),
    sm3: fault === 'badDigest' ? digest.replace(/^./, (c) => (c === '0' ? '1' : '0')) : digest,
    encoding: extract.encoding,
  }
  await writeFile(`${path}.manifest.json.tmp`, `${JSON.stringify(manifest)}\n`)
  await rename(`${path}.manifest.json.tmp`, `${path}.manifest.json`)
  return path
}

/** Streams the text to the file and gives the SM3 digest of its bytes. A `cut` fault ends the file half-way, its digest being of the whole. */
const writeBody = async (
  path: string,
  extract: Extract,
  texts: Generator<string>,
  fault: Fault | null,
): Promise<string> => {
  const hash = createHash('sm3')
  const file = createWriteStream(path)
  const failed = once(file, 'error').then(([error]) => Promise.reject(error))
  failed.catch(() => undefined)
  let written = 0
  const put = async (bytes: Buffer): Promise<void> => {
    hash.update(bytes)
    written += bytes.length
    if (!file.write(bytes)) await Promise.race([once(file, 'drain'), failed])
  }
  // With `wrongEncoding` in the other one than the manifest says.
  const isGb = (extract.encoding === 'gb18030') !== (fault === 'wrongEncoding')
  const encode = (text: string): Buffer => (isGb ? iconv.encode(text, 'gb18030') : Buffer.from(text))
  if (extract.file.endsWith('.gz')) {
    const gzip = createGzip({ level: 4 })
    const copied = (async () => {
      for await (const bytes of gzip) await put(bytes as Buffer)
    })()
    for (const text of texts) {
      if (!gzip.write(encode(text))) await once(gzip, 'drain')
      await new Promise(setImmediate)
    }
    gzip.end()
    await copied
  } else {
    for (const text of texts) {
      await put(encode(text))
      await new Promise(setImmediate)
    }
  }
  file.end()
  await Promise.race([once(file, 'close'), failed])
  if (fault === 'cut') {
    await truncate(path, Math.floor(written / 2))
  }
  return hash.digest('hex')
}
