/** Stand-alone `link`: a file of parties against a file of taxpayers, without a database. */
import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { startProgress } from '../../kernel/progress.ts'
import { explain, type LinkExplanation } from '../parties/explain.ts'
import { linkColumns, type PartyCells, partyColumns, partyLines, partyQueries } from './link-lines.ts'
import { type BatchAnswer, LinkThreads } from './link-threads.ts'
import { csvLine, writeWhole } from './output-file.ts'
import { createIdCheck, tableCodes, tableError, tableRows } from './table.ts'
import { readTaxpayers } from './taxpayers-file.ts'

export interface LinkFilesOptions {
  /** CSV `uscc,name,formerNames,address`. */
  readonly taxpayers: string
  /** CSV `id,name,uscc,address`. */
  readonly parties: string
  /** CSV `id,uscc,score,decision,reason`, written whole or not at all. */
  readonly out: string
  /** 1: in this thread. Absent: by the size of the file of parties, since each thread builds a register of its own. */
  readonly threads?: number
}

export interface LinkFilesReport {
  readonly taxpayers: number
  readonly parties: number
  readonly links: number
  readonly reviews: number
}

export interface ExplainedRow {
  readonly cells: PartyCells
  /** One for each organisation that the row names. */
  readonly explanations: readonly LinkExplanation[]
}

/**
 * Explains one party of a file and writes nothing.
 * Throws HubError `cli.id_unknown` where no row has the id, and `cli.*` for files that cannot be used.
 */
export const explainRow = async (
  options: Pick<LinkFilesOptions, 'taxpayers' | 'parties'> & { readonly id: string },
): Promise<ExplainedRow> => {
  let found: PartyCells | null = null
  for await (const batch of partyBatches(options.parties)) found ??= batch.find(({ id }) => id === options.id) ?? null
  if (found === null)
    throw tableError(
      tableCodes.idUnknown,
      `${basename(options.parties)} 中没有 id 为 ${options.id.slice(0, 60)} 的行`,
      `${basename(options.parties)} has no row with the id ${options.id.slice(0, 60)}`,
    )
  const { register } = await readTaxpayers(options.taxpayers)
  return { cells: found, explanations: partyQueries(found).map((query) => explain(register, query)) }
}

const batchRows = 2_000

/**
 * Links every party of a file. One line a party in its order, or one a linked member of a 联合体.
 * Throws HubError with a `cli.*` code for files that cannot be used; then no output is written.
 */
export const linkFiles = async (options: LinkFilesOptions): Promise<LinkFilesReport> => {
  const threads = options.threads ?? (await threadsFor(options.parties))
  return threads > 1 ? inThreads(options, threads) : inThisThread(options)
}

const threadedBytesMin = 16_000_000

const threadsFor = async (path: string): Promise<number> => {
  const bytes = await stat(path).then(
    (file) => file.size,
    () => 0,
  )
  return bytes < threadedBytesMin ? 1 : Math.min(2, availableParallelism())
}

/** Parties in batches, each id checked once. */
const partyBatches = async function* (path: string): AsyncGenerator<PartyCells[]> {
  const check = createIdCheck(path)
  let batch: PartyCells[] = []
  for await (const rows of tableRows(path, partyColumns))
    for (const { row, cells } of rows) {
      check(cells.id, row)
      batch.push(cells)
      if (batch.length < batchRows) continue
      yield batch
      batch = []
    }
  if (batch.length > 0) yield batch
}

const inThisThread = async (options: LinkFilesOptions): Promise<LinkFilesReport> => {
  const taxpayers = await readTaxpayers(options.taxpayers)
  const totals = { taxpayers: taxpayers.size, parties: 0, links: 0, reviews: 0 }
  const progress = startProgress('link', null)
  await writeWhole(options.out, async (write) => {
    await write(csvLine(linkColumns))
    for await (const batch of partyBatches(options.parties)) {
      for (const cells of batch) {
        const lines = partyLines(taxpayers, cells)
        totals.links += lines.links
        totals.reviews += lines.reviews
        await write(lines.text)
      }
      totals.parties += batch.length
      progress.update(totals.parties)
    }
  })
  progress.end()
  return totals
}

const inThreads = async (options: LinkFilesOptions, threads: number): Promise<LinkFilesReport> => {
  const pool = new LinkThreads(options.taxpayers, threads)
  const totals = { taxpayers: 0, parties: 0, links: 0, reviews: 0 }
  const progress = startProgress('link', null)
  try {
    totals.taxpayers = await pool.whenReady()
    await writeWhole(options.out, async (write) => {
      await write(csvLine(linkColumns))
      const open: Promise<BatchAnswer>[] = []
      const takeFirst = async (): Promise<void> => {
        const answer = await open.shift()!
        totals.links += answer.links
        totals.reviews += answer.reviews
        await write(answer.text)
      }
      for await (const batch of partyBatches(options.parties)) {
        const answer = pool.answer(batch)
        // It is awaited in order; until then its failure must not count as unhandled.
        answer.catch(() => undefined)
        open.push(answer)
        totals.parties += batch.length
        progress.update(totals.parties)
        while (open.length >= pool.openMax) await takeFirst()
      }
      while (open.length > 0) await takeFirst()
    })
  } finally {
    progress.end()
    await pool.close()
  }
  return totals
}
