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

interface Detail {
  readonly fate: WorksFate
  /** First day of the month that is reported. */
  readonly month: Day
  readonly type: '1' | '2' | '3'
  /** Share of the whole that is done by the month's end. */
  readonly done: number
  /** The same by the end of the year before. */
  readonly doneBefore: number
}

const neverChanges: readonly Day[] = []

/** Every government project reports, and two private ones in five. */
const reports = (seed: number, project: Project): boolean =>
  project.funding === '1' || new Random(seed, 'reports', project.number).chance(0.4)

const curve = (part: number): number => Math.min(1, part * part * (3 - 2 * part))

const ofProject = (seed: number, project: Project): readonly DatasetEntry[] => {
  const fate = worksFate(seed, project, [30, 200])
  const { started } = fate
  const code = project.approvals[project.approvals.length - 1]?.code
  if (started === null || code === undefined || !reports(seed, project)) return []
  const end = fate.handedOver ?? fate.stopped ?? started
  const months: Day[] = []
  for (let month = monthStart(started, 0); month <= end; month = monthStart(month, 1)) months.push(month)
  const doneBy = (i: number): number => (i < 0 ? 0 : curve((i + 1) / months.length) * (fate.handedOver ? 1 : 0.5))
  return months.flatMap((month, i): DatasetEntry[] => {
    if (month < reportsFrom) return []
    const isLast = i === months.length - 1 && fate.handedOver !== null
    const january = i - new Date(month * 86_400_000).getUTCMonth()
    const detail: Detail = {
      fate,
      month,
      type: i === 0 ? '1' : isLast ? '3' : '2',
      done: doneBy(i),
      doneBefore: doneBy(january - 1),
    }
    const told = monthStart(month, 1) + new Random(seed, 'reported', project.number, month).int(1, 12)
    return [
      {
        feed: 'development.progress',
        key: [code, compactMonth(month)],
        project,
        visibleFrom: Math.max(told, project.knownFrom),
        changes: neverChanges,
        detail,
      },
    ]
  })
}

const stageWords = ['施工准备', '基础施工', '主体施工', '附属及安装工程', '收尾']

const say = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const project = entry.project as Project
  const { fate, month, type, done, doneBefore } = entry.detail as Detail
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
