/** 交通运输: how the transport bureau words a road project in its register. Money is 元. */
import { type Fault, forPages } from '../fault-kinds.ts'
import type { ListedSource } from '../source.ts'
import { type Day, isoDay } from '../world/calendar.ts'
import { type DatasetEntry, transportNumber } from '../world/entries.ts'
import { fullName, variantName } from '../world/project-names.ts'
import type { Project } from '../world/projects.ts'
import { Random } from '../world/random.ts'
import { entered, registerChanges, registerLag, registerStage, type WorksFate, worksFate } from '../world/works-fate.ts'
import type { World } from '../world/world.ts'
import { type Mention, type Row, type Said, writeCode, writeDocumentNumber, writeName, yuanText } from './wording.ts'

const faults: readonly Fault[] = [
  ...forPages,
  'totalTooLow',
  'wrongEncoding',
  'tokenExpired',
  'gone',
  'twoPayloads',
  'futureDate',
  'clockStep',
]

interface Detail {
  readonly fate: WorksFate
}

/** Roads are accepted for good about two years after their handover. */
const ofProject = (seed: number, project: Project): readonly DatasetEntry[] => {
  if (project.kind !== 'road') return []
  const random = new Random(seed, 'road-project', project.number)
  const approved = project.approvals[project.approvals.length - 1]?.day ?? 0
  const visibleFrom = Math.max(approved + random.int(12, 50), project.knownFrom)
  const detail: Detail = { fate: worksFate(seed, project, [600, 900]) }
  return [
    {
      feed: 'transport.projects',
      key: [transportNumber(seed, project)],
      project,
      visibleFrom,
      changes: registerChanges(detail.fate, visibleFrom),
      detail,
    },
  ]
}

const dateOrNull = (day: Day | null): string | null => (day === null ? null : isoDay(day))

const say = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const project = entry.project as Project
  const { fate } = entry.detail as Detail
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const approval = project.approvals[project.approvals.length - 1]
  const day = approval?.day ?? entry.visibleFrom
  const acting = project.actingOwner
  const raw = acting ?? writeName(world.parties.current(project.owner), day, random)
  const owner: Mention = { role: 'owner', raw, members: [{ raw, party: acting ? null : project.owner }] }
  const code = acting ? '' : writeCode(project.owner, day, random, 0.25)
  const fen = approval?.investmentFen ?? 0
  const row: Row = {
    xmbh: entry.key[0],
    xmmc: random.chance(0.4)
      ? fullName(project.name, project.owner.name)
      : variantName(project.name, project.owner.name, random),
    lxbh: project.name.route,
    qdzh: project.name.from,
    zdzh: project.name.to,
    xmdm: random.chance(0.6) ? (approval?.code ?? null) : null,
    pfwh: random.chance(0.55) && approval ? writeDocumentNumber(approval.documentNumber, random) : null,
    jsdw: raw,
    jsdwdm: code === '' ? null : code,
    ztz: random.chance(0.5) ? yuanText(fen) : fen / 100,
    zjly: project.funding,
    xzqh: random.chance(0.05) ? '410100' : project.county.code,
    rkrq: isoDay(day + random.int(1, 10)),
    kgrq: dateOrNull(entered(fate.started, registerLag.started, world.clock)),
    jgrq: dateOrNull(entered(fate.handedOver, registerLag.handedOver, world.clock)),
    jgysrq: dateOrNull(entered(fate.completed, registerLag.completed, world.clock)),
    zt: registerStage(fate, world.clock),
    gxsj: updatedAt,
  }
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    if (again.chance(0.5) && row.xmdm === null) row.xmdm = approval?.code ?? null
    else row.ztz = yuanText(Math.round(fen * again.between(0.92, 1.08)))
  }
  return { row, mentions: [owner] }
}

export const transportProjects: ListedSource = {
  kind: 'listed',
  feed: 'transport.projects',
  drifted: 'lxbh',
  faults,
  updateTime: 'gxsj',
  ofProject,
  say,
}
