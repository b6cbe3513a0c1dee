/**
 * Grouping of real award notices: notices whose registration number begins alike are of one project. The number is hidden
 * from the matcher. Pairwise figures over the districts whose numbers are complete, and over all.
 */
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

interface PairCounts {
  right: number
  joined: number
  true: number
}

const f1Of = (counts: PairCounts) => {
  const precision = counts.right / Math.max(counts.joined, 1)
  const recall = counts.right / Math.max(counts.true, 1)
  return { precision, recall, f1: (2 * precision * recall) / Math.max(precision + recall, 1e-9) }
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
      (share) => f1Of(countPairs(awards, (a, b) => naiveShare(awards[a]!, awards[b]!) >= share, ambiguous)).f1,
    ),
  )

const countPairs = (
  awards: readonly Award[],
  isJoined: (a: number, b: number) => boolean,
  ambiguous: ReadonlySet<string>,
): PairCounts => {
  const counts = { right: 0, joined: 0, true: 0 }
  for (let i = 0; i < awards.length; i++)
    for (let j = i + 1; j < awards.length; j++) {
      if (ambiguous.has(`${awards[i]!.award_id} ${awards[j]!.award_id}`)) continue
      const isTrue = awards[i]!.lot_no.slice(0, 9) === awards[j]!.lot_no.slice(0, 9)
      const joined = isJoined(i, j)
      if (isTrue) counts.true += 1
      if (joined) counts.joined += 1
      if (isTrue && joined) counts.right += 1
    }
  return counts
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

/** Figures for the clean districts without and with the ambiguous pairs, and for all districts. Nothing where the data is absent. */
export const run = async function* (options: GroupBenchOptions = {}): AsyncGenerator<BenchFigure> {
  const folder = options.folder ?? '../shared/data/yichang'
  const file = `${folder}/awards.jsonl.gz`
  if (!existsSync(file)) return
  const all = gunzipSync(readFileSync(file))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Award)
  const ambiguous = readAmbiguous(`${folder}/ambiguous_pairs.csv`)
  for (const [name, isIn, left] of [
    ['group', (award: Award) => cleanDistricts.has(award.lot_no.slice(0, 3)), ambiguous],
    ['group.withAmbiguous', (award: Award) => cleanDistricts.has(award.lot_no.slice(0, 3)), new Set<string>()],
    ['group.allDistricts', () => true, ambiguous],
  ] as const) {
    const awards = all.filter(isIn)
    const nodes = awards.map(nodeOf)
    const started = performance.now()
    const grouping = groupNodes(nodes)
    const seconds = (performance.now() - started) / 1000
    const clusterOf = new Map<string, number>()
    for (const [i, cluster] of grouping.clusters.entries()) for (const key of cluster) clusterOf.set(key, i)
    const cluster = nodes.map((node) => clusterOf.get(node.key))
    const ours = f1Of(countPairs(awards, (a, b) => cluster[a] === cluster[b], left))
    const naive = naiveF1(awards, left)
    yield {
      name,
      unit: 'records/s',
      throughput: nodes.length / seconds,
      floor: naive,
      ratio: ours.f1 / naive,
      ...ours,
      records: nodes.length,
      comparisons: grouping.comparisons,
    }
    if (name !== 'group') continue
    let shown = 0
    for (let i = 0; i < awards.length && shown < (options.show ?? 0); i++)
      for (let j = i + 1; j < awards.length && shown < (options.show ?? 0); j++) {
        const isTrue = awards[i]!.lot_no.slice(0, 9) === awards[j]!.lot_no.slice(0, 9)
        if (isTrue === (cluster[i] === cluster[j]) || left.has(`${awards[i]!.award_id} ${awards[j]!.award_id}`))
          continue
        shown += 1
        yield {
          name: isTrue ? 'group.separated' : 'group.joined',
          unit: 'case',
          throughput: 0,
          floor: 0,
          ratio: 0,
          a: awards[i],
          b: awards[j],
        }
      }
  }
}
