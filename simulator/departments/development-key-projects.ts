/** 发展和改革: the yearly lists of key projects, all of them delivered whole each time. Money is 万元. */
import { type Fault, forPages } from '../fault-kinds.ts'
import type { ListedSource } from '../source.ts'
import { type Day, dayOf, isoDay, yearOf } from '../world/calendar.ts'
import type { DatasetEntry } from '../world/entries.ts'
import { fullName, variantName } from '../world/project-names.ts'
import type { Project } from '../world/projects.ts'
import { Random, scatter } from '../world/random.ts'
import { type WorksFate, worksFate } from '../world/works-fate.ts'
import type { World } from '../world/world.ts'
import { type Row, type Said, writeCode, writeName, writeWan } from './wording.ts'

const faults: readonly Fault[] = [
  ...forPages,
  'totalTooLow',
  'wrongEncoding',
  'tokenExpired',
  'envelopeError',
  'twoPayloads',
  'futureDate',
  'clockStep',
  'lostHalf',
]

interface Detail {
  readonly year: number
  readonly fate: WorksFate
  readonly published: Day
}

/** Three in five of the works from 10 million 元 on are on the lists, from the year after their approval to the year of their handover. */
const ofProject = (seed: number, project: Project): readonly DatasetEntry[] => {
  const random = new Random(seed, 'key-project', project.number)
  const approval = project.approvals[0]
  if (!approval || approval.investmentFen < 1_000_000_000 || !random.chance(0.6)) return []
  const fate = worksFate(seed, project, [30, 200])
  const first = yearOf(approval.day) + 1
  const last = Math.min(first + 4, Math.max(first, yearOf(fate.handedOver ?? fate.stopped ?? approval.day)))
  const serial = String(scatter(project.number, 4_001, Math.abs(seed * 17) % 100_000, 100_000)).padStart(5, '0')
  return Array.from({ length: last - first + 1 }, (_, i): DatasetEntry => {
    const year = first + i
    // One list a year for everybody, on one day.
    const published = dayOf(`${year}-02-10`) + new Random(seed, 'key-list', year).int(0, 25)
    const detail: Detail = { year, fate, published }
    return {
      feed: 'development.key-projects',
      key: [`ZD${year}-${serial}`],
      project,
      visibleFrom: Math.max(published, project.knownFrom),
      changes: [],
      detail,
    }
  })
}

/** 1 to be begun this year, 2 under way, 3 to be finished this year, 4 being prepared. */
const categoryOf = ({ year, fate }: Detail): '1' | '2' | '3' | '4' => {
  if (fate.started === null || yearOf(fate.started) > year) return '4'
  if (yearOf(fate.started) === year) return '1'
  return fate.handedOver !== null && yearOf(fate.handedOver) <= year ? '3' : '2'
}

const say = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const project = entry.project as Project
  const detail = entry.detail as Detail
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const approval = project.approvals[project.approvals.length - 1]
  const fen = approval?.investmentFen ?? 0
  const raw = writeName(world.parties.current(project.owner), detail.published, random, 0.8)
  const row: Row = {
    mdbh: entry.key[0],
    nd: detail.year,
    xh: random.int(1, 600),
    xmmc: random.chance(0.5)
      ? fullName(project.name, project.owner.name)
      : variantName(project.name, project.owner.name, random),
    xmdm: random.chance(0.85) ? (approval?.code ?? '') : '',
    xmdw: raw,
    xmdwdm: random.chance(0.5) ? writeCode(project.owner, detail.published, random, 0.1) : '',
    jsdd: random.pick([`${project.county.name}${project.town.name}`, project.county.name]),
    xzqh: random.chance(0.08) ? '410100' : project.county.code,
    zjly: project.funding,
    hydm: project.industry,
    ztz: writeWan(fen, random),
    ndjhtz: writeWan(Math.round((fen * random.between(0.1, 0.6)) / 100_000_000) * 100_000_000, random),
    xmlb: categoryOf(detail),
    gbrq: isoDay(detail.published),
    gxsj: updatedAt,
  }
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    // The list is numbered anew with every adjustment: the number says nothing of the project.
    row.xh = again.int(1, 600)
    row.ztz = writeWan(Math.round(fen * again.between(0.9, 1.1)), again)
    if (again.chance(0.3)) row.xmdm = approval?.code ?? ''
  }
  return { row, mentions: [{ role: 'owner', raw, members: [{ raw, party: project.owner }] }] }
}

export const keyProjects: ListedSource = {
  kind: 'listed',
  feed: 'development.key-projects',
  drifted: 'ndjhtz',
  faults,
  updateTime: 'gxsj',
  ofProject,
  say,
}
