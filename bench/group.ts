/**
 * Grouping of real award notices: notices whose registration number begins alike are of one project. The number is hidden
 * from the matcher. Pairwise figures with intervals over the districts whose numbers are complete, and over all.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { groupNodes } from '../src/link/projects/group.ts'
import type { ProjectNode } from '../src/link/projects/types.ts'
import { splitConsortium } from '../src/normalise/values/consortium.ts'
import { readDate } from '../src/normalise/values/dates.ts'
import { readPlace } from '../src/normalise/values/divisions.ts'
import { foldName } from '../src/normalise/values/fold-name.ts'
import { readMoney } from '../src/normalise/values/money.ts'
import type { BenchFigure } from './link.ts'
import { type CountsByProject, countByProject, countsOf, f1Interval, figuresOf, type PairCounts } from './pairs.ts'

export interface GroupBenchOptions {
  readonly folder?: string
  /** Yield so many wrongly joined and wrongly separated pairs. */
  readonly show?: number
}

interface Award {
  readonly award_id: string
  readonly notice_date: string
  readonly lot_no: string
  readonly lot_name: string
  readonly tenderee: string
  readonly site: string
  readonly winner_raw: string
  readonly amount_cny: string
  readonly area_code: string
}

/** The project's registration number begins the number of each of its lots. */
const projectOf = (award: Award): string => award.lot_no.slice(0, 9)

const cleanDistricts = new Set('YCA YDA DYA ZGA CYA XSA YAA WFA'.split(' '))

const nodeOf = (award: Award): ProjectNode => {
  const owner = foldName(award.tenderee)
  return {
    key: award.award_id,
    kind: 'award',
    name: award.lot_name,
    projectCode: null,
    documentNumber: null,
    sourceProject: null,
    section: null,
    ownerKey: owner === '' ? null : owner,
    ownerName: owner === '' ? null : owner,
    contractorKeys: splitConsortium(award.winner_raw).map((part) => part.name),
    divisionCode: readPlace(award.area_code, award.site).place.divisionCode,
    placeText: award.site,
    amountFen: readMoney(award.amount_cny, 'yuan').fen,
    on: readDate(award.notice_date).date?.value ?? null,
  }
}

/** Share of the shorter name that both begin with, under one tenderee; 0 under two. */
const naiveShare = (a: Award, b: Award): number => {
  if (a.tenderee !== b.tenderee) return 0
  const shorter = Math.min(a.lot_name.length, b.lot_name.length)
  let start = 0
  while (start < shorter && a.lot_name[start] === b.lot_name[start]) start += 1
  return start / shorter
}

const naiveThresholds = [0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65]

/** The floor of the same run: common start of the names and the same tenderee, at the threshold that is best in hindsight. */
const naiveF1 = (awards: readonly Award[], ambiguous: ReadonlySet<string>): number =>
  Math.max(
    ...naiveThresholds.map(
      (share) => figuresOf(counted(awards, (a, b) => naiveShare(awards[a]!, awards[b]!) >= share, ambiguous).counts).f1,
    ),
  )

const counted = (
  awards: readonly Award[],
  isJoined: (a: number, b: number) => boolean,
  ambiguous: ReadonlySet<string>,
): { counts: PairCounts; byProject: CountsByProject } => {
  const numbers = new Map<string, number>()
  const projects = awards.map((award) => {
    const known = numbers.get(projectOf(award))
    if (known !== undefined) return known
    numbers.set(projectOf(award), numbers.size)
    return numbers.size - 1
  })
  const byProject = countByProject(projects, isJoined, (a, b) =>
    ambiguous.has(`${awards[a]!.award_id} ${awards[b]!.award_id}`),
  )
  return { counts: countsOf(byProject, () => 1), byProject }
}

const readAmbiguous = (path: string): Set<string> => {
  const pairs = new Set<string>()
  if (!existsSync(path)) return pairs
  for (const line of readFileSync(path, 'utf8').split('\n').slice(1)) {
    const [a, b] = line.split(',')
    if (a && b) {
      pairs.add(`${a} ${b}`)
      pairs.add(`${b} ${a}`)
    }
  }
  return pairs
}

const isClean = (award: Award): boolean => cleanDistricts.has(award.lot_no.slice(0, 3))

/** Projects fall into two halves by their numbers: what is fitted is fitted on the first, and the second says whether it holds. */
const halfOf = (award: Award): number => createHash('md5').update(projectOf(award)).digest()[0]! % 2

const readAwards = (file: string): Award[] =>
  gunzipSync(readFileSync(file))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Award)

const seed = 1

const figureOf = (name: string, awards: readonly Award[], left: ReadonlySet<string>) => {
  const nodes = awards.map(nodeOf)
  const started = performance.now()
  const grouping = groupNodes(nodes)
  const seconds = (performance.now() - started) / 1000
  const clusterOf = new Map(grouping.clusters.flatMap((keys, i) => keys.map((key): [string, number] => [key, i])))
  const cluster = nodes.map((node) => clusterOf.get(node.key)!)
  const isJoined = (a: number, b: number): boolean => cluster[a] === cluster[b]
  const { counts, byProject } = counted(awards, isJoined, left)
  const ours = figuresOf(counts)
  const naive = naiveF1(awards, left)
  const figure: BenchFigure = {
    name,
    unit: 'records/s',
    throughput: nodes.length / seconds,
    floor: naive,
    ratio: ours.f1 / naive,
    ...ours,
    f1Interval: f1Interval(byProject, seed),
    records: nodes.length,
    comparisons: grouping.comparisons,
    edges: grouping.edges.length,
  }
  return { figure, isJoined }
}

/** Wrongly joined and wrongly separated pairs, `show` at most. */
const casesOf = function* (
  awards: readonly Award[],
  isJoined: (a: number, b: number) => boolean,
  left: ReadonlySet<string>,
  show: number,
): Generator<BenchFigure> {
  let shown = 0
  for (let i = 0; i < awards.length; i++)
    for (let j = i + 1; j < awards.length; j++) {
      if (shown >= show) return
      const [a, b] = [awards[i]!, awards[j]!]
      const isTrue = projectOf(a) === projectOf(b)
      if (isTrue === isJoined(i, j) || left.has(`${a.award_id} ${b.award_id}`)) continue
      shown += 1
      const name = isTrue ? 'group.separated' : 'group.joined'
      yield { name, unit: 'case', throughput: 0, floor: 0, ratio: 0, a, b }
    }
}

/** Figures for the clean districts without and with the ambiguous pairs, for their halves, and for all districts. Nothing where the data is absent. */
export const run = async function* (options: GroupBenchOptions = {}): AsyncGenerator<BenchFigure> {
  const folder = options.folder ?? '../shared/data/yichang'
  const file = `${folder}/awards.jsonl.gz`
  if (!existsSync(file)) return
  const all = readAwards(file)
  const clean = all.filter(isClean)
  const ambiguous = readAmbiguous(`${folder}/ambiguous_pairs.csv`)
  for (const [name, awards, left] of [
    ['group', clean, ambiguous],
    ['group.withAmbiguous', clean, new Set<string>()],
    ['group.firstHalf', clean.filter((award) => halfOf(award) === 0), ambiguous],
    ['group.secondHalf', clean.filter((award) => halfOf(award) === 1), ambiguous],
    ['group.allDistricts', all, ambiguous],
  ] as const) {
    const { figure, isJoined } = figureOf(name, awards, left)
    yield figure
    if (name === 'group') yield* casesOf(awards, isJoined, left, options.show ?? 0)
  }
}
