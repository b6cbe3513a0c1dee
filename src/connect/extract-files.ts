/**
 * Daily extracts in a folder. Files are taken in the order of their dates; the watermark remembers the digests of the last days,
 * so a file that comes late or is corrected is read again, and with it all later ones: an old version must not end up over a newer one.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { readMoney } from '../normalise/values/index.ts'
import { openFile } from './decode/open.ts'
import { checkpointGone, readCheckpoint } from './delivery.ts'
import { connectCodes, connectError } from './errors.ts'
import type { AnyFeed, Page, Pager, PullRequest, RawRow } from './feed.ts'
import { stringMember } from './json-rows.ts'
import { type DropFolder, type DroppedFile, dropFolder, listDrop } from './manifest.ts'
import { sm3OfFile } from './sm3.ts'

export interface ExtractFilesOptions {
  readonly department: string
  readonly name: string
  /** The feed itself; a function, since the feed is being declared when its pager is. */
  readonly feed: () => AnyFeed
  /** The field whose sum the manifest may state in 元. */
  readonly sumField?: string
  /** Days before the last file in which late and corrected files are looked for. */
  readonly overlapDays: number
}

/** How the files of a drop are found: `listDrop` for daily ones, each with a manifest of its own; others bring theirs. */
export interface Drop {
  /** @param from `YYYYMMDD`: what lies before it may be left out */
  readonly list: (folder: DropFolder, from: string) => Promise<DroppedFile[]>
  /** Looks at a file whose digest is right, before a row of it is read. */
  readonly check?: (file: DroppedFile, signal: AbortSignal) => Promise<void>
}

const Watermark = z.object({ through: z.string(), digests: z.record(z.string(), z.string()) })
type Watermark = z.infer<typeof Watermark>

const Checkpoint = z.object({
  pager: z.literal('files'),
  /** Digest over the names and digests of the files of this delivery, and the last of them: together they find the same files again. */
  plan: z.string(),
  last: z.string(),
  file: z.string(),
  row: z.number().int().nonnegative(),
  sumFen: z.string(),
})
type Checkpoint = z.infer<typeof Checkpoint>

interface Plan {
  readonly files: readonly DroppedFile[]
  readonly digest: string
  readonly declaredRows: number
  readonly declaredFen: bigint | null
  readonly watermark: Watermark
}

const compact = (date: string): string => date.replaceAll('-', '')

const daysBefore = (date: string, days: number): string => {
  const instant =
    Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8))) - days * 86_400_000
  return compact(new Date(instant).toISOString().slice(0, 10))
}

/** The first day of which `due` and `watermarkOf` can need a file. */
const lookedAtFrom = (since: unknown, overlapDays: number): string => {
  if (typeof since === 'string') return compact(since)
  const mark = Watermark.safeParse(since)
  return mark.success && mark.data.through !== '' ? daysBefore(mark.data.through, overlapDays) : ''
}

/** Which files are to be read: those after the watermark, and from the first late or corrected one of the days before it on. */
const due = (
  files: readonly DroppedFile[],
  since: unknown,
  until: string | undefined,
  overlapDays: number,
): readonly DroppedFile[] => {
  const upTo = until === undefined ? files : files.filter((file) => file.date <= compact(until))
  if (typeof since === 'string') return upTo.filter((file) => file.date >= compact(since))
  const mark = Watermark.safeParse(since)
  if (!mark.success) return upTo
  const { through, digests } = mark.data
  const from = daysBefore(through, overlapDays)
  const first = upTo.findIndex(
    ({ date, name, manifest }) => date > through || (date >= from && digests[name] !== manifest.sm3.toLowerCase()),
  )
  return first === -1 ? [] : upTo.slice(first)
}

const watermarkOf = (
  all: readonly DroppedFile[],
  read: readonly DroppedFile[],
  since: unknown,
  overlapDays: number,
): Watermark => {
  const before = Watermark.safeParse(since)
  const through = [before.success ? before.data.through : '', ...read.map((file) => file.date)].sort().at(-1) ?? ''
  const known = new Map(before.success ? Object.entries(before.data.digests) : [])
  for (const file of read) known.set(file.name, file.manifest.sm3.toLowerCase())
  const kept = all.filter((file) => file.date >= daysBefore(through || '19700101', overlapDays) && known.has(file.name))
  return { through, digests: Object.fromEntries(kept.map((file) => [file.name, known.get(file.name) ?? ''])) }
}

const yuanToFen = (value: string | number): bigint | null => readMoney(String(value), 'yuan').fen

/** What this delivery is to read; the same answer after a crash unless files were added, replaced or removed. */
const planOf = (o: ExtractFilesOptions, all: readonly DroppedFile[], request: PullRequest, last?: string): Plan => {
  const files = due(all, request.since, request.until, o.overlapDays).filter(
    (file) => last === undefined || file.name <= last,
  )
  const sums = files.map(({ manifest }) => (manifest.sumYuan === undefined ? null : yuanToFen(manifest.sumYuan)))
  const isSummed = o.sumField !== undefined && sums.length > 0 && sums.every((sum) => sum !== null)
  const hash = createHash('sha256')
  for (const { name, manifest } of files) hash.update(`${name} ${manifest.sm3.toLowerCase()}\n`)
  return {
    files,
    digest: hash.digest('hex'),
    declaredRows: files.reduce((sum, { manifest }) => sum + manifest.rows, 0),
    declaredFen: isSummed ? sums.reduce<bigint>((sum, fen) => sum + (fen ?? 0n), 0n) : null,
    watermark: watermarkOf(all, files, request.since, o.overlapDays),
  }
}

const checkDigest = async (file: DroppedFile, signal: AbortSignal): Promise<void> => {
  const stated = file.manifest.sm3.toLowerCase()
  const digest = await sm3OfFile(file.path, signal)
  if (digest === stated) return
  throw connectError(
    connectCodes.digestMismatch,
    `${file.name} 的 SM3 摘要与清单不符，拒收`,
    `the SM3 digest of ${file.name} differs from its manifest; refused`,
    {
      context: { file: file.name, stated, digest },
    },
  )
}

const rowSum = (rows: readonly RawRow[], field: string): bigint => {
  let sum = 0n
  for (const row of rows) {
    if (row.undecodable !== undefined) continue
    const text = stringMember(row.text, field)
    if (text !== null && text !== '') sum += yuanToFen(text) ?? 0n
  }
  return sum
}

const checkEnd = (file: DroppedFile, rows: number, sumFen: bigint, isSummed: boolean): void => {
  const { manifest, name } = file
  if (rows !== manifest.rows) {
    const code = rows < manifest.rows ? connectCodes.shortDelivery : connectCodes.moreThanDeclared
    throw connectError(
      code,
      `${name} 清单声明 ${manifest.rows} 条，实有 ${rows} 条`,
      `the manifest of ${name} declares ${manifest.rows} rows; there are ${rows}`,
      {
        context: { file: name, declared: manifest.rows, received: rows },
      },
    )
  }
  const stated = isSummed && manifest.sumYuan !== undefined ? yuanToFen(manifest.sumYuan) : null
  if (stated !== null && stated !== sumFen) {
    throw connectError(
      connectCodes.sumMismatch,
      `${name} 金额合计与清单不符`,
      `the amounts in ${name} do not add up to the manifest's sum`,
      {
        context: { file: name, statedFen: stated, sumFen },
      },
    )
  }
}

/** Groups rows into pages of `size`, without holding more than a group and a page. */
const paged = async function* (groups: AsyncIterable<RawRow[]>, size: number, skip: number): AsyncGenerator<RawRow[]> {
  let page: RawRow[] = []
  let passed = 0
  for await (const group of groups) {
    for (const row of group) {
      if (passed++ < skip) continue
      page.push(row)
      if (page.length < size) continue
      yield page
      page = []
    }
  }
  yield page
}

/** Where to begin: the plan, and the file and row of the checkpoint. */
const planned = (o: ExtractFilesOptions, all: readonly DroppedFile[], request: PullRequest) => {
  const held = readCheckpoint(Checkpoint, request.resume)
  if (held === null) return { plan: planOf(o, all, request), index: 0, row: 0, sumFen: 0n }
  const plan = planOf(o, all, request, held.last)
  if (plan.digest !== held.plan)
    throw checkpointGone('文件有增减或被替换', 'files were added, replaced or removed', { last: held.last })
  return {
    plan,
    index: plan.files.findIndex((file) => file.name === held.file),
    row: held.row,
    sumFen: BigInt(held.sumFen),
  }
}

/** A day without news is a file of lines without a line, and its bytes alone do not tell that it is one. */
const formatOf = (name: string): { format?: 'ndjson' } =>
  /\.(?:jsonl|ndjson)(?:\.gz)?$/.test(name) ? { format: 'ndjson' } : {}

const requireFolder = (folder: string | null, department: string): string => {
  if (folder !== null) return folder
  throw connectError(connectCodes.notConfigured, '未配置文件交换目录', 'no folder is configured for the file drop', {
    context: { department },
  })
}

const requireFiles = (all: readonly DroppedFile[], o: ExtractFilesOptions, since: unknown): void => {
  if (all.length > 0 || (since !== null && since !== undefined)) return
  const context = { feed: `${o.department}.${o.name}` }
  throw connectError(connectCodes.nothingDelivered, '尚未收到任何文件', 'no file has been delivered yet', {
    retryable: true,
    context,
  })
}

/** A pager over the files that `drop` lists, oldest first; see `extractFiles` for what it proves. */
export const droppedFiles = (o: ExtractFilesOptions, drop: Drop): Pager =>
  async function* pages(access, request): AsyncGenerator<Page> {
    const folder = dropFolder(requireFolder(access.folder, o.department), access.listFolder)
    const all = await drop.list(folder, lookedAtFrom(request.since, o.overlapDays))
    requireFiles(all, o, request.since)
    const { plan, index, ...start } = planned(o, all, request)
    const refusal = plan.files.find((file) => file.refusal !== undefined)?.refusal
    if (refusal !== undefined) throw refusal
    if (plan.files.length === 0) yield { rows: [], next: null, declaredRows: 0, watermark: request.since }
    const last = plan.files.at(-1)?.name ?? ''
    for (const [i, file] of plan.files.entries()) {
      if (i < index) continue
      await checkDigest(file, request.signal)
      await drop.check?.(file, request.signal)
      let { row, sumFen } = i === index ? start : { row: 0, sumFen: 0n }
      const groups = openFile(file.path, { feed: o.feed(), encoding: file.manifest.encoding, ...formatOf(file.name) })
      for await (const rows of paged(groups, request.rowsPerPage, row)) {
        request.signal.throwIfAborted()
        row += rows.length
        if (o.sumField !== undefined) sumFen += rowSum(rows, o.sumField)
        const isEnd = rows.length < request.rowsPerPage
        if (row > file.manifest.rows || isEnd) checkEnd(file, row, sumFen, o.sumField !== undefined)
        const following = isEnd ? plan.files[i + 1] : file
        if (following !== undefined) {
          const place = isEnd ? { row: 0, sumFen: '0' } : { row, sumFen: String(sumFen) }
          const next: Checkpoint = { pager: 'files', plan: plan.digest, last, file: following.name, ...place }
          yield { rows, next }
        } else {
          const { declaredRows, declaredFen, watermark } = plan
          yield { rows, next: null, declaredRows, ...(declaredFen === null ? {} : { declaredFen }), watermark }
        }
      }
    }
  }

/**
 * A pager over the daily files of a drop. A digest that differs from the manifest refuses the file before a row is read.
 * Throws `landing.digest_mismatch`, `short_delivery`, `more_than_declared`, `sum_mismatch`, `nothing_delivered` (never a file yet), and
 * `connect.checkpoint_gone` where the files changed while the hub was away. No new file since the watermark is an empty delivery.
 */
export const extractFiles = (o: ExtractFilesOptions): Pager =>
  droppedFiles(o, { list: (folder, from) => listDrop(folder, o.department, o.name, from) })
