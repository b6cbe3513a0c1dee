/** 水利: how the water bureau words a project, a contract and a month's progress. Money is 万元. */
import { type Day, isoDay } from '../world/calendar.ts'
import { phoneNumber } from '../world/codes.ts'
import type { DatasetEntry } from '../world/entries.ts'
import { fullName, variantName } from '../world/project-names.ts'
import type { Project } from '../world/projects.ts'
import { Random } from '../world/random.ts'
import type { WaterContractDetail, WaterProgressDetail, WaterProjectDetail } from '../world/water.ts'
import { givenNames, surnames } from '../world/words.ts'
import { entered, registerLag, registerStage } from '../world/works-fate.ts'
import type { World } from '../world/world.ts'
import {
  type Member,
  type Mention,
  type Row,
  type Said,
  withSiteUnit,
  writeCode,
  writeConsortium,
  writeDate,
  writeDocumentNumber,
  writeName,
  writeWan,
} from './wording.ts'

const kindOfWork: Readonly<Record<string, string>> = { 治理工程: '01', 堤防加固工程: '02', 生态修复工程: '05' }

/** The project's name as all the bureau's records of it have it: one clerk entered it. */
const nameOf = (world: World, project: Project): string => {
  const shared = new Random(world.seed, 'say', 'water', project.number)
  return shared.chance(0.35)
    ? fullName(project.name, project.owner.name)
    : variantName(project.name, project.owner.name, shared)
}

/** 项目法人: mostly a body set up for these works alone, which has no code and stands in no register. */
const legalBody = (world: World, project: Project, day: Day, random: Random): { mention: Mention; code: string } => {
  const shared = new Random(world.seed, 'legal-body', project.number)
  const acting =
    project.actingOwner ??
    (project.funding === '1' && shared.chance(0.5)
      ? `${project.county.name}${project.name.object}${project.name.work}建设管理局`
      : null)
  const raw = acting ?? writeName(world.parties.current(project.owner), day, random)
  const code = acting ? random.pick(['', '', '/', '无']) : writeCode(project.owner, day, random, 0.4)
  return { mention: { role: 'owner', raw, members: [{ raw, party: acting ? null : project.owner }] }, code }
}

const personOf = (random: Random): string => random.pick(surnames) + random.pick(givenNames)
const dateText = (day: Day | null): string => (day === null ? '' : isoDay(day))

/** What each level pays of the estimate, rounded to whole 万元; private works have none. */
const sharesOf = (project: Project, fen: number, random: Random): readonly [string, string, string] => {
  if (project.funding !== '1') return ['0', '0', '0']
  const wan = Math.floor(fen / 1_000_000)
  const central = Math.round(wan * random.pick([0, 0.3, 0.5, 0.6]))
  const provincial = Math.round((wan - central) * random.pick([0.2, 0.3, 0.5]))
  return [String(central), String(provincial), String(wan - central - provincial)]
}

export const sayWaterProject = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const project = entry.project as Project
  const { fate } = entry.detail as WaterProjectDetail
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const approval = project.approvals[project.approvals.length - 1]
  const day = approval?.day ?? entry.visibleFrom
  const { mention, code } = legalBody(world, project, day, random)
  const fen = approval?.investmentFen ?? 0
  const [central, provincial, local] = sharesOf(project, fen, random)
  const row: Row = {
    xmbh: entry.key[0],
    xmmc: nameOf(world, project),
    xmdm: random.chance(0.45) ? (approval?.code ?? '') : '',
    pfwh: random.chance(0.6) && approval ? writeDocumentNumber(approval.documentNumber, random) : '',
    xmfr: mention.raw,
    xmfrdm: code,
    gclb: kindOfWork[project.name.work] ?? '01',
    jsdd: `${project.county.name}${project.town.name}`,
    xzqh: random.chance(0.06) ? '410100' : project.county.code,
    gszs: writeWan(fen, random),
    zytz: central,
    sjtz: provincial,
    sxtz: local,
    rkrq: writeDate(day + random.int(1, 10), random),
    kgrq: dateText(entered(fate.started, registerLag.started, world.clock)),
    jgysrq: dateText(entered(fate.completed, registerLag.completed, world.clock)),
    xmzt: registerStage(fate, world.clock),
    lxr: personOf(random),
    lxdh: phoneNumber(random),
    gxsj: updatedAt,
  }
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    if (again.chance(0.4) && row.xmdm === '') row.xmdm = approval?.code ?? ''
    else if (again.chance(0.5)) row.gszs = writeWan(Math.round(fen * again.between(0.9, 1.12)), again)
    else row.lxdh = phoneNumber(again)
  }
  return { row, mentions: [mention] }
}

const contractorOf = (world: World, project: Project, { contract }: WaterContractDetail, random: Random): Mention => {
  const members: Member[] = contract.members.map((party) => ({
    raw: writeName(world.parties.current(party), contract.signed, random),
    party,
  }))
  if (members.length > 1)
    return { role: 'contractor', raw: writeConsortium(members.map(({ raw }) => raw), random), members } // biome-ignore format: one thing
  const first = members[0] as Member
  const raw = random.chance(0.15) ? withSiteUnit(first.raw, project.name.object, contract.section, random) : first.raw
  return { role: 'contractor', raw, members: [{ ...first, raw }] }
}

export const sayWaterContract = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const project = entry.project as Project
  const detail = entry.detail as WaterContractDetail
  const { contract, numberedFrom } = detail
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const approval = project.approvals[project.approvals.length - 1]
  const { mention: owner, code } = legalBody(world, project, contract.signed, random)
  const contractor = contractorOf(world, project, detail, random)
  const started = entered(contract.start, 5, world.clock)
  const finished = entered(contract.handover, 8, world.clock)
  const row: Row = {
    xmbh: entry.key[0],
    bdbh: entry.key[1],
    xmmc: nameOf(world, project),
    bdmc: `${project.name.object}${project.name.work}施工${contract.index + 1}标`,
    xmdm: random.chance(0.4) ? (approval?.code ?? '') : '',
    htbh: numberedFrom <= world.clock ? `${entry.key[0]}-SG-${contract.index + 1}` : '',
    xmfr: owner.raw,
    xmfrdm: code,
    sgdw: contractor.raw,
    sgdwdm: writeCode(contract.members[0] ?? null, contract.signed, random, 0.3),
    hte: writeWan(contract.priceFen, random),
    qdrq: writeDate(contract.signed, random),
    htgq: contract.months * 30,
    jhkg: isoDay(contract.plannedStart),
    kgrq: dateText(started),
    wgrq: dateText(finished),
    htzt: finished ? '3' : entered(contract.start, 60, world.clock) ? '2' : started ? '1' : '0',
    gcdd: random.pick([`${project.county.name}${project.town.name}`, project.county.name]),
    xzqh: random.chance(0.06) ? '410100' : project.county.code,
    gxsj: updatedAt,
  }
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    if (again.chance(0.5)) row.hte = writeWan(Math.round(contract.priceFen * again.between(0.97, 1.05)), again)
    else row.jhkg = isoDay(contract.plannedStart + again.int(5, 60) + number)
  }
  return { row, mentions: [owner, contractor] }
}

/** A month as it was reported; a restatement takes back a quarter of what was said to be done (60 % → 45 %). */
export const sayWaterProgress = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const project = entry.project as Project
  const { contract, measurement, yearFen } = entry.detail as WaterProgressDetail
  const [leader] = contract.members
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const revisions = world.revisions(entry.feed, entry.key.join('|'))
  const takenBack = revisions.some(({ number }) =>
    new Random(world.seed, 'revise', entry.feed, ...entry.key, number).chance(0.4),
  )
  const lost = takenBack ? Math.round(measurement.cumulativeFen * 0.25) : 0
  const progress = Math.round(measurement.progress * (takenBack ? 0.75 : 1) * 10) / 10
  const row: Row = {
    xmbh: entry.key[0],
    bdbh: entry.key[1],
    sjyf: entry.key[2],
    qs: measurement.sequence,
    bywc: writeWan(measurement.periodFen - lost, random),
    bnwc: writeWan(yearFen - lost, random),
    ljwc: writeWan(measurement.cumulativeFen - lost, random),
    xxjd: random.pick([progress.toFixed(1), `${progress.toFixed(1)}%`, String(Math.round(progress))]),
    jdms: `${project.name.object}段完成${Math.round(progress)}%${revisions.length > 0 ? `（更正${revisions.length}）` : ''}`,
    sgdw: leader ? writeName(world.parties.current(leader), contract.signed, random) : '',
    tbrq: isoDay(measurement.audited),
    tbr: personOf(random),
    gxsj: updatedAt,
  }
  // The contractor of a month is the contract's affair: nobody reads it here.
  return { row, mentions: [] }
}
