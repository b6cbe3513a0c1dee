/** 发展和改革: the months that project units report on the commission's platform, from its opening on. Money is 万元. */
import { type Fault, forPages } from '../fault-kinds.ts'
import type { ListedSource } from '../source.ts'
import { compactMonth, type Day, dayOf, isoDay, monthStart } from '../world/calendar.ts'
import { phoneNumber } from '../world/codes.ts'
import type { DatasetEntry } from '../world/entries.ts'
import { fullName } from '../world/project-names.ts'
import type { Project } from '../world/projects.ts'
import { Random } from '../world/random.ts'
import { givenNames, surnames } from '../world/words.ts'
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
]

/** Reports have to be filed on the platform since then. */
const reportsFrom = dayOf('2020-01-01')

const neverChanges: readonly Day[] = []
/** Hundreds of thousands of keys in a city share a few hundred months. */
const monthTexts = new Map<Day, string>()
const monthText = (month: Day): string => {
  const known = monthTexts.get(month) ?? compactMonth(month)
  monthTexts.set(month, known)
  return known
}

interface Life {
  readonly fate: WorksFate
  /** First days of the months from start to end. */
  readonly months: readonly Day[]
}

const lifeOf = (seed: number, project: Project): Life => {
  const fate = worksFate(seed, project, [30, 200])
  const months: Day[] = []
  if (fate.started === null) return { fate, months }
  const end = fate.handedOver ?? fate.stopped ?? fate.started
  for (let month = monthStart(fate.started, 0); month <= end; month = monthStart(month, 1)) months.push(month)
  return { fate, months }
}

/** Every government project reports, and two private ones in five. */
const reports = (seed: number, project: Project): boolean =>
  project.funding === '1' || new Random(seed, 'reports', project.number).chance(0.4)

const curve = (part: number): number => Math.min(1, part * part * (3 - 2 * part))

/** Share of the whole that is done by the end of a month of its life; what stops for good stops half-way. */
const doneBy = ({ fate, months }: Life, i: number): number =>
  i < 0 ? 0 : curve((i + 1) / months.length) * (fate.handedOver ? 1 : 0.5)

/** An entry's detail is the number of its month alone: there are too many of them in a city to hold more. */
const ofProject = (seed: number, project: Project): readonly DatasetEntry[] => {
  const code = project.approvals[project.approvals.length - 1]?.code
  if (code === undefined || !reports(seed, project)) return []
  return lifeOf(seed, project).months.flatMap((month, i): DatasetEntry[] => {
    if (month < reportsFrom) return []
    const told = monthStart(month, 1) + new Random(seed, 'reported', project.number, month).int(1, 12)
    return [
      {
        feed: 'development.progress',
        key: [code, monthText(month)],
        project,
        visibleFrom: Math.max(told, project.knownFrom),
        changes: neverChanges,
        detail: i,
      },
    ]
  })
}

const typeOf = ({ fate, months }: Life, i: number): '1' | '2' | '3' => {
  if (i === 0) return '1'
  return i === months.length - 1 && fate.handedOver !== null ? '3' : '2'
}

const stageWords = ['施工准备', '基础施工', '主体施工', '附属及安装工程', '收尾']

const say = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const project = entry.project as Project
  const i = entry.detail as number
  const life = lifeOf(world.seed, project)
  const { fate } = life
  const month = life.months[i] ?? entry.visibleFrom
  const type = typeOf(life, i)
  const done = doneBy(life, i)
  const doneBefore = doneBy(life, i - new Date(month * 86_400_000).getUTCMonth() - 1)
  const shared = new Random(world.seed, 'say', entry.feed, project.number)
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const total = project.approvals[project.approvals.length - 1]?.investmentFen ?? 0
  const budget = project.contracts.reduce((sum, contract) => sum + contract.priceFen, 0)
  const statesWorks = shared.chance(0.35)
  // Land, design and interest are spent before any work is done.
  const spent = (share: number): number => Math.round((total - budget) * Math.min(1, 0.4 + share) + budget * share)
  const raw = writeName(world.parties.current(project.owner), month, random, 0.8)
  const progress = done * 100
  const row: Row = {
    xmdm: entry.key[0],
    bsyf: entry.key[1],
    bslx: type,
    xmmc: fullName(project.name, project.owner.name),
    xmdw: raw,
    xmdwdm: writeCode(project.owner, month, random, 0.06),
    jsdd: random.pick([`${project.county.name}${project.town.name}`, project.county.name]),
    xzqh: random.chance(0.05) ? '410100' : project.county.code,
    ljwctz: writeWan(spent(done), random),
    jatz: statesWorks ? writeWan(Math.round(budget * done), random) : '',
    bnwctz: writeWan(spent(done) - (doneBefore > 0 ? spent(doneBefore) : 0), random),
    xxjd: random.chance(0.7) ? progress.toFixed(1) : `${Math.round(progress)}%`,
    jdms: stageWords[Math.min(stageWords.length - 1, Math.floor(done * stageWords.length))],
    sjkg: fate.started === null ? '' : isoDay(fate.started),
    sjjg: type === '3' && fate.handedOver !== null ? isoDay(fate.handedOver) : '',
    tbr: random.pick(surnames) + random.pick(givenNames),
    lxdh: phoneNumber(shared),
    gxsj: updatedAt,
  }
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    if (again.chance(0.6)) row.ljwctz = writeWan(Math.round(spent(done) * again.between(0.85, 1.05)), again)
    row.jdms = `${stageWords[Math.floor(done * (stageWords.length - 1))]}（修改${number}）`
  }
  return { row, mentions: [{ role: 'owner', raw, members: [{ raw, party: project.owner }] }] }
}

export const progressReports: ListedSource = {
  kind: 'listed',
  feed: 'development.progress',
  drifted: 'jdms',
  faults,
  updateTime: 'gxsj',
  ofProject,
  say,
}
