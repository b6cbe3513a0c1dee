/** Stand-alone `group`: project records of any source to projects, without a database. */
import { resolve } from 'node:path'
import { readProjectCode } from '#schemas/identifiers/project-code.ts'
import { readDate } from '../../normalise/values/dates.ts'
import { readPlace } from '../../normalise/values/divisions.ts'
import { foldName } from '../../normalise/values/fold-name.ts'
import { readMoney } from '../../normalise/values/money.ts'
import { nameForm } from '../parties/name-form.ts'
import { groupNodes } from '../projects/group.ts'
import type { Edge, ProjectNode } from '../projects/types.ts'
import { csvLine, writeWhole } from './output-file.ts'
import { createIdCheck, type TableRow, tableCodes, tableError, tableRows } from './table.ts'

export const recordColumns = ['id', 'name', 'builder', 'place', 'amount', 'date', 'code'] as const
export const groupColumns = ['id', 'projectId', 'score'] as const

type RecordCells = TableRow<(typeof recordColumns)[number]>['cells']

export interface GroupFilesOptions {
  /** CSV `id,name,builder,place,amount,date,code`; amount in 元 unless it names its unit, builder is 建设单位. */
  readonly records: string
  /** CSV `id,projectId,score`, written whole or not at all. */
  readonly out: string
}

export interface GroupFilesReport {
  readonly records: number
  readonly projects: number
}

/** A record of a file as a node; what cannot be read of it is left out, never guessed. */
export const nodeOfRecord = (cells: RecordCells): ProjectNode => {
  const owner = foldName(cells.builder)
  const code = readProjectCode(cells.code)
  const isUsable = code !== null && (code.status === 'valid' || code.status === 'format_only')
  return {
    key: cells.id,
    kind: 'award',
    name: cells.name,
    projectCode: isUsable ? code.normalised : null,
    documentNumber: null,
    sourceProject: null,
    section: null,
    ownerKey: owner === '' ? null : nameForm(owner),
    ownerName: owner === '' ? null : owner,
    contractorKeys: [],
    divisionCode: readPlace(null, cells.place).place.divisionCode,
    placeText: cells.place === '' ? null : cells.place,
    amountFen: readMoney(cells.amount, 'yuan').fen,
    on: readDate(cells.date).date?.value ?? null,
  }
}

/**
 * Groups the records of a file. A project's id is the smallest id of its records, so that it does not depend on their order;
 * the score is how surely a record belongs to the others of its project, 1 where it stands alone.
 * Throws HubError with a `cli.*` code for files that cannot be used; then no output is written.
 */
export const groupFiles = async (options: GroupFilesOptions): Promise<GroupFilesReport> => {
  refuseSameFile(options)
  const check = createIdCheck(options.records)
  const nodes: ProjectNode[] = []
  for await (const rows of tableRows(options.records, recordColumns))
    for (const { row, cells } of rows) {
      check(cells.id, row)
      nodes.push(nodeOfRecord(cells))
    }
  const { clusters, edges } = groupNodes(nodes)
  const projectOf = new Map<string, string>()
  for (const cluster of clusters) for (const key of cluster) projectOf.set(key, cluster[0]!)
  const strongest = strongestEdges(edges, projectOf)
  await writeWhole(options.out, async (write) => {
    await write(csvLine(groupColumns))
    for (const { key } of nodes)
      await write(csvLine([key, projectOf.get(key)!, scoreOf(strongest.get(key)).toFixed(4)]))
  })
  return { records: nodes.length, projects: clusters.length }
}

const refuseSameFile = ({ records, out }: GroupFilesOptions): void => {
  if (resolve(records) !== resolve(out)) return
  throw tableError(
    tableCodes.badArgument,
    '--out 与 --records 是同一个文件，写入结果会覆盖原表：请换一个输出文件名',
    '--out is the file of --records, which the result would overwrite: name another output file',
  )
}

/** The heaviest edge that holds each record in its project. */
const strongestEdges = (edges: readonly Edge[], projectOf: ReadonlyMap<string, string>): Map<string, number> => {
  const strongest = new Map<string, number>()
  for (const { a, b, weight, veto } of edges) {
    if (veto || projectOf.get(a) !== projectOf.get(b)) continue
    for (const key of [a, b]) strongest.set(key, Math.max(strongest.get(key) ?? weight, weight))
  }
  return strongest
}

const scoreOf = (bits: number | undefined): number => (bits === undefined ? 1 : 1 / (1 + 2 ** -bits))
